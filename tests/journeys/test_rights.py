"""Every right that the run or its undo needs is asked for before the first write."""

from __future__ import annotations

import json

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
    iam = world.client("iam")
    iam.create_user(UserName="ann")
    rest = {"Effect": "Allow", "NotAction": action, "Resource": "*"}
    iam.put_user_policy(
        UserName="ann",
        PolicyName="all-but-one",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [rest]}),
    )
    access = iam.create_access_key(UserName="ann")["AccessKey"]
    with monkeypatch.context() as other:
        other.setenv("AWS_ACCESS_KEY_ID", access["AccessKeyId"])
        other.setenv("AWS_SECRET_ACCESS_KEY", access["SecretAccessKey"])
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
