"""Every report says what was not looked at, and what could not be: no silence is a clean result."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from secretshift.model.findings import ScanReport, SourceError
from secretshift.model.proofs import ProofResult
from secretshift.reports.findings_json import findings_data
from secretshift.reports.findings_table import findings_lines
from secretshift.reports.lines import plain
from secretshift.reports.plan_text import brief_lines, plan_lines
from secretshift.reports.proof import proof_data, proof_lines
from secretshift.reports.results import migrated_data, migrated_lines
from secretshift.reports.runs import run_data, run_lines
from secretshift.state.records import RunRecord
from secretshift.tui.views import credential_words
from secretshift.tui.views import proof as proof_view
from secretshift.tui.views.plan import plan_view
from secretshift.tui.views.plan_rows import Names
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.past import not_searched
from secretshift.workflow.scan import NEVER_SEARCHED
from secretshift.workflow.services import Sources

GAP = "two other regions of 111122223333"
UNREAD = SourceError("access-denied", "aws 1 eu-west-2", "It was refused", "Ask for it")
RUN = "r-20251124-101500-7b1e"


@pytest.fixture
def scanned() -> ScanReport:
    return ScanReport(errors=(UNREAD,), not_searched=(GAP,))


@pytest.fixture
def plan(made_up_plan):
    return replace(made_up_plan, errors=(UNREAD,), not_searched=(GAP,))


@pytest.mark.parametrize(
    "word",
    ["git history", "ECS", "CodeBuild", "SSM", "of stacks", "Azure", "Google Cloud"],
)
def test_what_no_scan_looks_at_is_named(word):
    assert any(word in sentence for sentence in (*not_searched(Sources()), *NEVER_SEARCHED))


def test_a_history_that_was_read_is_not_among_what_was_not():
    with_history = tuple(not_searched(Sources(history=True)))
    assert not any("git history" in sentence for sentence in with_history)
    assert any("--unreachable" in sentence for sentence in with_history)
    assert not tuple(not_searched(Sources(history=True, unreachable=True)))


def test_a_scan(scanned):
    text = plain(findings_lines(scanned, {}))
    assert "Not searched" in text and GAP in text and UNREAD.source in text
    assert findings_data(scanned)["not_searched"] == [GAP]
    assert f"Not searched: {GAP}." in credential_words.unread(scanned, None)


def test_a_plan_and_what_is_asked_before_it_is_carried_out(plan):
    for lines in (plan_lines(plan), brief_lines(plan)):
        assert "Not searched" in plain(lines) and GAP in plain(lines)
        assert UNREAD.source in plain(lines)
    shown = [row for row in plan_view(plan, names=Names()).rows if GAP in row.search]
    assert shown and shown[0].parent == "not-searched"


def test_what_a_run_came_to(plan):
    result = MigrateResult(RUN, "done", moved=("eu-west-1/a",), not_searched=plan.gaps)
    text = plain(migrated_lines(result, 0))
    assert "Not searched" in text and GAP in text and UNREAD.source in text
    said = json.dumps(migrated_data(result)["not_searched"])
    assert GAP in said and UNREAD.source in said


def test_a_former_run(plan):
    record = RunRecord(RUN, "migrate", datetime(2025, 11, 24, tzinfo=UTC), None, "done", 0, "")
    text = plain(run_lines(record, plan, (), (), stopped=False, in_plain=()))
    assert "Not searched" in text and GAP in text
    data = run_data(record, plan, (), (), stopped=False, in_plain=())
    assert GAP in data["plan"]["not_searched"]


def test_a_proof(plan):
    result = ProofResult(RUN, "done", (), (), not_searched=plan.gaps)
    assert GAP in plain(proof_lines(result)) and UNREAD.source in plain(proof_lines(result))
    assert GAP in proof_data(result)["not_searched"]
    rows = list(proof_view.rows(result))
    assert [row.id for row in rows if GAP in row.search] == ["n:0"]
    assert "## Not searched" in proof_view.markdown(result)
    assert f"Not searched: {GAP}." in proof_view.not_searched_words(result.not_searched)
