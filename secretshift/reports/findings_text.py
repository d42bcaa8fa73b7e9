"""A scan's report as the text of a file, in the form that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

from secretshift.model.decisions import Decision
from secretshift.model.findings import CredentialId, ScanReport
from secretshift.model.kinds import Kind

from .findings_json import NONE

FORMS: Final = ("table", "json", "csv", "sarif", "junit")
SUFFIXES: Final = {".csv": "csv", ".json": "json", ".sarif": "sarif", ".xml": "junit"}
"""Ending of a file's name -> its form."""


def findings_text(
    report: ScanReport,
    form: str,
    kinds: Sequence[Kind],
    here: PurePath,
    decisions: Mapping[CredentialId, Decision] = NONE,
    *,
    category: str = "",
) -> str:
    """form: one of FORMS. kinds: the catalogue; here: the current folder; decisions: those in
    force; category: what was looked at, for SARIF."""
    titles = {kind.id: kind.title for kind in kinds}
    if form == "json":
        from .findings_json import findings_data
        from .json_text import json_text

        return json_text(findings_data(report, decisions))
    if form == "csv":
        from .findings_csv import findings_csv

        return findings_csv(report, decisions)
    if form == "sarif":
        from .findings_sarif import findings_sarif
        from .json_text import json_text

        return json_text(findings_sarif(report, kinds, here, decisions, category=category))
    if form == "junit":
        from .findings_junit import findings_junit

        return findings_junit(report, titles, decisions)
    from .findings_table import findings_lines
    from .lines import plain

    return plain(findings_lines(report, titles, decisions))
