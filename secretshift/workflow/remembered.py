"""The last scan, kept without values, so that a later command or screen can go by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar, cast

from secretshift.model.codec import from_data, to_data
from secretshift.model.findings import (
    FileLocation,
    Finding,
    FunctionLocation,
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


@dataclass(frozen=True, slots=True)
class _Kept:
    schema: int
    sources: Sources
    report: ScanReport


def remember(services: Services, sources: Sources, report: ScanReport) -> None:
    """Keep this scan as the newest one. Raises Refused (``too-large``) over the bound, and what
    the workspace raises."""
    absolute = replace(sources, paths=tuple(str(Path(path).absolute()) for path in sources.paths))
    services.scans().keep(to_data(_Kept(SCHEMA, absolute, report)), services.now())


def last_scan(services: Services) -> RememberedScan | None:
    """None where nothing was scanned yet, or where an older program kept it in another form."""
    found = services.scans().newest()
    if found is None or found[0].get("schema") != SCHEMA:
        return None
    data, time = found
    head, findings = _apart(data)
    kept = from_data(_Kept, head, "the last scan")
    report = replace(kept.report, findings=_findings(findings))
    return RememberedScan(report, kept.sources, time)


def _apart(data: Mapping[str, object]) -> tuple[dict[str, object], list[object]]:
    """The scan without its findings, and these."""
    report = data.get("report")
    found = report.get("findings") if isinstance(report, dict) else None
    if not isinstance(report, dict) or not isinstance(found, list):
        return dict(data), []
    return {**data, "report": {**report, "findings": []}}, found


def _findings(found: list[object]) -> tuple[Finding, ...]:
    """Each form is let go as soon as it is read, and equal texts are kept once: a great scan would
    take its room twice."""
    known: dict[object, object] = {}
    made: list[Finding] = []
    found.reverse()
    while found:
        finding = from_data(Finding, found.pop(), f"the last scan.report.findings[{len(made)}]")
        at = finding.location
        made.append(
            replace(
                finding,
                kind=_once(known, finding.kind),
                reasons=_once(known, finding.reasons),
                masked=_once(known, finding.masked),
                location=_shared(known, at),
            )
        )
    return tuple(made)


def _shared(known: dict[object, object], at: Location) -> Location:
    if isinstance(at, FileLocation):
        return FileLocation(_once(known, at.root), _once(known, at.path), at.line, at.column)
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
