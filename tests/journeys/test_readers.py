"""The plan says who can read a value before and after: moving it can widen that."""

from __future__ import annotations

import json

from secretshift.reports.lines import plain
from secretshift.reports.plan_text import brief_lines, plan_lines

from .world import TRUST

TOKEN = "tok-Vw83hdkQpe71"
LOOK, READ = "lambda:GetFunction", "secretsmanager:GetSecretValue"


def give(world, name: str, *actions: str) -> None:
    iam = world.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam.put_role_policy(
        RoleName=name,
        PolicyName="given",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def test_who_gains_by_the_move_is_printed(world):
    world.function("api", {"API_TOKEN": TOKEN})
    give(world, "viewer", LOOK)
    give(world, "auditor", READ)
    give(world, "admin", "*")
    give(world, "stranger", "s3:GetObject")
    plan = world.plan(world.services()).plan
    found = plan.secrets[0].readership
    assert found.before.names == ("role/admin", "role/viewer")
    assert found.after.names == ("role/admin", "role/auditor")
    assert found.gain.names == ("role/auditor",)
    text = plain(plan_lines(plan))
    assert "now        2 users and roles can see an environment that holds it: role/admin, " in text
    assert "the functions of this plan, and 2 users and roles: role/admin, role/auditor" in text
    gain = "! 1 user or role could not see it before: role/auditor"
    assert gain in text
    assert gain in plain(brief_lines(plan)), "before anybody says yes"


def test_the_grant_of_a_function_makes_no_reader_of_its_role(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    assert world.migrate(made).status == "done"
    world.function("late", {"API_TOKEN": TOKEN})
    (secret,) = world.plan(made).plan.secrets
    assert secret.action == "reuse" and secret.readership.after.names == ()


def test_who_may_not_look_is_told_that_it_is_not_known(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    rest = {"Effect": "Allow", "NotAction": "iam:GetAccountAuthorizationDetails", "Resource": "*"}
    for name, value in world.login("ann", rest).items():
        monkeypatch.setenv(name, value)
    plan = world.plan(world.services()).plan
    assert not plan.functions[0].blocked
    assert plan.secrets[0].readership.unseen
    text = plain(plan_lines(plan))
    assert "not known who can read it, before and after" in text
    assert "Allow iam:GetAccountAuthorizationDetails" in text
