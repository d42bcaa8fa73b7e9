"""Take something away between the two writes: the plaintext must stay."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest

from secretshift.clouds.aws.functions import AwsFunctions
from secretshift.model.journeys import Consent

from .world import NEAR, QUICK, SOON

TOKEN = "tok-Vw83hdkQpe71"
POLICY = f"secretshift-{NEAR}-api"


@pytest.fixture
def switched(world):
    """A function that has both forms, and the run that made it so."""
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    result = world.migrate(made, consent=Consent.SWITCH)
    assert not result.failures
    return world, made, result.run


def refused(world, made, run) -> set[str]:
    # What is refused stays refused: nothing is gained by waiting for it.
    result = world.resume(replace(made, patience=replace(QUICK, grant=2.0)), run)
    assert result.status == "incomplete"
    assert world.variables("api")["API_TOKEN"] == TOKEN, "the plaintext must stay"
    assert world.answers("api")
    assert world.probes() == []
    return {failure.code for failure in result.failures}


def test_without_the_grant(switched):
    world, made, run = switched
    world.client("iam").delete_role_policy(RoleName="api", PolicyName=POLICY)
    assert refused(world, made, run) == {"grant-gone"}


def test_with_an_explicit_deny(switched):
    world, made, run = switched
    world.client("iam").put_role_policy(
        RoleName="api",
        PolicyName="deny",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
        '"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}',
    )
    assert refused(world, made, run) == {"grant-denied"}


def test_without_the_layer(switched):
    world, made, run = switched
    client = world.client("lambda")
    client.update_function_configuration(FunctionName="api", Layers=[])
    client.get_waiter("function_updated_v2").wait(FunctionName="api", WaiterConfig=SOON)
    variables = world.variables("api")
    assert variables.pop("AWS_LAMBDA_EXEC_WRAPPER")
    client.update_function_configuration(FunctionName="api", Environment={"Variables": variables})
    client.get_waiter("function_updated_v2").wait(FunctionName="api", WaiterConfig=SOON)
    assert refused(world, made, run) == {"reference-gone"}


def test_with_a_layer_of_another_build(switched, monkeypatch):
    """Whoever may publish layers can sit on our name."""
    world, made, run = switched
    real = AwsFunctions.layer
    theirs = base64.b64encode(hashlib.sha256(b"theirs").digest()).decode()
    monkeypatch.setattr(
        AwsFunctions, "layer", lambda self, arn: replace(real(self, arn), sha256=theirs)
    )
    assert refused(world, made, run) == {"layer-foreign"}


def test_without_a_route_to_the_store(switched):
    world, made, run = switched
    world.edit(
        "api",
        lambda v: v.update({"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9"}),
    )
    assert refused(world, made, run) == {"probe-failed"}


def test_when_the_plaintext_changed_meanwhile(switched):
    world, made, run = switched
    other = TOKEN + "-new"
    world.edit("api", lambda v: v.update({"API_TOKEN": other}))
    result = world.resume(made, run)
    assert result.status == "incomplete"
    assert world.variables("api")["API_TOKEN"] == other


def test_when_the_secret_was_rotated_meanwhile(switched):
    world, made, run = switched
    name = next(iter(world.secrets()))
    world.client("secretsmanager").put_secret_value(SecretId=name, SecretString="rotated-Now-8812")
    codes = refused(world, made, run)
    assert codes <= {"moved", "secret-mismatch", "resolver-report"} and codes


def test_without_the_right_to_the_key(world):
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.function("api", {"API_TOKEN": TOKEN}, KMSKeyArn=key)
    made = world.services()
    result = world.migrate(made, consent=Consent.SWITCH)
    assert not result.failures
    iam = world.client("iam")
    iam.put_role_policy(
        RoleName="api",
        PolicyName="deny",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
        '"Action":"kms:Decrypt","Resource":"*"}]}',
    )
    assert refused(world, made, result.run) == {"grant-denied"}


def test_a_policy_under_our_name_that_is_not_ours_is_never_overwritten(world):
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",'
        '"Resource":"arn:aws:s3:::bucket/key"}]}'
    )
    world.function("api", {"API_TOKEN": TOKEN})
    iam = world.client("iam")
    iam.put_role_policy(RoleName="api", PolicyName=POLICY, PolicyDocument=document)
    made = world.services()
    result = world.migrate(made)
    assert {f.code for f in result.failures} == {"already-exists"}
    kept = iam.get_role_policy(RoleName="api", PolicyName=POLICY)["PolicyDocument"]
    assert kept["Statement"][0]["Action"] == "s3:GetObject"
    assert world.variables("api")["API_TOKEN"] == TOKEN


def test_a_secret_under_our_name_that_is_not_ours_is_never_used(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    planned = world.plan(made).plan
    store = world.client("secretsmanager")
    store.create_secret(Name=planned.secrets[0].name, SecretString="planted")
    result = world.migrate(made)
    assert {f.code for f in result.failures} == {"already-exists"}
    assert store.get_secret_value(SecretId=planned.secrets[0].name)["SecretString"] == "planted"
    assert world.variables("api")["API_TOKEN"] == TOKEN


def test_undo_refuses_a_rotated_secret_unless_told(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    name = next(iter(world.secrets()))
    world.client("secretsmanager").put_secret_value(SecretId=name, SecretString="rotated-Now-8812")
    undone = world.undo(made, run)
    assert undone.status == "partly-undone"
    assert {f.code for f in undone.failures} == {"rotated"}
    assert "API_TOKEN" not in world.variables("api"), "a fresh value never lands in plain"
    accepted = world.undo(made, run, accept_rotated=True)
    assert accepted.status == "undone", accepted.failures
    assert world.variables("api")["API_TOKEN"] == "rotated-Now-8812"


def test_undo_deletes_no_secret_that_was_rotated_unless_told(switched):
    """The plaintext is still there, so nothing has to come out of the secret: it could go."""
    world, made, run = switched
    name = next(iter(world.secrets()))
    world.client("secretsmanager").put_secret_value(SecretId=name, SecretString="rotated-Now-8812")
    undone = world.undo(made, run)
    assert undone.status == "partly-undone"
    assert {f.code for f in undone.failures} == {"rotated"}
    assert world.secrets() == {name: False}
    assert world.variables("api")["API_TOKEN"] == TOKEN and world.answers("api")
    assert world.policies("api") == []
    assert world.undo(made, run, accept_rotated=True).status == "undone"
    assert world.secrets() == {name: True}
