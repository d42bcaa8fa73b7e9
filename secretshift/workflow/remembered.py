"""The last scan, kept without values, so that a later command or screen can go by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar, cast

from secretshift.model.codec import from_data, to_data
from secretshift.model.errors import Damaged
from secretshift.model.findings import (
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
    ScanReport,
)

from .services import Services, Sources

SCHEMA: Final = 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RememberedScan:
    """time: UTC, when it ended. The paths of its sources are absolute."""

    report: ScanReport
    sources: Sources
    time: datetime


def elsewhere(sources: Sources, here: Path) -> tuple[str, ...]:
    """The folders and files that were looked at, if none of them is the folder, lies in it or
    holds it; empty as well where no path was looked at. Links are followed."""
    real = here.resolve()
    for path in map(Path, sources.paths):
        looked = path.resolve()
        if looked == real or looked in real.parents or real in looked.parents:
            return ()
    return sources.paths


@dataclass(frozen=True, slots=True)
class _Kept:
    schema: int
    sources: Sources
    report: ScanReport


def remember(services: Services, sources: Sources, report: ScanReport) -> None:
    """Keep this scan as the newest one, unless it looked at changes only: it would take the place
    of a whole one. Raises Refused (``too-large``) over the bound, and what the workspace raises."""
    if sources.partial:
        return
    absolute = replace(sources, paths=tuple(str(Path(path).absolute()) for path in sources.paths))
    services.scans().keep(to_data(_Kept(SCHEMA, absolute, report)), services.now())


def last_scan(services: Services) -> RememberedScan | None:
    """None where nothing was scanned yet, or where an older program kept it in another form."""
    read = _Findings()
    found = services.scans().newest({"report.findings": read.one})
    if found is None or found[0].get("schema") != SCHEMA:
        return None
    data, time = found
    read.stop_at_problem()
    head = dict(data)
    report = head.get("report")
    if isinstance(report, dict):
        head["report"] = {**report, "findings": []}
    kept = from_data(_Kept, head, "the last scan")
    return RememberedScan(replace(kept.report, findings=tuple(read.made)), kept.sources, time)


class _Findings:
    """Findings as they are read, each from its form at once, equal texts kept once: a great scan
    would take its room three times."""

    def __init__(self) -> None:
        self.made: list[Finding] = []
        self._known: dict[object, object] = {}
        self._problem: Damaged | None = None

    def one(self, data: object) -> None:
        if self._problem is not None:
            return
        try:
            finding = from_data(Finding, data, f"the last scan.report.findings[{len(self.made)}]")
        except Damaged as error:
            # Of a scan in another form nothing is said; the form is known when all is read.
            self._problem = error
            return
        known = self._known
        self.made.append(
            replace(
                finding,
                kind=_once(known, finding.kind),
                reasons=_once(known, finding.reasons),
                masked=_once(known, finding.masked),
                location=_shared(known, finding.location),
                name=_once(known, finding.name),
                check=_once(known, finding.check),
            )
        )

    def stop_at_problem(self) -> None:
        if self._problem is not None:
            raise self._problem


def _shared(known: dict[object, object], at: Location) -> Location:
    if isinstance(at, FileLocation):
        return FileLocation(_once(known, at.root), _once(known, at.path), at.line, at.column)
    if isinstance(at, HistoryLocation):
        return replace(
            at,
            root=_once(known, at.root),
            path=_once(known, at.path),
            first_commit=_once(known, at.first_commit),
            last_commit=_once(known, at.last_commit),
            first_time=_once(known, at.first_time),
            last_time=_once(known, at.last_time),
            author=_once(known, at.author),
            refs=_once(known, at.refs),
        )
    return FunctionLocation(
        _once(known, at.cloud),
        _once(known, at.account),
        _once(known, at.region),
        _once(known, at.function),
        _once(known, at.qualifier),
        _once(known, at.variable),
    )


def _once(known: dict[object, object], value: T) -> T:
    return cast(T, known.setdefault(value, value))
