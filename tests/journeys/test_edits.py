"""A person names secrets, chooses their shape and leaves something out; and the way back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from secretshift.clouds.aws.secrets import AwsSecrets
from secretshift.model.errors import Refused, UsageProblem
from secretshift.model.findings import credential_id
from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.model.secret_value import SecretValue
from secretshift.workflow.migrate import MigrateRequest, migrate
from secretshift.workflow.plan import Edit, PlanRequest, plan_from
from secretshift.workflow.services import Sources

from .world import NEAR

PASSWORD = "kirsche-Mond-17"
TOKEN = "tok-Vw83hdkQpe71"
DATABASE = {"DB_PASSWORD": PASSWORD}
BESIDE = {"DB_USER": "shop", "DB_HOST": "db.internal", "DB_PORT": "5432", "DB_NAME": "orders"}
NAME = "prod/billing=1/db+main@eu_west.1"


def edit(made, value: str, name: str = "", shape: str = "") -> Edit:
    return Edit(credential_id(made.fingerprint(SecretValue(value))), name, shape)


def stored(world, name: str) -> str:
    return world.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]


def test_secrets_get_the_chosen_names_and_shapes_and_undo_takes_them_back(world):
    world.function("api", {**DATABASE, "API_TOKEN": TOKEN}, BESIDE)
    world.function("node", {"API_TOKEN": TOKEN}, runtime="nodejs20.x")
    made = world.services()
    before = {name: world.variables(name) for name in world.functions}
    edits = (edit(made, PASSWORD, NAME, "plain"), edit(made, TOKEN, "prod/token", "json"))

    result = world.migrate(made, edits=edits)

    assert result.status == "done", result.failures
    assert world.secrets() == {NAME: False, "prod/token": False}
    assert stored(world, NAME) == PASSWORD
    body = json.loads(stored(world, "prod/token"))
    assert list(body.values()) == [TOKEN]
    assert f":secret:{NAME}-" in world.variables("api")["DB_PASSWORD_SECRET_ARN"]
    assert world.all_answer()
    assert world.migrate(made, edits=edits).status == "nothing to do"

    undone = world.undo(made, result.run)
    assert undone.status == "undone", undone.failures
    assert world.all_answer()
    assert {name: world.variables(name) for name in world.functions} == before
    assert world.secrets() == {NAME: True, "prod/token": True}

    again = world.plan(made, edits=edits).plan
    assert {(s.name, s.action) for s in again.secrets} == {
        (NAME, "restore"),
        ("prod/token", "restore"),
    }


def test_json_gathers_what_stands_beside_a_password(world):
    world.function("api", DATABASE, BESIDE)
    made = world.services()
    result = world.migrate(made, edits=(edit(made, PASSWORD, NAME, "json"),))
    assert result.status == "done", result.failures
    body = json.loads(stored(world, NAME))
    assert (body["username"], body["password"]) == ("shop", PASSWORD)
    assert world.all_answer()


def test_without_an_edit_a_named_secret_is_used_again(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    assert world.migrate(made, edits=(edit(made, TOKEN, NAME),)).status == "done"
    world.function("late", {"API_TOKEN": TOKEN})
    assert world.migrate(made).status == "done"
    assert world.secrets() == {NAME: False}
    assert world.all_answer()


@pytest.mark.parametrize("deleted", [False, True])
def test_a_name_that_somebody_else_has_is_refused_before_anything_is_planned(world, deleted):
    client = world.client("secretsmanager")
    client.create_secret(Name=NAME, SecretString="theirs")
    if deleted:
        client.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    with pytest.raises(UsageProblem) as problem:
        world.plan(made, edits=(edit(made, TOKEN, NAME),))
    assert problem.value.code == "name-taken"
    assert NAME in problem.value.resource
    word = "recovery window" if deleted else "not secretshift's"
    assert word in problem.value.what
    assert world.secrets() == {NAME: deleted}


def test_a_name_that_nobody_lets_us_look_at_is_refused(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = AwsSecrets.describe

    def describe(self, name_or_arn):
        if name_or_arn == NAME:
            raise Refused("secretsmanager:DescribeSecret was denied", resource=NAME)
        return real(self, name_or_arn)

    monkeypatch.setattr(AwsSecrets, "describe", describe)
    with pytest.raises(UsageProblem) as problem:
        world.plan(made, edits=(edit(made, TOKEN, NAME),))
    assert problem.value.code == "name-unknown"


def test_an_edit_of_a_value_that_lies_nowhere_is_told(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    lost = edit(made, "never-seen-Mond-3", NAME)
    result = world.plan(made, edits=(lost,))
    assert NAME not in [secret.name for secret in result.plan.secrets]
    (warning,) = result.warnings
    assert lost.credential in warning


def test_what_is_left_out_is_not_touched(world):
    world.function("api", {"API_TOKEN": TOKEN, "MAIL_PASSWORD": PASSWORD})
    world.function("cron", {"API_TOKEN": TOKEN})
    made = world.services()
    before = world.configuration("cron")
    result = world.migrate(made, left_out=("cron", "api|MAIL_PASSWORD"))
    assert result.status == "done", result.failures
    assert world.configuration("cron")["RevisionId"] == before["RevisionId"]
    assert world.policies("cron") == []
    variables = world.variables("api")
    assert "API_TOKEN" not in variables and variables["MAIL_PASSWORD"] == PASSWORD
    assert len(world.secrets()) == 1
    assert world.all_answer()
    with pytest.raises(UsageProblem, match="no such function"):
        world.plan(made, left_out=("corn",))
    # What has gone from the environment by now can still be named.
    assert world.plan(made, left_out=("cron", "api|API_TOKEN")).plan.left_out


# Plan again without another scan


def blind(made):
    """The same services, to which a scan would be an error."""

    def never(*_arguments):
        raise AssertionError("a second scan")

    return replace(made, clouds=never, open_source=never, detector=never)


def test_a_plan_is_made_again_from_the_scan_in_memory(world):
    world.function("api", {"API_TOKEN": TOKEN, "MAIL_PASSWORD": PASSWORD})
    world.function("cron", {"API_TOKEN": TOKEN})
    made = world.services()
    first = world.plan(made)
    arn = world.configuration("cron")["FunctionArn"]
    request = PlanRequest(
        Sources(aws=True, regions=(NEAR,)),
        edits=(edit(made, TOKEN, NAME),),
        left_out=(arn,),
    )
    again = plan_from(blind(made), request, first.scanned, ignore, CancelToken())
    assert [f.function.name for f in again.plan.functions] == ["api"]
    assert NAME in [secret.name for secret in again.plan.secrets]
    assert again.plan.left_out == (f"{NEAR}/cron",)
    assert again.plan.id != first.plan.id
    assert again.scanned is first.scanned

    run = MigrateRequest(again.plan, Consent.REMOVE_PLAINTEXT)
    assert migrate(made, run, ignore, CancelToken()).status == "done"
    assert world.all_answer()


def test_a_function_that_changed_since_the_scan_is_seen(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    first = world.plan(made)
    world.edit("api", lambda variables: variables.update({"API_TOKEN": "other-Mond-3391"}))
    request = PlanRequest(Sources(aws=True, regions=(NEAR,)))
    again = plan_from(blind(made), request, first.scanned, ignore, CancelToken())
    assert [{note.code for note in f.blockers} for f in again.plan.functions] == [{"changed"}]


def test_a_secret_that_came_since_is_seen(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    first = world.plan(made)
    world.client("secretsmanager").create_secret(Name=NAME, SecretString="theirs")
    request = PlanRequest(Sources(aws=True, regions=(NEAR,)), edits=(edit(made, TOKEN, NAME),))
    with pytest.raises(UsageProblem):
        plan_from(blind(made), request, first.scanned, ignore, CancelToken())
