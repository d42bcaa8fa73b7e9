"""What runs came to, and what earlier ones did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from secretshift.execution.plain_again import PlainAgain
from secretshift.execution.run import Failure
from secretshift.reports.lines import plain, stamp
from secretshift.reports.results import migrated_lines, undone_lines
from secretshift.reports.runs import run_lines, runs_lines
from secretshift.state.records import Entry, RunRecord, fold
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.undo import UndoResult

RUN = "r-20251124-101500-7b1e"
BEGAN = datetime(2025, 11, 24, 10, 15, tzinfo=UTC)
FAILURE = Failure("eu-west-1/c", "moved", "It changed meanwhile", "Plan again")


def test_a_run_that_did_everything():
    result = MigrateResult(RUN, "done", moved=("eu-west-1/a",))
    assert plain(migrated_lines(result, 0)) == (
        "  ✓ moved   eu-west-1/a\n"
        f"Run {RUN}: done: 1 moved, 0 kept, 0 failed, 0 blocked\n"
        f"Undo with:  secretshift undo {RUN}\n"
    )


def test_a_run_that_did_some_of_it_says_how_to_go_on():
    result = MigrateResult(
        RUN,
        "incomplete",
        moved=("eu-west-1/a",),
        kept=("eu-west-1/b",),
        failures=(FAILURE,),
        blocked=("eu-west-1/d",),
    )
    assert plain(migrated_lines(result, 2)) == (
        "  ✓ moved   eu-west-1/a\n"
        "  = kept    eu-west-1/b: its plaintext is still there\n"
        "  ✗ failed  eu-west-1/c: It changed meanwhile\n"
        "      do: Plan again\n"
        "  ✗ blocked eu-west-1/d: left as it was\n"
        f"Run {RUN}: incomplete: 1 moved, 1 kept, 1 failed, 1 blocked\n"
        "2 things left for a person: secretshift plan\n"
        f"Go on with: secretshift resume {RUN}\n"
        f"Undo with:  secretshift undo {RUN}\n"
    )


def test_a_run_that_never_began_offers_no_undo():
    assert plain(migrated_lines(MigrateResult("", "nothing to do"), 0)) == (
        "Nothing to do: 0 moved, 0 kept, 0 failed, 0 blocked\n"
    )


def test_an_undo_says_what_is_back_what_stays_and_why():
    result = UndoResult(
        RUN,
        "partly-undone",
        restored=("eu-west-1/a",),
        in_plain=(PlainAgain("eu-west-1/a", "API_TOKEN", BEGAN),),
        kept=("layer arn:x: a deleted one cannot come back",),
        failures=(FAILURE,),
    )
    assert plain(undone_lines(result)) == (
        "  ✓ restored eu-west-1/a: as before this run\n"
        "  ! in plain eu-west-1/a API_TOKEN: again since 2025-11-24T10:15:00Z\n"
        "  = kept     layer arn:x: a deleted one cannot come back\n"
        "  ✗ failed  eu-west-1/c: It changed meanwhile\n"
        "      do: Plan again\n"
        f"Run {RUN}: partly-undone: 1 restored, 1 kept, 1 failed\n"
        f"Go on with: secretshift undo {RUN}\n"
    )


def test_a_second_undo_has_nothing_to_do():
    assert plain(undone_lines(UndoResult(RUN, "nothing to do"))) == f"Run {RUN}: nothing to do\n"


def test_times_are_in_utc_wherever_they_came_from():
    summer = timezone(timedelta(hours=2))
    assert stamp(datetime(2025, 7, 1, 12, 0, 5, 999, tzinfo=summer)) == "2025-07-01T10:00:05Z"


def test_the_list_of_runs(hostile):
    records = (
        RunRecord(RUN, "migrate", BEGAN, None, "running", 3, "spring"),
        RunRecord(RUN, "migrate", BEGAN, BEGAN, "done", 12, hostile),
    )
    text = plain(runs_lines(records))
    assert f"{RUN}  2025-11-24T10:15:00Z  running              3  spring\n" in text
    assert text.replace("\n", "").isprintable()
    assert plain(runs_lines(())) == "This workspace has no runs yet\n"


def test_one_run_shows_its_changes_and_how_to_go_on(made_up_plan, hostile):
    record = RunRecord(RUN, "migrate", BEGAN, None, "running", 1, "")
    entries = tuple(
        Entry(RUN, "grant:x", "grant-read", "eu-west-1/a", state, None, None, error, seq, BEGAN)
        for seq, (state, error) in enumerate([("started", ""), ("failed", hostile)], 1)
    )
    text = plain(run_lines(record, made_up_plan, fold(entries), entries, stopped=True, in_plain=()))
    assert "stopped half-way: no process works on it" in text
    assert "1 change\n  failed   grant-read        eu-west-1/a\n" in text
    assert f"secretshift resume {RUN}" in text
    assert f"secretshift undo {RUN}" in text
    assert text.replace("\n", "").isprintable()


def test_a_run_says_since_when_a_value_is_in_plain_again(made_up_plan, hostile):
    record = RunRecord(RUN, "migrate", BEGAN, BEGAN, "undone", 1, "")
    again = (PlainAgain("eu-west-1/a", hostile, BEGAN),)
    text = plain(run_lines(record, made_up_plan, (), (), stopped=False, in_plain=again))
    assert "In plain again\n  ! in plain eu-west-1/a " in text
    assert f"again since {stamp(BEGAN)}\n" in text
    assert text.replace("\n", "").isprintable()
    without = plain(run_lines(record, made_up_plan, (), (), stopped=False, in_plain=()))
    assert "plain again" not in without
