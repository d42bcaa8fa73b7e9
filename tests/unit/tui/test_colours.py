"""No colour is needed, none is pale, none leaves where none is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from secretshift.settings import Settings

from . import frames
from .stage import LARGE, Stage, stage
from .worlds import SCREEN_NAMES, fill

LEAST = {"dark": 4.5, "light": 4.5, "contrast": 7.0, "ansi": 4.5}
SHEETS = {
    "start": ("i", "G enter"),
    "credentials": ("d", "e", "w"),
    "plan": ("i", "w"),
    "run": ("U",),
    "settings": ("question_mark",),
}


def themed(theme: str, **changes: object) -> Settings:
    settings = Settings()
    return replace(settings, tui=replace(settings.tui, theme=theme, **changes))


async def walk(there: Stage) -> Iterator[str]:
    """Each screen, some rows of it, some sheets, the palette: the name of what is shown."""
    app = there.app
    app.clock = lambda: 200.0
    app.acts.plugins = lambda: None
    for name in SCREEN_NAMES:
        app.goto(name)
        await there.pilot.pause()
        yield name
        if name != "credentials":  # its detail is read a moment after the cursor rests
            await there.press("j")
            yield f"{name}, the second row"
        for keys in SHEETS.get(name, ()):
            before = app.screen
            await there.press("g", *keys.split())
            yield f"{name}, {keys}"
            while app.screen is not before:
                await there.press("escape")
    await there.press("0", "slash", "t")
    yield "typing a filter"
    await there.press("escape", "colon")
    yield "the palette"
    await there.press("g", "o")
    yield "the palette, typed"
    await there.press("escape")


@pytest.mark.parametrize("theme", LEAST)
async def test_every_text_can_be_read_on_its_ground(tmp_path, made_up_plan, theme):
    async with stage(
        tmp_path,
        size=LARGE,
        settings=themed(theme),
        fill=lambda s: fill(s, made_up_plan),
        toasts=True,
    ) as there:
        pale = {}
        async for what in walk(there):
            for fault in frames.pale(there.app, LEAST[theme]):
                pale.setdefault(fault.partition(": ")[2], what)
        there.app.say("A sentence in passing.", "warning")
        await there.sees("A sentence in passing.")
        pale.update((fault, "a toast") for fault in frames.pale(there.app, LEAST[theme]))
        assert not pale, "\n".join(f"{what}: {fault}" for fault, what in pale.items())


async def test_without_colours_none_leaves_and_the_words_are_the_same(
    tmp_path, made_up_plan, monkeypatch
):
    """NO_COLOR: no code of a colour is sent; what is drawn differs in colour alone."""
    shown = {}
    for case in ("colour", "none"):
        if case == "none":
            monkeypatch.setenv("NO_COLOR", "1")
        async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
            async for what in walk(there):
                shown.setdefault(what, []).append(frames.text_in_front(there.app))
                codes = frames.coloured(frames.sent(there.app))
                assert bool(codes) == (case == "colour"), f"{what}: {sorted(codes)}"
    assert len(shown) > 2 * len(SCREEN_NAMES)
    for what, (with_colour, without) in shown.items():
        assert with_colour == without, what


@pytest.mark.parametrize(
    ("term", "theme"), [("xterm", "ansi"), ("linux", "ansi"), ("xterm-256color", "dark")]
)
async def test_a_terminal_of_sixteen_colours_gets_its_own(tmp_path, monkeypatch, term, theme):
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", term)
    async with stage(tmp_path) as there:
        assert there.app.theme == theme
        sent = frames.sent(there.app)
        assert ("38;2" in sent or "38;5" in sent) == (theme == "dark")


async def test_in_ascii_everything_of_ours_is_ascii(tmp_path, made_up_plan):
    async with stage(
        tmp_path,
        size=LARGE,
        settings=themed("dark", glyphs="ascii"),
        fill=lambda s: fill(s, made_up_plan),
        toasts=True,
    ) as there:
        faults = {}
        async for what in walk(there):
            strange = {c for c in there.text if not c.isascii()}
            if strange:
                faults[what] = "".join(sorted(strange))
        assert not faults, faults
