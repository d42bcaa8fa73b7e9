"""Which of the short marks that make it worth a look stand in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_LARGE: Final = 200_000
"""Characters from which on it pays to know first which letters a text is made of."""


def holds_one(text: str, marks: Iterable[str]) -> bool:
    """Whether one of them stands in it. Asked of every line that is judged, of which most hold none:
    this takes a third of what a generator does, and a tenth of an expression."""
    for mark in marks:  # noqa: SIM110
        if mark in text:
            return True
    return False


def held(text: str, marks: Iterable[str]) -> list[str]:
    """Those that stand in it."""
    return [mark for mark in marks if mark in text]


def possible(text: str, marks: Sequence[str]) -> Sequence[str]:
    """Those that may stand in it: of a large text, which is gone through for each of them, not those
    with a letter that it lacks."""
    if len(text) < _LARGE:
        return marks
    letters = set(text)
    return [mark for mark in marks if letters.issuperset(mark)]


class Table(Generic[T]):
    """Rows, each of which is worth a look only where one of its marks stands on the line.

    marks: of all rows. Which of them a line holds is found out once, for all tables together."""

    def __init__(self, rows: Sequence[T], marks_of: Callable[[T], Iterable[str]]) -> None:
        self._rows = rows
        self._numbers: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            for mark in marks_of(row):
                self._numbers.setdefault(mark, []).append(number)
        self.marks: Final = tuple(self._numbers)
        self._every: Final = frozenset(self.marks)

    def worth(self, there: Iterable[str]) -> list[T]:
        """The rows for a line with these marks, in the order of the table."""
        if self._every.isdisjoint(there):
            return []
        rows = self._numbers
        numbers = {number for mark in there if mark in rows for number in rows[mark]}
        return [self._rows[number] for number in sorted(numbers)]
