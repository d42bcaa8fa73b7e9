"""A scan's report for a person: one block a credential, then what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from secretshift.model.decisions import Decision
from secretshift.model.findings import (
    Confidence,
    Credential,
    CredentialId,
    FileLocation,
    Finding,
    HistoryLocation,
    ScanReport,
    SourceError,
    credentials_of,
)
from secretshift.model.verification import Outcome

from .exposure import exposure_words, version
from .findings_json import NONE
from .lines import Line, Style, counted, heading, line

MAX_LOCATIONS = 20
LOOKED_AT = ("files", "blobs", "bytes", "repositories", "functions", "versions")
CONFIDENCE = {
    Confidence.HIGH: Style.BAD,
    Confidence.MEDIUM: Style.WARNING,
    Confidence.LOW: Style.FAINT,
}
OUTCOME = {
    Outcome.ACTIVE: Style.BAD,
    Outcome.REFUSED: Style.GOOD,
    Outcome.UNKNOWN: Style.WARNING,
    Outcome.NOT_CHECKED: Style.FAINT,
}


def findings_lines(
    report: ScanReport,
    titles: Mapping[str, str],
    decisions: Mapping[CredentialId, Decision] = NONE,
) -> list[Line]:
    """titles: what a person calls a kind, by its id; a kind that is not in it is named by id.
    decisions: those in force."""
    lines: list[Line] = []
    placed = (f.location for f in report.findings)
    roots = {at.root for at in placed if isinstance(at, FileLocation | HistoryLocation)}
    verification = report.verification
    credentials = sorted(credentials_of(report.findings), key=lambda c: -c.confidence.rank)
    for credential in credentials:
        lines += _credential(credential, titles, several_roots=len(roots) > 1)
        if credential.id in decisions:
            lines.append(line(("    decided: ", Style.FAINT), decisions[credential.id].sentence))
        if credential.id in verification:
            verified = verification[credential.id]
            said = (verified.sentence, OUTCOME[verified.outcome])
            lines.append(line(("    verified: ", Style.FAINT), said))
        lines.append(())
    lines.append(line((total(report, decisions), Style.STRONG)))
    lines += error_lines(report.errors)
    lines += not_searched_lines(report.not_searched)
    return lines


def total(report: ScanReport, decisions: Mapping[CredentialId, Decision] = NONE) -> str:
    """The result in a sentence."""
    known = f"; known to the baseline: {report.known:,}" if report.known else ""
    if not report.findings:
        read = "what could be read" if report.errors else "what was read"
        return f"No {'new ' if known else ''}plaintext credential in {read}{known}"
    found = {finding.credential for finding in report.findings}
    left = [key for key in found if key in decisions and decisions[key].leaves_out]
    stay = f"; decided to stay: {len(left):,}" if left else ""
    credentials = counted(len(found), "plaintext credential")
    return f"{credentials} in {counted(len(report.findings), 'place')}{stay}{known}"


def _credential(
    credential: Credential, titles: Mapping[str, str], *, several_roots: bool
) -> Iterable[Line]:
    title = titles.get(credential.kind, credential.kind)
    yield line(
        (title, Style.STRONG),
        "  ",
        (credential.confidence.value, CONFIDENCE[credential.confidence]),
        f"  {credential.masked}  ",
        (f"{credential.id}  kind:{credential.kind}", Style.FAINT),
    )
    for finding in credential.findings[:MAX_LOCATIONS]:
        yield line("  ", where(finding, several_roots=several_roots))
    left = len(credential.findings) - MAX_LOCATIONS
    if left > 0:
        yield line(f"  and {counted(left, 'more place')} (all of them with --format json)")
    reasons = dict.fromkeys(r for finding in credential.findings for r in finding.reasons)
    if reasons:
        yield line(("    why: " + "; ".join(reasons), Style.FAINT))


def where(finding: Finding, *, several_roots: bool = False) -> str:
    """A place in words; root is said only where there is more than one."""
    location = finding.location
    if isinstance(location, FileLocation | HistoryLocation):
        root = f"{location.root.rstrip('/')}/" if several_roots and location.root else ""
        if isinstance(location, FileLocation):
            return f"{root}{location}"
        return f"git history: {root}{version(location)}, {exposure_words(location)}"
    return f"{location} ({location.cloud} {location.account})"


def error_lines(errors: Sequence[SourceError]) -> list[Line]:
    """What could not be read: never the same as nothing found."""
    if not errors:
        return []
    lines = heading("Could not be read")
    for error in errors:
        lines.append(line("  ", ("✗", Style.BAD), f" {error.source}: {error.what}"))
        if error.hint:
            lines.append(line(f"      do: {error.hint}"))
    return lines


def not_searched_lines(sentences: Sequence[str]) -> list[Line]:
    if not sentences:
        return []
    return [*heading("Not searched"), *(line(f"  - {sentence}") for sentence in sentences)]


def counts_sentence(counts: Sequence[tuple[str, int]]) -> str:
    """``Looked at 12 files, 3 functions; left out: 2 binary``: names come from the sources."""
    given = {name: number for name, number in counts if number}
    looked = [_count(given.pop(name), name) for name in LOOKED_AT if name in given]
    left = [f"{number:,} {name}" for name, number in given.items()]
    sentence = "Looked at " + (", ".join(looked) or "nothing")
    return sentence + ("; left out: " + ", ".join(left) if left else "")


def _count(number: int, plural: str) -> str:
    singular = {"repositories": "repository"}.get(plural, plural.removesuffix("s"))
    return counted(number, singular, plural)
