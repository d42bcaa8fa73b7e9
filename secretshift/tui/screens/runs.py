"""Runs: what was done before, opened in the views of a live run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from ..gate import Safe
from ..reopened import reopened
from ..viewmodels import FrameView
from ..views import runs as views
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .base import BaseScreen
from .run import ask_resume, ask_undo


class RunsScreen(BaseScreen):
    """See the module."""

    NAME = "runs"
    FOOTER = ("open", "run", "undo", "filter", "check", "next-open")
    LABELS: ClassVar[Any] = {"run": "go on"}
    FOCUS = "#runs"
    TOPICS = frozenset({"runs"})
    DEFAULT_CSS = """
    RunsScreen #empty { padding: 0 1; height: auto; }
    RunsScreen #search { display: none; height: 1; border: none; padding: 0 1; }
    """

    def middle(self) -> Iterable[Widget]:
        yield Text(id="empty")
        yield Input(placeholder="filter", id="search", compact=True)
        yield RowList(views.COLUMNS, id="runs")

    @property
    def _rows(self) -> RowList:
        return self.query_one("#runs", RowList)

    def draw(self, topics: frozenset[str]) -> None:
        session = self.session
        self._rows.replace(views.rows(session.runs, session.stopped_runs))
        empty = self.query_one("#empty", Text)
        empty.display = not session.runs
        if session.services is None:
            empty.show(Safe("The workspace is being opened…"))
        else:
            empty.show(Safe("No runs in this workspace. Make a plan: 3, then p, then R."))

    def frame(self) -> FrameView:
        died = self.session.stopped_runs
        if died:
            said = f"{len(died)} stopped half-way. Nothing is lost: R goes on, U undoes."
        elif self.session.runs:
            said = "Enter opens a run as it was. Opening changes nothing."
        else:
            said = "Each run is kept here with everything that it did, and can be undone from here."
        return FrameView(Safe(said), Safe(""), Safe("Esc: back."))

    def can(self, action: str) -> bool:
        if action in ("back", "check"):
            return True
        record = self._record()
        if record is None:
            return False
        died = record.id in self.session.stopped_runs
        free = not self.the_app.read_only and not self.the_app.bridge.busy("run", "undo")
        if action == "run":
            return free and views.resumable(record.status, died)
        if action == "undo":
            return free and views.undoable(record.status, died)
        return True

    def _record(self) -> Any:
        if not self.is_mounted:
            return None
        id = self._rows.cursor_id  # noqa: A001
        return next((run for run in self.session.runs if run.id == id), None)

    @on(RowList.CursorMoved)
    def _moved(self) -> None:
        self.draw_keys()

    @on(RowList.Opened)
    def _opened(self) -> None:
        record = self._record()
        if record is not None:
            self.the_app.acts.open_run(record.id)

    def action_check(self) -> None:
        self.the_app.acts.runs()

    def action_next_open(self) -> None:
        self._rows.next_open(1)

    def action_former_open(self) -> None:
        self._rows.next_open(-1)

    def action_filter(self) -> None:
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    @on(Input.Changed, "#search")
    def _filtered(self, event: Input.Changed) -> None:
        self._rows.filter(event.value)

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        self._rows.focus()

    def action_back(self) -> None:
        search = self.query_one("#search", Input)
        if search.display:
            search.value = ""
            search.display = False
            self._rows.focus()
            return
        super().action_back()

    def action_run(self) -> None:
        record = self._record()
        if record is None:
            return

        self._with_detail(
            record.id,
            lambda detail: ask_resume(self, record.id, detail.plan, keeps=detail.keeps),
        )

    def action_undo(self) -> None:
        record = self._record()
        if record is not None:
            self._with_detail(record.id, lambda detail: ask_undo(self, record.id, reopened(detail)))

    def _with_detail(self, run: str, then: Callable[[Any], None]) -> None:
        from secretshift.workflow.runs import show

        self.the_app.acts.read(lambda services: show(services, run), then)
