"""A plan may come from a file that anybody edited: what it names of another account is not used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from secretshift.model.errors import Refused
from secretshift.model.journeys import CancelToken, Consent
from secretshift.model.plans import FunctionPlan, Plan, SecretPlan
from secretshift.workflow.migrate import MigrateRequest, migrate

from .world import NEAR

TOKEN = "tok-Vw83hdkQpe71"
STRANGER = "999988887777"
KEY = f"arn:aws:kms:{NEAR}:{STRANGER}:key/11111111-2222-3333-4444-555555555555"
SECRET = f"arn:aws:secretsmanager:{NEAR}:{STRANGER}:secret:shop-AbCdEf"


def function(change: Callable[[FunctionPlan], FunctionPlan]) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, functions=tuple(map(change, plan.functions)))


def secret(change: Callable[[SecretPlan], SecretPlan]) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, secrets=tuple(map(change, plan.secrets)))


def moved(arn: str, part: int, value: str) -> str:
    parts = arn.split(":")
    parts[part] = value
    return ":".join(parts)


EDITS = {
    "a function of another account": function(
        lambda f: replace(f, function=replace(f.function, arn=moved(f.function.arn, 4, STRANGER)))
    ),
    "a function of another partition": function(
        lambda f: replace(f, function=replace(f.function, arn=moved(f.function.arn, 1, "aws-cn")))
    ),
    "a role of another account": function(lambda f: replace(f, role=moved(f.role, 4, STRANGER))),
    "a role of another partition": function(lambda f: replace(f, role=moved(f.role, 1, "aws-cn"))),
    "a function's key of another account": function(lambda f: replace(f, kms_key=KEY)),
    "a secret of another account": secret(lambda s: replace(s, action="reuse", arn=SECRET)),
    "a secret's place in another account": secret(
        lambda s: replace(s, place=replace(s.place, account=STRANGER))
    ),
    "a secret's place in another partition": secret(
        lambda s: replace(s, place=replace(s.place, partition="aws-cn"))
    ),
    "a secret's key of another account": secret(lambda s: replace(s, kms_key=KEY)),
    "a secret's key of another partition": secret(
        lambda s: replace(s, kms_key=moved(moved(KEY, 4, s.place.account), 1, "aws-cn"))
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=list(EDITS))
def test_what_is_of_another_account_is_refused_before_a_run_begins(world, edit):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    planned = edit(world.plan(made).plan)
    request = MigrateRequest(planned, Consent.REMOVE_PLAINTEXT)
    with pytest.raises(Refused) as caught:
        migrate(made, request, world.events.append, CancelToken())
    assert caught.value.code == "other-account"
    assert made.journal().runs() == ()
    assert world.secrets() == {} and world.policies("api") == []
    assert world.variables("api")["API_TOKEN"] == TOKEN


def test_a_secret_of_ours_under_another_key_than_planned_is_not_used(world):
    """The grant would name a key that does not open it, or one that nobody planned."""
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    first = world.migrate(made, consent=Consent.SWITCH)
    assert world.undo(made, first.run).status == "undone"
    planned = world.plan(made).plan
    assert [s.action for s in planned.secrets] == ["restore"]
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    store = world.client("secretsmanager")
    name = planned.secrets[0].name
    store.restore_secret(SecretId=name)
    store.update_secret(SecretId=name, KmsKeyId=key)
    request = MigrateRequest(planned, Consent.REMOVE_PLAINTEXT)
    result = migrate(made, request, world.events.append, CancelToken())
    assert {f.code for f in result.failures} == {"already-exists"}
    assert world.policies("api") == []
    assert world.variables("api")["API_TOKEN"] == TOKEN
