"""Which lines of a text are new against an earlier one; pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence

Ranges = tuple[tuple[int, int], ...]
"""First and last line, from 1, both included, in order."""


def new_lines(before: str, after: str) -> Ranges:
    """Lines of after that are not lines of before in the same order.

    Lines that stand once in each text hold the others in place (patience diff), so the effort
    grows with the size and not with its square. Between them only what is equal at the beginning
    and at the end counts as old: a line that could be either is new. A line of which only the
    line ending changed is old.
    """
    old, new = _lines(before), _lines(after)
    fresh: list[tuple[int, int]] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        low, high, first, last = _trimmed(old, new, waiting.pop())
        if first == last:
            continue
        anchors = _anchors(old[low:high], new[first:last])
        if not anchors:
            fresh.append((first + 1, last))
            continue
        begin = (low, first)
        for there, here in anchors:
            waiting.append((begin[0], low + there, begin[1], first + here))
            begin = (low + there + 1, first + here + 1)
        waiting.append((begin[0], high, begin[1], last))
    return _joined(sorted(fresh))


def overlaps(ranges: Ranges, first: int, last: int) -> bool:
    """Whether any line from first to last is in the ranges."""
    at = bisect_left(ranges, (first, 0))
    begins_within = at < len(ranges) and ranges[at][0] <= last
    return begins_within or (at > 0 and ranges[at - 1][1] >= first)


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]


def _trimmed(
    old: Sequence[str], new: Sequence[str], block: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    """The block without what is equal at its beginning and at its end."""
    low, high, first, last = block
    while low < high and first < last and old[low] == new[first]:
        low, first = low + 1, first + 1
    while low < high and first < last and old[high - 1] == new[last - 1]:
        high, last = high - 1, last - 1
    return low, high, first, last


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places (in old, in new) of lines that stand once in each, the longest row of them that keeps
    the order in both."""
    once = _once(old)
    pairs = [(once[text], here) for text, here in _once(new).items() if text in once]
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, (there, _here) in enumerate(pairs):
        pile = bisect_left(tops, there)
        before.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(there)
            piles.append(number)
        else:
            tops[pile], piles[pile] = there, number
    row: list[tuple[int, int]] = []
    at = piles[-1] if piles else -1
    while at >= 0:
        row.append(pairs[at])
        at = before[at]
    return row[::-1]


def _once(texts: Sequence[str]) -> dict[str, int]:
    """Lines that stand there once, and where, in order."""
    counts = Counter(texts)
    return {text: place for place, text in enumerate(texts) if counts[text] == 1}


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)
