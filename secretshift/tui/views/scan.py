"""A scan as it goes and as it ended: what is read, what was not, what was found. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import (
    Confidence,
    FileLocation,
    Finding,
    Location,
    ScanReport,
    SourceError,
)
from secretshift.model.functions import LATEST
from secretshift.model.journeys import Looking
from secretshift.model.sources import FoundSource
from secretshift.reports.findings_table import counts_sentence, where

from ..gate import Safe, gate
from ..viewmodels import EMPTY, Cell, Column, RowView
from ..wording import counted, day_and_clock, listed
from .plan_rows import label, sentence

WIDE: Final = 110
SHOWN: Final = 500
"""Findings that this screen lists; all of them are on the next one."""
METERS: Final = (
    Column("kind", "", 6),
    Column("name", "", 22),
    Column("bar", "", 12),
    Column("note", "", wrap=True),
)
FINDINGS: Final = (
    Column("kind", "Kind", 20, wrap=True),
    Column("value", "Value", 24, wrap=True),
    Column("where", "Where", wrap=True),
    Column("sure", "How sure", 44, hide_below=WIDE, wrap=True),
)
BAR: Final = 10
INTERRUPTED: Final = "interrupted"
CERTAINTY: Final = {
    Confidence.HIGH: "certain",
    Confidence.MEDIUM: "likely",
    Confidence.LOW: "look yourself",
}
_TOKENS: Final = {Confidence.HIGH: "warn", Confidence.MEDIUM: "todo", Confidence.LOW: "unknown"}


@dataclass(frozen=True, slots=True)
class Facts:
    """paths, accounts: what was asked for, as known on Start; every: in all regions; bar: draws
    so many of so many."""

    busy: bool
    paths: tuple[str, ...] = ()
    accounts: tuple[FoundSource, ...] = ()
    names: Mapping[str, FoundSource] = field(default_factory=dict)
    regions: int = 0
    progress: Mapping[str, Looking] = field(default_factory=dict)
    paces: Mapping[str, float] = field(default_factory=dict)
    report: ScanReport | None = None
    error: SecretshiftError | None = None
    scanned_at: datetime | None = None
    note: str = ""

    @property
    def complete(self) -> ScanReport | None:
        """The report, if it is of this scan and not of the one before."""
        return None if self.busy or self.error is not None else self.report


class Paces:
    """How many of its unit a source has read a second, seen from here."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[float, int]] = {}

    def take(self, progress: Mapping[str, Looking], now: float) -> Mapping[str, float]:
        """Sources of which that can be said. A scan that begins anew begins here anew."""
        self._first = {name: first for name, first in self._first.items() if name in progress}
        paces = {}
        for name, event in progress.items():
            at, done = self._first.get(name, (now, event.done))
            if name not in self._first or event.done < done:
                self._first[name] = at, done = now, event.done
            if now - at >= 1 and not event.over:
                paces[name] = (event.done - done) / (now - at)
        return paces


class Tally:
    """Values and places among findings that only grow; counts the new ones alone."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self.places = 0

    @property
    def values(self) -> int:
        return len(self._values)

    def take(self, findings: Sequence[Finding]) -> None:
        if len(findings) < self.places:
            self._values.clear()
            self.places = 0
        self._values.update(finding.fingerprint for finding in findings[self.places :])
        self.places = len(findings)


# What is read


def meters(facts: Facts, draw: Callable[[int, int], str]) -> tuple[RowView, ...]:
    """One row a source, its regions below it, then what was not read."""
    rows: list[RowView] = []
    if facts.busy or facts.progress:
        rows += [_file_meter(facts, path, draw) for path in facts.paths]
        for account in _accounts(facts):
            rows += _account_meters(facts, account, draw)
    elif facts.report is not None:
        rows.append(_counts(facts.report))
    if facts.complete is not None:
        rows += _errors(facts.complete.errors)
    return tuple(rows)


def _file_meter(facts: Facts, path: str, draw: Callable[[int, int], str]) -> RowView:
    source = facts.names.get(path)
    event = facts.progress.get(path)
    pace = facts.paces.get(path, 0.0)
    kind = "git" if source is not None and source.kind == "git" else "files"
    if event is None:
        note, state = ("waiting" if facts.busy else "not read"), "wait"
        bar = draw(0, 1)
    elif event.over or not facts.busy:
        note, state = f"{counted(event.done, 'file')} read", "ok"
        bar = draw(1, 1)
    else:
        of = f" of {event.total:,}" if event.total else ""
        note, state = f"{event.done:,}{of} files", "work"
        bar = draw(event.done, event.total)
    if pace >= 1 and state == "work":
        note = f"{note} · {pace:,.0f} a second"
    name = source.name if source is not None else path
    return _meter(f"path/{path}", kind, name, bar, note, state)


@dataclass(frozen=True, slots=True)
class _Account:
    """account: its number; regions: how many are looked at, 0 if that is not known."""

    account: str
    name: str
    regions: int
    places: Mapping[str, Looking]


def _accounts(facts: Facts) -> list[_Account]:
    """Those that were asked for, in their order, and any that turned up on the way."""
    found: dict[str, dict[str, Looking]] = {s.account or s.name: {} for s in facts.accounts}
    for source, event in facts.progress.items():
        parts = source.split(" ")
        if event.unit == "functions" and len(parts) == 3:
            found.setdefault(parts[1], {})[parts[2]] = event
    known = {source.account or source.name: source for source in facts.accounts}
    result = []
    for account, places in found.items():
        regions = facts.regions
        if not regions and account in known:
            regions = len(known[account].regions)
        result.append(_Account(account, account, max(regions, len(places)), places))
    return result


def _account_meters(
    facts: Facts, account: _Account, draw: Callable[[int, int], str]
) -> Iterable[RowView]:
    places = account.places
    functions = sum(event.done for event in places.values())
    over = sum(1 for event in places.values() if event.over)
    done = not facts.busy
    row = f"account/{account.account}"
    full = [name for name, event in places.items() if event.done or not event.over]
    if done:
        holding = sum(1 for event in places.values() if event.done)
        note = f"{counted(functions, 'function')} in {counted(holding, 'region')}"
        state = "ok"
    elif not places:
        note, state = "waiting", "wait"
    else:
        working = [name for name, event in places.items() if not event.over]
        of = f" of {account.regions:,}" if account.regions else ""
        note = f"{over:,}{of} regions done, {counted(functions, 'function')}"
        if working:
            note += f"; now {_some(working)}"
        state = "work"
    bar = draw(1, 1) if done else draw(over, account.regions)
    yield _meter(row, "AWS", account.name, bar, note, state, foldable=len(full) > 1)
    if len(full) > 1:
        for name in sorted(full):
            yield _region(facts, row, name, places[name])


def _region(facts: Facts, parent: str, name: str, event: Looking) -> RowView:
    over = event.over or not facts.busy
    return RowView(
        f"{parent}/{name}",
        (
            Cell(gate(name)),
            Cell(
                Safe(f" {counted(event.done, 'function')}{'' if over else ' until now'}"), "faint"
            ),
        ),
        search=name.casefold(),
        sign="ok" if over else "work",
        token="ok" if over else "work",
        parent=parent,
        depth=1,
        whole=True,
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:2]) + (f" +{len(names) - 2}" if len(names) > 2 else "")


def _meter(
    row: str, kind: str, name: str, bar: str, note: str, state: str, *, foldable: bool = False
) -> RowView:
    return RowView(
        row,
        (
            Cell(Safe(kind), "faint"),
            Cell(gate(name), "strong"),
            Cell(Safe(bar), state),
            Cell(gate(note)),
        ),
        search=f"{kind} {name} {note}".casefold(),
        sign=state,
        token=state,
        foldable=foldable,
    )


def _counts(report: ScanReport) -> RowView:
    """Of a scan of which only the report is left."""
    text = sentence(counts_sentence(report.counts))
    return RowView(
        "counts", (Cell(gate(text, limit=1000), "faint"),), sign="ok", token="ok", whole=True
    )


def _errors(errors: Sequence[SourceError]) -> Iterable[RowView]:
    for number, error in enumerate(errors):
        if error.code == INTERRUPTED:
            continue
        yield RowView(
            error_id(number),
            (
                Cell(gate(f"{error.source} not read:"), "unknown"),
                Cell(gate(sentence(error.what))),
            ),
            search=f"{error.source} {error.what}".casefold(),
            sign="unknown",
            token="unknown",
            note=gate(f"{sentence(error.hint)} What lies there is missing here.".strip()),
            needs_person=True,
            whole=True,
        )


def error_id(number: int) -> str:
    return f"error/{number}"


def unread(report: ScanReport) -> int:
    """Things that were not read; a wish to stop is none."""
    return sum(1 for error in report.errors if error.code != INTERRUPTED)


# What was found


def finding_rows(
    findings: Iterable[Finding], titles: Mapping[str, str], *, wide: bool
) -> tuple[RowView, ...]:
    """In the order given."""
    return tuple(_finding(finding, titles, wide=wide) for finding in findings)


def _finding(finding: Finding, titles: Mapping[str, str], *, wide: bool) -> RowView:
    title = titles.get(finding.kind, finding.kind)
    sure = gate(certainty(finding))
    at = gate(short_place(finding.location, region=wide))
    return RowView(
        finding.id,
        (
            Cell(gate(title)),
            Cell(gate(f"{finding.masked} {label(finding.credential)}"), "secret"),
            Cell(at),
            Cell(sure, _TOKENS[finding.confidence]),
        ),
        search=f"{title} {finding.kind} {at} {finding.confidence}".casefold(),
        note=EMPTY if wide else gate(f"{sure}  {where(finding)}"),
    )


def short_place(location: Location, *, region: bool) -> str:
    """Without what is the same for most: ``billing-api:12 STRIPE_KEY``, ``app/settings.py:4``."""
    if isinstance(location, FileLocation):
        return f"{location.path}:{location.line}"
    version = "" if location.qualifier == LATEST else f":{location.qualifier}"
    tail = f"  {location.region}" if region else ""
    return f"{location.function}{version} {location.variable}{tail}"


def certainty(finding: Finding) -> str:
    """How sure, and why, in words."""
    why = finding.reasons[0] if finding.reasons else ""
    word = CERTAINTY[finding.confidence]
    return f"{word}: {why}" if why else word


def newest(live: Sequence[Finding]) -> Sequence[Finding]:
    return live[: -SHOWN - 1 : -1]


def surest(report: ScanReport) -> Sequence[Finding]:
    """Sure ones first, one place after the other of a value."""
    return sorted(report.findings, key=lambda f: (-f.confidence.rank, f.kind, f.fingerprint))[
        :SHOWN
    ]


def finding_lines(finding: Finding, titles: Mapping[str, str]) -> tuple[Safe, ...]:
    """Why this is thought to be a credential."""
    title = titles.get(finding.kind, finding.kind)
    return (
        gate(f"{title} {finding.masked}, {CERTAINTY[finding.confidence]}."),
        gate(f"Found at {where(finding, several_roots=True)}.", limit=1000),
        gate(f"Why: {sentence('; '.join(finding.reasons) or 'no reason was given')}", limit=1000),
        Safe("Enter on the next screen (3) shows everything about this value."),
    )


def error_lines(error: SourceError) -> tuple[Safe, ...]:
    said = [
        f"{error.source} was not read: {sentence(error.what)}",
        f"What you can do: {sentence(error.hint)}" if error.hint else "",
        "What lies there is missing in this scan, so nothing says that it is clean. c scans again.",
    ]
    return tuple(gate(line, limit=1000) for line in said if line)


# Sentences


def headline(facts: Facts, tally: Tally) -> tuple[str, Safe]:
    """Meaning and sentence: how it stands and what was found."""
    if facts.busy:
        note = f" {sentence(facts.note)}" if facts.note else ""
        if not tally.places:
            return "work", gate(f"Looking. Nothing was found until now.{note}")
        return "work", gate(f"{found(tally)} until now.{note}")
    if facts.error is not None:
        return "fail", _failed(facts.error)
    report = facts.report
    if report is None:
        return "wait", Safe("Nothing was looked at yet: 1 chooses where to look.")
    when = f", scanned {day_and_clock(facts.scanned_at)}" if facts.scanned_at else ""
    if not report.findings:
        return _none_found(report, when)
    text = f"{found(tally)}{when}. {_sureness(report)}"
    if stopped(report):
        return "todo", gate(f"Stopped before all was read; what was found is kept. {text}")
    if unread(report):
        return "unknown", gate(f"{text} {_not_read(report)}")
    return "ok", gate(text)


def found(tally: Tally) -> str:
    return f"Found {counted(tally.values, 'value')} in {counted(tally.places, 'place')}"


def stopped(report: ScanReport) -> bool:
    return any(error.code == INTERRUPTED for error in report.errors)


def _failed(error: SecretshiftError) -> Safe:
    where_ = f" ({error.resource})" if error.resource else ""
    hint = f" {sentence(error.hint)}" if error.hint else ""
    return gate(f"The scan ended: {error.what.rstrip('.')}{where_}.{hint} c tries again.")


def _none_found(report: ScanReport, when: str) -> tuple[str, Safe]:
    looked = dict(report.counts)
    read = [
        counted(looked["files"], "file") if looked.get("files") else "",
        counted(looked["functions"], "function") if looked.get("functions") else "",
    ]
    what = listed([part for part in read if part], "nothing")
    said = f"Read {what}{when}. No credential found."
    if stopped(report):
        return "todo", gate(
            f"Stopped before all was read. {said} This is not yet clean: c scans again."
        )
    if unread(report):
        return "unknown", gate(f"{said} {_not_read(report)} This is not yet clean.")
    return "ok", gate(said)


def _not_read(report: ScanReport) -> str:
    number = unread(report)
    verb = "was" if number == 1 else "were"
    return f"{counted(number, 'place')} {verb} not read: n leads there, i says why."


def _sureness(report: ScanReport) -> str:
    best: dict[str, Confidence] = {}
    for finding in report.findings:
        known = best.get(finding.fingerprint)
        if known is None or finding.confidence.rank > known.rank:
            best[finding.fingerprint] = finding.confidence
    counts = [
        (sum(1 for sure in best.values() if sure is level), word)
        for level, word in (
            (Confidence.HIGH, "certain"),
            (Confidence.MEDIUM, "likely"),
            (Confidence.LOW, "to look at yourself"),
        )
    ]
    return f"{listed([f'{number:,} {word}' for number, word in counts if number])}."


def next_sentence(facts: Facts) -> Safe:
    if facts.busy:
        return Safe(
            "What is found appears here at once; Enter shows it as a list of values. Looking only "
            "reads. S stops and keeps what was found."
        )
    if facts.error is not None:
        return Safe("c tries again. 1 chooses other places.")
    if facts.report is None:
        return Safe("1 chooses where to look. Looking only reads.")
    if facts.report.findings:
        return Safe("Enter opens the list: one row a value. Nothing is changed by looking at it.")
    return Safe("1 chooses other places, c looks again. Nothing was written anywhere.")
