"""A scan's findings as CSV that a spreadsheet does not run."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Final

from secretshift.model.decisions import Decision
from secretshift.model.findings import CredentialId, ScanReport

from .findings_json import NONE, finding_data
from .terminal import safe

COLUMNS: Final = (
    "id",
    "credential",
    "kind",
    "confidence",
    "reasons",
    "masked",
    "type",
    "root",
    "path",
    "line",
    "column",
    "cloud",
    "account",
    "region",
    "function",
    "qualifier",
    "variable",
    "decision",
    "verification",
    "verified_by",
    "verified_at",
    "blob",
    "first_commit",
    "last_commit",
    "in_head",
    "first_time",
    "last_time",
    "author",
    "refs",
    "refs_total",
)
# What makes a spreadsheet take a cell for a formula; the wide forms count in some locales.
# Source: owasp.org/www-community/attacks/CSV_Injection, read 2025-11.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def findings_csv(report: ScanReport, decisions: Mapping[CredentialId, Decision] = NONE) -> str:
    """A header and one row a finding; errors and what was not searched have no place in it.

    decisions: those in force.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    verification = report.verification
    for finding in report.findings:
        data = finding_data(finding, decisions, verification)
        data |= data.pop("location")
        data |= data.pop("exposure", {})
        data["refs"] = "; ".join(data.get("refs", ()))
        verified = data["verification"] or {}
        data["verification"] = verified.get("outcome", "")
        data["verified_by"] = verified.get("host", "")
        data["verified_at"] = verified.get("time", "")
        data["reasons"] = "; ".join(data["reasons"])
        data["decision"] = (data["decision"] or {}).get("choice", "")
        writer.writerow([cell(data.get(column, "")) for column in COLUMNS])
    return text.getvalue()


def cell(value: object) -> str:
    """Harmless in a spreadsheet and on a terminal."""
    text = str(value)
    guard = "'" if text.startswith(_FORMULA) else ""
    return guard + safe(text)
