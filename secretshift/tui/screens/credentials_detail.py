"""The detail of Credentials: what of one value is drawn at once, and what is read first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.timer import Timer

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import Finding
from secretshift.workflow.credentials import CredentialRow

from ..actions import PLAN, SCAN
from ..viewmodels import EMPTY
from ..views import credentials as views
from ..views import detail as in_full
from ..views.git_history import timeline_rows
from ..widgets.detail import CredentialDetail

if TYPE_CHECKING:
    from .credentials_panes import CredentialPanes

REST: Final = 0.08
"""Seconds after which the cursor rests and the detail is read."""


class DetailReader:
    """Fills the detail for the row under the cursor, and knows which of its places is meant."""

    def __init__(self, screen: CredentialPanes) -> None:
        self._screen = screen
        self._rest: Timer | None = None
        self._row: CredentialRow | None = None
        self._verdict: in_full.Verdict | None = None
        self._place: Finding | None = None
        self._wanted = ""

    @property
    def detail(self) -> CredentialDetail:
        return self._screen.query_one(CredentialDetail)

    @property
    def finding(self) -> Finding | None:
        """The place under the detail's cursor, or the one that stands for the value."""
        row = self._screen.cursor
        if row is None:
            return None
        if self._place is not None and self._place.credential == row.credential.id:
            return self._place
        return views.first_finding(row)

    def place(self) -> None:
        """The detail's cursor moved. Where it is now counts: rows that are replaced move it more
        than once."""
        row, finding_id = self._screen.cursor, self.detail.body.cursor_id
        if row is not None and self.detail.tab == "where":
            found = (f for f in row.credential.findings if f.id == finding_id)
            self._place = next(found, None)

    def follow_cursor(self) -> None:
        """Another row: draw it when the cursor rests."""
        self._place = None
        if self._rest is not None:
            self._rest.stop()
        self._rest = self._screen.set_timer(REST, self._rested)

    def _rested(self) -> None:
        self._rest = None
        self.draw(anew=True)
        if self._screen.is_current:
            self._screen.draw_frame()

    def draw(self, *, anew: bool = False) -> None:
        """Heading and tab of the cursor's row; what is shown already stays as it is."""
        row, detail = self._screen.cursor, self.detail
        if row is None:
            self._row = None
            detail.clear()
            return
        planning = self._screen.the_app.bridge.busy(SCAN, PLAN)
        verdict = in_full.verdict(row, live=self._screen.live, planning=planning)
        if anew or row is not self._row or verdict != self._verdict:
            self._verdict = verdict
            detail.show_head(in_full.heading(row), verdict)
        if not verdict.possible and detail.button.has_focus:
            detail.body.focus()
        if anew or row is not self._row:
            self._row = row
            self._draw_tab(row)

    def _draw_tab(self, row: CredentialRow) -> None:
        screen, detail = self._screen, self.detail
        tab = detail.tab
        self._wanted = ""
        if tab == "where":
            edit = screen.session.edits.get(row.credential.id)
            at = self.finding
            rows = in_full.where_rows(row, edit, views.planned_name(screen.session.plan, row))
            detail.show_rows(rows, at.id if at else "")
        elif tab == "siblings":
            others = (one for one in row.siblings if one in screen.known)
            detail.show_rows(in_full.sibling_rows(row, screen.known), next(others, ""))
        elif tab == "why":
            detail.show_rows(in_full.why_rows(row))
        else:
            self._read_tab(row, tab)

    def _read_tab(self, row: CredentialRow, tab: str) -> None:
        """Context and History are read; an answer for a row that was left is dropped."""
        self.detail.show_rows(in_full.waiting_rows())
        finding = self.finding
        if self._screen.session.services is None or finding is None:
            return
        self._wanted = wanted = f"{tab} {finding.id}"
        done = partial(self._came, wanted)
        failed = partial(self._not_readable, wanted)
        acts = self._screen.the_app.acts
        if tab == "context":
            acts.context(finding.location, done, failed)
        else:
            acts.moments(row.credential.id, done, failed)

    def _came(self, wanted: str, found: Any) -> None:
        if wanted != self._wanted:
            return
        if self.detail.tab == "history":
            row = self._screen.cursor
            past = timeline_rows(row) if row is not None else []
            self.detail.show_rows([*past, *in_full.history_rows(found)])
            return
        here = next((line for line in found if line.here), None)
        at = f"l:{here.number}" if here is not None else ""
        finding = self.finding
        title = in_full.context_title(finding.location) if finding is not None else EMPTY
        self.detail.show_rows(in_full.context_rows(title, found), at)

    def _not_readable(self, wanted: str, error: SecretshiftError) -> None:
        if wanted == self._wanted:
            self.detail.show_rows(in_full.problem_rows(error))
