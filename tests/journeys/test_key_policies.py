"""A key's own policy decides with: what it alone gives is enough to migrate, and what it keeps back
is said before the first write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.workflow.migrate import MigrateRequest, MigrateResult, migrate

from .world import World

TOKEN = "tok-Vw83hdkQpe71"
NO_KEYS = {"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}
ALL_KEYS = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
READ, LOOK = "kms:Decrypt", "kms:GetKeyPolicy"
USE = [READ, "kms:Encrypt", "kms:GenerateDataKey"]


@dataclass
class Keyed:
    """A function under a customer key, and a user who may do everything but what is about keys."""

    world: World
    key: str
    user: str
    account: str

    def policy(self, *statements: Mapping[str, Any]) -> None:
        """Beside the statement that leaves the rest to IAM, for the account and the roles."""
        given = [{"Effect": "Allow", "Resource": "*", **each} for each in statements]
        self.world.client("kms").put_key_policy(
            KeyId=self.key,
            PolicyName="default",
            Policy=json.dumps({"Version": "2012-10-17", "Statement": given}),
        )

    def may(self, *statements: Mapping[str, Any]) -> None:
        self.world.client("iam").put_user_policy(
            UserName="ann",
            PolicyName="given",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}),
        )
        self.world.aws.let_policies_spread()

    @property
    def to_iam(self) -> dict[str, Any]:
        return {"Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}, "Action": "kms:*"}

    def to_user(self, *actions: str) -> dict[str, Any]:
        return {"Principal": {"AWS": self.user}, "Action": list(actions)}

    @property
    def grants(self) -> dict[str, Any]:
        by_service = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        return {**self.to_user("kms:CreateGrant"), "Condition": by_service}

    def untouched(self, result: MigrateResult) -> None:
        assert result.status == "incomplete" and not result.moved
        assert self.world.secrets() == {} and self.world.probes() == []
        assert self.world.policies("api") == []
        assert self.world.variables("api") == {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}


@pytest.fixture
def keyed(world, monkeypatch) -> Keyed:
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.function("api", {"API_TOKEN": TOKEN}, KMSKeyArn=key)
    iam = world.client("iam")
    user = iam.create_user(UserName="ann")["User"]["Arn"]
    access = iam.create_access_key(UserName="ann")["AccessKey"]
    for service in ("lambda", "secretsmanager", "sts", "logs"):
        world.client(service)  # those of the test stay the account's root
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", access["SecretAccessKey"])
    made = Keyed(world, key, user, key.split(":")[4])
    made.may(NO_KEYS)
    return made


def carry_out(keyed: Keyed, change=lambda: None) -> MigrateResult:
    """Plan, let somebody change something, migrate."""
    services = keyed.world.services()
    planned = keyed.world.plan(services).plan
    assert not planned.functions[0].blocked, planned.functions[0].blockers
    change()
    request = MigrateRequest(planned, Consent.REMOVE_PLAINTEXT)
    return migrate(services, request, ignore, CancelToken())


def test_what_only_the_keys_policy_gives_is_enough(keyed):
    keyed.policy(keyed.to_iam, keyed.to_user(*USE, LOOK), keyed.grants)
    result = carry_out(keyed)
    assert result.status == "done", result.failures
    assert "API_TOKEN" not in keyed.world.variables("api")
    assert keyed.world.answers("api")
    undone = keyed.world.undo(keyed.world.services(), result.run)
    assert undone.status == "undone", undone.failures
    assert keyed.world.variables("api") == {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}


@pytest.mark.parametrize(
    ("left", "lacks"),
    [
        ([READ, "kms:Encrypt", LOOK], "kms:GenerateDataKey"),
        ([READ, "kms:GenerateDataKey", LOOK], "kms:Encrypt"),
        ([*USE, LOOK], "kms:CreateGrant"),
    ],
)
def test_without_one_of_them_nothing_is_written(keyed, left, lacks):
    keyed.policy(keyed.to_iam, keyed.to_user(*USE, LOOK), keyed.grants)
    also = () if lacks == "kms:CreateGrant" else (keyed.grants,)
    result = carry_out(keyed, lambda: keyed.policy(keyed.to_iam, keyed.to_user(*left), *also))
    keyed.untouched(result)
    (failure,) = result.failures
    assert failure.code == "rights" and lacks in failure.what


def test_without_the_whole_statement_nothing_is_written(keyed):
    keyed.policy(keyed.to_iam, keyed.to_user(*USE, LOOK), keyed.grants)
    keyed.untouched(carry_out(keyed, lambda: keyed.policy(keyed.to_iam)))


def test_a_policy_that_may_not_be_read_is_named_with_what_to_allow(keyed):
    keyed.policy(keyed.to_iam, keyed.to_user(*USE), keyed.grants)
    result = carry_out(keyed)
    keyed.untouched(result)
    (failure,) = result.failures
    assert failure.code == "rights" and LOOK in failure.what


def test_what_iam_allows_and_the_key_keeps_back_is_no_right(keyed):
    keyed.may(NO_KEYS, ALL_KEYS)
    role = {"Principal": {"AWS": keyed.user.replace("user/ann", "role/api")}, "Action": "kms:*"}
    keyed.policy(role, keyed.to_user(READ, "kms:Encrypt", LOOK), keyed.grants)
    result = carry_out(keyed)
    keyed.untouched(result)
    (failure,) = result.failures
    assert failure.code == "rights" and "kms:GenerateDataKey" in failure.what
    assert "leaves it to the account's IAM policies" in failure.what


@pytest.mark.parametrize("open_to_role", [True, False])
def test_the_plan_warns_of_a_key_that_keeps_the_functions_role_out(keyed, open_to_role):
    role = {"Principal": {"AWS": keyed.user.replace("user/ann", "role/api")}, "Action": READ}
    keyed.policy(keyed.to_user(*USE, LOOK), keyed.grants, *([role] if open_to_role else []))
    planned = keyed.world.plan(keyed.world.services()).plan.functions[0]
    notes = [note for note in planned.warnings if note.code == "key-policy"]
    assert not planned.blocked and len(notes) == (0 if open_to_role else 1)
    assert all(keyed.key in note.text for note in notes)


def test_a_plan_by_who_may_not_read_the_policy_warns_of_nothing(keyed):
    keyed.policy(keyed.to_user(*USE), keyed.grants)
    planned = keyed.world.plan(keyed.world.services()).plan.functions[0]
    assert "key-policy" not in {note.code for note in planned.warnings}
