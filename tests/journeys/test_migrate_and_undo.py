"""The whole way there and back: every function answers before, after, and after undo."""

from __future__ import annotations

import json

import pytest

from secretshift.model.journeys import Consent

from .world import FAR, NEAR

PASSWORD = "kirsche-Mond-17"
TOKEN = "tok-Vw83hdkQpe71"
URL = f"postgresql://shop:{PASSWORD}@db.internal:5432/orders"
ODD = 'quote" dollar$HOME `tick` percent%20 \\back\nnewline ümläut 𝄞 '

VOLATILE = {
    "Environment",
    "Layers",
    "RevisionId",
    "LastModified",
    "State",
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
    "ResponseMetadata",
    "ConfigSha256",
}


def rest(configuration: dict) -> dict:
    return {key: value for key, value in configuration.items() if key not in VOLATILE}


def test_there_and_back(world):
    world.function("api", {"DATABASE_URL": URL, "API_TOKEN": TOKEN})
    world.function("node", {"DB_PASSWORD": PASSWORD}, runtime="nodejs20.x")
    world.function("odd", {"MY_PASSWORD": ODD})
    before = {name: world.configuration(name) for name in world.functions}
    assert world.all_answer()

    made = world.services()
    result = world.migrate(made)
    assert result.status == "done", result.failures
    assert len(result.moved) == 3
    assert world.all_answer()
    for name, function in world.functions.items():
        now = world.configuration(name)
        assert not set(function.secret) & set(now["Environment"]["Variables"])
        assert rest(now) == rest(before[name])
        assert world.policies(name) == [f"secretshift-{NEAR}-{name}"]
    assert world.probes() == []

    again = world.migrate(made)
    assert again.status == "nothing to do" and not again.run

    undone = world.undo(made, result.run)
    assert undone.status == "undone", undone.failures
    assert world.all_answer()
    for name in world.functions:
        now = world.configuration(name)
        assert now["Environment"] == before[name]["Environment"]
        assert now.get("Layers", []) == before[name].get("Layers", [])
        assert rest(now) == rest(before[name])
        assert world.policies(name) == []
    assert all(world.secrets().values()), "every secret is on its way out"
    assert world.undo(made, result.run).status == "nothing to do"


def test_migrating_again_after_undo_restores_the_secrets(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    first = world.migrate(made)
    world.undo(made, first.run)
    names = set(world.secrets())
    second = world.migrate(made)
    assert second.status == "done", second.failures
    assert world.secrets() == dict.fromkeys(names, False)
    assert world.all_answer()
    third = world.undo(made, second.run)
    assert third.status == "undone", third.failures
    assert world.secrets() == dict.fromkeys(names, True)
    assert world.all_answer()


def test_each_function_reads_its_own_secrets_and_no_other(world):
    shared = "shared-role"
    world.function("one", {"API_TOKEN": TOKEN}, role=shared)
    world.function("two", {"MAIL_PASSWORD": PASSWORD}, role=shared)
    made = world.services()
    result = world.migrate(made)
    assert result.status == "done", result.failures
    assert world.all_answer()
    documents = {
        name: json.dumps(
            world.client("iam").get_role_policy(RoleName=shared, PolicyName=name)["PolicyDocument"]
        )
        for name in world.policies(shared)
    }
    assert len(documents) == 2
    assert all("*" not in text for text in documents.values())
    # Point one at the secret of two: the grant is bound to the function, so it must fail closed.
    foreign = world.variables("two")["MAIL_PASSWORD_SECRET_ARN"]
    world.edit("one", lambda v: v.update({"API_TOKEN_SECRET_ARN": foreign}))
    answer = world.client("lambda").invoke(FunctionName="one", Payload=b'{"names":["API_TOKEN"]}')
    assert "FunctionError" in answer


def test_a_function_that_reads_its_own_x_secret_arn_is_left_alone(world):
    secret = world.client("secretsmanager").create_secret(Name="partner", SecretString="theirs")
    world.function("api", {"API_TOKEN": TOKEN}, {"PARTNER_SECRET_ARN": secret["ARN"]})
    made = world.services()
    assert world.migrate(made).status == "done"
    assert world.digests("api", ["PARTNER"]) == {}
    assert world.variables("api")["PARTNER_SECRET_ARN"] == secret["ARN"]
    assert world.all_answer()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first-first", "second-first"])
def test_two_runs_over_two_regions_undone_in_either_order(world, order):
    shared, near, far, late = "shared-role", "near", "far", "late"
    token, password = TOKEN, PASSWORD
    world.function(near, {"API_TOKEN": token, "DB_PASSWORD": password}, role=shared)
    world.function(far, {"API_TOKEN": token}, role=shared, region=FAR)
    made = world.services()
    first = world.migrate(made, regions=(NEAR, FAR), exclude=("variable:DB_*",))
    assert first.status == "done", first.failures
    world.function(late, {"API_TOKEN": token}, role=shared)
    second = world.migrate(made, regions=(NEAR, FAR))
    assert second.status == "done", second.failures
    assert world.all_answer()
    runs = [first, second]
    for position, index in enumerate(order):
        undone = world.undo(made, runs[index].run)
        assert undone.status == "undone", undone.failures
        assert world.all_answer()
        if position == 0:
            world.edit(near, lambda v: v.update({"ADDED_BY_SOMEBODY": "yes"}))
            assert world.all_answer()
    assert world.variables(near) == {
        "LOG_LEVEL": "info",
        "API_TOKEN": token,
        "DB_PASSWORD": password,
        "ADDED_BY_SOMEBODY": "yes",
    }
    assert world.policies(shared) == []
    assert all(world.secrets(NEAR).values())
    assert all(world.secrets(FAR).values())


def test_a_version_published_meanwhile_still_answers_after_undo(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    result = world.migrate(made)
    version = world.client("lambda").publish_version(FunctionName="api")["Version"]
    undone = world.undo(made, result.run)
    assert undone.status == "undone"
    assert any("secret" in kept for kept in undone.kept)
    assert world.answers("api")
    assert world.answers("api", version)


def test_switch_only_keeps_the_plaintext_and_resume_removes_it(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    first = world.migrate(made, consent=Consent.SWITCH)
    assert not first.failures
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert "API_TOKEN_SECRET_ARN" in world.variables("api")
    assert world.all_answer()
    second = world.resume(made, first.run)
    assert second.status == "done", second.failures
    assert "API_TOKEN" not in world.variables("api")
    assert world.all_answer()
    assert world.undo(made, first.run).status == "undone"
    assert world.all_answer()


@pytest.mark.parametrize("runtime", ["python3.9", "python3.13", "nodejs18.x", "nodejs22.x"])
def test_every_managed_runtime_goes_there_and_back(world, runtime):
    world.function("api", {"DB_PASSWORD": ODD}, runtime=runtime)
    made = world.services()
    result = world.migrate(made)
    assert result.status == "done", result.failures
    assert world.all_answer()
    assert world.undo(made, result.run).status == "undone"
    assert world.all_answer()
