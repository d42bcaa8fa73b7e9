"""Which line of a list belongs to which row. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Lines:
    """Rows of one line each, or of measured heights; the row under the cursor has a note."""

    def __init__(self) -> None:
        self._count = 0
        self._tops: list[int] | None = None
        self._cursor = 0
        self._note = 0

    def measure(self, count: int, heights: Sequence[int] | None, cursor: int, note: int) -> None:
        """heights: None where every row takes one line; note: more lines under the cursor's."""
        self._count = count
        self._cursor, self._note = cursor, note
        self._tops = None
        if heights is not None:
            sizes = list(heights)
            if cursor < len(sizes):
                sizes[cursor] += note
            self._tops = [0, *accumulate(sizes)]

    @property
    def total(self) -> int:
        if self._tops is not None:
            return self._tops[-1]
        return self._count + (self._note if self._count else 0)

    def locate(self, line: int) -> tuple[int, int]:
        """The row's position and the line within it; a position past the end below the last."""
        if self._tops is not None:
            at = bisect_right(self._tops, line) - 1
            return (at, line - self._tops[at]) if at < self._count else (self._count, 0)
        if line <= self._cursor:
            return line, 0
        if line <= self._cursor + self._note:
            return self._cursor, line - self._cursor
        return line - self._note, 0

    def span(self, at: int) -> tuple[int, int]:
        """The first line of a row and how many it takes."""
        if self._tops is not None:
            if at >= self._count:
                return self._tops[-1], 1
            return self._tops[at], self._tops[at + 1] - self._tops[at]
        if at == self._cursor:
            return at, 1 + self._note
        return (at + self._note, 1) if at > self._cursor else (at, 1)
