"""The last scan, kept without values, so that a later command or screen can go by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from secretshift.model.codec import from_data, to_data
from secretshift.model.findings import ScanReport

from .services import Services, Sources

SCHEMA: Final = 1


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
    kept = from_data(_Kept, dict(data), "the last scan")
    return RememberedScan(kept.report, kept.sources, time)
