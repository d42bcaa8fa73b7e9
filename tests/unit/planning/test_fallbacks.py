"""What a plan says of the condition on the function's ARN: when the role may get the grant."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from secretshift.clouds.aws.policy import grant_document, role_document
from secretshift.model.functions import FunctionFacts
from secretshift.model.ports import Grant
from secretshift.model.secret_value import SecretValue
from secretshift.planning.inputs import Options
from secretshift.planning.secret_names import Held

from .conftest import PLACE, fingerprint, stored

TOKEN = "tok-Vw83hdkQpe71"
SECRET = {"API_TOKEN": TOKEN}
ELSEWHERE = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:theirs-AbCdEf"
ALONE = FunctionFacts()
SHARED = FunctionFacts(sharing=("us-east-1/sibling", "eu-west-1/cousin"))
UNSEEN = FunctionFacts(sharing_known=False)
BY_NAME = Options(grant_to_role=("api",))


def planned(world, options: Options | None = None, **changes):
    (function,) = world.function("api", SECRET, **changes).plan(options).functions
    return function


def codes(notes) -> list[str]:
    return [note.code for note in notes]


@pytest.mark.parametrize(
    ("facts", "options", "decision", "said"),
    [
        (ALONE, None, "role", "would fall back to the role: no other function uses it"),
        (
            SHARED,
            None,
            "refuse",
            "would refuse: the role is shared by us-east-1/sibling, eu-west-1/cousin, which would "
            "gain the secret; allow it by name with plan.grant_to_role",
        ),
        (SHARED, Options(grant_to_role=("another",)), "refuse", "would refuse"),
        (SHARED, BY_NAME, "named", "us-east-1/sibling, eu-west-1/cousin would gain the secret"),
        (UNSEEN, None, "refuse", "shared by whatever could not be listed"),
        (UNSEEN, BY_NAME, "named", "whatever could not be listed would gain the secret"),
        (ALONE, BY_NAME, "named", "whatever uses it where nobody could look"),
    ],
)
def test_only_a_role_of_its_own_gets_it_unasked(world, facts, options, decision, said):
    function = planned(world, options, facts=facts)
    assert (function.fallback.decision, function.fallback.standing) == (decision, False)
    assert said in function.fallback.text
    assert function.fallback.allowed is (decision != "refuse")
    assert not function.blocked
    warned = [note for note in function.warnings if note.code == "grant-to-role"]
    assert len(warned) == (decision == "named")
    assert all("would gain the secret" in note.text for note in warned)
    assert "SourceFunctionArn" in function.policy


def test_without_a_twin_or_a_resolver_nothing_is_widened(world):
    world.function("api", SECRET, event=True, facts=SHARED)
    world.cases = [replace(case, no_twin="you may not make a twin") for case in world.cases]
    (function,) = world.plan(BY_NAME).functions
    assert function.fallback.decision == "refuse" and "twin" in function.fallback.text
    world.cases.clear()
    assert planned(world, BY_NAME, runtime="java21").fallback.decision == ""


def of_role(*secrets: str) -> str:
    return role_document([Grant(secret) for secret in secrets], "eu-west-1")


def test_a_grant_that_is_the_roles_already_stays_so_and_is_shown_so(world):
    function = planned(world, policy=of_role(ELSEWHERE), facts=ALONE)
    assert (function.fallback.decision, function.fallback.standing) == ("role", True)
    assert "already" in function.fallback.text
    assert "Condition" not in json.loads(function.policy)["Statement"][0]
    assert not function.blocked


def test_a_new_secret_in_a_shared_roles_grant_is_blocked_unless_it_is_named(world):
    function = planned(world, policy=of_role(ELSEWHERE), facts=SHARED)
    assert codes(function.blockers) == ["grant-of-role"]
    assert "us-east-1/sibling, eu-west-1/cousin would gain" in function.blockers[0].text
    world.cases.clear()
    named = planned(world, BY_NAME, policy=of_role(ELSEWHERE), facts=SHARED)
    assert not named.blocked and named.fallback.allowed
    assert codes(named.warnings) == ["grant-of-role"], "and no word that the others gain nothing"


def test_what_the_role_may_read_already_needs_no_new_permission(world):
    info = stored(world.function("api", SECRET).plan().secrets[0])
    world.cases.clear()
    world.function("api", SECRET, policy=of_role(info.arn), facts=SHARED)
    held = {info.arn: Held(fingerprint(SecretValue(TOKEN)))}
    (function,) = world.plan(owned={PLACE: (info,)}, held=held).functions
    assert not function.blocked
    assert (function.fallback.decision, function.fallback.standing) == ("refuse", True)
    assert "us-east-1/sibling" in function.fallback.text


@pytest.mark.parametrize("form", ["bound", "foreign"])
def test_another_document_under_our_name_decides_nothing(world, form):
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:api"
    document = {
        "bound": grant_document([arn], [Grant(ELSEWHERE)], "eu-west-1"),
        "foreign": of_role(ELSEWHERE).replace("SecretshiftRead", "Mine"),
    }[form]
    assert not planned(world, policy=document).fallback.standing


@pytest.mark.parametrize("room", [0, -1])
def test_the_room_of_a_role_counts_the_form_that_is_written(world, room):
    first = planned(world, policy=of_role(ELSEWHERE))
    (secret,) = json.loads(first.policy)["Statement"][0]["Resource"]
    needed = len(of_role(ELSEWHERE, secret)) - len(of_role(ELSEWHERE))
    (function,) = world.plan(rooms={first.role: needed + room}).functions
    assert codes(function.blockers) == ([] if room == 0 else ["policies-too-large"])
