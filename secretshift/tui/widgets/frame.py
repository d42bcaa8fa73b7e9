"""What stands on every screen: where we are, what comes next, what was changed, how to go back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from ..cells import fitted, wrapped
from ..gate import Safe
from ..glyphs import Glyphs

if TYPE_CHECKING:
    from textual.app import App


class Stop(NamedTuple):
    """One entry of the rail. done: this step of the journey is behind us."""

    screen: str
    digit: str
    title: str
    done: bool
    here: bool
    step: bool


def glyphs_of(app: App[Any]) -> Glyphs:
    found: Glyphs | None = getattr(app, "glyphs", None)
    return found or Glyphs(unicode=True)


class Header(Widget):
    """Line 1: workspace, accounts, mode. Line 2: the rail. Both in one line where it is narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"header--here", "header--faint", "header--mode"}
    DEFAULT_CSS = """
    Header { height: 2; background: $ss-bar; color: $foreground; }
    .-short Header, .-narrow Header, .-tiny Header { height: 1; }
    Header > .header--here { text-style: bold reverse; }
    Header > .header--faint { color: $ss-faint; }
    Header > .header--mode { color: $ss-warn; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._left = Safe("secretshift")
        self._right = Safe("")
        self._stops: tuple[Stop, ...] = ()
        self._spots: list[tuple[int, int, int, str]] = []

    def show(self, left: Safe, right: Safe, stops: Sequence[Stop]) -> None:
        self._left, self._right, self._stops = left, right, tuple(stops)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            self._spots = []
        if self.size.height == 1:
            return self._strip(self._compact(width), width)
        return self._strip(self._top(width) if y == 0 else self._rail(width, y), width)

    def _strip(self, parts: Sequence[tuple[str, str]], width: int) -> Strip:
        plain = glyphs_of(self.app).plain
        base = self.rich_style
        segments = [
            Segment(
                plain(text),
                base + self.get_component_rich_style(f"header--{name}", partial=True)
                if name
                else base,
            )
            for text, name in parts
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _top(self, width: int) -> list[tuple[str, str]]:
        right = fitted(self._right, min(cell_len(self._right), width // 3))
        left = fitted(f" {self._left}", max(0, width - cell_len(right) - 1))
        return [(left, ""), (right, "mode"), (" ", "")]

    def _rail(self, width: int, y: int) -> list[tuple[str, str]]:
        done = glyphs_of(self.app)("ok")
        parts: list[tuple[str, str]] = []
        x = 0
        steps = [stop for stop in self._stops if stop.step]
        others = [stop for stop in self._stops if not stop.step]
        for group in (steps, others):
            for stop in group:
                text = f"{stop.digit} {stop.title}" + (f" {done}" if stop.done else "")
                text = f"[{text}]" if stop.here else f" {text} "
                parts.append((text, "here" if stop.here else "" if stop.step else "faint"))
                self._spots.append((x, x + cell_len(text), y, stop.screen))
                x += cell_len(text)
            if group is steps and others:
                rest = sum(cell_len(f" {s.digit} {s.title} ") for s in others)
                gap = max(1, width - x - rest - 1)
                parts.append((" " * gap, ""))
                x += gap
        return parts

    def _compact(self, width: int) -> list[tuple[str, str]]:
        """One line: what we look at, and the steps without their names but the present one."""
        done = glyphs_of(self.app)("ok")
        rail: list[tuple[str, str, str]] = []
        for stop in self._stops:
            if not stop.step and not stop.here:
                continue
            text = f"{stop.digit} {stop.title}" if stop.here else stop.digit
            text += done if stop.done and not stop.here else ""
            rail.append((f"[{text}]" if stop.here else f" {text}", "here" * stop.here, stop.screen))
        length = sum(cell_len(text) for text, _, _ in rail)
        mode = f"{self._right} " if self._right else ""
        left = fitted(f" {self._left}", max(0, width - length - cell_len(mode) - 2))
        parts: list[tuple[str, str]] = [(left, ""), (" ", ""), (mode, "mode")]
        x = cell_len(left) + 1 + cell_len(mode)
        for text, name, screen in rail:
            parts.append((text, name))
            self._spots.append((x, x + cell_len(text), 0, screen))
            x += cell_len(text)
        return parts

    async def on_click(self, event: events.Click) -> None:
        for left, right, y, screen in self._spots:
            if y == event.y and left <= event.x < right:
                await self.run_action(f"app.go_{screen}")
                return


class Answers(Widget):
    """Next, Cloud and Back: the lines above the keys. Sentences wrap, none is cut."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"answers--name", "answers--cloud", "answers--faint"}
    DEFAULT_CSS = """
    Answers { height: auto; background: $background; }
    .-tall Answers { border-top: solid $ss-faint; }
    Answers > .answers--name { color: $ss-faint; text-style: bold; }
    Answers > .answers--cloud { color: $foreground; }
    Answers > .answers--faint { color: $ss-faint; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._next = self._cloud = self._back = Safe("")

    def show(self, next: Safe, cloud: Safe, back: Safe) -> None:  # noqa: A002
        if (next, cloud, back) == (self._next, self._cloud, self._back):
            return
        self._next, self._cloud, self._back = next, cloud, back
        self.refresh(layout=True)

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._lines(width)
        parts = lines[y] if y < len(lines) else []
        plain = glyphs_of(self.app).plain
        segments = [Segment(plain(text), self._style(name)) for text, name in parts]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, name: str) -> Style:
        if not name:
            return self.rich_style
        return self.rich_style + self.get_component_rich_style(f"answers--{name}", partial=True)

    def _lines(self, width: int) -> list[list[tuple[str, str]]]:
        width = max(20, width)
        lines = _named("Next", self._next, width)
        back = f"Back  {self._back}"
        cloud = f"{self._cloud}"
        room = width - 8 - cell_len(back) - 2
        if cell_len(cloud) <= room:
            gap = " " * (width - 8 - cell_len(cloud) - cell_len(back) - 1)
            lines.append(
                [
                    (" Cloud  ", "name"),
                    (cloud + gap, "cloud"),
                    ("Back  ", "name"),
                    (str(self._back), "faint"),
                ]
            )
            return lines
        return lines + _named("Cloud", Safe(cloud), width) + _named("Back", self._back, width)


def _named(name: str, text: Safe, width: int) -> list[list[tuple[str, str]]]:
    first, *more = wrapped(text, width - 9)
    lines: list[list[tuple[str, str]]] = [[(f" {name:<7}", "name"), (first, "")]]
    return lines + [[(" " * 8, ""), (line, "")] for line in more]


class KeyBar(Widget):
    """The keys that are possible now; each can be clicked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keybar--key"}
    DEFAULT_CSS = """
    KeyBar { height: 1; background: $ss-bar; color: $foreground; }
    KeyBar > .keybar--key { color: $ss-key; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[tuple[str, str, str], ...] = ()
        self._spots: list[tuple[int, int, str]] = []

    def show(self, keys: Sequence[tuple[str, str, str]]) -> None:
        """keys: what is pressed, what it does, the action."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        base = self.rich_style
        bright = base + self.get_component_rich_style("keybar--key", partial=True)
        segments = [Segment(" ", base)]
        self._spots = []
        x = 1
        shown = self._fitting(width - 1)
        for key, label, action in shown:
            end = x + cell_len(key) + 1 + cell_len(label)
            self._spots.append((x, end, action))
            segments += [Segment(key, bright), Segment(f" {label}   ", base)]
            x = end + 3
        return Strip(segments).adjust_cell_length(width, base)

    def _fitting(self, width: int) -> list[tuple[str, str, str]]:
        """What fits; the last one, help, is never left out."""
        if not self._keys:
            return []
        named = glyphs_of(self.app).key
        *first, last = [(named(key), label, action) for key, label, action in self._keys]
        room = width - _length(last)
        fitting = []
        for key in first:
            room -= _length(key)
            if room < 0:
                break
            fitting.append(key)
        return [*fitting, last]

    async def on_click(self, event: events.Click) -> None:
        for left, right, action in self._spots:
            if left <= event.x < right:
                await self.screen.run_action(action)
                return


def _length(key: tuple[str, str, str]) -> int:
    return cell_len(key[0]) + cell_len(key[1]) + 4
