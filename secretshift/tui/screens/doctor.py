"""Doctor: this machine, the workspace, and what may be done in each account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from ..gate import Safe, gate
from ..overlays.explain import Explain
from ..viewmodels import FrameView
from ..views import doctor as views
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .base import BaseScreen


class DoctorScreen(BaseScreen):
    """See the module."""

    NAME = "doctor"
    FOOTER = ("open", "check", "stop", "next-open")
    LABELS: ClassVar[Any] = {"open": "what to do"}
    FOCUS = "#checks"
    TOPICS = frozenset({"doctor"})
    DEFAULT_CSS = """
    DoctorScreen #summary { padding: 0 1; height: auto; text-style: bold; }
    """

    def middle(self) -> Iterable[Widget]:
        yield Text(id="summary")
        yield RowList(views.COLUMNS, wrap=True, id="checks")

    @property
    def _rows(self) -> RowList:
        return self.query_one("#checks", RowList)

    def on_mount(self) -> None:
        super().on_mount()
        if not self.session.checks:
            self.the_app.acts.doctor()

    def draw(self, topics: frozenset[str]) -> None:
        checks = self.session.checks.values()
        self._rows.replace(views.rows(checks))
        token, sentence = views.summary(checks, self.the_app.bridge.busy("doctor"))
        self.query_one("#summary", Text).show(Safe(f"{self.the_app.glyphs(token)} {sentence}"))

    def frame(self) -> FrameView:
        return FrameView(
            Safe("c looks again. The doctor only reads: rights are asked of a simulation."),
            Safe(""),
            Safe("Esc: back."),
        )

    def can(self, action: str) -> bool:
        busy = self.the_app.bridge.busy("doctor")
        if action == "stop":
            return busy
        if action == "check":
            return not busy
        return True

    def action_check(self) -> None:
        self.the_app.acts.doctor()

    def action_stop(self) -> None:
        self.the_app.bridge.stop("doctor")

    def action_next_open(self) -> None:
        self._rows.next_open(1)

    def action_former_open(self) -> None:
        self._rows.next_open(-1)

    @on(RowList.Opened)
    def _opened(self) -> None:
        check = self.session.checks.get(self._rows.cursor_id)
        if check is None:
            self._rows.toggle_fold()
            return
        lines = [gate(check.text, limit=1000)]
        lines.append(gate(check.hint, limit=1000) if check.hint else Safe("Nothing is to be done."))
        self.the_app.push_screen(Explain(gate(check.title), lines))
