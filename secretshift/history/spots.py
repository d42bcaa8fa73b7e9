"""What is judged for a point in a text: its line, a part of a long one, or more where that is not
enough. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ..detection.grammars.telling import LONGEST_LINE
from ..detection.sweep import Why
from ..model.findings import Verdict
from ..sources.text import decode
from .deltas import FAR, Span, rest_of_value
from .seeking import find

_AROUND_LONG: Final = 1500
_BEFORE: Final = 600
_BEHIND: Final = 800
NAME_FAR: Final = 140
"""Bytes before and behind a point on a line without an end, and in which its name stands."""
LONGEST_NAME: Final = 400
"""Bytes before a point in which the name stands that it is about, with what may stand between."""
_REST_OF_LETTER: Final = 3
_BESIDE: Final = 20
_WIDE_LINES: Final = 9
WIDE_BYTES: Final = 700
WIDE_FAR: Final = 1500
_WIDE: Final = tuple(
    (hint, re.compile(hint + rb"[\"']?[ \t]{0,4}[:=]"))
    for hint in (b"efault", b"alue", b"tring", b"EFAULT", b"ALUE", b"TRING")
)
"""Each by its letters first: to search for letters is many times quicker."""
_SECRET_OBJECT: Final = re.compile(rb"kind[\"']?:[ ]{0,4}[\"']?Secret\b")
_LONGEST_TOGETHER: Final = 64 * 1024
_NEW_LINE: Final = 10
_QUOTES: Final = (b'"', b"'", b"`")
_FALLBACKS: Final = (b"||", b"??", b"?:", b" or ", b"${", b"] = ", b" = '", b' = "')
"""In programs a literal may stand behind one of these."""


def has_other_lines(content: bytes) -> bool:
    """Whether its lines are not those of its bytes: those of UTF-16, and of a classic Mac."""
    return content.find(b"\0", 0, 8192) >= 0 or _is_of_a_mac(content)


def _is_of_a_mac(content: bytes) -> bool:
    return b"\n" not in content and b"\r" in content


def as_utf8(content: bytes) -> bytes:
    """UTF-16 and the like as UTF-8, and what has lines that end with a CR alone with LF, as the
    file itself is read; anything else as it is."""
    if content.find(b"\0", 0, 8192) >= 0:
        text = decode(content)
        content = content if text is None else text.encode("utf-8", "surrogatepass")
    return content.replace(b"\r", b"\n") if _is_of_a_mac(content) else content


MARKS: Final = (b"AKIA", b"ASIA", b"Secret", b"PRIVATE KEY")
"""Of what points far: ids of keys, the kind of an object, the first line of a block in armour."""


def far_mark(data: bytes, point: int) -> bytes:
    """By which of the marks it was that something points far."""
    before = data[max(0, point - 19) : max(0, point - 15)].upper()
    if before in (b"AKIA", b"ASIA"):
        return before
    return b"Secret" if data[point : point + 1] in b"tT" else b"PRIVATE KEY"


def far_spans(content: bytes, marks: Sequence[bytes]) -> Iterator[Span]:
    """What is judged together: a block in armour, what stands around the id of a key, a document
    that holds a Secret."""
    for mark in marks:
        at = find(content, mark, 0, len(content))
        while at >= 0:
            begin, end = _far_span(content, mark, at)
            if end > begin:
                yield begin, end
            # Behind the end of one block the next may begin on the same line.
            after = at + len(mark)
            begin = after if mark == b"PRIVATE KEY" else max(end, after)
            at = find(content, mark, begin, len(content))


def may_say_another(content: bytes) -> bool:
    """Whether a line may say another value here than it does alone: one in base64, or a piece of a
    block in armour."""
    if b"-----BEGIN" in content:
        return True
    return b"Secret" in content and _SECRET_OBJECT.search(content) is not None


def _far_span(content: bytes, mark: bytes, at: int) -> Span:
    if mark == b"Secret":
        if _SECRET_OBJECT.search(content, max(0, at - 40), at + 20) is None:
            return at, at
        floor, ceiling = max(0, at - _LONGEST_TOGETHER), min(len(content), at + _LONGEST_TOGETHER)
        begin = content.rfind(b"\n---", floor, at) + 1 or floor
        end = content.find(b"\n---", at, ceiling)
        return begin, ceiling if end < 0 else end
    begin = content.rfind(b"\n", max(0, at - LONGEST_LINE), at) + 1
    if mark == b"PRIVATE KEY":
        if content.find(b"-----BEGIN", max(0, at - 60), at) < 0:
            return at, at
        end = content.find(b"-----END", at, at + _LONGEST_TOGETHER)
        end = at if end < 0 else content.find(b"\n", end, end + LONGEST_LINE)
        return begin, min(len(content), at + _LONGEST_TOGETHER) if end < 0 else end
    begin = content.rfind(b"\n", 0, max(0, at - WIDE_BYTES)) + 1
    end = content.find(b"\n", min(len(content), at + WIDE_BYTES))
    return max(begin, at - 4 * WIDE_BYTES), min(
        len(content) if end < 0 else end, at + 4 * WIDE_BYTES
    )


def is_wide(piece: bytes) -> bool:
    """Whether a line may hold a value whose name stands some lines above."""
    # Asked of everything that is new, for which a generator takes half as long again.
    for hint, form in _WIDE:  # noqa: SIM110
        if hint in piece and form.search(piece) is not None:
            return True
    return False


def is_plain(data: bytes, point: int, stop: int) -> bool:
    """Whether a value without quotes of its own is not within a literal, and has none behind it
    that stands in for it."""
    stop = min(stop, point + _AROUND_LONG)
    begin = data.rfind(b"\n", max(0, point - _AROUND_LONG), point) + 1
    before = data[begin or max(0, point - _AROUND_LONG) : point]
    if b"\\" in before or any(before.count(quote) & 1 for quote in _QUOTES):
        return False
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


class Crowd(NamedTuple):
    """Spots that overlap on a line without an end. last: the last of their points."""

    part: int
    begin: int
    end: int
    last: int
    why: Why

    def joined(self, other: Crowd) -> Crowd | None:
        """Both, None where they are apart or together longer than a line. other: behind it."""
        begin, end = min(self.begin, other.begin), max(self.end, other.end)
        if self.part != other.part or other.begin > self.end or end - begin > LONGEST_LINE:
            return None
        return Crowd(self.part, begin, end, other.last, max(self.why, other.why))


class Cut(NamedTuple):
    """Whether a line without an end goes on beyond the beginning of a piece, and beyond its end."""

    before: bool = False
    behind: bool = False


WHOLE: Final = Cut()


def cut_of(content: bytes, begin: int, end: int) -> Cut:
    return Cut(_is_cut(content, begin), _is_cut(content, end))


def _is_cut(content: bytes, at: int) -> bool:
    if not 0 < at < len(content) or _NEW_LINE in (content[at], content[at - 1]):
        return False
    floor = max(0, at - LONGEST_LINE)
    first = content.rfind(b"\n", floor, at) + 1 or floor
    return (
        content.find(b"\n", at, first + LONGEST_LINE) < 0 and len(content) - first >= LONGEST_LINE
    )


def spot_of(data: bytes, point: int, begin: int, end: int, why: Why, cut: Cut) -> Spot:
    """What is judged for one point: its line, or more where that is not enough, in its piece."""
    floor, ceiling = max(begin, point - LONGEST_LINE), min(end, point + LONGEST_LINE)
    first = data.rfind(b"\n", floor, point) + 1
    last = data.find(b"\n", point, ceiling)
    is_before = not first and (floor > begin or cut.before)
    if is_before or (last < 0 and (ceiling < end or cut.behind)):
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


def whole_letters(data: bytes, begin: int, end: int) -> Span:
    """The same, without half a letter at its beginning or its end."""
    for _ in range(_REST_OF_LETTER):
        begin += begin < end and _goes_on(data[begin])
        end += end < len(data) and _goes_on(data[end])
    return begin, end


def _goes_on(byte: int) -> bool:
    """Whether it is not the first of its letter. Source: RFC 3629."""
    return byte & 0xC0 == 0x80


def line_of(text: str, one: Verdict, *, amid: bool = False) -> str:
    """Of a long one only what is near: the rest of it may be another in every version. amid:
    whether the text is a part of such a line itself."""
    begin = text.rfind("\n", 0, one.offset) + 1
    end = text.find("\n", one.end)
    end = len(text) if end < 0 else end
    if amid or end - begin > FAR:
        begin, end = max(begin, one.offset - _BESIDE), min(end, one.end + _BESIDE)
    return text[begin:end].strip()


def text_of(spot: bytes) -> tuple[str, str]:
    try:
        # A mark of byte order is no part of the line that it stands before.
        return spot.decode("utf-8").removeprefix("\ufeff"), "utf-8"
    except UnicodeDecodeError:
        return spot.decode("latin-1"), "latin-1"
