"""The two policies of the page on permissions are enough, each for what it is for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.workflow.migrate import MigrateRequest, migrate

from .world import NEAR, World

PAGE = Path(__file__).parents[2] / "docs/reference/permissions.md"
TOKEN = "tok-Vw83hdkQpe71"
EVENTS = {"orders-api": b'{"names": ["API_TOKEN"]}'}
UNBOUNDED = {
    # the names are made during the run, or tell no more
    "function:secretshift-probe-*",
    "layer:secretshift-resolver:*",
    "log-group:/aws/lambda/orders-api:*",
    "log-group:/aws/lambda/secretshift-probe-*",
    "secret:secretshift/*",
    # boundaries of the roles, to be read only
    "policy/*",
}


def policies(account: str = "111122223333", key: str = "KEY") -> tuple[str, str]:
    """For reading and for writing, with what stands for something else put in."""
    text = PAGE.read_text()
    read, write = re.findall(r"```json\n(.*?)```", text, re.DOTALL)[:2]

    def filled(policy: str) -> str:
        for name, real in {
            "111122223333": account,
            "eu-central-1": NEAR,
            "FUNCTION-KEY-ID": key,
            "SECRET-KEY-ID": key,
        }.items():
            policy = policy.replace(name, real)
        return policy

    return filled(read), filled(write)


def statements(policy: str) -> list[dict]:
    return json.loads(policy)["Statement"]


def test_the_writing_policy_names_what_it_is_for():
    for statement in statements(policies()[1]):
        resources = statement["Resource"]
        for resource in [resources] if isinstance(resources, str) else resources:
            if resource == "*":
                assert statement["Action"] == "ec2:DescribeVpcs", "AWS knows no resource for it"
            elif "*" in resource:
                assert resource.split(":", 5)[5] in UNBOUNDED, resource


@pytest.fixture
def narrow(world: World, monkeypatch) -> World:
    """The journeys run as a user who has the reading policy only; the test itself is the root."""
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.function("orders-api", {"API_TOKEN": TOKEN}, role="orders-api-role", KMSKeyArn=key)
    iam = world.client("iam")
    account = iam.create_user(UserName="migrator")["User"]["Arn"].split(":")[4]
    for name, policy in zip(("read", "write"), policies(account, key.split("/")[1]), strict=True):
        (world.folder / name).write_text(policy)
    give(world, "read")
    access = iam.create_access_key(UserName="migrator")["AccessKey"]
    for service in ("lambda", "secretsmanager"):
        world.client(service)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", access["SecretAccessKey"])
    return world


def give(world: World, name: str) -> None:
    """As managed policies: they are too long for an inline one of a user."""
    iam = world.client("iam")
    document = (world.folder / name).read_text()
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="migrator", PolicyArn=arn)
    world.aws.let_policies_spread()


def test_each_policy_is_enough_for_what_it_is_for(narrow):
    made = replace(narrow.services(), test_events=lambda: EVENTS)
    planned = narrow.plan(made)
    assert planned.scanned.report.errors == () and planned.plan.errors == ()
    (function,) = planned.plan.functions
    assert [variable.name for variable in function.variables] == ["API_TOKEN"]
    assert not function.blocked, function.blockers
    assert planned.plan.secrets[0].readership.unseen == ""

    def carried_out(services):
        plan = narrow.plan(services).plan
        request = MigrateRequest(plan, Consent.REMOVE_PLAINTEXT)
        return migrate(services, request, ignore, CancelToken())

    refused = carried_out(made)
    assert refused.status == "incomplete" and not refused.moved
    assert narrow.secrets() == {} and narrow.policies("orders-api-role") == []

    give(narrow, "write")
    made = replace(narrow.services(), test_events=lambda: EVENTS)
    result = carried_out(made)
    assert result.status == "done", result.failures
    assert "API_TOKEN" not in narrow.variables("orders-api") and narrow.answers("orders-api")
    undone = narrow.undo(made, result.run)
    assert undone.status == "undone", undone.failures
    assert narrow.answers("orders-api") and narrow.policies("orders-api-role") == []
