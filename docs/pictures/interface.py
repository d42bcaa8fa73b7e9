"""Draw the pictures of the terminal interface and the recording of a guided move.

    .venv/bin/python docs/pictures/interface.py

The real program, on the embedded cloud with its samples, with the keys that a person would press.
Each picture is an SVG beside this file; the recording is one SVG whose frames follow each other.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Button, Input

from secretshift import wiring
from secretshift.settings import Settings
from secretshift.tui.app import SecretshiftApp

HERE = Path(__file__).parent
SIZE = (110, 32)
SECONDS_A_FRAME = 3
PATIENCE = 60.0
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Recorder:
    """Presses keys in the program and keeps what it shows."""

    def __init__(self, app: SecretshiftApp, pilot: Pilot[object]) -> None:
        self._app, self._pilot = app, pilot
        self.frames: list[str] = []

    @property
    def text(self) -> str:
        strips = self._app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def until(self, fits: Callable[[], bool]) -> None:
        waited = 0.0
        while not fits():
            await self._pilot.pause(0.05)
            waited += 0.05
            if waited > PATIENCE:
                raise TimeoutError(f"it never came:\n{self.text}")
        await self._pilot.pause(0.3)

    async def sees(self, text: str) -> None:
        await self.until(lambda: text in self.text and not self._app.bridge.busy())

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)

    async def to(self, fits: Callable[[object], bool]) -> None:
        """Tab until the focus is there."""
        await self._pilot.pause(self._app.quiet + 0.1)
        for _ in range(12):
            if fits(self._app.focused):
                return
            await self.press("tab")
        raise TimeoutError(f"no such place to type:\n{self.text}")

    @property
    def plan(self) -> str:
        made = self._app.session.plan
        if made is None:
            raise ValueError("no plan was made")
        return made.id

    @property
    def run(self) -> str:
        begun = self._app.session.run
        if begun is None:
            raise ValueError("nothing ran")
        return begun.run

    def frame(self, name: str = "") -> None:
        """Keep it for the recording; with a name also as a picture of its own."""
        drawn = plain_fonts(self._app.export_screenshot(title="secretshift"))
        self.frames.append(drawn)
        if name:
            (HERE / f"{name}.svg").write_text(drawn, "utf-8")


def plain_fonts(svg: str) -> str:
    """Without the fonts that would be loaded from elsewhere."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    svg = re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)
    return re.sub(r"font-family:\s*Fira Code[^;]*;", f"font-family: {FONT};", svg)


def recording(frames: list[str]) -> str:
    """One SVG that shows them one after the other, again and again."""
    whole = len(frames) * SECONDS_A_FRAME
    box = re.search(r'viewBox="([^"]+)"', frames[0])
    if box is None:
        raise ValueError("a frame without a size")
    style = (
        f".frame {{ visibility: hidden; animation: shown {whole}s step-end infinite; }}\n"
        f"@keyframes shown {{ 0% {{ visibility: visible; }} "
        f"{100 / len(frames):.3f}% {{ visibility: hidden; }} }}\n"
    )
    groups = "\n".join(
        f'<g class="frame" style="animation-delay: {number * SECONDS_A_FRAME}s">{frame}</g>'
        for number, frame in enumerate(frames)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box[1]}">\n'
        f"<style>{style}</style>\n{groups}\n</svg>\n"
    )


async def guided(recorder: Recorder) -> None:
    """From the first look to the proof and back, as a newcomer would go."""
    await recorder.sees("an list functions")
    recorder.frame()
    await recorder.press("enter")
    await recorder.sees("values in")
    recorder.frame()
    await recorder.press("enter")
    await recorder.sees("sorted by risk")
    await recorder.press("down")
    await recorder.until(lambda: "PostgreSQL" in recorder.text)
    recorder.frame("credentials")
    await recorder.press("enter")
    await recorder.until(lambda: "Enter plans the move" in recorder.text)
    recorder.frame()
    await recorder.press("enter")
    await recorder.sees("R runs it")
    recorder.frame("plan-screen")
    await recorder.press("R")
    await recorder.until(lambda: "Cancel" in recorder.text)
    recorder.frame()
    await recorder.to(lambda widget: isinstance(widget, Input))
    await recorder.press(*recorder.plan[-4:])
    recorder.frame()
    await recorder.to(lambda widget: isinstance(widget, Button) and str(widget.label) == "Run")
    await recorder.press("enter")
    await recorder.sees("Enter shows the proof")
    recorder.frame("run")
    await recorder.press("enter")
    await recorder.sees("[6 Proof")
    recorder.frame()
    await recorder.press("U")
    await recorder.until(lambda: "Cancel" in recorder.text)
    await recorder.to(lambda widget: isinstance(widget, Input))
    await recorder.press(*recorder.run[-4:])
    recorder.frame()
    await recorder.to(lambda widget: isinstance(widget, Button) and str(widget.label) != "Cancel")
    await recorder.press("enter")
    await recorder.sees("Undone")
    recorder.frame()


async def draw() -> None:
    playground = wiring.demo_playground(Settings())
    app = SecretshiftApp(
        settings=playground.settings,
        open_services=playground.open,
        here=playground.here,
        screen="start",
        demo="demo cloud",
    )
    with playground:
        async with app.run_test(size=SIZE) as pilot:
            recorder = Recorder(app, pilot)
            await guided(recorder)
            (HERE / "guided.svg").write_text(recording(recorder.frames), "utf-8")


if __name__ == "__main__":
    os.environ["COLORTERM"] = "truecolor"
    os.environ.pop("NO_COLOR", None)
    asyncio.run(draw())
