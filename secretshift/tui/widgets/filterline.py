"""A text field over a list."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding
from textual.widgets import Input

from .rowlist import RowList


class FilterLine(Input):
    """A text field whose arrows move the list below it."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("down", "rows('down')", show=False),
        Binding("up", "rows('up')", show=False),
        Binding("pagedown", "rows('page_down')", show=False),
        Binding("pageup", "rows('page_up')", show=False),
    ]

    def action_rows(self, name: str) -> None:
        getattr(self.screen.query_one("#rows", RowList), f"action_{name}")()
