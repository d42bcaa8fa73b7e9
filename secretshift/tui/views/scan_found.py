"""What a scan has found, one row a value, while it runs and afterwards. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import islice
from typing import Final

from secretshift.model.findings import (
    Confidence,
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
)
from secretshift.model.functions import LATEST
from secretshift.reports.exposure import head_words
from secretshift.reports.exposure import version as past_version
from secretshift.reports.findings_table import where

from ..gate import Safe, gate
from ..viewmodels import EMPTY, Cell, Column, RowView
from ..wording import counted, sentence
from .plan_rows import label

WIDE: Final = 110
"""Cells from which on a column says how sure it is; LARGE: and why."""
LARGE: Final = 150
SHOWN: Final = 200
"""Values that this screen lists; all of them are on the next one."""
NEWEST: Final = 50
"""The same while a scan runs and the list is another one at each beat."""
REST: Final = "rest"
_PLACES: Final = 4
"""Places that are told of a value where it lies in many."""
CERTAINTY: Final = {
    Confidence.HIGH: "certain",
    Confidence.MEDIUM: "likely",
    Confidence.LOW: "look yourself",
}
_TOKENS: Final = {Confidence.HIGH: "warn", Confidence.MEDIUM: "todo", Confidence.LOW: "unknown"}

Value = Sequence[Finding]
"""The findings of one value, at least one."""


class Values:
    """The values among findings: of a list, which only grows, what is new is taken in alone; of a
    tuple, which stays as it is, no more is kept than is shown."""

    def __init__(self) -> None:
        self._of: Sequence[Finding] = ()
        self._found: dict[str, list[Finding]] = {}
        self._newest: Sequence[Value] | None = None
        self._surest: Sequence[Value] | None = None
        self._sureness: Mapping[Confidence, int] | None = None
        self.places = 0
        self.count = 0

    def take(self, findings: Sequence[Finding]) -> None:
        if findings is self._of and len(findings) == self.places:
            return
        if findings is not self._of or len(findings) < self.places:
            self._of, self.places = findings, 0
            self._found.clear()
        for finding in islice(findings, self.places, None):
            # The one that was met last stands last.
            value = self._found.pop(finding.fingerprint, [])
            value.append(finding)
            self._found[finding.fingerprint] = value
        self.places, self.count = len(findings), len(self._found)
        self._newest = self._surest = self._sureness = None
        if isinstance(findings, tuple):
            self.newest()
            self.surest()
            self.sureness()
            # The table of a hundred thousand values takes 13 MB.
            self._found = {}

    def newest(self) -> Sequence[Value]:
        """While a scan runs: what was met last comes first."""
        if self._newest is None:
            self._newest = tuple(islice(reversed(self._found.values()), NEWEST))
        return self._newest

    def surest(self) -> Sequence[Value]:
        """Afterwards: sure ones first."""

        def order(value: Value) -> tuple[int, str, str]:
            first = lead(value)
            return -first.confidence.rank, first.kind, first.fingerprint

        if self._surest is None:
            self._surest = tuple(nsmallest(SHOWN, self._found.values(), key=order))
        return self._surest

    def sureness(self) -> Mapping[Confidence, int]:
        """How many values are how sure."""
        if self._sureness is None:
            self._sureness = Counter(lead(value).confidence for value in self._found.values())
        return self._sureness


def lead(value: Value) -> Finding:
    """The finding that speaks for a value: the surest, in a function as it is now if there, and
    rather in a file than in a git history."""

    def order(finding: Finding) -> tuple[int, int, bool]:
        at = finding.location
        if isinstance(at, FunctionLocation):
            return -finding.confidence.rank, 0, at.qualifier != LATEST
        return -finding.confidence.rank, 1 if isinstance(at, FileLocation) else 2, False

    return min(value, key=order) if len(value) > 1 else value[0]


def columns(width: int) -> tuple[Column, ...]:
    """For a list of so many cells."""
    kind = Column("kind", "Kind", 20 if width < WIDE else 24 if width < LARGE else 31, wrap=True)
    value = Column("value", "Value", 24, wrap=True)
    place = Column("where", "Where", wrap=True)
    if width < WIDE:
        return (kind, value, place)
    return (kind, value, place, Column("sure", "How sure", 14 if width < LARGE else 58, wrap=True))


class Rows:
    """Rows of values; one that was built stays until its value has another place."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._built: dict[str, tuple[Value, int, RowView]] = {}

    def of(
        self, values: Iterable[Value], titles: Mapping[str, str], *, width: int
    ) -> tuple[RowView, ...]:
        """In the order given."""
        former = self._built if self._of == (titles, width) else {}
        self._of, self._built = (titles, width), {}
        for value in values:
            known, places, row = former.get(value[0].fingerprint, (None, 0, None))
            if row is None or known is not value or places != len(value):
                row = _row(value, titles, width)
            self._built[value[0].fingerprint] = value, len(value), row
        return tuple(row for *_, row in self._built.values())


def rest_row(rest: int) -> tuple[RowView, ...]:
    """Where so many values are that are not shown; nothing if all are."""
    if not rest:
        return ()
    text = Safe(f"and {counted(rest, 'more value')}: Enter shows all of them.")
    return (RowView(REST, (Cell(text, "faint"),), whole=True),)


def _row(value: Value, titles: Mapping[str, str], width: int) -> RowView:
    first = lead(value)
    title = titles.get(first.kind, first.kind)
    at = short_place(first.location)
    more = f"  +{len(value) - 1:,}{' more' if width >= WIDE else ''}" if value[1:] else ""
    sure = CERTAINTY[first.confidence] if width < LARGE else certainty(first)
    return RowView(
        str(first.credential),
        (
            Cell(gate(title)),
            Cell(gate(f"{first.masked} {label(first.credential)}"), "secret"),
            Cell(gate(f"{at}{more}")),
            Cell(gate(sure), _TOKENS[first.confidence]),
        ),
        search=f"{title} {first.kind} {at} {first.confidence}".casefold(),
        note=_note(value, first, width),
    )


def _note(value: Value, first: Finding, width: int) -> Safe:
    """What the columns have no room for."""
    places = [short_place(finding.location, region=True) for finding in value]
    said = sentence(certainty(first)) if width < LARGE else ""
    if len(places) > 1 or width < WIDE:
        said = f"{said} In {_told(places)}."
    return gate(said.strip(), limit=1000) if said else EMPTY


def _told(places: Sequence[str]) -> str:
    more = len(places) - _PLACES
    told = ", ".join(places[:_PLACES])
    return f"{told} and {counted(more, 'more place')}" if more > 0 else told


def short_place(location: Location, *, region: bool = False) -> str:
    """Without what is the same for most: ``billing-api:12 STRIPE_KEY``, ``app/settings.py:4``."""
    if isinstance(location, FileLocation):
        return f"{location.path}:{location.line}"
    if isinstance(location, HistoryLocation):
        return f"{past_version(location)} in git history, {head_words(location)}"
    version = "" if location.qualifier == LATEST else f":{location.qualifier}"
    tail = f" ({location.region})" if region else ""
    return f"{location.function}{version} {location.variable}{tail}"


def certainty(finding: Finding) -> str:
    """How sure, and why, in words."""
    why = finding.reasons[0] if finding.reasons else ""
    word = CERTAINTY[finding.confidence]
    return f"{word}: {why}" if why else word


def value_lines(value: Value, titles: Mapping[str, str]) -> tuple[Safe, ...]:
    """Why this is thought to be a credential, and every place where it lies."""
    first = lead(value)
    title = titles.get(first.kind, first.kind)
    why = sentence("; ".join(first.reasons) or "no reason was given")
    return (
        gate(f"{title} {first.masked} {label(first.credential)}, {CERTAINTY[first.confidence]}."),
        gate(f"Why: {why}", limit=1000),
        gate(f"Found in {counted(len(value), 'place')}:"),
        *(gate(f"  {where(finding, several_roots=True)}") for finding in value[:20]),
        *([gate(f"  and {len(value) - 20:,} more")] if len(value) > 20 else []),
        Safe("The next screen (Enter, or 3) shows everything about this value."),
    )
