"""Credentials: one row a value; what it is, where it lies, what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, ClassVar, Final

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Input

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import CredentialId, Finding
from secretshift.workflow.credentials import CredentialRow

from ..actions import PLAN, SCAN
from ..gate import Safe, joined
from ..keymap import bindings
from ..overlays.explain import Explain
from ..viewmodels import EMPTY, FrameView, RowView
from ..views import credential_words as words
from ..views import credentials as views
from ..views import detail as in_full
from ..widgets.detail import CredentialDetail
from ..widgets.rowlist import RowList
from ..widgets.slices import Slices
from ..widgets.tabs import TabLine
from ..widgets.text import Text
from .credentials_do import CredentialActions

_IN_BODY: Final = {"where": "what is around", "siblings": "to that row"}
"""What Enter does on a row of these tabs."""
REST: Final = 0.08
"""Seconds after which the cursor rests and the detail is read."""
AT_A_TIME: Final = 250


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


class CredentialsScreen(CredentialActions):
    """The list, and one value in full beside it or over it."""

    NAME = "credentials"
    FOOTER = (
        "open",
        "mark",
        "filter",
        "decide",
        "destination",
        "plan",
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
        display: block; width: 2fr; min-width: 40; max-width: 56; border-left: solid $ss-faint;
    }
    CredentialsScreen.-wide #list { width: 3fr; }
    CredentialsScreen.-open #detail { display: block; width: 1fr; }
    CredentialsScreen.-open #list { display: none; }
    CredentialsScreen.-wide.-open #list { display: block; }
    CredentialsScreen.-wide.-open #detail { width: 2fr; }
    CredentialsScreen.-wide.-zoom #detail { display: none; }
    CredentialsScreen.-wide.-zoom.-open #detail {
        display: block; width: 1fr; max-width: 100%; border-left: none;
    }
    CredentialsScreen.-wide.-zoom.-open #list { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._views: dict[str, RowView] = {}
        self._ids: list[str] = []
        self._laid: tuple[CredentialRow, ...] | None = None
        self._live = views.Live()
        self._slices = Slices(self)
        self._sort, self._group = views.SORTS[0], views.GROUPS[0]
        self._rest: Timer | None = None
        self._in_detail: CredentialRow | None = None
        self._finding: Finding | None = None
        self._read_for = ""
        self._shown_number = 0

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

    @property
    def rows(self) -> RowList:
        return self.query_one("#rows", RowList)

    @property
    def detail(self) -> CredentialDetail:
        return self.query_one(CredentialDetail)

    @property
    def filter_line(self) -> Input:
        return self.query_one("#filter", Input)

    @property
    def typing(self) -> bool:
        return self.filter_line.has_focus

    @property
    def open(self) -> bool:
        return self.has_class("-open")

    @property
    def live(self) -> bool:
        return self._laid is None and bool(self.known)

    @property
    def cursor(self) -> CredentialRow | None:
        return self.known.get(views.credential_of(self.rows.cursor_id))

    @property
    def finding(self) -> Finding | None:
        row = self.cursor
        if row is None:
            return None
        if self._finding is not None and self._finding.credential == row.credential.id:
            return self._finding
        return in_full.first_finding(row)

    # The list follows the session

    def draw(self, topics: frozenset[str]) -> None:
        session = self.session
        if session.rows and session.rows is not self._laid:
            self._laid = session.rows
            self._slices.start(self._lay(session.rows))
        elif not session.rows and self._laid:
            self._empty()
        if not session.rows and self._live.restarted(session.live):
            self._empty()
        if not session.rows and not self._slices.busy and self._live.behind(session.live):
            self._slices.start(self._follow_scan())
        self._show_marks()
        self._draw_words()

    def _empty(self) -> None:
        self._slices.stop()
        self.known, self._views, self._ids, self._laid = {}, {}, [], None
        self._live = views.Live()
        self.rows.replace(())

    def _follow_scan(self) -> Iterator[None]:
        """Rows of the findings that are new, until none is left."""
        titles = self.the_app.acts.titles()
        while self._live.behind(self.session.live):
            changed = self._live.take(self.session.live, titles, AT_A_TIME)
            new = [row.credential.id not in self._views for row in changed]
            made = [self._keep(row) for row in changed]
            if all(new):
                self.rows.append(made)
            else:
                self.rows.update_rows(made)
            self._settled()
            yield

    def _keep(self, row: CredentialRow) -> RowView:
        """The row's view; row and view are replaced only if the row changed."""
        id = row.credential.id  # noqa: A001
        if self.known.get(id) != row:
            self.known[id] = row
            self._views[id] = views.row_view(row)
        return self._views[id]

    def _lay(self, rows: Sequence[CredentialRow]) -> Iterator[None]:
        """All rows of an overview, in slices; what is on the screen stays until they are there."""
        ids = [row.credential.id for row in rows]
        same = ids == self._ids
        fresh = not self._views
        changed: list[RowView] = []
        made: list[RowView] = []
        flat = self._group == views.GROUPS[0]
        for number, row in enumerate(rows):
            before = self._views.get(row.credential.id)
            view = self._keep(row)
            made.append(view)
            if view is not before:
                changed.append(view)
            if number % AT_A_TIME == AT_A_TIME - 1:
                if fresh and flat:
                    self.rows.append(made)
                    made = []
                    self._settled()
                yield
        if len(self.known) > len(ids):
            for gone in set(self.known) - set(ids):
                del self.known[gone], self._views[gone]
        self._ids = list(ids)
        if not flat:
            yield from self._lay_groups()
        elif fresh:
            self.rows.append(made)
        elif same and self.rows.total == len(ids):
            self.rows.update_rows(changed)
        else:
            self.rows.replace(made)
        self._order()
        self._settled()

    def _lay_groups(self) -> Iterator[None]:
        rows = [self.known[one] for one in self._sorted()]
        made: list[RowView] = []
        for batch in views.grouped(rows, self._views, self._group, at_a_time=AT_A_TIME):
            made += batch
            yield
        at = views.credential_of(self.rows.cursor_id)
        self.rows.replace(made)
        self._to_credential(at)

    def _lay_flat(self) -> Iterator[None]:
        at = views.credential_of(self.rows.cursor_id)
        self.rows.replace(self._views[one] for one in self._ids)
        self._order()
        self._to_credential(at)
        self._settled()
        yield

    def _regroup(self) -> Iterator[None]:
        yield from self._lay_groups()
        self._settled()

    def _sorted(self) -> list[str]:
        if self._sort == views.SORTS[0]:
            return self._ids
        return sorted(self._ids, key=self._sort_key)

    def _sort_key(self, credential: str) -> str:
        return views.sort_key(self._sort, self.known[credential], self._views[credential])

    def _order(self) -> None:
        """Sort the list as it is wished; groups are sorted when they are made."""
        if self._group != views.GROUPS[0] or self._sort == views.SORTS[0]:
            self.rows.sort(None)
        else:
            self.rows.sort(lambda view: self._sort_key(view.id))

    def _to_credential(self, credential: str) -> None:
        """Put the cursor where this credential stands for the first time."""
        if not credential or self.rows.move_to(credential):
            return
        for view in self.rows.shown:
            if views.credential_of(view.id) == credential:
                self.rows.move_to(view.id)
                return

    def _settled(self) -> None:
        """Other rows are there: marks, words, and the detail if its row changed."""
        self._count_shown()
        self._show_marks()
        self._draw_words()
        self._draw_detail()
        if self.is_current:
            self.draw_frame()

    def _show_marks(self) -> None:
        marks, rows = self.session.marks, self.rows
        if self._group == views.GROUPS[0]:
            wanted = {one for one in marks if one in self._views}
        else:
            wanted = {v.id for v in rows.shown if views.credential_of(v.id) in marks}
        if wanted != rows.marks:
            rows.set_marks(wanted)

    def _count_shown(self) -> None:
        if self._group == views.GROUPS[0]:
            self._shown_number = self.rows.count
        else:
            ids = {views.credential_of(view.id) for view in self.rows.shown}
            self._shown_number = len(ids - {""})

    # Words

    def _draw_words(self) -> None:
        session = self.session
        scanning = self.the_app.bridge.busy(SCAN)
        view = words.ListView(
            shown=self._shown_number,
            total=len(self.known),
            marked=len(session.marks),
            sort=self._sort,
            group=self._group,
            age=words.age(session.scanned_at, self.the_app.now()),
            live=self.live,
            again=scanning and not self.live,
        )
        room = self.rows.size.width - (24 if self.has_class("-filter") else 2)
        self.query_one("#summary", Text).show(
            words.summary(view, max(20, room)) if self.known else EMPTY
        )
        errors = session.report.errors if session.report is not None else ()
        banner = words.banner(errors, session.scan_error)
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
            loading=self._slices.busy or session.listed is not session.report,
        )
        self.rows.set_notice(*words.notice(facts))

    def frame(self) -> FrameView:
        at = words.Standing(
            rows=len(self.known),
            marked=len(self.session.marks),
            in_detail=self.open,
            can_move=not self.detail.button.disabled,
            filtering=self.typing,
            filtered=bool(self.filter_line.value),
            scanning=self.the_app.bridge.busy(SCAN),
        )
        return FrameView(words.next_sentence(at), EMPTY, words.back_sentence(at))

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

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Columns for the room that the list has now."""
        self.rows.set_columns(views.columns(self.rows.size.width))
        self.rows.set_noted(not self.wide or self.has_class("-zoom"))
        self._draw_words()
        self.draw_frame()

    # The detail

    @on(RowList.CursorMoved, "#rows")
    def _moved(self) -> None:
        self._finding = None
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._rested)

    def _rested(self) -> None:
        self._rest = None
        self._draw_detail(anew=True)
        if self.is_current:
            self.draw_frame()

    def _draw_detail(self, *, anew: bool = False) -> None:
        """Heading and tab of the cursor's row; what is shown already stays as it is."""
        row = self.cursor
        if row is None:
            self._in_detail = None
            self.detail.clear()
            return
        verdict = in_full.verdict(
            row, live=self.live, planning=self.the_app.bridge.busy(SCAN, PLAN)
        )
        self.detail.show_head(in_full.heading(row), verdict)
        if not verdict.possible and self.detail.button.has_focus:
            self.detail.body.focus()
        if anew or row is not self._in_detail:
            self._in_detail = row
            self._draw_tab(row)

    def _draw_tab(self, row: CredentialRow) -> None:
        tab = self.detail.tab
        if tab == "where":
            edit = self.session.edits.get(row.credential.id)
            at = self.finding
            self.detail.show_rows(
                in_full.where_rows(row, edit, self.planned_name(row)), at.id if at else ""
            )
        elif tab == "siblings":
            self.detail.show_rows(in_full.sibling_rows(row, self.known))
        elif tab == "why":
            self.detail.show_rows(in_full.why_rows(row))
        else:
            self._read_tab(row, tab)

    def _read_tab(self, row: CredentialRow, tab: str) -> None:
        """Context and History are read; an answer for a row that was left is dropped."""
        self.detail.show_rows(in_full.waiting_rows())
        finding = self.finding
        if self.session.services is None or finding is None:
            return
        self._read_for = wanted = f"{tab} {finding.id}"
        done = partial(self._came, wanted)
        failed = partial(self._not_readable, wanted)
        if tab == "context":
            self.the_app.acts.context(finding.location, done, failed)
        else:
            self.the_app.acts.moments(row.credential.id, done, failed)

    def _came(self, wanted: str, found: Any) -> None:
        if wanted != self._read_for:
            return
        if self.detail.tab == "history":
            self.detail.show_rows(in_full.history_rows(found))
            return
        here = next((line for line in found if line.here), None)
        at = f"l:{here.number}" if here is not None else ""
        finding = self.finding
        title = in_full.context_title(finding.location) if finding is not None else EMPTY
        self.detail.show_rows(in_full.context_rows(title, found), at)

    def _not_readable(self, wanted: str, error: SecretshiftError) -> None:
        if wanted == self._read_for:
            self.detail.show_rows(in_full.problem_rows(error))

    @on(TabLine.Chosen)
    def _tab_chosen(self) -> None:
        self._draw_detail(anew=True)

    @on(RowList.CursorMoved, "#body")
    def _place_chosen(self, event: RowList.CursorMoved) -> None:
        row = self.cursor
        if row is None or self.detail.tab != "where":
            return
        self._finding = next((f for f in row.credential.findings if f.id == event.id), None)

    @on(RowList.Opened, "#body")
    def _body_opened(self, event: RowList.Opened) -> None:
        tab = self.detail.tab
        if tab == "siblings" and event.id in self.known:
            self._to_credential(event.id)
            self._close()
        elif tab == "where" and not event.id.startswith("h:"):
            self.detail.choose("context")
        elif not self.detail.button.disabled:
            self.detail.button.focus()

    @property
    def opens(self) -> bool:
        body = self.open and self.detail.body.has_focus
        return not body or self.detail.tab in _IN_BODY or not self.detail.button.disabled

    def edited(self) -> None:
        self._draw_detail(anew=True)

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
        self._draw_detail()
        self._show_detail(button=True)

    def _show_detail(self, *, button: bool) -> None:
        if self.cursor is None:
            return
        self.add_class("-open")
        to: Widget = self.detail.body
        if button and not self.detail.button.disabled:
            to = self.detail.button
        to.focus()

    def _close(self) -> None:
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
            self._close()
        else:
            self._show_detail(button=False)

    def action_former_pane(self) -> None:
        if self.detail.button.has_focus:
            self.detail.body.focus()
        elif self.open:
            self._close()
        else:
            self._show_detail(button=True)

    def action_zoom(self) -> None:
        self.toggle_class("-zoom")
        self.call_after_refresh(self._fit)

    def action_former_tab(self) -> None:
        self.detail.step(-1)

    def action_next_tab(self) -> None:
        self.detail.step(1)

    def action_back(self) -> None:
        if self.typing or (self.filter_line.value and not self.open):
            self.filter_line.value = ""
            self.remove_class("-filter")
            self.rows.focus()
        elif self.open:
            self._close()
        else:
            super().action_back()

    # Filter, order, marks

    def action_filter(self) -> None:
        if self.open:
            self._close()
        self.add_class("-filter")
        self.filter_line.focus()
        self._draw_words()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.rows.filter(event.value)
        self._count_shown()
        self._show_marks()
        self._draw_words()
        self.draw_frame()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.set_class(bool(self.filter_line.value), "-filter")
        self.rows.focus()

    def action_sort(self) -> None:
        self._sort = _after(self._sort, views.SORTS)
        if self._group == views.GROUPS[0]:
            self._order()
            self._draw_words()
        else:
            self._slices.start(self._regroup())

    def action_group(self) -> None:
        self._group = _after(self._group, views.GROUPS)
        flat = self._group == views.GROUPS[0]
        self._slices.start(self._lay_flat() if flat else self._regroup())

    def action_mark(self) -> None:
        marks, row = self.session.marks, self.rows.cursor_row
        if row is None:
            return
        credential = views.credential_of(row.id)
        if credential:
            marks ^= {credential}
        else:
            under = self._under(row.id)
            marks ^= under if under <= marks else under - marks
        self._marked()

    def _under(self, group: str) -> set[CredentialId]:
        """The credentials of a group, folded or not."""
        key = group.removeprefix("g:")
        return {
            row.credential.id
            for row in self.known.values()
            if key in dict(views.group_keys(row, self._group))
        }

    def action_mark_all(self) -> None:
        marks = self.session.marks
        shown = {views.credential_of(view.id) for view in self.rows.shown} - {""}
        marks ^= shown if shown <= marks else shown - marks
        self._marked()

    def _marked(self) -> None:
        self._show_marks()
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
            self._show_detail(button=False)

    @on(Button.Pressed, "#move")
    def _move_this_one(self) -> None:
        row = self.cursor
        if row is not None:
            self.plan_for([row])


def _after(present: str, names: Sequence[str]) -> str:
    return names[(names.index(present) + 1) % len(names)]
