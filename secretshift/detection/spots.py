"""What is judged for a point in a text: its line, a part of a long one, or the lines above it where
that is not enough. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from ..sources.value_end import rest_of_value
from .grammars.telling import LONGEST_LINE
from .sweep import Why

_AROUND_LONG: Final = 1500
_BEFORE: Final = 600
_BEHIND: Final = 800
NAME_FAR: Final = 140
"""Bytes before and behind a point on a line without an end, and in which its name stands."""
_REST_OF_LETTER: Final = 3
_WIDE_LINES: Final = 9
WIDE_FAR: Final = 1500
_FALLBACKS: Final = (b"||", b"??", b"?:", b" or ", b"${", b"] = ", b" = '", b' = "')
"""In programs a literal may stand behind one of these."""


def is_plain(data: bytes, point: int, stop: int) -> bool:
    """Whether a value without quotes has no literal behind it that stands in for it."""
    stop = min(stop, point + _AROUND_LONG)
    end = data.find(b"\n", point, stop)
    line = data[point : stop if end < 0 else end]
    for sign in _FALLBACKS:  # noqa: SIM110
        if sign in line:
            return False
    return True


class Spot(NamedTuple):
    """up_to: other points before it are answered by this one; amid: whether it is a part of a line
    without an end."""

    begin: int
    end: int
    up_to: int
    amid: bool = False


def spot_of(data: bytes, point: int, begin: int, end: int, why: Why, *, cut: bool) -> Spot:
    """What is judged for one point: its line, or more where that is not enough, within its piece.
    cut: whether the piece begins or ends amid a line without an end."""
    floor, ceiling = max(begin, point - LONGEST_LINE), min(end, point + LONGEST_LINE)
    first = data.rfind(b"\n", floor, point) + 1
    last = data.find(b"\n", point, ceiling)
    if (not first and (floor > begin or cut)) or (last < 0 and (ceiling < end or cut)):
        # A line without an end is not gone through again for each point on it. What is near a
        # point is the same in every version of a bundle, wherever it has moved to.
        before, behind = (_AROUND_LONG, _AROUND_LONG) if why >= Why.ANYTHING else (_BEFORE, _BEHIND)
        last = ceiling if last < 0 else last
        return Spot(
            max(first or floor, point - before),
            rest_of_value(data, min(last, point + behind), end),
            point + 1,
            amid=True,
        )
    first, last = first or floor, ceiling if last < 0 else last
    if why is Why.ABOVE:
        floor = max(begin, first - WIDE_FAR)
        for _ in range(_WIDE_LINES):
            if first <= floor:
                break
            first = data.rfind(b"\n", floor, first - 1) + 1 or floor
    return Spot(first, last, last)


def whole_letters(data: bytes, begin: int, end: int) -> tuple[int, int]:
    """The same, without half a letter at its beginning or its end."""
    for _ in range(_REST_OF_LETTER):
        begin += begin < end and _goes_on(data[begin])
        end += end < len(data) and _goes_on(data[end])
    return begin, end


def _goes_on(byte: int) -> bool:
    """Whether it is not the first of its letter. Source: RFC 3629."""
    return byte & 0xC0 == 0x80


def text_of(spot: bytes) -> tuple[str, str]:
    try:
        # A mark of byte order is no part of the line that it stands before.
        return spot.decode("utf-8").removeprefix("\ufeff"), "utf-8"
    except UnicodeDecodeError:
        return spot.decode("latin-1"), "latin-1"
