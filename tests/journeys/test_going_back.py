"""Undo takes a secret away only from a function that is proved to do without it, and restores one
that somebody deleted only when told so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.clouds.aws.functions import AwsFunctions
from secretshift.execution import put_back
from secretshift.model.errors import Refused
from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.workflow.migrate import MigrateRequest, migrate

from .world import NEAR, SOON

TOKEN = "tok-Vw83hdkQpe71"
POLICY = f"secretshift-{NEAR}-api"
EVENTS = {"api": b'{"names": ["API_TOKEN"]}'}


@pytest.fixture
def moved(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    return world, made, world.migrate(made).run


def codes(result) -> set[str]:
    return {failure.code for failure in result.failures}


def delete(world) -> str:
    (name,) = world.secrets()
    world.client("secretsmanager").delete_secret(SecretId=name, RecoveryWindowInDays=7)
    return name


def test_a_secret_that_somebody_scheduled_for_deletion_is_restored_only_when_told(moved):
    world, made, run = moved
    name = delete(world)
    undone = world.undo(made, run)
    assert undone.status == "partly-undone" and codes(undone) == {"scheduled-for-deletion"}
    assert "--restore-deleted" in undone.failures[0].hint
    assert world.secrets() == {name: True}, "it was not touched"
    assert "API_TOKEN" not in world.variables("api")
    told = world.undo(made, run, restore_deleted=True)
    assert told.status == "undone", told.failures
    assert world.answers("api")
    assert world.secrets() == {name: True} and world.policies("api") == []


def test_a_secret_that_lost_our_tags_is_not_restored_even_when_told(moved):
    world, made, run = moved
    (name,) = world.secrets()
    world.client("secretsmanager").untag_resource(SecretId=name, TagKeys=["secretshift:managed"])
    delete(world)
    undone = world.undo(made, run, restore_deleted=True)
    assert codes(undone) == {"secret-gone"}
    assert world.secrets() == {name: True}


def test_a_run_restores_no_secret_that_its_plan_did_not_say(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    planned = world.plan(made).plan
    assert [secret.action for secret in planned.secrets] == ["create"]
    world.undo(made, world.migrate(made).run)
    assert list(world.secrets().values()) == [True]
    request = MigrateRequest(planned, Consent.REMOVE_PLAINTEXT)
    result = migrate(made, request, ignore, CancelToken())
    assert codes(result) == {"scheduled-for-deletion"}
    assert list(world.secrets().values()) == [True]
    assert world.variables("api")["API_TOKEN"] == TOKEN


def test_a_function_that_fails_on_its_test_event_keeps_secret_and_grant(moved):
    world, made, run = moved
    client = world.client("lambda")
    client.update_function_configuration(FunctionName="api", Handler="app.nothing")
    client.get_waiter("function_updated_v2").wait(FunctionName="api", WaiterConfig=SOON)
    undone = world.undo(replace(made, test_events=lambda: EVENTS), run)
    assert codes(undone) == {"event-failed"}
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert list(world.secrets().values()) == [False] and world.policies("api") == [POLICY]


def test_an_update_that_failed_keeps_secret_and_grant(moved, monkeypatch):
    """The plaintext is in the configuration, and environments may still start without it."""
    world, made, run = moved

    def interrupted(*_given):
        raise Refused("Cut off after the write", code="cut-off")

    with monkeypatch.context() as patch:
        patch.setattr(put_back, "_prove", interrupted)
        assert codes(world.undo(made, run)) == {"cut-off"}
    real = AwsFunctions.settled
    with monkeypatch.context() as patch:
        patch.setattr(AwsFunctions, "settled", lambda *a: replace(real(*a), update_status="Failed"))
        assert codes(world.undo(made, run)) == {"update-failed"}
    assert list(world.secrets().values()) == [False] and world.policies("api") == [POLICY]
    assert world.undo(made, run).status == "undone"
