"""The same number means the same on every command."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from secretshift.execution.run import Failure
from secretshift.model.errors import (
    Damaged,
    ExitCode,
    Interrupted,
    LoginExpired,
    Moved,
    Refused,
    SecretshiftError,
    Unavailable,
    UsageProblem,
)
from secretshift.model.findings import (
    Confidence,
    CredentialId,
    FileLocation,
    Finding,
    ScanReport,
    SourceError,
)
from secretshift.model.journeys import Consent
from secretshift.model.plans import Plan
from secretshift.model.secret_value import Fingerprint
from secretshift.settings import ScanSettings, Settings
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.scan import ScanResult
from secretshift.workflow.undo import UndoResult

FOUND = Finding(
    id="f-000000000000",
    credential=CredentialId("c-000000000000"),
    fingerprint=Fingerprint("0" * 64),
    kind="generic-password",
    confidence=Confidence.HIGH,
    reasons=("the name says so",),
    masked="••••••",
    location=FileLocation("/tree", "app.py", 1, 2),
)
ERROR = SourceError("access-denied", "aws 1 eu-west-1", "It was refused", "Ask for the right")
FAILURE = Failure("eu-west-1/pay", "moved", "It changed meanwhile", "Plan again")


@pytest.mark.parametrize(
    ("report", "interrupted", "code"),
    [
        (ScanReport(), False, 0),
        (ScanReport(findings=(FOUND,)), False, 1),
        (ScanReport(errors=(ERROR,)), False, 3),
        (ScanReport(findings=(FOUND,), errors=(ERROR,)), False, 3),
        (ScanReport(findings=(FOUND,)), True, 130),
        (ScanReport(findings=(FOUND,), errors=(ERROR,)), True, 130),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_scan(world, report, interrupted, code, form):
    world.answer("scan.scan", ScanResult(report, interrupted=interrupted))
    assert world.run("scan", "--format", form).code == code


def less_sure(confidence: Confidence) -> ScanReport:
    return ScanReport(findings=(replace(FOUND, confidence=confidence),))


@pytest.mark.parametrize(
    ("confidence", "fail_on", "code"),
    [
        (Confidence.LOW, "", 1),
        (Confidence.LOW, "low", 1),
        (Confidence.LOW, "medium", 0),
        (Confidence.MEDIUM, "medium", 1),
        (Confidence.MEDIUM, "high", 0),
        (Confidence.HIGH, "high", 1),
        (Confidence.HIGH, "none", 0),
    ],
)
def test_the_confidence_from_which_a_scan_fails(world, confidence, fail_on, code):
    """Given or set; what is given holds."""
    world.answer("scan.scan", ScanResult(less_sure(confidence)))
    given = ("--fail-on", fail_on) if fail_on else ()
    world.settings = Settings(scan=ScanSettings(fail_on="none" if fail_on else "low"))
    assert world.run("scan", *given).code == code
    world.settings = Settings(scan=ScanSettings(fail_on=fail_on or "low"))
    assert world.run("scan").code == code


@pytest.mark.parametrize("fail_on", ["high", "none"])
def test_what_could_not_be_read_is_no_matter_of_confidence(world, fail_on):
    world.answer("scan.scan", ScanResult(ScanReport(errors=(ERROR,))))
    assert world.run("scan", "--fail-on", fail_on).code == 3
    world.answer("scan.scan", ScanResult(ScanReport(), interrupted=True))
    assert world.run("scan", "--fail-on", fail_on).code == 130


def test_plan_that_can_be_done(world, made_up_plan):
    plan = replace(made_up_plan, functions=made_up_plan.active)
    world.answer("plan.plan", SimpleNamespace(plan=plan))
    assert world.run("plan").code == 0


def test_plan_with_a_blocked_function(world, made_up_plan):
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    assert world.run("plan").code == 3


def test_plan_with_a_source_that_could_not_be_read(world, made_up_plan):
    plan = replace(made_up_plan, functions=made_up_plan.active, errors=(ERROR,))
    world.answer("plan.plan", SimpleNamespace(plan=plan))
    assert world.run("plan").code == 3


RESULTS = [
    (MigrateResult("r-20251124-101500-7b1e", "done", moved=("eu-west-1/pay",)), 0),
    (MigrateResult("r-20251124-101500-7b1e", "incomplete", failures=(FAILURE,)), 3),
    (MigrateResult("r-20251124-101500-7b1e", "done", blocked=("eu-west-1/old",)), 3),
    (MigrateResult("r-20251124-101500-7b1e", "interrupted", interrupted=True), 130),
    (MigrateResult("", "nothing to do"), 0),
]


@pytest.mark.parametrize(("result", "code"), RESULTS)
def test_migrate(world, made_up_plan, result, code):
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    world.answer("migrate.migrate", result)
    assert world.run("migrate", "--yes").code == code


def test_migrate_is_incomplete_if_the_scan_before_it_was(world, made_up_plan):
    plan = replace(made_up_plan, errors=(ERROR,))
    world.answer("plan.plan", SimpleNamespace(plan=plan))
    world.answer("migrate.migrate", RESULTS[0][0])
    assert world.run("migrate", "--yes").code == 3


@pytest.mark.parametrize(("result", "code"), RESULTS)
def test_resume(world, made_up_plan, result, code):
    _a_run(world, made_up_plan)
    world.answer("migrate.resume", result)
    assert world.run("resume", "last", "--yes").code == code


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (UndoResult("r-20251124-101500-7b1e", "undone", restored=("eu-west-1/pay",)), 0),
        (UndoResult("r-20251124-101500-7b1e", "partly-undone", failures=(FAILURE,)), 3),
        (UndoResult("r-20251124-101500-7b1e", "interrupted", interrupted=True), 130),
        (UndoResult("r-20251124-101500-7b1e", "nothing to do"), 0),
    ],
)
def test_undo(world, made_up_plan, result, code):
    _a_run(world, made_up_plan)
    something = result.status != "nothing to do"
    world.answer("undo.undo_preview", ("r-20251124-101500-7b1e", made_up_plan, something))
    world.answer("undo.undo", result)
    assert world.run("undo", "last", "--yes").code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageProblem("x"), 2),
        (Refused("x"), 3),
        (Moved("x"), 3),
        (Unavailable("x"), 3),
        (LoginExpired("x"), 3),
        (Damaged("x"), 3),
        (Interrupted("x"), 130),
        (KeyboardInterrupt(), 130),
        (EOFError(), 130),
        (RuntimeError("x"), 70),
        (MemoryError(), 70),
    ],
)
def test_whatever_a_journey_raises(world, error, code):
    world.answer("scan.scan", error)
    assert world.run("scan").code == code


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["scan", "--nonsense"], ["show"], ["-v", "nonsense"]]
)
def test_a_command_line_that_is_not_understood(world, arguments):
    answer = world.run(*arguments)
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert "--help" in answer.err
    assert not answer.out


def test_no_arguments_at_all_is_a_question_for_help(world):
    answer = world.run()
    assert answer.code == 0
    assert "Usage: secretshift" in answer.out


def test_every_family_of_errors_has_a_code_of_the_enum():
    for family in SecretshiftError.__subclasses__():
        assert family.exit_code in ExitCode


def _a_run(world, plan: Plan) -> None:
    record = SimpleNamespace(id="r-20251124-101500-7b1e", status="interrupted")
    detail = SimpleNamespace(record=record, plan=plan, changes=(), entries=(), stopped=False)
    world.answer("runs.show", detail)
    world.journal = SimpleNamespace(
        request=lambda _run: {"consent": int(Consent.REMOVE_PLAINTEXT)}, changes=lambda _run: ()
    )
