"""A scan's findings as SARIF 2.1.0, in the part of it that GitHub code scanning reads.

Sources: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS; and "SARIF
support for code scanning" with its table of limits, GitHub Docs, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from secretshift import __version__
from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import (
    Confidence,
    CredentialId,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
    ScanReport,
    SourceError,
)
from secretshift.model.functions import LATEST
from secretshift.model.kinds import Kind
from secretshift.model.verification import Outcome, Verification

from .exposure import SHORT, head_words
from .findings_json import NONE
from .sarif_places import Places
from .sarif_rules import rules
from .terminal import safe

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
HOME: Final = "https://github.com/secretshift/secretshift"
MAX_RESULTS: Final = 25_000
"""Results of a run; GitHub refuses a file with more."""
_LEVELS: Final = {
    Confidence.HIGH: "error",
    Confidence.MEDIUM: "warning",
    Confidence.LOW: "note",
}
_RANKS: Final = {Confidence.HIGH: 90.0, Confidence.MEDIUM: 60.0, Confidence.LOW: 20.0}
_WHY: Final = {
    Choice.ACCEPTED: "accepted",
    Choice.FALSE_POSITIVE: "false positive",
    Choice.REFUSED: "its issuer refuses it already",
}


def findings_sarif(
    report: ScanReport,
    kinds: Sequence[Kind],
    here: PurePath,
    decisions: Mapping[CredentialId, Decision] = NONE,
    *,
    category: str = "",
) -> dict[str, Any]:
    """One run. kinds: the catalogue, whose entries are the rules; here: the current folder, from
    which files below it are named; decisions: those in force; category: what was looked at, which
    keeps the results of several uploads for a commit apart.

    Over MAX_RESULTS the least sure are left out, and a notification says how many.
    """
    shown = _surest(report.findings)
    described, positions = rules(kinds, shown)
    places = Places(here)
    titles = {kind.id: kind.title for kind in kinds}
    verification = report.verification
    results = []
    for finding in shown:
        rule = _Rule(positions[finding.kind], titles.get(finding.kind, finding.kind))
        decision = decisions.get(finding.credential)
        verified = verification.get(finding.credential)
        results.append(_result(finding, places, rule, decision, verified))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "secretshift",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "informationUri": HOME,
                        "rules": described,
                    }
                },
                "automationDetails": {"id": f"secretshift/{category}/".replace("//", "/")},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": places.bases(),
                "invocations": [_invocation(report, len(report.findings) - len(shown))],
                "results": results,
                "properties": {"knownToBaseline": report.known},
            }
        ],
    }


class _Rule(NamedTuple):
    """position: in the list of rules; title: what a person calls the kind."""

    position: int
    title: str


def _surest(findings: Sequence[Finding]) -> Sequence[Finding]:
    """At most MAX_RESULTS, in the order that they came in."""
    if len(findings) <= MAX_RESULTS:
        return findings
    order = sorted(range(len(findings)), key=lambda at: -findings[at].confidence.rank)
    return [findings[at] for at in sorted(order[:MAX_RESULTS])]


def _result(
    finding: Finding,
    places: Places,
    rule: _Rule,
    decision: Decision | None,
    verified: Verification | None,
) -> dict[str, Any]:
    works = verified is not None and verified.outcome is Outcome.ACTIVE
    said = f"{rule.title} in plain text{_in_words(finding.location)}."
    if works and verified is not None:
        said += f" It works: {verified.host} takes it."
    return {
        "ruleId": finding.kind,
        "ruleIndex": rule.position,
        "level": "error" if works else _LEVELS[finding.confidence],
        "rank": 100.0 if works else _RANKS[finding.confidence],
        "message": {"text": message(said)},
        "locations": [places.told(finding)],
        "partialFingerprints": {"primaryLocationLineHash": places.fingerprint(finding)},
        "suppressions": [] if decision is None else list(_suppressions(decision)),
        "properties": {
            "id": finding.id,
            "credential": finding.credential,
            "confidence": finding.confidence.value,
            "masked": safe(finding.masked),
            "reasons": [safe(reason) for reason in finding.reasons],
            "decision": "" if decision is None else decision.choice.value,
            "verification": "" if verified is None else safe(verified.sentence),
        },
    }


def _in_words(location: Location) -> str:
    """Where no file is shown that says it, or only another version of it."""
    if isinstance(location, FunctionLocation):
        at = "" if location.qualifier == LATEST else f":{location.qualifier}"
        function = f"{location.function}{at} ({location.account} {location.region})"
        return f", in the variable {location.variable} of the function {function}"
    if isinstance(location, HistoryLocation):
        at = location.last_commit or location.blob
        return f", in the git history (as of {at[:SHORT]}; {head_words(location)})"
    return ""


def _suppressions(decision: Decision) -> Iterator[dict[str, Any]]:
    """What was decided to stay. A wish to move it hides nothing."""
    if decision.leaves_out:
        until = f" until {decision.until}" if decision.until else ""
        why = f"{_WHY[decision.choice]}{until}: {safe(decision.reason)}"
        yield {"kind": "external", "status": "accepted", "justification": why}


def _invocation(report: ScanReport, left_out: int) -> dict[str, Any]:
    notes = [_unread(error) for error in report.errors]
    notes += [_note("not-searched", f"Not searched: {one}") for one in report.not_searched]
    if left_out:
        limit = f"{left_out:,} findings of less confidence are left out: at most {MAX_RESULTS:,}"
        notes.append({**_note("too-many-results", f"{limit} fit into a file."), "level": "warning"})
    return {"executionSuccessful": not report.errors, "toolExecutionNotifications": notes}


def _unread(error: SourceError) -> dict[str, Any]:
    hint = f" {error.hint}" if error.hint else ""
    text = f"{error.source} could not be read: {error.what}.{hint}"
    return {**_note(error.code, text), "level": "error"}


def _note(code: str, text: str) -> dict[str, Any]:
    return {
        "descriptor": {"id": safe(code) or "unknown"},
        "level": "note",
        "message": {"text": message(text)},
    }


def message(text: str) -> str:
    """Text from outside, so that no reader takes brackets in it for links or placeholders
    (SARIF 3.11.5 and 3.11.6)."""
    shown = safe(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return shown.replace("{", "{{").replace("}", "}}")
