"""Each key of the table does its one thing or nothing on every screen; footer, help and palette
name what is possible now, and the mouse reaches the same."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import Mock

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from secretshift.tui.commands import Commands
from secretshift.tui.keymap import KEYS
from secretshift.tui.overlays.confirm import Confirm
from secretshift.tui.overlays.sheet import Sheet
from secretshift.tui.screens.base import SCREEN_KEYS, BaseScreen
from secretshift.tui.widgets.frame import Header, KeyBar
from secretshift.tui.widgets.rowlist import RowList

from .stage import LARGE, SMALL, Stage, stage
from .worlds import SCREEN_NAMES, fill

WRITING = ("run", "resume", "undo")
ASKED = ("kinds", "titles", "who")
"""What screens ask of the actions to draw themselves."""
LEAVING = ("leave", "suspend", "interrupt", "redraw")


def tamed(there: Stage) -> Mock:
    """Whatever would start a journey is written down instead."""
    acts = Mock()
    acts.every_region = False
    acts.titles.return_value = {}
    acts.who.return_value = "sam"
    there.app.acts = acts
    return acts


def guarded(there: Stage) -> None:
    """Every account counts as production, so that a run is asked for by name."""
    session = there.session
    accounts = {f.function.place.account for f in session.plan.functions}
    tui = replace(session.settings.tui, production=tuple(accounts))
    session.settings = replace(session.settings, tui=tui)


async def at(there: Stage, name: str) -> BaseScreen:
    while isinstance(there.app.screen, Sheet | CommandPalette):
        await there.press("escape")
    if name != there.app.screen.NAME:
        there.app.goto(name)
        await there.pilot.pause()
        drawn = ""
        while drawn != there.text:
            # On a busy machine the screen is laid out some beats later.
            drawn = there.text
            await there.pilot.pause(0.05)
    screen = there.app.screen
    assert isinstance(screen, BaseScreen) and name == screen.NAME
    return screen


@pytest.mark.parametrize("names", [SCREEN_NAMES[at::3] for at in range(3)], ids="-".join)
async def test_every_key_on_every_screen_does_its_one_thing_or_nothing(
    tmp_path, made_up_plan, names
):
    """No key ends the program, none writes without a sheet, each digit leads to its screen, and a
    key that is not possible changes no frame."""
    async with stage(tmp_path, size=SMALL, fill=lambda s: fill(s, made_up_plan)) as there:
        acts = tamed(there)
        guarded(there)
        for name in names:
            for entry in KEYS.values():
                if entry.id in LEAVING:
                    continue
                screen = await at(there, name)
                possible = entry.id in SCREEN_KEYS and screen.possible(entry.id)
                before = there.text
                await there.pilot.press(entry.keys[0])
                assert not there.app._exit, f"{entry.id} on {name}"
                if entry.id.startswith("go-"):
                    assert entry.id.removeprefix("go-") == there.app.screen.NAME, name
                elif entry.id in SCREEN_KEYS and not possible:
                    assert there.app.screen is screen and there.text == before, (entry.id, name)
                for writing in WRITING:
                    assert not getattr(acts, writing).called, f"{entry.id} on {name}: {writing}"
                if isinstance(there.app.focused, Input):
                    await there.press("escape")


async def test_with_nothing_to_show_no_key_that_is_not_possible_changes_anything(tmp_path):
    async with stage(tmp_path, size=SMALL) as there:
        acts = tamed(there)
        for name in SCREEN_NAMES:
            screen = await at(there, name)
            never = [KEYS[one].keys[0] for one in SCREEN_KEYS if not screen.possible(one)]
            before = there.text
            acts.reset_mock()
            await there.press(*never)
            assert there.app.screen is screen and there.text == before, name
            started = [call[0] for call in acts.method_calls if call[0] not in ASKED]
            assert not started, (name, started)


async def test_footer_help_and_palette_name_what_is_possible(tmp_path, made_up_plan):
    everything = set()
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        tamed(there)
        for name in SCREEN_NAMES:
            screen = await at(there, name)
            known = {*SCREEN_KEYS, *screen.FOOTER}
            possible = {entry for entry in known if screen.possible(entry)}
            shown = there.footer
            for entry in screen.FOOTER:
                label = f"{there.app.keymap.shown(entry)} {screen.label(entry)}"
                if entry in possible:
                    assert label in shown or len(shown) > LARGE[0] - 30, (name, entry, shown)
                else:
                    assert label not in shown, (name, entry, shown)
            offered = {title for title, _, _ in Commands(screen)._commands()}
            keys = {f"({there.app.keymap.shown(one)})": one for one in KEYS}
            named = {keys[title[title.rindex("(") :]] for title in offered}
            everything |= named
            assert named & {*SCREEN_KEYS} == possible & {*SCREEN_KEYS}, name
            await there.press("question_mark")
            for entry in possible:
                assert KEYS[entry].meaning in there.text, (name, entry)
            for entry in set(SCREEN_KEYS) - possible - {"open", "back"}:
                assert KEYS[entry].meaning not in there.text, (name, entry)
            await there.press("escape")
        there.session.run.result = None
        screen = await at(there, "run")
        everything |= {one for one in SCREEN_KEYS if screen.possible(one)}
    assert everything == set(KEYS) - {"commands"}, "the palette can start everything"


async def test_the_palette_starts_what_it_names(tmp_path, made_up_plan):
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        tamed(there)
        await at(there, "run")
        await there.press("colon", *"undo")
        await there.until(lambda: "(U)" in there.text, "the command")
        await there.press("enter")
        await there.until(lambda: isinstance(there.app.screen, Confirm), "its sheet")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_escape_from_everywhere_reaches_the_start_and_loses_nothing(
    tmp_path, made_up_plan, size
):
    async with stage(tmp_path, size=size, fill=lambda s: fill(s, made_up_plan)) as there:
        tamed(there)
        session = there.session
        await at(there, "credentials")
        await there.press("space", "j")
        marks = set(session.marks)
        assert marks
        rows = there.app.screen.query_one("#rows", RowList)
        row = rows.cursor_id
        held = (session.plan, session.run, session.proof, session.report, session.chosen)
        for name in SCREEN_NAMES:
            await at(there, name)
            for _ in range(8):
                await there.press("escape")
            assert there.app.screen.NAME == "start", name
        assert held == (session.plan, session.run, session.proof, session.report, session.chosen)
        await at(there, "credentials")
        assert session.marks == marks
        assert there.app.screen.query_one("#rows", RowList).cursor_id == row


HELD = {
    "run": ("U", "R"),
    "proof": ("U",),
    "credentials": ("d", "e", "w", "v"),
    "settings": ("enter",),
}


async def test_a_key_that_is_held_changes_nothing_in_any_sheet(tmp_path, made_up_plan):
    """The key that opened it, Enter and Space, twenty times each, faster than a person."""
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        acts = tamed(there)
        now = [0.0]
        there.app.clock = lambda: now[0]
        there.app.pressed = lambda _: now[0]
        there.app.quiet = 0.3
        for name, openers in HELD.items():
            for opener in openers:
                await at(there, name)
                acts.reset_mock()
                if name == "settings":
                    await there.press("G", "l", "j")
                await there.press(opener)
                sheet = there.app.screen
                assert isinstance(sheet, Sheet), f"{opener} on {name}"
                for key in (opener, "enter", "space", "y"):
                    for _ in range(20):
                        now[0] += 0.03
                        await there.pilot.press(key)
                await there.pilot.pause()
                assert there.app.screen is sheet, f"{opener} on {name}"
                started = [call[0] for call in acts.method_calls if call[0] not in ASKED]
                assert not started, f"{opener} on {name}: {started}"
                now[0] += 1.0
                await there.press("escape")
                assert there.app.screen is not sheet


async def test_the_mouse_reaches_a_row_a_step_of_the_rail_a_key_and_a_button(
    tmp_path, made_up_plan
):
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        acts = tamed(there)
        screen = await at(there, "runs")
        rows = screen.query_one("#runs", RowList)
        third = there.session.runs[2].id

        def line_of(text: str) -> int:
            return next(n for n, line in enumerate(there.text.splitlines()) if text in line)

        await there.pilot.click(offset=(6, line_of(third)))
        assert rows.cursor_id == third
        await there.pilot.click(offset=(6, line_of(there.session.runs[1].id)), times=2)
        await there.pilot.pause()
        acts.open_run.assert_called_once_with(there.session.runs[1].id)
        rail = there.text.splitlines()[1]
        await there.pilot.click(Header, offset=(rail.index("9 Doctor") + 2, 1))
        await there.pilot.pause()
        assert there.app.screen.NAME == "doctor"
        await there.pilot.click(KeyBar, offset=(there.footer.index("c check") + 1, 0))
        await there.pilot.pause()
        acts.doctor.assert_called()
        await at(there, "run")
        await there.press("U")
        await there.pilot.click("#cancel")
        await there.pilot.pause()
        assert there.app.screen.NAME == "run"
