"""Credentials while a scan is at work: rows that grow with its findings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from secretshift.model.findings import (
    Confidence,
    Credential,
    CredentialId,
    FileLocation,
    Finding,
    HistoryLocation,
)
from secretshift.model.functions import LATEST
from secretshift.workflow.credentials import CredentialRow, Status


class _Group:
    """Findings of one value until now."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.functions: set[tuple[str, ...]] = set()
        self.versions: set[tuple[str, ...]] = set()
        self.files: set[tuple[str, str]] = set()
        self.past = 0

    def add(self, finding: Finding) -> None:
        self.findings.append(finding)
        at = finding.location
        if isinstance(at, FileLocation):
            self.files.add((at.root, at.path))
        elif isinstance(at, HistoryLocation):
            self.past += 1
        elif at.qualifier == LATEST:
            self.functions.add((at.account, at.region, at.function))
        else:
            self.versions.add((at.account, at.region, at.function, at.qualifier))


class Live:
    """Rows of a scan that is not over."""

    def __init__(self) -> None:
        self._groups: dict[CredentialId, _Group] = {}
        self._taken = 0

    def behind(self, findings: Sequence[Finding]) -> bool:
        return self._taken != len(findings)

    def restarted(self, findings: Sequence[Finding]) -> bool:
        """Whether these are of another scan than before."""
        return len(findings) < self._taken

    def take(
        self, findings: Sequence[Finding], titles: Mapping[str, str], most: int = 500
    ) -> list[CredentialRow]:
        """The rows that the next findings change. titles: kind -> what a person calls it."""
        changed: dict[CredentialId, _Group] = {}
        for finding in findings[self._taken : self._taken + most]:
            group = self._groups.setdefault(finding.credential, _Group())
            group.add(finding)
            changed[finding.credential] = group
        self._taken = min(len(findings), self._taken + most)
        return [_live_row(group, titles) for group in changed.values()]


def _live_row(group: _Group, titles: Mapping[str, str]) -> CredentialRow:
    best = max(group.findings, key=lambda finding: finding.confidence.rank)
    low = best.confidence is Confidence.LOW
    return CredentialRow(
        credential=Credential(
            id=best.credential,
            fingerprint=best.fingerprint,
            kind=best.kind,
            confidence=best.confidence,
            masked=best.masked,
            findings=tuple(group.findings),
        ),
        title=titles.get(best.kind, best.kind),
        status=Status.LOOK if low else Status.FOUND,
        decision=None,
        functions=len(group.functions),
        versions=len(group.versions),
        files=len(group.files),
        past=group.past,
    )
