"""A value of 3.9 KB, which has no room beside its reference: one write swaps them, by consent."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from secretshift.changes.probe_function import ProbeFunction
from secretshift.changes.prove_match import ProveMatch
from secretshift.changes.swap_reference import SwapReference
from secretshift.clouds.aws.functions import AwsFunctions
from secretshift.execution.steps import planned_steps, undo_steps
from secretshift.model.codec import from_data
from secretshift.model.errors import LoginExpired, Refused, Unavailable
from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.model.plans import Plan
from secretshift.reports.lines import plain
from secretshift.reports.results import migrated_lines
from secretshift.resolver.packing import LAYER_NAME
from secretshift.settings import PlanSettings, Settings
from secretshift.workflow.migrate import MigrateRequest, context, migrate
from secretshift.workflow.moved import moved_variables
from secretshift.workflow.proof import proof

from .test_live_traffic import DENY, Traffic
from .world import QUICK

TOKEN = secrets.token_hex(1950)
PLAIN = {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}
ALLOWED = Settings(plan=PlanSettings(swap_at_once=("api",)))
HASTY = replace(QUICK, grant=5.0, log=1.0, pause=0.1)


@pytest.fixture
def writes(monkeypatch):
    """Every configuration write: its variables, its layers, and the revision it is bound to."""
    seen = []
    real = AwsFunctions.write

    def write(self, ref, change):
        seen.append((set(change.variables), change.layers, change.revision))
        return real(self, ref, change)

    monkeypatch.setattr(AwsFunctions, "write", write)
    return seen


@pytest.fixture
def big(world):
    world.function("api", {"API_TOKEN": TOKEN})
    return world


def made_plan(made, run: str) -> Plan:
    return from_data(Plan, made.journal().plan(run), "plan")


def as_planned(made, run: str, consent: Consent) -> bool:
    """Whether the run took exactly the steps that a person was shown."""
    plan = made_plan(made, run)
    taken = {record.key for record in made.journal().changes(run)}
    return taken == {step.key for step in planned_steps(plan, consent)}


def as_before(world) -> bool:
    return world.variables("api") == PLAIN and world.configuration("api").get("Layers", []) == []


def test_it_is_moved_and_undone_in_a_write_each_and_no_call_fails(big, writes):
    made = big.services(settings=ALLOWED)
    revision = big.configuration("api")["RevisionId"]
    with Traffic(big) as traffic:
        result = big.migrate(made)
        there = traffic.right
        assert big.answers("api"), "an environment that relies on the reference"
        ((names, layers, bound),) = writes
        assert "API_TOKEN" not in big.variables("api")
        assert as_planned(made, result.run, Consent.REMOVE_PLAINTEXT)
        back = undo_steps(made_plan(made, result.run), made.journal().changes(result.run))
        assert "swap-reference" in [step.change for step in back]
        (moved,) = moved_variables(made)
        assert moved.variable.name == "API_TOKEN"
        assert proof(made, result.run).functions[0].state == "moved"
        undone = big.undo(made, result.run)
        assert big.answers("api")
    assert (result.status, result.failures) == ("done", ())
    assert (undone.status, undone.failures) == ("undone", ())
    assert traffic.wrong == [] and traffic.right > there > 0
    assert {"API_TOKEN_SECRET_ARN", "SECRETSHIFT_VARS", "AWS_LAMBDA_EXEC_WRAPPER"} < names
    assert "API_TOKEN" not in names and [LAYER_NAME in layer for layer in layers] == [True]
    assert bound == revision
    assert [names for names, *_ in writes[1:]] == [set(PLAIN)]
    assert as_before(big) and moved_variables(made) == ()
    assert big.policies("api") == [] and big.probes() == []


def test_without_consent_nothing_is_written(big, writes):
    result = big.migrate(big.services())
    assert result.status == "nothing to do" and writes == []
    assert big.secrets() == {}


def test_a_run_that_keeps_the_plaintext_ends_with_the_twin(big, writes):
    made = big.services(settings=ALLOWED)
    kept = big.migrate(made, consent=Consent.SWITCH)
    assert (kept.status, kept.failures, writes) == ("done", (), [])
    assert kept.kept == ("eu-west-1/api",) and "beside the ref" not in plain(
        migrated_lines(kept, 0)
    )
    assert as_planned(made, kept.run, Consent.SWITCH)
    (told,) = proof(made, kept.run).functions
    assert told.state == "kept" and "no room for both" in told.sentence
    assert big.resume(made, kept.run).status == "done"
    assert "API_TOKEN" not in big.variables("api") and big.answers("api")


def test_a_proof_that_fails_puts_the_plaintext_back_at_once(big, writes, monkeypatch):
    made = replace(big.services(settings=ALLOWED), patience=HASTY)
    real = SwapReference.apply

    def apply(self, ctx, intent):
        # After the twin has proved it: only the function itself is denied now.
        after = real(self, ctx, intent)
        big.client("iam").put_role_policy(RoleName="api", PolicyName="deny", PolicyDocument=DENY)
        return after

    monkeypatch.setattr(SwapReference, "apply", apply)
    result = big.migrate(made)
    assert result.status == "incomplete"
    assert {failure.code for failure in result.failures} <= {"grant-denied", "resolver-report"}
    assert as_before(big) and big.answers("api") and len(writes) == 2
    (told,) = proof(made, result.run).functions
    assert told.state == "failed" and "its plaintext is back" in told.sentence
    assert moved_variables(made) == ()


@pytest.mark.parametrize("when", ["lost", "stopped"])
def test_an_answer_that_is_lost_or_a_wish_to_stop_puts_it_back_too(big, monkeypatch, when):
    made, cancel = big.services(settings=ALLOWED), CancelToken()
    real = SwapReference.apply

    def apply(self, ctx, intent):
        after = real(self, ctx, intent)
        if when == "lost":
            raise Unavailable("No answer", resource="api")
        cancel.cancel()
        return after

    with monkeypatch.context() as patch:
        patch.setattr(SwapReference, "apply", apply)
        request = MigrateRequest(big.plan(made).plan, Consent.REMOVE_PLAINTEXT)
        result = migrate(made, request, ignore, cancel)
    assert result.status == ("incomplete" if when == "lost" else "interrupted")
    assert as_before(big) and big.answers("api")
    again = big.resume(made, result.run)
    assert (again.status, again.failures) == ("done", ())
    assert "API_TOKEN" not in big.variables("api") and big.answers("api")
    assert big.undo(made, result.run).status == "undone" and as_before(big)


def test_a_login_that_ends_behind_the_write_leaves_it_to_resume_which_puts_it_back_if_denied(
    big, monkeypatch
):
    made = replace(big.services(settings=ALLOWED), patience=replace(HASTY, grant=1.0))
    real, iam = SwapReference.apply, big.client("iam")

    def apply(self, ctx, intent):
        real(self, ctx, intent)
        raise LoginExpired("The login is over")

    with monkeypatch.context() as patch:
        patch.setattr(SwapReference, "apply", apply)
        result = big.migrate(made)
    assert result.status == "incomplete"
    assert "API_TOKEN" not in big.variables("api") and big.answers("api")
    iam.put_role_policy(RoleName="api", PolicyName="deny", PolicyDocument=DENY)
    denied = big.resume(made, result.run)
    assert [failure.code for failure in denied.failures] == ["grant-denied"]
    assert as_before(big) and big.answers("api")


def test_a_twin_that_cannot_be_asked_stops_it_even_with_a_test_event(big, writes, monkeypatch):
    def refuse(*_about):
        raise Refused("No more functions", resource="api", code="limit")

    monkeypatch.setattr(ProbeFunction, "_ask", refuse)
    event = b'{"names": ["API_TOKEN"]}'
    made = replace(big.services(settings=ALLOWED), test_events=lambda: {"api": event})
    result = big.migrate(made)
    assert [failure.code for failure in result.failures] == ["limit"]
    plan = big.plan(made).plan
    without = replace(plan, functions=(replace(plan.functions[0], no_twin="none"),))
    request = MigrateRequest(without, Consent.REMOVE_PLAINTEXT)
    (failure,) = migrate(made, request, ignore, CancelToken()).failures
    assert failure.code == "no-proof" and "makes no twin" in failure.what
    assert writes == [] and as_before(big)


def test_with_a_test_event_the_function_itself_has_to_report_it_after_the_write(big):
    event = b'{"names": ["API_TOKEN"]}'
    made = replace(big.services(settings=ALLOWED), test_events=lambda: {"api": event})
    result = big.migrate(made)
    assert (result.status, result.failures) == ("done", ())
    (told,) = proof(made, result.run).functions
    assert "answered its test event, and its resolver reports these values" in told.sentence


def test_no_swap_without_a_twin_of_the_same_process(big):
    made = big.services(settings=ALLOWED)
    run = big.migrate(made, consent=Consent.SWITCH).run
    journal, clouds = made.journal(), made.clouds(())
    plan = made_plan(made, run)
    ctx = context(made, run, plan, clouds, ignore, CancelToken())
    for record in journal.changes(run):
        if record.type == "create-secret":
            (secret,) = plan.secrets
            ctx.arns[secret.key] = (str(record.after["arn"]), str(record.after["version"]))
        if record.type == "publish-layer":
            ctx.layers[secret.place] = str(record.after["arn"])
    (function,) = plan.functions
    with pytest.raises(Refused, match="No twin proved"):
        SwapReference(function).apply(ctx, {})
    assert as_before(big)
    ctx.proved[function.function.arn] = ctx.now()
    SwapReference(function).apply(ctx, {})
    assert "API_TOKEN" not in big.variables("api")
    ProveMatch(function, wanted="resolved").apply(ctx, {})
