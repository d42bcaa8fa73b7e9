"""Sightings of plaintext credentials, and the credentials they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NewType

from .confidence import Confidence as Confidence
from .secret_value import Fingerprint, SecretValue
from .verification import Verification

CredentialId = NewType("CredentialId", str)


@dataclass(frozen=True, slots=True)
class FileLocation:
    """A place in a file of a work tree or folder.

    root: absolute path of the work tree or folder; path: relative to it, with ``/``;
    line and column: from 1.
    """

    root: str
    path: str
    line: int
    column: int

    type: str = "file"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class HistoryLocation:
    """A path of a git repository under which some version of the file held the value.

    root: absolute path of the repository; path: "" where no commit names the blob; line: from 1,
    in the newest version that has it, which is the blob, 0 as long as that is not known;
    first_commit, last_commit: ids of the oldest and the newest commit that wrote a version with the
    value, "" where none did, or where a search was stopped before it read them; in_head: whether
    the version that HEAD has still holds it. first_time, last_time: of these commits, UTC, ISO
    8601; author: of the first commit; refs: names of some that contain the first commit, branches
    and tags first, of refs_total.
    """

    root: str
    path: str
    line: int
    blob: str
    first_commit: str = ""
    last_commit: str = ""
    in_head: bool = False
    first_time: str = ""
    last_time: str = ""
    author: str = ""
    refs: tuple[str, ...] = ()
    refs_total: int = 0

    type: str = "history"

    def __str__(self) -> str:
        at = self.last_commit or self.blob
        return f"{at[:12]}:{self.path}:{self.line}" if self.path else f"{at[:12]}:{self.line}"


@dataclass(frozen=True, slots=True)
class FunctionLocation:
    """A variable of a serverless function; qualifier: ``$LATEST``, a version or an alias."""

    cloud: str
    account: str
    region: str
    function: str
    qualifier: str
    variable: str

    type: str = "function"

    def __str__(self) -> str:
        at = "" if self.qualifier == "$LATEST" else f":{self.qualifier}"
        return f"{self.region}/{self.function}{at} {self.variable}"


Location = FileLocation | HistoryLocation | FunctionLocation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one candidate. Lives in memory only: it holds the value.

    name: the variable, key or header under which the value stands, "" if there is none.
    secret: the innermost decoded secret (a URL's password, not the URL).
    offset, end: where in the judged text the secret (or its encoded form) begins and ends, in
    characters.
    """

    name: str
    kind: str
    confidence: Confidence
    reasons: tuple[str, ...]
    secret: SecretValue
    masked: str
    offset: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Spotted:
    """A value that a search of a history came upon, told before it is known on which line, in which
    commits and under which other paths it stands, and whether it stays. Lives in memory only."""

    verdict: Verdict
    location: HistoryLocation


@dataclass(frozen=True, slots=True)
class Sighting:
    """A span of a text that may hold a secret. Lives in memory only.

    secret: what has to be hidden wherever else it stands; None where only this span is doubtful.
    """

    start: int
    end: int
    secret: SecretValue | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One sighting: which kind, where, how sure, and the fingerprint of the value.

    name: under which the value stands in a file, "" if none or if it looks like no name; check:
    one hexadecimal digit of the value, by which a baseline sees that it was replaced. Both are for
    telling findings apart where the fingerprint means nothing.
    """

    id: str
    credential: CredentialId
    fingerprint: Fingerprint
    kind: str
    confidence: Confidence
    reasons: tuple[str, ...]
    masked: str
    location: Location
    name: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """All the findings of one value: what a person decides about."""

    id: CredentialId
    fingerprint: Fingerprint
    kind: str
    confidence: Confidence
    masked: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SourceError:
    """A source, or a part of one, that could not be read: never the same as nothing found."""

    code: str
    source: str
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ScanReport:
    """findings in the order of their sources; errors: what could not be read;
    not_searched: sentences on what this scan did not look at;
    counts: how much was looked at (files, bytes, functions, skipped by reason);
    known: how many findings a baseline knows, which are not among them;
    verified: of each credential that was to be checked, what came of it."""

    findings: tuple[Finding, ...] = ()
    errors: tuple[SourceError, ...] = ()
    not_searched: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    known: int = 0
    verified: tuple[tuple[CredentialId, Verification], ...] = ()

    @property
    def verification(self) -> Mapping[CredentialId, Verification]:
        """Empty where nobody was to be asked."""
        return dict(self.verified)


def credential_id(fingerprint: Fingerprint) -> CredentialId:
    return CredentialId(f"c-{fingerprint[:12]}")


def finding_id(fingerprint: Fingerprint, location: Location) -> str:
    """The same for the same value in the same place."""
    import hashlib  # the first screen is painted without it

    # What is known of a path's commits grows with each commit; the place stays the same.
    place: object = location
    if isinstance(location, HistoryLocation):
        place = (location.type, location.root, location.path)
    seed = f"{fingerprint}|{place!r}".encode("utf-8", "surrogatepass")
    return f"f-{hashlib.sha256(seed).hexdigest()[:12]}"


def credentials_of(findings: Iterable[Finding]) -> tuple[Credential, ...]:
    """Group findings by value; the surest finding names the kind. Order of first sight."""
    groups: dict[Fingerprint, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.fingerprint, []).append(finding)
    result = []
    for fingerprint, group in groups.items():
        best = group[0] if len(group) == 1 else max(group, key=lambda f: f.confidence.rank)
        result.append(
            Credential(
                id=best.credential,
                fingerprint=fingerprint,
                kind=best.kind,
                confidence=best.confidence,
                masked=best.masked,
                findings=tuple(group),
            )
        )
    return tuple(result)
