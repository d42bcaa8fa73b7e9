"""Where in bytes a rule of kingfisher could match at all, by its expressions alone.

A scan by the rules takes three times as long, and in a history finds nothing almost everywhere.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import hyperscan

BEFORE: Final = 3 * 1024
BEHIND: Final = 1024
"""Bytes around the end of a match in which the rules are run: an expression with a bound spans two
thousand at most, and the words before a token less than a hundred."""
LONGEST: Final = 16 * 1024
"""Bytes of a token without a bound."""
_APART: Final = BEHIND // 2
_ENDS: Final = (b" ", b"\t", b"\n", b'"', b"'", b"`")

Span = tuple[int, int]


class FirstLook:
    """For several threads at once."""

    def __init__(self, database: hyperscan.Database) -> None:
        """database: of the expressions of the rules that count."""
        self._database = database
        # What a scan notes while it goes on is the database's.
        self._lock = threading.Lock()

    def spans(self, data: bytes) -> list[Span]:
        """What the rules have to be run on, in order, without what none of them matches."""
        ends: list[int] = []
        behind = 0

        def on_match(_number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            # In the order of their ends. An expression without a bound matches anew with each
            # letter; what was noted before covers it.
            nonlocal behind
            if end >= behind:
                ends.append(end)
                behind = end + _APART

        with self._lock:
            self._database.scan(data, match_event_handler=on_match)
        spans: list[Span] = []
        for at in ends:
            begin = max(0, _begin_of_token(data, at) - BEFORE)
            end = min(len(data), at + BEHIND)
            if spans and begin <= spans[-1][1]:
                begin, _ = spans.pop()
            spans.append((begin, end))
        return spans


def _begin_of_token(data: bytes, at: int) -> int:
    """Where what ends there begins, with the sign that ends it or without."""
    floor = max(0, at - LONGEST)
    return max(floor, *(data.rfind(sign, floor, max(floor, at - 2)) for sign in _ENDS))
