"""Pictures of every screen, compared with those that somebody looked at.

Renew them with: pytest tests/unit/tui/test_snapshots.py --snapshot-update, and look at each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from secretshift.execution.run import Failure
from secretshift.model.errors import Unavailable
from secretshift.settings import Settings
from secretshift.tui.app import SecretshiftApp
from secretshift.tui.session import Session
from secretshift.wiring import services
from secretshift.workflow.undo import UndoResult

from .stage import LARGE, NOW, PATIENCE, SMALL
from .worlds import SCREEN_NAMES, fill

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
SHEETS = {
    "help": ("plan", ("question_mark",)),
    "why": ("credentials", ("i",)),
    "decide": ("credentials", ("asterisk", "d")),
    "destination": ("credentials", ("e",)),
    "export": ("credentials", ("w",)),
    "policy": ("plan", ("i",)),
    "run": ("plan", ("R",)),
    "undo": ("proof", ("U",)),
    "undo-refused": ("run", ("U",)),
    "go-on": ("run", ("R",)),
    "palette": ("start", ("colon",)),
}


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch, tmp_path):
    """What is drawn of the machine is the same on each."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("HOME", "/home/sam")
    for name in ("NO_COLOR", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def compared(snap_compare, tmp_path, made_up_plan):
    """Open a screen with a session, press keys, compare."""

    def compare(
        screen: str,
        size: tuple[int, int],
        *,
        keys: tuple[str, ...] = (),
        change: Callable[[Session], None] = lambda session: None,
        empty: bool = False,
        settings: Settings | None = None,
    ) -> None:
        chosen = settings or Settings()
        app = SecretshiftApp(
            settings=chosen,
            open_services=lambda emit: services(chosen, workspace=tmp_path / "w", emit=emit),
            here=Path("/home/sam/shop"),
            screen=screen,
            now=lambda: NOW,
            clock=lambda: 0.0,
        )
        app.quiet = 0.0

        async def settled(pilot: Pilot[object]) -> None:
            async with asyncio.timeout(PATIENCE):
                while app.session.services is None or app.bridge.busy():
                    await pilot.pause(0.02)

        async def prepare(pilot: Pilot[object]) -> None:
            await settled(pilot)
            if not empty:
                fill(app.session, made_up_plan)
            change(app.session)
            topics = ("sources", "scan", "credentials", "plan", "run", "proof", "runs", "doctor")
            app.changed(*topics)
            await pilot.pause()
            await pilot.press(*keys)
            await settled(pilot)
            for field in app.screen.query(Input):
                # Its cursor comes and goes with the clock.
                field.cursor_blink = False
            await pilot.pause()

        assert snap_compare(app, terminal_size=size, run_before=prepare)

    return compare


@SIZES
@pytest.mark.parametrize("screen", SCREEN_NAMES)
def test_filled(compared, screen, size):
    compared(screen, size)


OF_THE_MACHINE = {"start", "doctor", "settings"}
"""What these show before anything was looked at is different on each machine."""


@pytest.mark.parametrize("screen", [n for n in SCREEN_NAMES if n not in OF_THE_MACHINE])
def test_empty(compared, screen):
    compared(screen, SMALL, empty=True)


def _as_it_is(session: Session) -> None:
    pass


def _first_run(session: Session) -> None:
    """It asks however small the plan is."""
    session.run, session.runs = None, ()


def _undo_refused(session: Session) -> None:
    """Its secret was rotated since, which the first undo said."""
    assert session.run is not None and session.run.plan is not None
    function, name = session.run.plan.active[0].function, session.run.plan.secrets[0].name
    what = f"It holds another version (arn:aws:secretsmanager:eu-west-1:1:secret:{name}-aB3dE6)"
    failures = (Failure(str(function), "rotated", what, ""),)
    session.run.mode = "undo"
    session.run.result = UndoResult(session.run.run, "partly-undone", failures=failures)


def _kept(session: Session) -> None:
    assert session.run is not None
    session.run.keeps = True


CHANGES = {"run": _first_run, "undo-refused": _undo_refused, "go-on": _kept}


@SIZES
@pytest.mark.parametrize("sheet", SHEETS)
def test_sheet(compared, sheet, size):
    screen, keys = SHEETS[sheet]
    compared(screen, size, keys=keys, change=CHANGES.get(sheet, _as_it_is))


GONE = Unavailable(
    "AWS does not answer",
    resource="lambda.eu-west-1",
    hint="Look at the network, then c",
)


def _nothing_found(session: Session) -> None:
    assert session.report is not None
    session.report = replace(session.report, findings=(), errors=())
    session.rows, session.listed, session.live = (), session.report, []


def _scan_failed(session: Session) -> None:
    session.scan_error, session.report, session.rows = GONE, None, ()


def _plan_failed(session: Session) -> None:
    session.plan_error, session.plan = GONE, None


@pytest.mark.parametrize(
    ("screen", "change"),
    [
        ("scan", _nothing_found),
        ("credentials", _nothing_found),
        ("scan", _scan_failed),
        ("plan", _plan_failed),
    ],
    ids=["scan-clean", "credentials-clean", "scan-failed", "plan-failed"],
)
def test_state(compared, screen, change):
    compared(screen, SMALL, change=change)


def _with(**chosen: object) -> Settings:
    settings = Settings()
    return replace(settings, tui=replace(settings.tui, **chosen))


@pytest.mark.parametrize("screen", ["credentials", "plan", "run"])
@pytest.mark.parametrize(
    "look",
    [{"theme": "light"}, {"theme": "contrast"}, {"glyphs": "ascii"}],
    ids=["light", "contrast", "ascii"],
)
def test_look(compared, screen, look):
    compared(screen, LARGE, settings=_with(**look))


@pytest.mark.parametrize("screen", ["credentials", "plan", "run"])
def test_without_colour(compared, screen, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    compared(screen, SMALL)
