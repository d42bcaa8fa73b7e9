"""List and detail of Credentials as two panes: side by side, or one over the other."""

from __future__ import annotations

from typing import Final

from textual import events, on
from textual.widget import Widget
from textual.widgets import Button

from secretshift.model.findings import Finding
from secretshift.workflow.credentials import CredentialRow

from ..gate import Safe, joined
from ..widgets.detail import CredentialDetail
from ..widgets.rowlist import RowList
from ..widgets.tabs import TabLine
from .credentials_detail import DetailReader
from .credentials_do import CredentialActions

_IN_BODY: Final = {"where": "what is around", "siblings": "to that row"}
"""What Enter does on a row of these tabs."""


class CredentialPanes(CredentialActions):
    """Which pane has the focus, what Enter and Tab do in it."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = DetailReader(self)

    @property
    def detail(self) -> CredentialDetail:
        return self.query_one(CredentialDetail)

    @property
    def open(self) -> bool:
        return self.has_class("-open")

    @property
    def finding(self) -> Finding | None:
        return self.reader.finding

    def to(self, credential: str) -> None:
        """Put the list's cursor on this credential."""
        raise NotImplementedError

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
            self.to(event.id)
            self.close()
        elif tab == "where" and not event.id.startswith("h:"):
            self.detail.choose("context")
        elif not self.detail.button.disabled:
            self.detail.button.focus()

    @property
    def opens(self) -> bool:
        if not self.open:
            return self.typing or self.rows.cursor_row is not None
        body = self.detail.body.has_focus
        return not body or self.detail.tab in _IN_BODY or not self.detail.button.disabled

    def edited(self) -> None:
        self.reader.draw(anew=True)

    def copied(self, row: CredentialRow) -> Safe:
        place = self.detail.body.cursor_row
        if self.open and place is not None:
            return joined(cell.text for cell in place.cells)
        return super().copied(row)

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

    @on(Button.Pressed, "#move")
    def _move_this_one(self) -> None:
        row = self.cursor
        if row is not None:
            self.plan_for([row])
