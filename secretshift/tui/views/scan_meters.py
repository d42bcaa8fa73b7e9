"""What a scan reads, as rows: sources, regions, and what was not read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import ScanReport, SourceError
from secretshift.model.journeys import Looking, history_of, megabytes
from secretshift.model.sources import FoundSource
from secretshift.reports.findings_table import counts_sentence

from ..cells import shortened
from ..gate import Safe, gate
from ..viewmodels import Cell, Column, RowView
from ..wording import counted, lasted, sentence

METERS: Final = (
    Column("kind", "", 6),
    Column("name", "", 24),
    Column("bar", "", 12),
    Column("note", "", wrap=True),
)
BAR: Final = 10
INTERRUPTED: Final = "interrupted"


@dataclass(frozen=True, slots=True)
class Facts:
    """paths, accounts: what was asked for, as known on Start; every: in all regions; bar: draws
    so many of so many; not_read: what this scan could not read until now."""

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
    elsewhere: tuple[str, ...] = ()
    note: str = ""
    not_read: Sequence[SourceError] = ()

    @property
    def errors(self) -> Sequence[SourceError]:
        """What could not be read by this scan, until now where it goes on."""
        return self.complete.errors if self.complete is not None else self.not_read

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
            if event.is_told_of:
                continue
            at, done = self._first.get(name, (now, event.done))
            if name not in self._first or event.done < done:
                self._first[name] = at, done = now, event.done
            if now - at >= 1 and not event.over:
                paces[name] = (event.done - done) / (now - at)
        return paces


def meters(facts: Facts, draw: Callable[[int, int], str]) -> tuple[RowView, ...]:
    """One row a source, its regions below it, then what was not read."""
    rows: list[RowView] = []
    if facts.busy or facts.progress:
        for path in facts.paths:
            rows.append(_file_meter(facts, path, draw))
            rows += _history_meter(facts, path, draw)
        for account in _accounts(facts):
            rows += _account_meters(facts, account, draw)
    elif facts.report is not None:
        rows.append(_counts(facts.report))
    rows += _errors(facts.errors)
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
    name = shortened(source.name if source is not None else path, 24)
    return _meter(f"path/{path}", kind, name, bar, note, state)


def _history_meter(facts: Facts, path: str, draw: Callable[[int, int], str]) -> Iterable[RowView]:
    """Of a repository whose history is read, from when that began."""
    name = history_of(path)
    event = facts.progress.get(name)
    if event is None:
        return
    if event.over or not facts.busy:
        note, state, bar = f"history read, {megabytes(event.done)} MB", "ok", draw(1, 1)
    else:
        of = f" of {megabytes(event.total)}" if event.total else ""
        read = f"{megabytes(event.done)}{of} MB"
        told = "git tells of its commits" if event.is_told_of else read
        note, state = f"history, {told}", "work"
        note += f", {event.findings:,} found" if event.findings else ""
        bar = draw(event.done, event.total)
        pace = facts.paces.get(name, 0.0)
        if pace >= 1:
            left = (event.total - event.done) / pace if event.total else 0.0
            note = f"{note} · {megabytes(pace)} MB a second"
            note += f", {lasted(left)} left" if left >= 1 else ""
    source = facts.names.get(path)
    shown = shortened(source.name if source is not None else path, 24)
    yield _meter(f"history/{path}", "git", shown, bar, note, state)


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


def unread(errors: Iterable[SourceError]) -> int:
    """Things that were not read; a wish to stop is none."""
    return sum(1 for error in errors if error.code != INTERRUPTED)
