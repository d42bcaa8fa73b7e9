"""Which rows of a list are shown, and in which order: filter, sort, folds. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from ..viewmodels import Row

_FILTERS: Final = 16
"""Former filters whose rows are kept, for keys that take letters back."""


class RowOrder:
    """Rows by arrival, and the positions of those that are shown."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.shown: list[int] = []
        self.folded: set[str] = set()
        self.has_signs = False
        self._at: dict[str, int] = {}
        self._shared: set[str] = set()
        self._order: list[int] | None = None
        self._words: tuple[str, ...] = ()
        self._matching: list[int] | None = None
        self._former: dict[tuple[str, ...], list[int]] = {}
        self.is_tree = False
        self._positions: dict[int, int] | None = None

    @property
    def ids(self) -> set[str]:
        return set(self._at)

    def get(self, id: str) -> Row | None:  # noqa: A002
        at = self._at.get(id)
        return self.rows[at] if at is not None else None

    def replace(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._at = {row.id: at for at, row in enumerate(self.rows)}
        self._shared = {row.shared for row in self.rows}
        self.is_tree = any(row.parent for row in self.rows)
        self.has_signs = any(row.sign for row in self.rows)
        self._order = None
        self._forget_matching()
        self._refresh()

    def append(self, rows: Iterable[Row]) -> None:
        first = len(self.rows)
        for row in rows:
            self._at[row.id] = len(self.rows)
            self._shared.add(row.shared)
            self.rows.append(row)
            self.is_tree = self.is_tree or bool(row.parent)
            self.has_signs = self.has_signs or bool(row.sign)
        added = range(first, len(self.rows))
        if self._order is not None:
            self._order.extend(added)
        if self.is_tree or self.folded:
            self._forget_matching()
            self._refresh()
            return
        fitting = [at for at in added if self._fits(self.rows[at])]
        kept = self._matching
        self._former.clear()
        if kept is not None:
            kept.extend(fitting)
        if self._positions is not None:
            first = len(self.shown)
            self._positions.update((at, first + n) for n, at in enumerate(fitting))
        self.shown.extend(fitting)

    def update(self, rows: Iterable[Row]) -> None:
        new = []
        for row in rows:
            at = self._at.get(row.id)
            if at is None:
                new.append(row)
            else:
                self.rows[at] = row
                self._shared.add(row.shared)
                self.has_signs = self.has_signs or bool(row.sign)
        self._forget_matching()
        self._refresh()
        if new:
            self.append(new)

    def filter(self, query: str) -> None:
        """Every word of the query stands in the row's search text."""
        words = tuple(query.casefold().split())
        narrower = (
            self._matching is not None
            and len(words) >= len(self._words) > 0
            and all(new.startswith(old) for new, old in zip(words, self._words, strict=False))
        )
        pool = self._matching if narrower else None
        self._words = words
        self._matching = self._former.get(words)
        if self._matching is None and words:
            self._matching = self._fitting(pool)
            if len(self._former) >= _FILTERS:
                del self._former[next(iter(self._former))]
            self._former[words] = self._matching
        self._refresh()

    def sort(self, key: Callable[[Row], Any] | None, *, reverse: bool = False) -> None:
        if key is None:
            self._order = None
        else:
            wanted = key
            self._order = sorted(
                range(len(self.rows)), key=lambda at: wanted(self.rows[at]), reverse=reverse
            )
        self._refresh()

    def fold(self, id: str, folded: bool) -> None:  # noqa: A002
        (self.folded.add if folded else self.folded.discard)(id)
        self._refresh()

    def fold_many(self, ids: Collection[str]) -> None:
        self.folded.update(ids)
        self._refresh()

    def position(self, id: str) -> int | None:  # noqa: A002
        """Where among the shown rows it is; None if it is not shown."""
        at = self._at.get(id)
        if at is None:
            return None
        if self._order is None:
            # Shown in the order of arrival: no table of all positions is needed.
            place = bisect_left(self.shown, at)
            return place if place < len(self.shown) and self.shown[place] == at else None
        if self._positions is None:
            self._positions = {row: position for position, row in enumerate(self.shown)}
        return self._positions.get(at)

    def _fits(self, row: Row) -> bool:
        return all(word in row.search or word in row.shared for word in self._words)

    def _fitting(self, pool: Iterable[int] | None) -> list[int]:
        """Of these rows (None: of all) those that the filter lets through."""
        rows = self.rows
        found: Iterable[int] = range(len(rows)) if pool is None else pool
        for word in self._words:
            shared = {text for text in self._shared if word in text}
            found = [at for at in found if word in (row := rows[at]).search or row.shared in shared]
        return list(found)

    def _forget_matching(self) -> None:
        self._matching = None
        self._former.clear()

    def _refresh(self) -> None:
        order: Iterable[int] = self._order if self._order is not None else range(len(self.rows))
        self._positions = None
        if self._words:
            if self._matching is None:
                self._matching = self._fitting(None)
            if self._order is None and not self.is_tree:
                self.shown = list(self._matching)
                return
            wanted = set(self._matching)
            if self.is_tree:
                wanted |= self._ancestors(wanted)
            order = [at for at in order if at in wanted]
        if self.is_tree and self.folded:
            order = [at for at in order if not self._hidden(self.rows[at])]
        self.shown = list(order)

    def _ancestors(self, rows: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for at in rows:
            parent = self.rows[at].parent
            while parent:
                up = self._at.get(parent)
                if up is None or up in found:
                    break
                found.add(up)
                parent = self.rows[up].parent
        return found

    def _hidden(self, row: Row) -> bool:
        parent = row.parent
        while parent:
            if parent in self.folded:
                return True
            up = self.get(parent)
            parent = up.parent if up is not None else ""
        return False
