"""Decisions as they are printed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from secretshift.model.decisions import Choice, Decision
from secretshift.reports.decisions import (
    decided_lines,
    decisions_csv,
    decisions_data,
    decisions_lines,
)
from secretshift.reports.findings_csv import findings_csv
from secretshift.reports.findings_json import findings_data
from secretshift.reports.findings_table import findings_lines, total
from secretshift.reports.lines import plain

DAY = date(2025, 11, 24)
TIME = datetime(2025, 11, 24, 10, 15, tzinfo=UTC)


@pytest.fixture
def accepted(report):
    first = report.findings[1]
    return Decision(
        first.credential, first.fingerprint, Choice.ACCEPTED, "old", "2025-11-24", "me", TIME
    )


def test_an_acceptance_holds_to_the_end_of_its_last_day(accepted):
    assert accepted.in_force(date(2025, 11, 24))
    assert not accepted.in_force(date(2025, 11, 25))
    (before,) = decisions_data([accepted], DAY)["decisions"]
    (after,) = decisions_data([accepted], date(2025, 11, 25))["decisions"]
    assert (before["in_force"], after["in_force"]) == (True, False)
    assert "ran out" in plain(decisions_lines([accepted], date(2025, 11, 25)))
    assert "ran out" not in plain(decisions_lines([accepted], DAY))


def test_a_report_says_what_was_decided_beside_each_credential(report, accepted):
    stand = {accepted.credential: accepted}
    shown = plain(findings_lines(report, {}, stand))
    assert shown.count("    decided: accepted until 2025-11-24: old\n") == 1
    assert total(report, stand) == "2 plaintext credentials in 3 places; decided to stay: 1"
    told = [item["decision"] for item in findings_data(report, stand)["findings"]]
    assert told == [None, *[{"choice": "accepted", "reason": "old", "until": "2025-11-24"}] * 2]
    rows = csv.DictReader(io.StringIO(findings_csv(report, stand)))
    assert [row["decision"] for row in rows] == ["", "accepted", "accepted"]


def test_a_credential_that_is_to_move_is_not_counted_as_staying(report, accepted):
    first = report.findings[1]
    move = Decision(first.credential, first.fingerprint, Choice.MOVE, "", "", "me", TIME)
    assert "stay" not in total(report, {first.credential: move})


def test_no_fingerprint_is_printed(accepted):
    for text in (
        str(decisions_data([accepted], DAY)),
        decisions_csv([accepted], DAY),
        plain(decisions_lines([accepted], DAY)),
        plain(decided_lines([accepted], [])),
    ):
        assert accepted.fingerprint not in text


def test_a_hostile_reason_is_harmless(report, accepted, hostile):
    first = report.findings[1]
    bad = Decision(first.credential, first.fingerprint, Choice.REFUSED, hostile, "", hostile, TIME)
    for text in (
        decisions_csv([bad], DAY),
        plain(decisions_lines([bad], DAY)),
        plain(decided_lines([bad], [hostile])),
        plain(findings_lines(report, {}, {bad.credential: bad})),
    ):
        assert text.replace("\n", "").isprintable()
    (row,) = csv.DictReader(io.StringIO(decisions_csv([bad], DAY)))
    assert row["reason"].startswith("'=")
