"""A line of tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from .frame import glyphs_of


class TabLine(Widget):
    """One tab is chosen; it stands in brackets, so that no colour is needed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabline--here", "tabline--faint"}
    DEFAULT_CSS = """
    TabLine { height: 1; background: $background; color: $foreground; }
    TabLine > .tabline--here { text-style: bold; color: $ss-key; }
    TabLine > .tabline--faint { color: $ss-faint; }
    """

    class Chosen(Message):
        def __init__(self, line: TabLine, name: str) -> None:
            super().__init__()
            self.line, self.name = line, name

        @property
        def control(self) -> TabLine:
            return self.line

    def __init__(self, names: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self._names = tuple(names)
        self._spots: list[tuple[int, int, str]] = []
        self.chosen = self._names[0]

    def choose(self, name: str) -> None:
        if name != self.chosen:
            self.chosen = name
            self.refresh()
            self.post_message(self.Chosen(self, name))

    def step(self, by: int) -> None:
        """To the tab after this one, or before; past the last is the first."""
        at = (self._names.index(self.chosen) + by) % len(self._names)
        self.choose(self._names[at])

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        plain = glyphs_of(self.app).plain
        base = self.rich_style
        segments = []
        self._spots = []
        x = 0
        for name in self._names:
            here = name == self.chosen
            text = f"[{name.capitalize()}]" if here else name.capitalize()
            part = "here" if here else "faint"
            style = base + self.get_component_rich_style(f"tabline--{part}", partial=True)
            segments += [Segment(plain(text), style), Segment(" ", base)]
            self._spots.append((x, x + cell_len(text), name))
            x += cell_len(text) + 1
        return Strip(segments).adjust_cell_length(width, base)

    def on_click(self, event: events.Click) -> None:
        for left, right, name in self._spots:
            if left <= event.x < right:
                self.choose(name)
                return
