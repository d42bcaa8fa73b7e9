"""Start: where to look."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from ..gate import Safe, gate
from ..viewmodels import Cell, Column, FrameView, RowView
from ..widgets.rowlist import RowList
from .base import BaseScreen


class StartScreen(BaseScreen):
    """One row a place; chosen ones are looked through."""

    NAME = "start"
    FOOTER = ("open", "mark", "check", "why")
    FOCUS = "#sources"

    def middle(self) -> Iterable[Widget]:
        yield RowList(
            [
                Column("name", "Where", 24),
                Column("detail", "What", None),
                Column("can", "Read", 30),
            ],
            markable=True,
            id="sources",
        )

    def frame(self) -> FrameView:
        return FrameView(
            Safe("Enter looks for credentials. Reading only: nothing is written anywhere."),
            Safe(""),
            Safe("q: leave."),
        )

    def draw(self, topics: frozenset[str]) -> None:
        rows = self.query_one("#sources", RowList)
        rows.replace(
            RowView(
                id=s.id,
                cells=(Cell(gate(s.name)), Cell(gate(s.detail)), Cell(gate(s.can))),
                note=gate(s.remedy),
            )
            for s in self.session.sources.values()
        )
        rows.set_marks(self.session.chosen)

    def action_mark(self) -> None:
        self.the_app.acts.choose(self.query_one("#sources", RowList).cursor_id)

    @on(RowList.Opened)
    def _look(self) -> None:
        self.the_app.acts.scan()
        self.the_app.goto("scan")
