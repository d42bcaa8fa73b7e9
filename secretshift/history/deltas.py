"""What a pack's delta inserts into its base, and the lines of the result that are new by it.

Source: gitformat-pack(5), "Deltified representation".
"""

from __future__ import annotations

import re
from typing import Final

Span = tuple[int, int]

FAR: Final = 400
"""Bytes that a span is widened to either side at most: lines of minified files have no end."""
BEFORE: Final = 80
_REST: Final = re.compile(rb"[^ \t\r\n\"'`<>,;\\]{0,2000}\\?[\"'`]?")
NEAR: Final = 160
"""Bytes between two spans for which it is not worth to look at them one by one."""


class Malformed(Exception):
    """The delta is none, or reaches out of its base or its result."""


def sizes(delta: bytes) -> tuple[int, int, int]:
    """Bytes of the base and of the result, and where the instructions begin."""
    at = 0
    found = []
    for _ in range(2):
        value = shift = 0
        while True:
            if at >= len(delta) or shift > 63:
                raise Malformed
            byte = delta[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        found.append(value)
    return found[0], found[1], at


def inserted(delta: bytes, near: int = NEAR) -> list[Span]:
    """Spans of the result that the delta inserts, in order; an empty one where two copies meet
    that do not follow each other in the base. Those with at most so many bytes between them are
    one. Raises Malformed."""
    _base, _result, at = sizes(delta)
    end = len(delta)
    spans: list[Span] = []
    first = last = -1
    done = 0
    expected = 0
    try:
        while at < end:
            code = delta[at]
            at += 1
            if code & 0x80:
                start = size = 0
                if code & 0x01:
                    start = delta[at]
                    at += 1
                if code & 0x02:
                    start |= delta[at] << 8
                    at += 1
                if code & 0x04:
                    start |= delta[at] << 16
                    at += 1
                if code & 0x08:
                    start |= delta[at] << 24
                    at += 1
                if code & 0x10:
                    size = delta[at]
                    at += 1
                if code & 0x20:
                    size |= delta[at] << 8
                    at += 1
                if code & 0x40:
                    size |= delta[at] << 16
                    at += 1
                size = size or 0x10000
                if start != expected:
                    if first < 0:
                        first = done
                    elif done - last > near:
                        spans.append((first, last))
                        first = done
                    last = done
                done += size
                expected = start + size
            elif code:
                if first < 0:
                    first = done
                elif done - last > near:
                    spans.append((first, last))
                    first = done
                at += code
                done += code
                last = done
            else:
                raise Malformed
    except IndexError:
        raise Malformed from None
    if first >= 0 and done - last > near:
        spans.append((first, last))
        first = done
    # What the base has behind the last copy is gone from here on.
    spans.append((first if first >= 0 else done, done))
    return spans


def windows(
    content: bytes, spans: list[Span], *, before: int = BEFORE, far: int = FAR
) -> list[Span]:
    """The spans widened to whole lines, with at least so many bytes before them and at least the
    whole line before and behind; joined where they touch. far: bytes to either side at most, but
    that no value is cut in two."""
    found: list[Span] = []
    size = len(content)
    begin = end = -1
    find, rfind = content.find, content.rfind
    for start, stop in spans:
        floor = max(0, start - far)
        line = rfind(b"\n", floor, start)
        if line < 0:
            first = floor
        else:
            first = rfind(b"\n", floor, max(floor, min(line, start - before))) + 1 or floor
        ceiling = min(size, stop + far)
        line = find(b"\n", stop, ceiling)
        last = line if line < 0 else find(b"\n", line + 1, ceiling)
        if last < 0:
            last = rest_of_value(content, ceiling, size)
        if first <= end:
            if last > end:
                end = last
        else:
            if end > begin:
                found.append((begin, end))
            begin, end = first, last
    if end > begin:
        found.append((begin, end))
    return found


def rest_of_value(data: bytes, at: int, end: int) -> int:
    """Behind what goes on there, as values do, and the sign that ends it: half a value would be
    taken for a whole one."""
    return _REST.match(data, at, end).end()  # type: ignore[union-attr]
