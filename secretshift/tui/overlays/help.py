"""The keys of the screen below, by group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from ..keymap import GROUPS, Key, Keymap, of_group, shown
from ..widgets.frame import glyphs_of
from ..widgets.text import Text
from .sheet import Sheet


class Help(Sheet[None]):
    """possible: actions that do something on that screen."""

    DEAF = False
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape,question_mark,q,enter", "cancel", "close", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
    ]
    DEFAULT_CSS = """
    Help > .sheet { width: 100; height: auto; max-height: 96%; }
    Help .group { margin: 0 0 1 0; }
    """

    def __init__(self, title: str, keymap: Keymap, possible: Iterable[str]) -> None:
        super().__init__()
        self._title = title
        self._keymap = keymap
        self._possible = frozenset(possible)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content(f"Keys on {self._title}")
            sheet.can_focus = True
            for group in GROUPS:
                keys = [key for key in of_group(group) if key.id in self._possible]
                if keys:
                    yield Text(self._lines(group, keys), classes="group")
            yield Text(
                Content.styled("Small letters change no cloud. Esc closes this.", "$ss-faint")
            )

    def on_mount(self) -> None:
        self.query_one(".sheet").focus()

    def action_scroll(self, lines: int) -> None:
        self.query_one(".sheet").scroll_relative(y=lines, animate=False)

    def _lines(self, group: str, keys: Iterable[Key]) -> Content:
        named = glyphs_of(self.app).key
        parts: list[Content] = [Content.styled(group.capitalize(), "bold")]
        for key in keys:
            names = " ".join(named(shown(name)) for name in self._keymap.keys(key.id))
            parts.append(Content(f"\n  {names:<12}").stylize("$ss-key") + Content(key.meaning))
        return Content("").join(parts)
