"""A scan's report as JSON data."""

from __future__ import annotations

from typing import Any

from secretshift.model.findings import FileLocation, Finding, Location, ScanReport, SourceError

SCHEMA = 1


def findings_data(report: ScanReport) -> dict[str, Any]:
    """What ``docs/reference/schemas/findings.json`` describes, and no other key."""
    return {
        "schema": SCHEMA,
        "findings": [finding_data(finding) for finding in report.findings],
        "errors": [error_data(error) for error in report.errors],
        "not_searched": list(report.not_searched),
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding; the fingerprint stays in the workspace."""
    return {
        "id": finding.id,
        "credential": finding.credential,
        "kind": finding.kind,
        "confidence": finding.confidence.value,
        "reasons": list(finding.reasons),
        "masked": finding.masked,
        "location": location_data(finding.location),
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
