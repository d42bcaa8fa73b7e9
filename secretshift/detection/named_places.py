"""The candidates that the grammars find in a file's text: what stands beside a telling name, in an
address, or at a place in a statement."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from .candidate import Candidate, Place
from .grammars import kubernetes, lines, nested, placed, telling
from .grammars.literals import Assignment
from .grammars.pragmas import is_ignored
from .late import late
from .names import sense, small
from .paths import FileSense
from .short_values import is_too_short

MOST: Final = 5_000
"""Candidates of one file that are judged one by one. More than a person would ever read; a file
with more of them was made to keep a scan busy, or is a dump of data."""
_LINES_A_CANDIDATE: Final = 6
"""Lines that may be looked at for one candidate, on the whole of a file."""
_WORTH: Final = frozenset((*telling.MARKS, *placed.MARKS))
_PLACED: Final = frozenset(placed.EVERY_MARK)
_TELLING: Final = frozenset(telling.MARKS)
EVERY_MARK: Final = tuple(dict.fromkeys((*telling.MARKS, *placed.MARKS, *placed.EVERY_MARK)))
"""What the grammars of lines look for first: words, and marks of forms."""
_NEARBY: Final = 12
_BESIDE: Final = 1_500
"""Assignments before and after that count as siblings of one in a file, and characters between."""
_AROUND: Final = 600
_KEY_ID: Final = late(r"(?<![A-Z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])")


_AMID: Final = late(r"^[\w@-]{0,80}[A-Za-z0-9]\$[A-Za-z][\w@-]{0,80}$")
"""A dollar sign between letters in single quotes, which fill in nothing in most languages."""
_AMID_SIGNS: Final = late(
    r"^(?=[^\s]{6,60}$)(?=.*\d|.*\$\$)(?=[^$]*[A-Za-z0-9!#%&*+^=.@-]\$)[\w!#%&*+^=.,@~-]{1,60}(?:\${1,2}[\w!#%&*+^=.,@~-]{1,60}){1,3}$"
)
"""And in double quotes where a language fills in nothing there."""


class Sought(NamedTuple):
    """Which of EVERY_MARK a text may hold. worth: those that make a line worth a look; placed: those
    of forms that stand on such lines; telling: those beside which something stands."""

    worth: Sequence[str]
    placed: Sequence[str]
    telling: Sequence[str]


def sought(marks: Sequence[str]) -> Sought:
    """marks: those of EVERY_MARK that the text may hold, in their order."""
    return Sought(
        [mark for mark in marks if mark in _WORTH],
        [mark for mark in marks if mark in _PLACED],
        [mark for mark in marks if mark in _TELLING],
    )


_EVERYTHING: Final = sought(EVERY_MARK)


class Named(NamedTuple):
    """candidates: in the order of their places; all: whether there are no others."""

    candidates: list[Candidate]
    all: bool


def named(
    text: str,
    file: FileSense,
    most: int | None = MOST,
    longest: int = telling.LONGEST_LINE,
    marks_of: Callable[[str], Sought] = lambda _lowered: _EVERYTHING,
) -> Named:
    """most: after how many candidates to stop, None to find all; longest: as of ``telling_lines``;
    marks_of: says of a text in small letters which marks it may hold."""
    lowered = small(text)
    marks = marks_of(lowered)
    found: list[Candidate] = []
    lines_most = None if most is None else most * _LINES_A_CANDIDATE
    worth = telling.telling_lines(text, lowered, marks.worth, lines_most, longest)
    looked_at = 0
    for begin, end in worth.spans:
        if most is not None and len(found) >= most:
            break
        looked_at += 1
        here = [
            *lines.assignments(text, begin, end, file.place, file.markup),
            *lines.urls(text, begin, end),
            *nested.assignments(text, begin, end),
            *placed.assignments(
                text[begin:end], lowered[begin:end], begin, file.place, marks.placed
            ),
        ]
        if here and not is_ignored(text, begin, end):
            found.extend(_candidate(item, file, text) for item in here)
    coded = list(islice(kubernetes.values(text), most)) if file.place is not Place.CODE else []
    if coded:
        starts = [item.start for item in coded]
        found = [one for one in found if not _meets(one, coded, starts)]
        found.extend(_candidate(item, file, text) for item in coded)
    found.sort(key=lambda one: one.start)
    every = worth.all and looked_at == len(worth.spans) and len(coded) != most
    return Named(found[:most], every and (most is None or len(found) <= most))


def in_line(line: str, file: FileSense) -> Iterator[Candidate]:
    """What a text of one line, or a few, assigns to telling names, and its addresses; without what
    is too short to be a credential."""
    begin = 0
    while begin < len(line):
        end = line.find("\n", begin)
        end = len(line) if end < 0 else end
        for item in lines.assignments(line, begin, end, file.place, file.markup):
            if not is_too_short(item.text, sense(item.name)):
                yield _candidate(item, file, line)
        for item in lines.urls(line, begin, end):
            yield _candidate(item, file, line)
        for item in nested.assignments(line, begin, end):
            yield _candidate(item, file, line)
        begin = end + 1


def with_siblings(
    text: str, found: list[Candidate]
) -> Iterator[tuple[Candidate, Mapping[str, str]]]:
    """Each candidate with what stands near it, by name."""
    ids = [(one.start(), one[0]) for one in _KEY_ID.finditer(text)] if _has_id(text) else []
    starts = [start for start, _ in ids]
    for position, candidate in enumerate(found):
        near = found[max(0, position - _NEARBY) : position + _NEARBY + 1]
        siblings = {
            other.name: other.text
            for other in near
            if other is not candidate and abs(other.start - candidate.start) <= _BESIDE
        }
        if ids:
            first = bisect_left(starts, candidate.start - _AROUND)
            for number in range(first, bisect_left(starts, candidate.end + _AROUND)):
                siblings[f"id {number}"] = ids[number][1]
        yield candidate, siblings


def _has_id(text: str) -> bool:
    return "AKIA" in text or "ASIA" in text


def _candidate(item: Assignment, file: FileSense, text: str) -> Candidate:
    return Candidate(
        item.name, item.text, item.start, item.end, file.place,
        quoted=item.quoted, example_path=file.example, compared=item.compared,
        placed=item.placed, assigned=item.assigned, declared=item.declared,
        unfilled=item.quoted and _is_verbatim(item, file, text),
    )  # fmt: skip


def _is_verbatim(item: Assignment, file: FileSense, text: str) -> bool:
    """Whether the quotes around it keep a dollar sign what it is."""
    quote = text[item.start - 1 : item.start]
    if quote == "'":
        return file.shell or (file.place is Place.CODE and _AMID.search(item.text) is not None)
    return quote == '"' and file.verbatim and _AMID_SIGNS.search(item.text) is not None


def _meets(one: Candidate, coded: list[Assignment], starts: list[int]) -> bool:
    at = bisect_left(starts, one.end) - 1
    return at >= 0 and coded[at].end > one.start
