"""A runtime that AWS ends: no twin is planned of it, and the plan says what still works."""

from __future__ import annotations

import re
from datetime import date

import pytest

from secretshift.clouds.aws.references import LambdaReferences
from secretshift.model.codec import from_data, to_data
from secretshift.model.plans import Plan
from secretshift.model.runtimes import RuntimeDates

SECRET = {"API_TOKEN": "tok-Vw83hdkQpe71"}
END = RuntimeDates(date(2025, 12, 15), date(2027, 2, 1), date(2027, 3, 3))


@pytest.fixture(autouse=True)
def dates(monkeypatch):
    """Python 3.9 ends by these dates whatever the table says by now; nothing else does."""
    known = {"python3.9": END, "ruby3.2": END}
    monkeypatch.setattr(
        LambdaReferences,
        "runtime_dates",
        lambda _self, runtime: known.get(runtime, RuntimeDates()),
    )


def planned(world, today: str, *, event: bool = True, runtime: str = "python3.9"):
    plan = world.function("api", SECRET, runtime=runtime, event=event).plan(today=today)
    return plan.functions[0]


def codes(notes) -> set[str]:
    return {note.code for note in notes}


def test_until_its_creation_is_blocked_a_twin_is_planned(world):
    function = planned(world, "2027-01-31", event=False)
    assert (function.proof, function.no_twin) == ("probe", "")
    assert not function.blocked


def test_from_then_on_its_own_report_is_the_first_proof_and_the_plan_says_why(world):
    function = planned(world, "2027-02-01")
    assert function.proof == "event"
    assert not function.blocked
    for text in (function.no_twin, function.proof_text):
        assert "python3.9" in text and "2027-02-01" in text
        assert "by AWS's published dates, which it has moved before" in text
    assert "the first proof is the function's own report" in function.proof_text
    assert "test event" in function.proof_text


def test_without_a_test_event_nothing_would_be_proved_so_it_is_blocked(world):
    function = planned(world, "2027-02-01", event=False)
    assert codes(function.blockers) == {"no-proof"}
    (note,) = function.blockers
    assert "python3.9" in note.text and "AWS" in note.text
    assert '[functions."api"] test_event' in note.hint


def test_a_run_that_reads_the_plan_from_a_file_knows_it_too(world):
    world.function("api", SECRET, runtime="python3.9", event=True)
    plan = world.plan(today="2027-02-01")
    assert from_data(Plan, to_data(plan)).functions[0].no_twin == plan.functions[0].no_twin != ""


def test_a_function_that_gets_no_twin_anyway_is_not_said_to_lack_one(world):
    function = planned(world, "2027-02-01", runtime="ruby3.2")
    assert (function.way, function.no_twin) == ("code", "")


def test_of_a_runtime_without_dates_nothing_is_said(world):
    function = planned(world, "2099-01-01", event=False, runtime="python3.12")
    assert (function.proof, function.no_twin) == ("probe", "")
    assert not function.warnings


@pytest.mark.parametrize(
    ("today", "code", "said"),
    [
        ("2025-12-14", "", ""),
        ("2025-12-15", "runtime-deprecated", "deprecated since 2025-12-15.* from 2027-03-03"),
        ("2027-03-02", "runtime-deprecated", "deprecated since 2025-12-15.* from 2027-03-03"),
        ("2027-03-03", "runtime-updates-blocked", "since 2027-03-03.*environment still works"),
    ],
)
@pytest.mark.parametrize("runtime", ["python3.9", "ruby3.2"])
def test_a_runtime_past_its_time_is_warned_of_and_does_not_block(world, today, code, said, runtime):
    function = planned(world, today, runtime=runtime)
    assert not function.blocked
    warnings = [note for note in function.warnings if note.code.startswith("runtime-")]
    assert [note.code for note in warnings] == ([code] if code else [])
    for note in warnings:
        assert runtime in note.text and note.hint
        assert re.search(said, note.text)


@pytest.mark.parametrize(("today", "warned"), [("2026-12-02", False), ("2026-12-03", True)])
def test_updates_that_are_blocked_soon_are_warned_of_before_the_deprecation(
    world, monkeypatch, today, warned
):
    only = RuntimeDates(update_blocked=date(2027, 3, 3))
    monkeypatch.setattr(LambdaReferences, "runtime_dates", lambda _self, _runtime: only)
    function = planned(world, today, event=False)
    assert codes(function.warnings) == ({"runtime-deprecated"} if warned else set())
    assert function.proof == "probe"
