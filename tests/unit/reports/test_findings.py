"""A scan's report in its three forms."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from secretshift.model.findings import FileLocation, ScanReport
from secretshift.reports.findings_csv import COLUMNS, findings_csv
from secretshift.reports.findings_json import findings_data
from secretshift.reports.findings_table import (
    MAX_LOCATIONS,
    counts_sentence,
    findings_lines,
    total,
)
from secretshift.reports.lines import plain


def test_the_table_has_one_block_a_credential_and_the_surest_first(report):
    assert plain(findings_lines(report, {"stripe": "Stripe secret key"})) == (
        "Stripe secret key  high  sk_live_••••••  c-000000000001  kind:stripe\n"
        "  app/settings.py:12:8\n"
        "  eu-west-1/pay STRIPE_KEY (aws 123456789012)\n"
        "    why: the value has the format of this issuer's credentials\n"
        "\n"
        "postgres-password  medium  sk_live_••••••  c-000000000002  kind:postgres-password\n"
        "  eu-west-1/old:3 DB_PASSWORD (aws 123456789012)\n"
        "    why: the value has the format of this issuer's credentials\n"
        "\n"
        "2 plaintext credentials in 3 places\n"
        "\n"
        "Could not be read\n"
        "  ✗ aws 1 eu-west-2: It was refused\n"
        "      do: Ask for it\n"
        "\n"
        "Not searched\n"
        "  - Azure and Google Cloud\n"
    )


def test_a_root_is_named_only_where_there_is_more_than_one(report):
    other = replace(report.findings[1], location=FileLocation("/work/other", "x.py", 1, 1))
    shown = plain(findings_lines(replace(report, findings=(*report.findings, other)), {}))
    assert "/work/shop/app/settings.py:12:8" in shown
    assert "/work/other/x.py:1:1" in shown


def test_a_credential_in_very_many_places_does_not_fill_the_screen(report):
    places = tuple(
        replace(report.findings[1], location=FileLocation("/r", f"{i}.py", 1, 1))
        for i in range(1000)
    )
    shown = plain(findings_lines(ScanReport(findings=places), {}))
    assert f"and {1000 - MAX_LOCATIONS} more places" in shown
    assert shown.count("\n") < MAX_LOCATIONS + 10


def test_nothing_found_is_not_the_same_as_nothing_read(report):
    assert total(ScanReport()) == "No plaintext credential in what was read"
    assert total(ScanReport(errors=report.errors)) == (
        "No plaintext credential in what could be read"
    )


def test_counts(report):
    assert counts_sentence(report.counts) == "Looked at 1 file, 3 functions; left out: 2 binary"
    assert counts_sentence((("files", 0),)) == "Looked at nothing"


def test_json_says_everything_but_the_fingerprint(report):
    data = findings_data(report)
    assert list(data) == ["schema", "findings", "errors", "not_searched", "known"]
    assert data["findings"][1] == {
        "id": "f-000000000002",
        "credential": "c-000000000001",
        "kind": "stripe",
        "confidence": "high",
        "reasons": ["the value has the format of this issuer's credentials"],
        "masked": "sk_live_••••••",
        "location": {
            "type": "file",
            "root": "/work/shop",
            "path": "app/settings.py",
            "line": 12,
            "column": 8,
        },
        "decision": None,
        "verification": None,
    }
    assert data["findings"][2]["location"] == {
        "type": "function",
        "cloud": "aws",
        "account": "123456789012",
        "region": "eu-west-1",
        "function": "pay",
        "qualifier": "$LATEST",
        "variable": "STRIPE_KEY",
    }
    assert "0" * 60 not in str(data)


def test_csv_has_one_row_a_finding(report):
    rows = list(csv.DictReader(io.StringIO(findings_csv(report))))
    assert [row["id"] for row in rows] == [finding.id for finding in report.findings]
    assert list(rows[0]) == list(COLUMNS)
    assert rows[1]["path"] == "app/settings.py" and rows[1]["function"] == ""
    assert rows[2]["function"] == "pay" and rows[2]["line"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(report, start):
    name = f'{start}HYPERLINK("http://x")'
    found = replace(report.findings[1], location=FileLocation("/r", name, 1, 1))
    text = findings_csv(ScanReport(findings=(found,)))
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["path"].startswith("'")
    assert text.replace("\n", "").isprintable()


def test_hostile_names_are_harmless_in_every_form(hostile_report):
    for text in (plain(findings_lines(hostile_report, {})), findings_csv(hostile_report)):
        assert text.replace("\n", "").isprintable()
    assert findings_csv(hostile_report).count("\n") == 4
