"""The rows of Credentials: they follow a scan and the last overview, in an order and in groups."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from time import monotonic
from typing import Final

from textual.screen import Screen

from secretshift.model.findings import CredentialId
from secretshift.workflow.credentials import CredentialRow

from ..session import Session
from ..viewmodels import Row
from ..views import credential_order as order
from ..views.credential_live import Live
from ..views.credential_row import ListedCredential, row_view
from ..widgets.rowlist import RowList
from ..widgets.slices import Slices

AT_A_TIME: Final = 100
"""Rows between two looks at the clock."""
OFTEN: Final = 0.25
"""Seconds between two drawings of the words around rows that are being put in."""


class CredentialList:
    """settled: called when other rows are there; titles: kind -> what a person calls it."""

    def __init__(
        self,
        screen: Screen[None],
        settled: Callable[[], None],
        titles: Callable[[], Mapping[str, str]],
    ) -> None:
        self._screen, self._settled, self._titles = screen, settled, titles
        self.sort, self.group = order.SORTS[0], order.GROUPS[0]
        self.shown = 0
        self._views: dict[str, ListedCredential] = {}
        self._ids: list[str] = []
        self._laid: tuple[CredentialRow, ...] | None = None
        self._live = Live()
        self._slices = Slices(screen)
        self._said = 0.0

    @property
    def known(self) -> Mapping[str, CredentialRow]:
        """Every row by the credential's id."""
        return _Known(self._views)

    @property
    def rows(self) -> RowList:
        return self._screen.query_one("#rows", RowList)

    @property
    def busy(self) -> bool:
        """Rows are still being put in."""
        return self._slices.busy

    @property
    def live(self) -> bool:
        """The rows come from a scan that is at work."""
        return self._laid is None and bool(self._views)

    @property
    def _flat(self) -> bool:
        return self.group == order.GROUPS[0]

    # What is in it

    def follow(self, session: Session) -> None:
        """Rows as the session has them now."""
        if session.rows and session.rows is not self._laid:
            self._laid = session.rows
            self._slices.start(self._lay(session.rows))
        elif not session.rows and self._laid:
            self._empty()
        if not session.rows and self._live.restarted(session.live):
            self._empty()
        if not session.rows and not self._slices.busy and self._live.behind(session.live):
            self._slices.start(self._follow_scan(session))

    def _empty(self) -> None:
        self._slices.stop()
        self._views, self._ids, self._laid = {}, [], None
        self._live = Live()
        self.rows.replace(())

    def _follow_scan(self, session: Session) -> Iterator[None]:
        """Rows of the findings that are new, until none is left."""
        titles = self._titles()
        while self._live.behind(session.live):
            changed = self._live.take(session.live, titles, AT_A_TIME)
            new = [row.credential.id not in self._views for row in changed]
            made = [self._keep(row) for row in changed]
            if all(new):
                self.rows.append(made)
            else:
                self.rows.update_rows(made)
            self._more()
            yield
        self._done()

    def _keep(self, row: CredentialRow) -> ListedCredential:
        """The row's view, another one only if the row changed."""
        view = self._views.get(row.credential.id)
        if view is None or view.row != row:
            view = self._views[row.credential.id] = row_view(row)
        return view

    def _lay(self, rows: Sequence[CredentialRow]) -> Iterator[None]:
        """All rows of an overview, in slices; what is on the screen stays until they are there."""
        ids = [row.credential.id for row in rows]
        same = ids == self._ids
        fresh = not self._views
        changed: list[Row] = []
        made: list[Row] = []
        for number, row in enumerate(rows):
            before = self._views.get(row.credential.id)
            view = self._keep(row)
            made.append(view)
            if view is not before:
                changed.append(view)
            if number % AT_A_TIME == AT_A_TIME - 1:
                if fresh and self._flat:
                    self.rows.append(made)
                    made = []
                    self._more()
                yield
        if len(self._views) > len(ids):
            for gone in set(self._views) - set(ids):
                del self._views[gone]
        self._ids = list(ids)
        if not self._flat:
            yield from self._lay_groups()
        elif fresh:
            self.rows.append(made)
        elif same and self.rows.total == len(ids):
            self.rows.update_rows(changed)
        else:
            self.rows.replace(made)
        self._order()
        self._done()

    def _lay_groups(self) -> Iterator[None]:
        rows = [self._views[one].row for one in self._sorted()]
        made: list[Row] = []
        for batch in order.grouped(rows, self._views, self.group, at_a_time=AT_A_TIME):
            made += batch
            yield
        at = order.credential_of(self.rows.cursor_id)
        self.rows.replace(made)
        self.to(at)

    def _lay_flat(self) -> Iterator[None]:
        at = order.credential_of(self.rows.cursor_id)
        self.rows.replace(self._views[one] for one in self._ids)
        self._order()
        self.to(at)
        self._done()
        yield

    def _regroup(self) -> Iterator[None]:
        yield from self._lay_groups()
        self._done()

    def _done(self) -> None:
        self._said = monotonic()
        self.count()
        self._settled()

    def _more(self) -> None:
        """More rows are there, and more are to come: said often enough to see them grow."""
        if monotonic() - self._said >= OFTEN:
            self._done()

    # Order and groups

    def next_sort(self) -> None:
        self.sort = _after(self.sort, order.SORTS)
        if self._flat:
            self._order()
        else:
            self._slices.start(self._regroup())

    def next_group(self) -> None:
        self.group = _after(self.group, order.GROUPS)
        self._slices.start(self._lay_flat() if self._flat else self._regroup())

    def _sorted(self) -> list[str]:
        if self.sort == order.SORTS[0]:
            return self._ids
        return sorted(self._ids, key=self._sort_key)

    def _sort_key(self, credential: str) -> str:
        return order.sort_key(self.sort, self._views[credential].row)

    def _order(self) -> None:
        """Sort the list as it is wished; groups are sorted when they are made."""
        if not self._flat or self.sort == order.SORTS[0]:
            self.rows.sort(None)
        else:
            self.rows.sort(lambda view: self._sort_key(view.id))

    # Cursor and marks

    def to(self, credential: str) -> None:
        """Put the cursor where this credential stands for the first time."""
        if not credential or self.rows.move_to(credential):
            return
        for view in self.rows.shown:
            if order.credential_of(view.id) == credential:
                self.rows.move_to(view.id)
                return

    def show_marks(self, marks: Collection[str]) -> None:
        rows = self.rows
        if self._flat:
            wanted = {one for one in marks if one in self._views}
        else:
            wanted = {v.id for v in rows.shown if order.credential_of(v.id) in marks}
        if wanted != rows.marks:
            rows.set_marks(wanted)

    def count(self) -> None:
        """How many credentials the filter lets through."""
        self.shown = self.rows.count if self._flat else len(self.all_shown())

    def all_shown(self) -> set[CredentialId]:
        ids = {order.credential_of(view.id) for view in self.rows.shown}
        return {one for one in ids if one}

    def under(self, row_id: str) -> set[CredentialId]:
        """The credential of this row, or those of the group that it heads, folded or not."""
        credential = order.credential_of(row_id)
        if credential:
            return {credential}
        key = row_id.removeprefix("g:")
        return {
            row.credential.id
            for row in (view.row for view in self._views.values())
            if key in dict(order.group_keys(row, self.group))
        }


class _Known(Mapping[str, CredentialRow]):
    """The rows behind their views: a table of its own would take some megabytes."""

    def __init__(self, views: Mapping[str, ListedCredential]) -> None:
        self._views = views

    def __getitem__(self, credential: str) -> CredentialRow:
        return self._views[credential].row

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)


def _after(present: str, names: Sequence[str]) -> str:
    return names[(names.index(present) + 1) % len(names)]
