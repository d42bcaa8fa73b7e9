"""List and detail of Credentials as two panes: side by side, or one over the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual import events, on
from textual.widget import Widget
from textual.widgets import Input

from secretshift.model.findings import Finding
from secretshift.workflow.credentials import CredentialRow, Status

from ..actions import PLAN, SCAN
from ..views.credential_order import credential_of
from ..widgets.detail import CredentialDetail
from ..widgets.rowlist import RowList
from ..widgets.tabs import TabLine
from .base import BaseScreen
from .credentials_detail import DetailReader
from .credentials_list import CredentialList

_IN_BODY: Final = {"where": "what is around", "siblings": "to that row"}
"""What Enter does on a row of these tabs."""


class CredentialPanes(BaseScreen):
    """Which pane has the focus, what Enter and Tab do in it, and what is possible there."""

    def __init__(self) -> None:
        super().__init__()
        self.list = CredentialList(self, self.settled, self._titles)
        self.reader = DetailReader(self)

    @property
    def rows(self) -> RowList:
        return self.query_one("#rows", RowList)

    @property
    def filter_line(self) -> Input:
        return self.query_one("#filter", Input)

    @property
    def detail(self) -> CredentialDetail:
        return self.query_one(CredentialDetail)

    @property
    def known(self) -> Mapping[str, CredentialRow]:
        """Every row by the credential's id."""
        return self.list.known

    @property
    def live(self) -> bool:
        """The rows come from a scan that is at work."""
        return self.list.live

    @property
    def cursor(self) -> CredentialRow | None:
        """The credential under the cursor."""
        return self.known.get(credential_of(self.rows.cursor_id))

    @property
    def finding(self) -> Finding | None:
        """The place that Context and Reveal are about."""
        return self.reader.finding

    @property
    def open(self) -> bool:
        """The detail has the focus; in a narrow window it lies over the list."""
        return self.has_class("-open")

    @property
    def wide(self) -> bool:
        """There is room for list and detail."""
        return self.has_class("-wide")

    @property
    def typing(self) -> bool:
        """Letters are text now."""
        return self.filter_line.has_focus

    def _titles(self) -> Mapping[str, str]:
        return self.the_app.acts.titles()

    def settled(self) -> None:
        """Other rows are there: marks, and the detail if its row changed."""
        self.list.show_marks(self.session.marks)
        self.reader.draw()

    def label(self, name: str) -> str:
        if name != "open":
            return super().label(name)
        if self.typing:
            return "to the rows"
        if not self.open:
            return "detail"
        if self.detail.button.has_focus:
            return "move this one"
        return _IN_BODY.get(self.detail.tab, "to the button")

    # The detail

    @on(RowList.CursorMoved, "#rows")
    def _moved(self) -> None:
        self.reader.follow_cursor()

    @on(TabLine.Chosen)
    def _tab_chosen(self) -> None:
        self.reader.draw(anew=True)
        self.draw_keys()

    @on(RowList.CursorMoved, "#body")
    def _place_chosen(self) -> None:
        self.reader.place()

    @on(RowList.Opened, "#body")
    def _body_opened(self, event: RowList.Opened) -> None:
        tab = self.detail.tab
        if tab == "siblings" and event.id in self.known:
            self.list.to(event.id)
            self.close()
        elif tab == "where" and not event.id.startswith("h:"):
            self.detail.choose("context")
        elif not self.detail.button.disabled:
            self.detail.button.focus()

    # Panes

    @on(RowList.Opened, "#rows")
    def _opened(self, event: RowList.Opened) -> None:
        if self.rows.cursor_row is not None and self.rows.cursor_row.foldable:
            self.rows.toggle_fold()
            return
        self.reader.draw()
        self.show_detail(button=True)

    def show_detail(self, *, button: bool) -> None:
        if self.cursor is None:
            return
        self.add_class("-open")
        to: Widget = self.detail.body
        if button and not self.detail.button.disabled:
            to = self.detail.button
        to.focus()

    def close(self) -> None:
        self.remove_class("-open")
        self.rows.focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        inside = self.detail in event.widget.ancestors_with_self
        self.set_class(inside, "-open")
        self.draw_frame()

    def action_next_pane(self) -> None:
        if self.detail.body.has_focus and not self.detail.button.disabled:
            self.detail.button.focus()
        elif self.open:
            self.close()
        else:
            self.show_detail(button=False)

    def action_former_pane(self) -> None:
        if self.detail.button.has_focus:
            self.detail.body.focus()
        elif self.open:
            self.close()
        else:
            self.show_detail(button=True)

    def action_former_tab(self) -> None:
        self.detail.step(-1)

    def action_next_tab(self) -> None:
        self.detail.step(1)

    # What is possible now

    def can(self, action: str) -> bool:
        if not self.is_mounted or action == "back":
            return True
        if action == "open":
            return self.opens
        if self.typing:
            return False
        session = self.session
        ready = session.services is not None
        row = self.cursor
        if action == "plan":
            return ready and self.chosen_any and not self.the_app.bridge.busy(SCAN, PLAN)
        if action == "decide":
            return ready and self.chosen_any and not self.live
        if action == "ask":
            return ready and self.chosen_any and not self.the_app.bridge.busy(SCAN, PLAN)
        if action == "reveal":
            return ready and row is not None and row.status is not Status.MOVED
        if action in ("destination", "copy"):
            return row is not None
        if action == "take_back":
            return ready and bool(self.known)
        if action == "group":
            return bool(self.known) and not self.live
        if action in ("former_tab", "next_tab"):
            return row is not None and (self.wide or self.open)
        if action == "zoom":
            return self.wide
        if action == "why":
            return row is not None or session.report is not None
        return bool(self.known)

    @property
    def chosen_any(self) -> bool:
        return bool(self.session.marks) or self.cursor is not None

    @property
    def opens(self) -> bool:
        """Whether Enter does something."""
        if not self.open:
            return self.typing or self.rows.cursor_row is not None
        body = self.detail.body.has_focus
        return not body or self.detail.tab in _IN_BODY or not self.detail.button.disabled
