"""A scan's report as JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from secretshift.model.decisions import Decision
from secretshift.model.findings import (
    CredentialId,
    FileLocation,
    Finding,
    HistoryLocation,
    Location,
    ScanReport,
    SourceError,
)
from secretshift.model.verification import Verification

from .exposure import exposure_data

SCHEMA = 1
NONE: Final[Mapping[CredentialId, Decision]] = MappingProxyType({})
NOBODY: Final[Mapping[CredentialId, Verification]] = MappingProxyType({})


def findings_data(
    report: ScanReport, decisions: Mapping[CredentialId, Decision] = NONE
) -> dict[str, Any]:
    """What ``docs/reference/schemas/findings.json`` describes, and no other key.

    decisions: those in force.
    """
    verification = report.verification
    return {
        "schema": SCHEMA,
        "findings": [finding_data(finding, decisions, verification) for finding in report.findings],
        "errors": [error_data(error) for error in report.errors],
        "not_searched": list(report.not_searched),
        "known": report.known,
    }


def finding_data(
    finding: Finding,
    decisions: Mapping[CredentialId, Decision] = NONE,
    verification: Mapping[CredentialId, Verification] = NOBODY,
) -> dict[str, Any]:
    """One finding; the fingerprint stays in the workspace."""
    decision = decisions.get(finding.credential)
    verified = verification.get(finding.credential)
    location = finding.location
    history = location if isinstance(location, HistoryLocation) else None
    return {
        "id": finding.id,
        "credential": finding.credential,
        "kind": finding.kind,
        "confidence": finding.confidence.value,
        "reasons": list(finding.reasons),
        "masked": finding.masked,
        "location": location_data(location),
        **({} if history is None else {"exposure": exposure_data(history)}),
        "decision": None if decision is None else _decision_data(decision),
        "verification": None if verified is None else _verification_data(verified),
    }


def _verification_data(verified: Verification) -> dict[str, str]:
    return {
        "outcome": verified.outcome.value,
        "host": verified.host,
        "time": verified.time,
        "reason": verified.reason,
    }


def _decision_data(decision: Decision) -> dict[str, str]:
    return {
        "choice": decision.choice.value,
        "reason": decision.reason,
        "until": decision.until,
    }


def location_data(location: Location) -> dict[str, Any]:
    if isinstance(location, FileLocation):
        return {
            "type": "file",
            "root": location.root,
            "path": location.path,
            "line": location.line,
            "column": location.column,
        }
    if isinstance(location, HistoryLocation):
        return {
            "type": "history",
            "root": location.root,
            "path": location.path,
            "line": location.line,
            "blob": location.blob,
            "first_commit": location.first_commit,
            "last_commit": location.last_commit,
            "in_head": location.in_head,
        }
    return {
        "type": "function",
        "cloud": location.cloud,
        "account": location.account,
        "region": location.region,
        "function": location.function,
        "qualifier": location.qualifier,
        "variable": location.variable,
    }


def error_data(error: SourceError) -> dict[str, Any]:
    return {"code": error.code, "source": error.source, "what": error.what, "hint": error.hint}
