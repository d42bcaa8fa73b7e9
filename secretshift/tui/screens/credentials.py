"""Credentials: one row a value; what it is, where it lies, what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Button, Input

from secretshift.model.findings import CredentialId

from ..actions import SCAN
from ..gate import Safe, joined
from ..keymap import bindings
from ..overlays.explain import Explain
from ..viewmodels import EMPTY, FrameView
from ..views import credential_words as words
from ..views import credentials as views
from ..widgets.detail import CredentialDetail
from ..widgets.filterline import FilterLine
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .credentials_do import CredentialActions
from .credentials_panes import CredentialPanes


class CredentialsScreen(CredentialPanes):
    """The list, and one value in full beside it or over it."""

    NAME = "credentials"
    FOOTER = (
        "open",
        "mark",
        "filter",
        "decide",
        "plan",
        "destination",
        "next-open",
        "reveal",
        "sort",
        "group",
        "take-back",
        "write",
        "why",
    )
    FOCUS = "#rows"
    TOPICS = frozenset({"sources", "scan", "credentials", "plan", "run"})
    BINDINGS: ClassVar[list[Any]] = bindings("next-pane", "former-pane")
    DEFAULT_CSS = """
    CredentialsScreen #line { height: 1; }
    CredentialsScreen #slash { width: 2; color: $ss-key; display: none; padding: 0 0 0 1; }
    CredentialsScreen #filter {
        width: 1fr; height: 1; border: none; padding: 0; display: none;
        background: $ss-cursor;
    }
    CredentialsScreen #summary { width: 1fr; padding: 0 1; color: $ss-faint; }
    CredentialsScreen.-filter #slash, CredentialsScreen.-filter #filter { display: block; }
    CredentialsScreen.-filter #summary { width: auto; }
    CredentialsScreen #list { width: 1fr; }
    CredentialsScreen #banner { display: none; height: auto; padding: 0 1; color: $ss-warn; }
    CredentialsScreen.-banner #banner { display: block; }
    CredentialsScreen #detail { display: none; }
    CredentialsScreen.-wide #detail {
        display: block; width: 37%; min-width: 40; max-width: 52; border-left: solid $ss-faint;
    }
    CredentialsScreen.-open #detail { display: block; width: 1fr; }
    CredentialsScreen.-open #list { display: none; }
    CredentialsScreen.-wide.-open #list { display: block; }
    CredentialsScreen.-wide.-open #detail { width: 37%; }
    CredentialsScreen.-wide.-zoom #detail { display: none; }
    CredentialsScreen.-wide.-zoom.-open #detail {
        display: block; width: 1fr; max-width: 100%; border-left: none;
    }
    CredentialsScreen.-wide.-zoom.-open #list { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._do = CredentialActions(self, lambda: self.reader.draw(anew=True))

    # What it is made of

    def middle(self) -> Iterable[Widget]:
        with Horizontal():
            with Vertical(id="list"):
                with Horizontal(id="line"):
                    yield Text(Safe("/"), id="slash")
                    yield FilterLine(id="filter", compact=True, select_on_focus=False)
                    yield Text(id="summary")
                yield RowList(views.columns(80), markable=True, id="rows")
                yield Text(id="banner")
            yield CredentialDetail(id="detail")

    # Drawing

    def draw(self, topics: frozenset[str]) -> None:
        self.list.follow(self.session)
        self.list.show_marks(self.session.marks)
        self._draw_words()
        if not self.list.busy:
            self.reader.draw()

    def settled(self) -> None:
        super().settled()
        self._draw_words()
        if self.is_current:
            self.draw_frame()

    def _draw_words(self) -> None:
        session = self.session
        scanning = self.the_app.bridge.busy(SCAN)
        view = words.ListView(
            shown=self.list.shown,
            total=len(self.known),
            marked=len(session.marks),
            sort=self.list.sort,
            group=self.list.group,
            age=words.age(session.scanned_at, self.the_app.now()),
            live=self.live,
            again=scanning and not self.live,
        )
        room = self.rows.size.width - (24 if self.has_class("-filter") else 2)
        self.query_one("#summary", Text).show(
            words.summary(view, max(20, room)) if self.known else EMPTY
        )
        errors = session.report.errors if session.report is not None else ()
        banner = words.banner(errors, session.scan_error, session.elsewhere)
        self.set_class(bool(banner), "-banner")
        if banner:
            sign = self.the_app.glyphs("warn")
            self.query_one("#banner", Text).show(Safe(f"{sign} {banner}"))
        facts = words.Facts(
            opened=session.services is not None,
            problem=session.problem,
            report=session.report,
            scanning=scanning,
            filtered=bool(self.known) and bool(self.filter_line.value),
            loading=self.list.busy or session.listed is not session.report,
        )
        self.rows.set_notice(*words.notice(facts))

    def frame(self) -> FrameView:
        at = words.Standing(
            rows=len(self.known),
            marked=len(self.session.marks),
            in_detail=self.open,
            can_move=not self.detail.button.disabled,
            at_button=self.detail.button.has_focus,
            filtering=self.typing,
            filtered=bool(self.filter_line.value),
            scanning=self.the_app.bridge.busy(SCAN),
        )
        return FrameView(words.next_sentence(at), EMPTY, words.back_sentence(at))

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Columns for the room that the list has now."""
        self.rows.set_columns(views.columns(self.rows.size.width))
        self.rows.set_noted(not self.wide or self.has_class("-zoom"))
        self._draw_words()
        self.draw_frame()

    def action_zoom(self) -> None:
        self.toggle_class("-zoom")
        self.call_after_refresh(self._fit)

    def action_back(self) -> None:
        if self.typing or (self.filter_line.value and not self.open):
            self.filter_line.value = ""
            self.remove_class("-filter")
            self.rows.focus()
        elif self.open:
            self.close()
        else:
            super().action_back()

    # Filter, order, marks

    def action_filter(self) -> None:
        if self.open:
            self.close()
        self.add_class("-filter")
        self.filter_line.focus()
        self._draw_words()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.rows.filter(event.value)
        self.list.count()
        self.list.show_marks(self.session.marks)
        self._draw_words()
        self.draw_frame()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.set_class(bool(self.filter_line.value), "-filter")
        self.rows.focus()

    def action_sort(self) -> None:
        self.list.next_sort()
        self._draw_words()

    def action_group(self) -> None:
        self.list.next_group()

    def action_mark(self) -> None:
        row = self.rows.cursor_row
        if row is not None:
            self._mark(self.list.under(row.id))

    def action_mark_all(self) -> None:
        self._mark(self.list.all_shown())

    def _mark(self, ids: AbstractSet[CredentialId]) -> None:
        """Mark these; if all of them are marked already, none of them."""
        marks = self.session.marks
        marks ^= ids if ids <= marks else ids - marks
        self.list.show_marks(marks)
        self._draw_words()
        self.draw_frame()

    def action_next_open(self) -> None:
        self.rows.next_open(1)

    def action_former_open(self) -> None:
        self.rows.next_open(-1)

    def action_why(self) -> None:
        report = self.session.report
        if self.session.scan_error is not None or (
            report is not None and (report.errors or not self.known)
        ):
            lines = words.unread(report, self.session.scan_error)
            self.the_app.push_screen(Explain("What was not read", lines))
        else:
            self.detail.choose("why")
            self.show_detail(button=False)

    # What is done with them

    def action_plan(self) -> None:
        self._do.plan()

    @on(Button.Pressed, "#move")
    def _move_this_one(self) -> None:
        row = self.cursor
        if row is not None:
            self._do.plan_for([row])

    def action_decide(self) -> None:
        self._do.decide()

    def action_take_back(self) -> None:
        self._do.take_back()

    def action_destination(self) -> None:
        self._do.destination()

    def action_reveal(self) -> None:
        self._do.reveal()

    def action_ask(self) -> None:
        self._do.ask()

    def action_copy(self) -> None:
        place = self.detail.body.cursor_row if self.open else None
        self._do.copy(joined(cell.text for cell in place.cells) if place is not None else None)

    def action_write(self) -> None:
        self._do.write()
