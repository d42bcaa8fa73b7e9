"""A function whose runtime can no longer be created: no twin is made of it, and without any proof
nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from secretshift.changes.grant_read import GrantRead
from secretshift.execution.steps import planned_steps
from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.workflow.migrate import MigrateRequest, migrate

from .world import NEAR, QUICK

TOKEN = "tok-Vw83hdkQpe71"
BEFORE, SINCE = datetime(2027, 1, 31, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
EVENTS = {"api": b'{"names": ["API_TOKEN"]}'}


@pytest.fixture
def old(world):
    world.function("api", {"API_TOKEN": TOKEN}, runtime="python3.9")
    return world


def services(world, now, events):
    # What is refused stays refused, and what works does so at once.
    patience = replace(QUICK, grant=5.0)
    made = world.services()
    return replace(made, now=lambda: now, test_events=lambda: events, patience=patience)


def settled(world):
    now = world.configuration("api")
    return now["RevisionId"], now["Environment"], now.get("Layers")


def carried_out(made, plan, consent=Consent.REMOVE_PLAINTEXT):
    return migrate(made, MigrateRequest(plan, consent), ignore, CancelToken())


def test_it_is_moved_by_its_own_report_and_no_twin_is_tried(old):
    made = services(old, SINCE, EVENTS)
    plan = old.plan(made).plan
    assert plan.functions[0].proof == "event"
    result = carried_out(made, plan)
    assert (result.status, result.failures) == ("done", ())
    changes = {change.key: change.state for change in made.journal().changes(result.run)}
    assert set(changes.values()) == {"done"}
    assert not [key for key in changes if key.startswith("probe")]
    assert set(changes) == {step.key for step in planned_steps(plan, Consent.REMOVE_PLAINTEXT)}
    assert "API_TOKEN" not in old.variables("api")
    assert old.all_answer()
    assert old.undo(made, result.run).status == "undone"
    assert old.all_answer()


def test_until_that_day_a_twin_is_made(old):
    made = services(old, BEFORE, {})
    result = carried_out(made, old.plan(made).plan)
    assert (result.status, result.failures) == ("done", ())
    assert any(c.type == "probe" for c in made.journal().changes(result.run))


def test_without_a_test_event_it_is_blocked_and_left_as_it_was(old):
    made = services(old, SINCE, {})
    before = settled(old)
    plan = old.plan(made).plan
    assert {note.code for note in plan.functions[0].blockers} == {"no-proof"}
    result = carried_out(made, plan)
    assert (result.run, result.blocked, result.exit_code) == ("", (f"{NEAR}/api",), 3)
    assert settled(old) == before
    assert old.secrets() == {} and old.policies("api") == []


def test_a_plan_whose_test_event_is_gone_writes_nothing(old):
    plan = old.plan(services(old, SINCE, EVENTS)).plan
    before = settled(old)
    result = carried_out(services(old, SINCE, {}), plan)
    assert [failure.code for failure in result.failures] == ["no-proof"]
    assert settled(old) == before
    assert old.secrets() == {} and old.policies("api") == []


def test_the_grant_is_still_simulated_before_the_function_is_written(old, monkeypatch):
    deny = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
        '"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'
    )
    real = GrantRead.apply

    def apply(self, ctx, intent):
        old.client("iam").put_role_policy(RoleName="api", PolicyName="deny", PolicyDocument=deny)
        return real(self, ctx, intent)

    monkeypatch.setattr(GrantRead, "apply", apply)
    made = services(old, SINCE, EVENTS)
    result = carried_out(made, old.plan(made).plan, Consent.SWITCH)
    assert [failure.code for failure in result.failures] == ["grant-denied"]
    assert "API_TOKEN_SECRET_ARN" not in old.variables("api")


def test_a_plan_that_found_no_right_to_make_a_twin_is_kept_to(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = services(world, BEFORE, EVENTS)
    plan = world.plan(made).plan
    (function,) = plan.functions
    reason = "you may not make a twin (no lambda:CreateFunction)"
    plan = replace(plan, functions=(replace(function, no_twin=reason),))
    result = carried_out(made, plan)
    assert (result.status, result.failures) == ("done", ())
    assert not [c for c in made.journal().changes(result.run) if c.type == "probe"]
    assert world.all_answer()
