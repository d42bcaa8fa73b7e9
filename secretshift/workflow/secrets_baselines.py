"""What detect-secrets knows (``.secrets.baseline``): compare findings with it, and write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import cached_property
from pathlib import PurePath
from typing import Any

from secretshift.detection.engines.line_types import LineTypes, line_types
from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import FileLocation, Finding, Sighting, Verdict
from secretshift.model.identity import place_of
from secretshift.model.journeys import CancelToken, Emit
from secretshift.model.secret_value import Fingerprint, Fingerprinter, SecretValue
from secretshift.shapes.secrets_baseline import UNKNOWN_TYPE, Entry, forms_of, merged, sha1
from secretshift.sources.text import Lines

from .scan import ScanResult, scan
from .services import Detector, PluginProblem, Services, Sources

Line = tuple[str, int, Fingerprint]
"""Path, number of the line, and whose value stands there."""


@dataclass(frozen=True)
class SecretsBaseline:
    """folder: in which it lies, free of links: its paths are told from there. name: of the file."""

    folder: PurePath
    name: str
    entries: tuple[Entry, ...]

    @cached_property
    def _by_file(self) -> Mapping[str, Sequence[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.path.removeprefix("./"), []).append(entry)
        return found

    def entries_of(self, finding: Finding, seen: Seen) -> tuple[Entry, ...]:
        """Those with this value in this file."""
        if not isinstance(finding.location, FileLocation):
            return ()
        here = self._by_file.get(place_of(finding.location, self.folder), ())
        digests = seen.digests.get(finding.fingerprint, ())
        return tuple(entry for entry in here if entry.sha1 in digests)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of values while a scan ran. It lives in memory: an unkeyed hash of a weak
    password is as good as the password.

    digests: SHA-1 of each value's forms; lines: (type, SHA-1) of what detect-secrets' own
    detectors find where a finding stands, of its value.
    """

    digests: dict[Fingerprint, tuple[str, ...]] = field(default_factory=dict, repr=False)
    lines: dict[Line, tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False)


def watched(services: Services) -> tuple[Services, Seen]:
    """Services that note the digests of all values that they find."""
    seen = Seen()
    return replace(services, fingerprint=_Digesting(services.fingerprint, seen)), seen


def export(
    services: Services,
    sources: Sources,
    document: Mapping[str, Any] | None,
    folder: PurePath,
    emit: Emit,
    cancel: CancelToken,
) -> tuple[dict[str, Any], ScanResult]:
    """Scan the files, and give a baseline of detect-secrets with what was found, and the scan.

    document: the baseline that is there, whose entries, labels and settings stay; folder: in which
    it lies. False positives are labelled so, what is decided otherwise as secrets. It holds SHA-1
    of values, which weak ones do not withstand. Raises what ``scan`` raises.
    """
    watching, seen = watched(services)
    with line_types() as types:
        watching = replace(watching, detector=_Lines(services.detector, types, watching, seen))
        result = scan(watching, replace(sources, aws=False), emit, cancel)
        head: Mapping[str, Any] = document or {**types.head, "results": {}}
    entries = (
        entry
        for finding in result.report.findings
        for entry in _entries(finding, result.decisions.get(finding.credential), folder, seen)
    )
    time = services.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return merged(head, entries, time), result


def _entries(
    finding: Finding, decision: Decision | None, folder: PurePath, seen: Seen
) -> tuple[Entry, ...]:
    at = finding.location
    if not isinstance(at, FileLocation):
        return ()
    label = None if decision is None else decision.choice is not Choice.FALSE_POSITIVE
    first = seen.digests[finding.fingerprint][0]
    found = seen.lines.get((at.path, at.line, finding.fingerprint)) or ((UNKNOWN_TYPE, first),)
    path = place_of(at, folder)
    return tuple(Entry(path, type_, digest, at.line, label) for type_, digest in found)


@dataclass(frozen=True, slots=True)
class _Digesting:
    """A fingerprinter that notes the digests of what it is given."""

    inner: Fingerprinter
    seen: Seen

    def __call__(self, value: SecretValue) -> Fingerprint:
        fingerprint = self.inner(value)
        if fingerprint not in self.seen.digests:
            self.seen.digests[fingerprint] = tuple(map(sha1, forms_of(value.reveal())))
        return fingerprint


@dataclass(frozen=True, slots=True)
class _Lines:
    """A detector that notes what detect-secrets would call what it finds."""

    inner: Detector
    types: LineTypes
    services: Services
    seen: Seen

    @property
    def problems(self) -> Sequence[PluginProblem]:
        return self.inner.problems

    @property
    def not_asked(self) -> Sequence[str]:
        return self.inner.not_asked

    def environment(self, variables: Mapping[str, SecretValue]) -> tuple[Verdict, ...]:
        return self.inner.environment(variables)

    def left_out(self, path: str) -> str:
        return self.inner.left_out(path)

    def sightings(self, path: str, text: str) -> tuple[Sighting, ...]:
        return self.inner.sightings(path, text)

    def text(self, path: str, text: str) -> tuple[Verdict, ...]:
        verdicts = self.inner.text(path, text)
        rows = Lines(text) if verdicts else None
        for verdict in verdicts:
            if rows is not None:
                self._note(path, text, rows.at(verdict.offset)[0], verdict)
        return verdicts

    def _note(self, path: str, text: str, number: int, verdict: Verdict) -> None:
        start = text.rfind("\n", 0, verdict.offset) + 1
        end = text.find("\n", verdict.offset)
        line = text[start : end if end >= 0 else len(text)]
        forms = forms_of(verdict.secret.reveal())
        hits = [(type_, sha1(hit)) for type_, hit in self.types.of(path, line, number)]
        wanted = set(map(sha1, forms))
        mine = tuple(hit for hit in hits if hit[1] in wanted)
        self.seen.lines[(path, number, self.services.fingerprint(verdict.secret))] = mine
