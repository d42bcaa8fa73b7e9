"""A value on the screen: asked for, journaled first, ten seconds at most, then gone."""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from rich.cells import cached_cell_len
from rich.segment import Segment

from secretshift.model.errors import Moved
from secretshift.model.findings import credentials_of
from secretshift.model.journeys import CancelToken
from secretshift.model.secret_value import SecretValue
from secretshift.settings import Settings
from secretshift.tui.gate import Safe
from secretshift.tui.overlays.explain import Explain
from secretshift.tui.overlays.reveal import Reveal, Value, printable
from secretshift.wiring import services
from secretshift.workflow.reveal import reveals
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Sources
from tests.security.sweep import Sweep

from .stage import LARGE, SMALL, stage

VALUE = "kanarie-" + "Vogel!8831"
OTHER, THIRD = "kanarie-" + "Amsel!5512", "kanarie-" + "Meise!2207"
"""Values that no other test leaves in a cache."""


class Source:
    """Where the sheet reads: keeps who waits for the answer."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, came, failed) -> None:
        self.asked += 1
        self.came, self.failed = came, failed

    def answer(self, text: str = VALUE) -> None:
        self.came(SecretValue(text))


@asynccontextmanager
async def asking(folder, *, size=SMALL, seconds=10, who="sam"):
    async with stage(folder, size=size) as there:
        clock = [100.0]
        there.app.clock = lambda: clock[0]
        there.app.pressed = lambda _: clock[0]
        source = Source()
        title, place = Safe("Stripe secret key #7f3a91"), Safe("billing-api STRIPE_KEY")
        there.app.push_sheet(Reveal(title, place, Safe(who), seconds, source.read))
        await there.pilot.pause()
        yield there, source, clock


@asynccontextmanager
async def showing(folder, text=VALUE, **options):
    async with asking(folder, **options) as (there, source, clock):
        await there.press("enter")
        source.answer(text)
        await there.pilot.pause()
        yield there, clock


def flat(there) -> str:
    return " ".join(there.text.replace("│", " ").split())


def drawn_in_memory(piece: str) -> list[Segment]:
    """What was made to draw it and is still there."""
    gc.collect()
    return [o for o in gc.get_objects() if isinstance(o, Segment) and piece in o.text]


def remembered_texts(piece: str) -> list[str]:
    """Texts of it that Rich remembers the width of, or where to break them."""
    caches = (cached_cell_len, Segment._split_cells.__func__)
    keys = [
        key for cache in caches for d in gc.get_referents(cache) if isinstance(d, dict) for key in d
    ]
    return [text for text in map(str, keys) if piece in text]


async def test_nothing_is_read_before_enter_and_the_sheet_says_what_it_will_do(tmp_path):
    async with asking(tmp_path) as (there, source, _):
        said = flat(there)
        assert "reads this value again from billing-api STRIPE_KEY" in said
        assert "shows it for 10 seconds; any key hides it" in said
        assert "The journal keeps that it was shown to sam" in said
        await there.press("j", "space", "y", "x")
        assert source.asked == 0 and isinstance(there.app.screen, Reveal)
        await there.press("escape")
        assert source.asked == 0 and not isinstance(there.app.screen, Reveal)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 15)])
async def test_it_is_shown_after_enter_with_the_seconds_that_are_left(tmp_path, size):
    async with showing(tmp_path, size=size) as (there, clock):
        assert VALUE in there.text and "Hides in 10 s, or with any key." in flat(there)
        clock[0] += 4
        await there.sees("Hides in 6 s")


@pytest.mark.parametrize("key", ["escape", "enter", "space", "j", "q", "d", "f5"])
async def test_any_key_hides_it_and_does_nothing_else(tmp_path, key):
    async with showing(tmp_path) as (there, _):
        await there.press(key)
        assert VALUE not in there.text and there.app.screen.NAME == "start"
        assert there.app._exit is False


async def test_it_hides_by_itself_when_the_seconds_are_over(tmp_path):
    async with showing(tmp_path) as (there, clock):
        clock[0] += 9.9
        await there.pilot.pause(0.25)
        assert VALUE in there.text
        clock[0] += 0.2
        await there.until(lambda: VALUE not in there.text, "the end")
        assert there.app.screen.NAME == "start"


async def test_ten_seconds_is_the_most_that_a_setting_gives(tmp_path):
    async with showing(tmp_path, seconds=600) as (there, clock):
        assert "Hides in 10 s" in there.text
        clock[0] += 10
        await there.until(lambda: VALUE not in there.text, "the end")


async def test_it_is_gone_from_memory_when_it_is_gone_from_the_screen(tmp_path):
    async with showing(tmp_path, OTHER) as (there, _):
        widget = there.app.screen.query_one(Value)
        assert widget.shows and drawn_in_memory(OTHER) and remembered_texts(OTHER)
        await there.press("x")
        assert not widget.shows and not remembered_texts(OTHER)
        await there.until(lambda: not drawn_in_memory(OTHER), "the end of what was drawn")


async def test_another_size_another_window_and_another_sheet_hide_it(tmp_path):
    async with showing(tmp_path) as (there, _):
        await there.pilot.resize_terminal(100, 30)
        await there.pilot.pause()
        assert VALUE not in there.text and there.app.screen.NAME == "start"
    async with showing(tmp_path / "b") as (there, _):
        there.app.app_focus = False
        await there.pilot.pause()
        assert there.app.screen.NAME == "start"
    async with showing(tmp_path / "c") as (there, _):
        there.app.push_screen(Explain("Over it", [Safe("x")]))
        await there.pilot.pause()
        await there.press("escape")
        assert VALUE not in there.text and there.app.screen.NAME == "start"


async def test_an_answer_that_comes_after_the_sheet_was_left_is_not_shown(tmp_path):
    async with asking(tmp_path) as (there, source, _):
        await there.press("enter")
        assert "Reading it again" in there.text
        await there.press("escape")
        source.answer()
        await there.pilot.pause()
        assert VALUE not in there.text and there.app.screen.NAME == "start"


async def test_a_value_that_cannot_be_read_is_said_and_any_key_closes(tmp_path):
    async with asking(tmp_path) as (there, source, _):
        await there.press("enter")
        source.failed(Moved("The value is another one now", resource=".env:4", hint="Scan again"))
        await there.pilot.pause()
        said = flat(there)
        assert "Nothing was shown: The value is another one now (.env:4). Scan again." in said
        await there.press("j")
        assert there.app.screen.NAME == "start"


# Copying


async def test_y_asks_first_and_only_y_again_copies_it(tmp_path):
    async with showing(tmp_path) as (there, _):
        copied = []
        there.app.copy_to_clipboard = copied.append
        await there.press("y")
        assert copied == [] and "Other programs can read it there" in flat(there)
        await there.press("y")
        assert copied == [VALUE] and there.app.screen.NAME == "start"
        assert there.app.clipboard == ""


@pytest.mark.parametrize("key", ["escape", "enter", "n"])
async def test_any_other_key_than_y_copies_nothing(tmp_path, key):
    async with showing(tmp_path) as (there, _):
        copied = []
        there.app.copy_to_clipboard = copied.append
        await there.press("y", key)
        assert copied == [] and there.app.screen.NAME == "start"


async def test_the_program_keeps_no_copy_of_its_own(tmp_path):
    async with showing(tmp_path, THIRD) as (there, _):
        await there.press("y", "y")
        assert there.app.clipboard == ""
        await there.until(lambda: not drawn_in_memory(THIRD), "the end of what was drawn")


async def test_it_can_be_neither_selected_nor_searched_for_in_the_palette(tmp_path):
    async with showing(tmp_path) as (there, _):
        assert not there.app.screen.allow_select
        assert not there.app.screen.query_one(Value).allow_select
        await there.press("ctrl+c")
        assert VALUE not in there.text and there.app.clipboard == ""


# Held keys


async def test_a_held_key_neither_shows_nor_copies(tmp_path):
    async with asking(tmp_path) as (there, source, clock):
        there.app.quiet = 0.3
        there.app.screen.opened(clock[0])
        for key in ("v", "enter", "y"):
            for _ in range(20):
                clock[0] += 0.03
                await there.press(key)
        assert source.asked == 0 and isinstance(there.app.screen, Reveal)


# Whatever a value is made of


@pytest.mark.parametrize(
    "text",
    [
        "a\x1b[2Jb\x1b]52;c;eA==\x07",
        "[red]x[/red] [@click=app.quit]y[/] [open",
        "line one\nline two\n",
        "宽" * 200,
        "x" * 20_000,
        "\u202egnp\u200b\x9b31m\x00",
        "\udcff",
    ],
)
async def test_a_value_of_anything_is_shown_as_text(tmp_path, text):
    async with showing(tmp_path, text) as (there, _):
        frame = there.text
        assert {c for c in frame if not c.isprintable()} <= {"\n"}
        assert "Hides in" in frame
        await there.press("x")
        assert there.app.screen.NAME == "start"


def test_a_value_is_broken_into_lines_and_none_of_it_is_lost():
    text = "first\n" + "".join(chr(65 + n % 26) for n in range(95))
    lines = printable(text, 40)
    assert lines[0] == "first" and "".join(lines[1:]) == text.split("\n")[1]
    assert max(map(len, lines)) == 40


# The whole way


async def test_it_stands_in_the_journal_before_it_is_on_the_screen(tmp_path):
    """A real file, a real scan, a real workspace."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "app.env").write_text(f"DATABASE_URL=postgresql://shop:{VALUE}@db/orders\n")
    made = services(Settings(), workspace=tmp_path / "workspace")
    result = scan(made, Sources(paths=(str(folder),)), lambda _e: None, CancelToken())
    (credential,) = credentials_of(result.report.findings)
    async with stage(tmp_path, screen="credentials", size=LARGE) as there:
        opened = there.session.services
        there.session.services = replace(opened, detector=made.detector, who=lambda: "robin")
        kept = []
        hold = Value.hold

        def watched(self, secret):
            kept.extend(reveals(opened, credential.id))
            hold(self, secret)

        Value.hold = watched
        try:
            await there.press("v", "enter")
            await there.sees(VALUE)
        finally:
            Value.hold = hold
        assert [(one.who, one.place.split(":")[0]) for one in kept] == [("robin", "app.env")]
        await there.press("x")
        assert VALUE not in there.text
        await there.press("right_square_bracket", "right_square_bracket")
        await there.sees("the value was shown")
    assert not Sweep({"value": VALUE}).below(tmp_path / "workspace")


async def test_a_value_that_changed_since_the_scan_is_not_shown(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    file = folder / "app.env"
    file.write_text(f"DATABASE_URL=postgresql://shop:{VALUE}@db/orders\n")
    made = services(Settings(), workspace=tmp_path / "workspace")
    scan(made, Sources(paths=(str(folder),)), lambda _e: None, CancelToken())
    file.write_text("DATABASE_URL=postgresql://shop:" + "another-" + "Fink!4402@db/orders\n")
    async with stage(tmp_path, screen="credentials", size=LARGE) as there:
        there.session.services = replace(there.session.services, detector=made.detector)
        await there.press("v", "enter")
        await there.sees("Nothing was shown")
        assert "Fink" not in there.text
