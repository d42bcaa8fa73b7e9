"""Where in bytes a rule of kingfisher could match at all, by its expressions alone.

A scan by the rules takes three times as long, and in a history finds nothing almost everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..compiled import CASE_COUNTS, database

if TYPE_CHECKING:
    import kingfisher_sdk

BEFORE: Final = 16 * 1024
BEHIND: Final = 4 * 1024
"""Bytes around the end of a match in which the rules are run. The longest expressions with a bound
span two thousand; the tokens without one are shorter still."""

Span = tuple[int, int]


class FirstLook:
    """Not for several threads at once. Raises ImportError where hyperscan is not installed, and
    ValueError for an expression that it does not know."""

    def __init__(self, rules: kingfisher_sdk.Rules, wanted: list[str]) -> None:
        """wanted: ids of rules."""
        self._database = database(
            [str(rules.detail(rule)["pattern"]) for rule in wanted], CASE_COUNTS
        )

    def spans(self, data: bytes) -> list[Span]:
        """What the rules have to be run on, in order, without what none of them matches."""
        ends: list[int] = []

        def on_match(_number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            ends.append(end)

        self._database.scan(data, match_event_handler=on_match)
        spans: list[Span] = []
        for at in sorted(ends):
            begin, end = max(0, at - BEFORE), min(len(data), at + BEHIND)
            if spans and begin <= spans[-1][1]:
                begin, _ = spans.pop()
            spans.append((begin, end))
        return spans
