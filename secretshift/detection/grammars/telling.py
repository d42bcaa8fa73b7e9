"""Which lines of a text are worth a look: those with a telling word or an address, and of long lines
what stands around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..late import late
from ..names import small
from ..vocabulary import PERSONAL, TELLING
from .marks import holds_one, possible

MARKS = (
    *TELLING,
    "erlang",
    "://",
    "@tcp(",
    "@unix(",
    *(word + sign for word in PERSONAL for sign in "=: \"'`"),
)
"""What a line holds in which something stands beside a telling name, or an address."""
LONGEST_LINE = 4000
"""Longer lines are read in windows around their telling words."""
_WINDOW = 200
_REST = late(r"[^ \t\r\n\"'`<>,;\\]{0,2000}\\?[\"'`]?")
"""What goes on behind a window, with its quote: half a value would be taken for a whole one."""
_FOLLOWED = late(
    r"""(?x)
      ://[^\s"'`<>@?]{0,300}+[@?] | ://[^\s"'`<>@?]{0,100}?(?:hook|/bot) | @(?:tcp|unix)\(
    | [\w.$-]{1,90}+(?:\\?["'`])?[ \t]?[\])]?[ \t]{0,4}
      (?: (?:[:=]=?=?|=>|[,(])[ \t]{0,4}[rbuRBUL@]?\\?["'`]           # then a literal
        | (?:[ \t][^<>\n]{0,100})?>[ \t]{0,4}[^<>\s]               # the text of an element
        | [:=][ \t]{0,4}[^\s"'`(){}\[\],;.<>&|]{6,200}(?=[\s;&"'`]|$) # as a setting
        | [ \t]{1,4}[^\s"'`(){}\[\],;.<>&|=:]{6,200}(?=[\s"'`]|$) )  # as an option
    """
)
"""What has to stand behind a telling word of a long line: code without white space is full of
such words."""
_MOST_IDLE = 100_000
"""Words in long lines that nothing follows."""
_MOST_OF_LONG_LINES = 1_500_000
"""Characters of long lines that are looked at in one file. Formats are looked for in all of them."""


class Telling(NamedTuple):
    """spans: of lines and of parts of long ones, in order; all: whether there are no others."""

    spans: list[tuple[int, int]]
    all: bool


def telling_lines(
    text: str,
    lowered: str,
    marks: Sequence[str],
    most: int | None = None,
    longest: int = LONGEST_LINE,
) -> Telling:
    """The lines with a telling word or an address; of long ones, what stands around the words.

    marks: the words that make a line telling; most: how many lines at most, None for all; longest:
    characters from which on a line is a long one."""
    if len(text) < longest and "\n" not in text:
        # Most of what a search of a history judges is one line, of which nothing but this is asked.
        return Telling([(0, len(text))] if holds_one(lowered, marks) else [], True)
    ends: dict[int, int] = {}
    windows: set[tuple[int, int]] = set()
    size = reach = len(text)
    idle = 0
    for word in possible(lowered, marks):
        at = lowered.find(word)
        hits = 0
        while 0 <= at < reach:
            begin = max(text.rfind("\n", max(0, at - LONGEST_LINE), at) + 1, at - LONGEST_LINE)
            end = text.find("\n", at, at + LONGEST_LINE)
            end = min(size, at + LONGEST_LINE) if end < 0 else end
            if end - begin >= longest:
                if _FOLLOWED.match(text, at) is None:
                    idle += 1
                    at = lowered.find(word, at + len(word)) if idle < _MOST_IDLE else -1
                    continue
                stop = _REST.match(text, min(end, at + 3 * _WINDOW), end).end()  # type: ignore[union-attr]
                windows.add((max(begin, at - _WINDOW), stop))
                end = _next(at, word, stop)
            else:
                ends[begin] = end
            hits += 1
            if hits == most:
                reach = end
            at = lowered.find(word, end)
    joined = _joined(sorted(windows))
    kept = [] if most is None else list(_within(joined, _MOST_OF_LONG_LINES))
    spans = sorted([*ends.items(), *(joined if most is None else kept)])
    if most is None:
        return Telling(spans, True)
    seen = [span for span in spans[:most] if span[0] < reach]
    every = reach == size and len(kept) == len(joined) and idle < _MOST_IDLE
    return Telling(seen, every and len(seen) == len(spans))


def around_telling(
    text: str, last: int, marks_of: Callable[[str], Sequence[str]] = lambda _lowered: MARKS
) -> list[tuple[int, int]]:
    """What ``telling_lines`` would have read of a long line for the telling words and addresses
    that begin up to an offset, in order. marks_of: says of a text in small letters which of MARKS
    it may hold."""
    lowered = small(text[: last + 1])
    windows: set[tuple[int, int]] = set()
    for word in marks_of(lowered):
        at = lowered.find(word)
        while at >= 0:
            stop = at + len(word)
            if _FOLLOWED.match(text, at) is not None:
                stop = _REST.match(text, min(len(text), at + 3 * _WINDOW)).end()  # type: ignore[union-attr]
                windows.add((max(0, at - _WINDOW), stop))
                stop = _next(at, word, stop)
            at = lowered.find(word, stop)
    return _joined(sorted(windows))


def _next(at: int, word: str, stop: int) -> int:
    """From where on the next such word counts: what stands near the end of a window may have its
    value behind it."""
    return max(at + len(word), min(stop, at + 2 * _WINDOW))


def _joined(windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Windows that overlap become one, up to the length of a line."""
    result: list[tuple[int, int]] = []
    for begin, end in windows:
        last = result[-1] if result else (0, 0)
        if result and begin < last[1] and end - last[0] <= LONGEST_LINE:
            result[-1] = (last[0], max(end, last[1]))
        elif end > last[1]:
            result.append((begin, end))
    return result


def _within(windows: Sequence[tuple[int, int]], characters: int) -> Iterator[tuple[int, int]]:
    for begin, end in windows:
        characters -= end - begin
        if characters < 0:
            return
        yield begin, end
