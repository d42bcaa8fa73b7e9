"""Every right that the run or its undo needs is asked for before the first write."""

from __future__ import annotations

import pytest

from secretshift.model.journeys import CancelToken, Consent
from secretshift.workflow.migrate import MigrateRequest, migrate

TOKEN = "tok-Vw83hdkQpe71"


@pytest.mark.parametrize(
    "action",
    [
        "lambda:ListFunctions",  # an undo looks for other readers of a secret
        "iam:DeleteRolePolicy",
        "secretsmanager:DeleteSecret",
        "lambda:DeleteFunction",
    ],
)
def test_without_one_of_them_nothing_is_written(world, monkeypatch, action):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    request = MigrateRequest(world.plan(made).plan, Consent.REMOVE_PLAINTEXT)
    rest = {"Effect": "Allow", "NotAction": action, "Resource": "*"}
    keys = world.login("ann", rest)
    with monkeypatch.context() as other:
        for name, value in keys.items():
            other.setenv(name, value)
        result = migrate(world.services(), request, world.events.append, CancelToken())
    (failure,) = result.failures
    assert failure.code == "rights" and action in failure.what
    assert world.secrets() == {} and world.probes() == []
    assert world.policies("api") == []
    assert world.variables("api")["API_TOKEN"] == TOKEN


def test_where_one_value_moved_none_of_the_function_is_written(world):
    world.function("api", {"API_TOKEN": TOKEN, "DB_PASSWORD": "kirsche-Mond-17"})
    made = world.services()
    request = MigrateRequest(world.plan(made).plan, Consent.REMOVE_PLAINTEXT)
    world.edit("api", lambda v: v.update({"DB_PASSWORD": "kirsche-Mond-18"}))
    result = migrate(made, request, world.events.append, CancelToken())
    assert {failure.code for failure in result.failures} == {"source-moved"}
    assert world.secrets() == {} and world.probes() == [] and world.policies("api") == []
    assert set(world.variables("api")) == {"LOG_LEVEL", "API_TOKEN", "DB_PASSWORD"}


def test_a_grant_that_may_not_be_looked_at_blocks_its_function(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    rest = {"Effect": "Allow", "NotAction": "iam:GetRolePolicy", "Resource": "*"}
    with monkeypatch.context() as other:
        for name, value in world.login("ann", rest).items():
            other.setenv(name, value)
        (function,) = world.plan(world.services()).plan.functions
    assert function.blocked
    (blocker,) = function.blockers
    assert "role's policy" in blocker.text and "access" in blocker.text.lower(), blocker
