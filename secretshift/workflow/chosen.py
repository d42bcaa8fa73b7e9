"""What became of values that were chosen for a plan and are found no more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from secretshift.model.findings import (
    CredentialId,
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
)
from secretshift.model.functions import LATEST

from .scan import ScanResult

Places = Mapping[CredentialId, Sequence[Location]]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A place where a chosen value lay and lies no more, without a reference in its stead. other:
    the credential that was found there instead, "" for none."""

    location: Location
    other: CredentialId | None = None


def places_of(
    chosen: Iterable[CredentialId], findings: Iterable[Finding], before: Places
) -> Places:
    """Where each chosen value lies now, or lay when it was found last."""
    wanted = set(chosen)
    found: dict[CredentialId, list[Location]] = {}
    for finding in findings:
        if finding.credential in wanted and _counts(finding.location):
            found.setdefault(finding.credential, []).append(finding.location)
    return {**{key: before[key] for key in wanted if key in before}, **found}


def _counts(location: Location) -> bool:
    """A published version and a git history keep their values for good."""
    if isinstance(location, FunctionLocation):
        return location.qualifier == LATEST
    return isinstance(location, FileLocation)


def replaced(places: Places, scanned: ScanResult) -> tuple[Replaced, ...]:
    """Of those values that this scan found nowhere."""
    findings = scanned.report.findings
    there = {f.credential for f in findings if not isinstance(f.location, HistoryLocation)}
    lost = [place for key, found in places.items() if key not in there for place in found]
    now = {finding.location: finding.credential for finding in findings}
    return tuple(_replaced(lost, now, scanned)) if lost else ()


def _replaced(
    lost: Sequence[Location], now: Mapping[Location, CredentialId], scanned: ScanResult
) -> Iterator[Replaced]:
    moved = set(_moved(scanned))
    for location in lost:
        if isinstance(location, FunctionLocation) and location not in moved:
            yield Replaced(location, now.get(location))
        elif isinstance(location, FileLocation):
            yield Replaced(location)


def _moved(scanned: ScanResult) -> Iterator[FunctionLocation]:
    """Variables that a reference stands for."""
    for found in scanned.functions:
        ref = found.snapshot.ref
        for reference in found.region.references.all_present(found.snapshot):
            yield FunctionLocation(
                ref.place.cloud,
                ref.place.account,
                ref.place.region,
                ref.name,
                LATEST,
                reference.name,
            )
