"""Every credential in one list: what it is, where it lies, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from secretshift.catalogue import Catalogue
from secretshift.catalogue.names import siblings
from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import (
    Confidence,
    Credential,
    CredentialId,
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    ScanReport,
    credential_id,
    credentials_of,
    finding_id,
)
from secretshift.model.functions import LATEST
from secretshift.model.kinds import Kind
from secretshift.model.plans import Plan
from secretshift.model.secret_value import MASK, Fingerprint
from secretshift.model.verification import Verification
from secretshift.planning.contents import kind_of

from .decisions import decisions, today_of
from .moved import MovedVariable, moved_variables
from .services import Services


class Status(StrEnum):
    """look: only of low confidence; planned, blocked: by the plan at hand; moved: the plaintext
    is gone from every place that was found."""

    FOUND = "found"
    LOOK = "look"
    PLANNED = "planned"
    MOVED = "moved"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    FALSE_POSITIVE = "false positive"
    BLOCKED = "blocked"


_DECIDED = {
    Choice.ACCEPTED: Status.ACCEPTED,
    Choice.FALSE_POSITIVE: Status.FALSE_POSITIVE,
    Choice.REFUSED: Status.REFUSED,
}


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """One value.

    decision: the one that stands, also where it ran out; functions, files: how many hold it;
    versions: published versions and aliases that do; past: paths of git histories that did.
    title, rotation, revoke_url, instead, extension: what the catalogue says of the kind. siblings:
    credentials that would form one JSON secret with it. verification: what came of asking whoever
    gave it out, in the scan of this report; None where nobody was to be asked.
    """

    credential: Credential
    title: str
    status: Status
    decision: Decision | None
    functions: int
    versions: int
    files: int
    past: int = 0
    rotation: str = ""
    revoke_url: str = ""
    instead: str = ""
    extension: str = ""
    siblings: tuple[str, ...] = ()
    verification: Verification | None = None


def overview(
    services: Services,
    report: ScanReport,
    plan: Plan | None = None,
    *,
    scanned: datetime | None = None,
) -> tuple[CredentialRow, ...]:
    """The credentials of a scan and those that were moved before it, in the order of their risk:
    surer ones first, then those in functions, then those in more places; moved ones last. Of like
    ones each kind together, by place.

    scanned: when the report was made (UTC); None takes the time of the last scan that was kept.
    What was removed since then counts as gone.
    """
    scanned = scanned or services.scans().newest_time()
    stand = decisions(services)
    today = today_of(services)
    moved = moved_variables(services)
    gone = {one.place for one in moved if scanned is None or one.time > scanned}
    planned, blocked = _planned(plan)
    companions = _companions(report.findings, services.catalogue)
    earlier = _earlier(report, moved)
    past = {credential.id for credential in earlier}
    verified = report.verification
    rows = []
    for credential in (*credentials_of(report.findings), *earlier):
        decision = stand.get(credential.id)
        kind = kind_of(services.catalogue, credential.kind)
        status = Status.MOVED
        if credential.id not in past and not all(_is_gone(f, gone) for f in credential.findings):
            decided = decision if decision is not None and decision.in_force(today) else None
            status = _status(credential, decided, planned, blocked)
        row = _row(credential, kind, status, decision, companions.get(credential.id, ()))
        rows.append(replace(row, verification=verified.get(credential.id)))
    return _by_risk(rows)


def _status(
    credential: Credential,
    decision: Decision | None,
    planned: frozenset[str],
    blocked: frozenset[str],
) -> Status:
    if decision is not None and decision.choice in _DECIDED:
        return _DECIDED[decision.choice]
    if credential.id in planned:
        return Status.PLANNED
    if credential.id in blocked:
        return Status.BLOCKED
    return Status.LOOK if credential.confidence is Confidence.LOW else Status.FOUND


def _row(
    credential: Credential,
    kind: Kind,
    status: Status,
    decision: Decision | None,
    others: tuple[str, ...],
) -> CredentialRow:
    in_functions = [f.location for f in credential.findings if _in_function(f)]
    places = {
        (at.account, at.region, at.function, at.qualifier)
        for at in in_functions
        if isinstance(at, FunctionLocation)
    }
    files = {
        (at.root, at.path)
        for at in (f.location for f in credential.findings)
        if isinstance(at, FileLocation)
    }
    return CredentialRow(
        credential=credential,
        title=kind.title,
        status=status,
        decision=decision,
        functions=len({place[:3] for place in places if place[3] == LATEST}),
        versions=len([place for place in places if place[3] != LATEST]),
        files=len(files),
        past=sum(isinstance(f.location, HistoryLocation) for f in credential.findings),
        rotation=kind.rotation,
        revoke_url=kind.revoke_url,
        instead=kind.instead,
        extension=kind.extension,
        siblings=others,
    )


def _by_risk(rows: Iterable[CredentialRow]) -> tuple[CredentialRow, ...]:
    """Like ones together and each lot sorted by itself: one sorting of all would stop every other
    thread of the program until it is done."""
    alike: dict[tuple[bool, int, bool, int], list[CredentialRow]] = {}
    for row in rows:
        alike.setdefault(_risk(row), []).append(row)
    return tuple(
        row for risk in sorted(alike) for row in sorted(alike[risk], key=_by_name_and_place)
    )


def _by_name_and_place(row: CredentialRow) -> tuple[str, tuple[str, ...], int, str]:
    """As a person would sort what is equally urgent: the same on every machine."""
    at = row.credential.findings[0].location
    if isinstance(at, FunctionLocation):
        place = (at.account, at.region, at.function, at.variable)
        return row.title, place, 0, row.credential.id
    return row.title, (at.root, at.path), at.line, row.credential.id


def _risk(row: CredentialRow) -> tuple[bool, int, bool, int]:
    return (
        row.status is Status.MOVED,
        -row.credential.confidence.rank,
        not (row.functions or row.versions),
        -len(row.credential.findings),
    )


def _in_function(finding: Finding) -> bool:
    return isinstance(finding.location, FunctionLocation)


def _planned(plan: Plan | None) -> tuple[frozenset[str], frozenset[str]]:
    """The credentials that a plan moves, and those that it would if nothing were in the way."""
    if plan is None:
        return frozenset(), frozenset()
    of = {
        function.function.arn: {one for v in function.variables for one in v.credentials}
        for function in plan.functions
    }
    planned = {one for function in plan.active for one in of[function.function.arn]}
    stored = {
        secret.credential
        for secret in plan.secrets
        if any(piece.file is not None for piece in secret.pieces)
    }
    blocked = {
        one for function in plan.functions if function.blocked for one in of[function.function.arn]
    }
    return frozenset(planned | stored), frozenset(blocked)


def _is_gone(finding: Finding, gone: set[tuple[str, str, str, str]]) -> bool:
    at = finding.location
    if not isinstance(at, FunctionLocation) or at.qualifier != LATEST:
        return False
    return (at.account, at.region, at.function, at.variable) in gone


# Moved before the scan


def _earlier(report: ScanReport, moved: Iterable[MovedVariable]) -> tuple[Credential, ...]:
    """Credentials that the journal moved and the scan no longer sees, with where they lay."""
    seen = {finding.credential for finding in report.findings}
    findings = [
        finding for one in moved for finding in _findings_of(one) if finding.credential not in seen
    ]
    return credentials_of(findings)


def _findings_of(moved: MovedVariable) -> Iterable[Finding]:
    """A plan keeps no confidence: what it moved was at least of medium confidence."""
    for identity, fingerprint in _fingerprints(moved).items():
        location = FunctionLocation(
            moved.function.place.cloud,
            moved.function.place.account,
            moved.function.place.region,
            moved.function.name,
            LATEST,
            moved.variable.name,
        )
        yield Finding(
            id=finding_id(fingerprint, location),
            credential=identity,
            fingerprint=fingerprint,
            kind=moved.variable.kind,
            confidence=Confidence.MEDIUM,
            reasons=("moved by an earlier run",),
            masked=MASK,
            location=location,
        )


def _fingerprints(moved: MovedVariable) -> Mapping[CredentialId, Fingerprint]:
    """Of each credential in a moved variable. An id is the beginning of the fingerprint; the rest
    is known where the value is a piece of the secret, or the whole of it."""
    known = [moved.variable.fingerprint, moved.secret.fingerprint]
    known += [p.variable.fingerprint for p in moved.secret.pieces if p.variable is not None]
    by_id = {credential_id(fingerprint): fingerprint for fingerprint in known}
    ids = [CredentialId(one) for one in moved.variable.credentials]
    return {one: by_id.get(one, Fingerprint(one.removeprefix("c-"))) for one in ids}


# Siblings


def _companions(
    findings: Sequence[Finding], catalogue: Catalogue
) -> Mapping[CredentialId, tuple[str, ...]]:
    """Credentials that stand in variables which belong to another credential of the function."""
    functions: dict[tuple[str, str, str], dict[str, list[Finding]]] = {}
    for finding in findings:
        at = finding.location
        if isinstance(at, FunctionLocation) and at.qualifier == LATEST:
            variables = functions.setdefault((at.account, at.region, at.function), {})
            variables.setdefault(at.variable, []).append(finding)
    found: dict[CredentialId, dict[str, None]] = {}
    for variables in functions.values():
        for name, held in variables.items():
            for finding in held:
                kind = kind_of(catalogue, finding.kind)
                if kind.shape != "json":
                    continue
                names = siblings(name, kind, tuple(variables)).values()
                for other in (f.credential for n in names for f in variables[n]):
                    found.setdefault(finding.credential, {})[other] = None
                    found.setdefault(other, {})[finding.credential] = None
    return {one: tuple(other for other in others if other != one) for one, others in found.items()}
