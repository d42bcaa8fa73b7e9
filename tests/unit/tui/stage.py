"""The real application in a window of a size, with a session that a test fills."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from secretshift.settings import Settings
from secretshift.tui.app import SecretshiftApp
from secretshift.tui.session import Session
from secretshift.wiring import services

NOW = datetime(2026, 11, 25, 14, 2, tzinfo=UTC)
SMALL, LARGE = (80, 24), (160, 48)
PATIENCE = 10.0


@dataclass
class Stage:
    app: SecretshiftApp
    pilot: Pilot[Any]

    @property
    def session(self) -> Session:
        return self.app.session

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        return drawn(self.app)

    @property
    def footer(self) -> str:
        """The line of the keys that are possible now."""
        return self.text.splitlines()[-1]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, fits: Callable[[], bool], what: str = "") -> None:
        """Wait for something that a thread brings about; fails after a while."""
        waited = 0.0
        while not fits():
            await self.pilot.pause(0.02)
            waited += 0.02
            assert waited < PATIENCE, f"never came: {what}\n{self.text}"
        await self.drawn_out()

    async def drawn_out(self) -> None:
        """Until what was asked for is drawn: on a busy machine a frame may still be on its way.
        What moves by itself is not waited for."""
        before = ""
        for _ in range(4):
            now = self.text
            if now == before:
                return
            before = now
            await self.pilot.pause()

    async def sees(self, text: str) -> None:
        await self.until(lambda: text in self.text, text)

    async def changed(self, *topics: str) -> None:
        self.app.changed(*topics)
        await self.pilot.pause()


def drawn(app: SecretshiftApp) -> str:
    """The compositor's frame as text, blanks at line ends cut."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in strip).rstrip() for strip in strips)


@asynccontextmanager
async def stage(
    folder: Path,
    *,
    screen: str = "start",
    size: tuple[int, int] = SMALL,
    fill: Callable[[Session], None] | None = None,
    settings: Settings | None = None,
    quiet: float = 0.0,
    keys: Sequence[str] = (),
    toasts: bool = False,
    apart: bool = False,
    workspace: Path | None = None,
) -> AsyncIterator[Stage]:
    """fill: puts things into the session before the first frame. The workspace is real and in
    ``folder``; no cloud is reached unless a test's session leads there. toasts: whether what is
    said in passing is drawn; apart: whether it looks for credentials in processes of their own, as
    the program does; workspace: None for one in the folder."""
    chosen = settings or Settings()
    app = SecretshiftApp(
        settings=chosen,
        open_services=lambda emit: services(
            chosen, workspace=workspace or folder / "workspace", emit=emit, apart=apart
        ),
        here=folder,
        screen=screen,
        now=lambda: NOW,
    )
    app.quiet = quiet
    async with app.run_test(size=size, notifications=toasts) as pilot:
        made = Stage(app, pilot)
        await made.until(lambda: app.session.services is not None, "the workspace")
        await made.until(lambda: not app.bridge.busy(), "the first journeys")
        if fill is not None:
            fill(app.session)
            app.changed("sources", "scan", "credentials", "plan", "run", "proof", "runs", "doctor")
            await pilot.pause()
        if keys:
            await made.press(*keys)
        await made.drawn_out()
        yield made
