"""Every text from outside, on every screen and overlay, is shown as text and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.settings import Settings
from secretshift.settings.types import OwnFile
from secretshift.tui.overlays.sheet import Sheet

from . import frames
from .stage import LARGE, SMALL, Stage, stage
from .worlds import HOSTILE, SCREEN_NAMES, fill

TINY = (60, 15)
OPENERS = {
    "start": ("i", "n i", "G enter"),
    "scan": ("n i", "tab g i"),
    "credentials": ("i", "d", "e", "v", "w"),
    "plan": ("i", "n i", "w", "R"),
    "run": ("i", "j i", "U", "R"),
    "proof": ("j enter", "G enter", "w", "U"),
    "runs": (),
    "doctor": ("j enter", "n enter"),
    "settings": ("G l j enter",),
}
"""Keys that open something on these screens, from the first row."""


def sound(there: Stage, what: str) -> None:
    faults = frames.faults_of_text(there.app)
    assert not faults, f"{what}:\n" + "\n".join(faults[:3])


async def look(there: Stage, name: str) -> None:
    """The screen itself, each row under the cursor, and everything that its keys open."""
    app = there.app
    app.goto(name)
    await there.pilot.pause()
    sound(there, name)
    for _ in range(3):
        await there.press("j")
        sound(there, f"{name}, a row further")
    for keys in OPENERS[name]:
        await there.press("g", *keys.split())
        await there.until(lambda: isinstance(app.screen, Sheet), f"a sheet, {keys} on {name}")
        await there.pilot.pause()
        sound(there, f"{name}, {keys}")
        while isinstance(app.screen, Sheet):
            await there.press("escape")
    await there.press("question_mark")
    sound(there, f"{name}, help")
    await there.press("escape")


@pytest.mark.parametrize("size", [TINY, SMALL, LARGE])
async def test_hostile_text_is_text_everywhere(tmp_path, made_up_plan, size):
    """No invisible character reaches a frame, no line leaves the window, nothing is a command."""
    settings = replace(Settings(), own=OwnFile(tmp_path / "own.toml"))
    async with stage(
        tmp_path, size=size, settings=settings, fill=lambda s: fill(s, made_up_plan, hostile=True)
    ) as there:
        there.app.acts.plugins = lambda: None
        there.app.acts.overview = lambda: None
        accounts = {f.function.place.account for f in there.session.plan.functions}
        there.session.settings = replace(
            settings, tui=replace(settings.tui, production=tuple(accounts))
        )
        for name in SCREEN_NAMES:
            await look(there, name)
        assert not there.app._exit and there.app.bug is None


async def test_what_is_said_in_passing_is_text_too(tmp_path):
    async with stage(tmp_path, size=LARGE, toasts=True) as there:
        there.app.say(HOSTILE)
        await there.sees("[red]")
        sound(there, "a notification")
        assert "[red]" in there.text


async def test_hostile_names_stay_readable(tmp_path, made_up_plan):
    """They are shown, not left out: the markup stands there as it is, the escapes as escapes."""
    async with stage(
        tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan, hostile=True)
    ) as there:
        there.app.acts.overview = lambda: None
        for name in ("start", "proof", "doctor", "run"):
            there.app.goto(name)
            await there.pilot.pause()
            assert "\\x1b[2J" in there.text or "\\x1b" in there.text, name
