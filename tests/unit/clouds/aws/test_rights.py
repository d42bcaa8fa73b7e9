"""What is asked of a simulation, and with what, so that its answer is that of the request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from secretshift.clouds.aws.rights import needed
from secretshift.clouds.aws.simulation import Simulation
from secretshift.model.functions import FunctionRef, Place
from secretshift.model.ports import Question, Scope

PLACE = Place("aws", "111122223333", "eu-west-1")
REF = FunctionRef(PLACE, "pay", "arn:aws:lambda:eu-west-1:111122223333:function:pay")
ROLE = "arn:aws:iam::111122223333:role/team/pay"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"


def scope(*, twin: bool = True, vpc: bool = False) -> Scope:
    return Scope(ROLE, "layer", (), "", "", event=False, twin=twin, vpc=vpc)


def resources(asked: Scope) -> dict[str, str]:
    return {question.action: question.resource for question in needed(REF, asked)}


def test_resources_are_those_that_policies_name() -> None:
    asked = resources(scope())
    home = "arn:aws:logs:eu-west-1:111122223333"
    assert asked["logs:FilterLogEvents"] == f"{home}:log-group:/aws/lambda/pay:*"
    assert asked["lambda:ListLayerVersions"] == "*"
    assert asked["lambda:ListFunctions"] == "*"
    assert asked["iam:SimulatePrincipalPolicy"] == ROLE


@pytest.mark.parametrize(
    ("twin", "vpc", "found"), [(True, True, 3), (True, False, 0), (False, True, 0)]
)
def test_a_twin_in_a_vpc_needs_to_look_at_it(twin: bool, vpc: bool, found: int) -> None:
    asked = resources(scope(twin=twin, vpc=vpc))
    assert [asked[action] for action in asked if action.startswith("ec2:")] == ["*"] * found


def of_key(asked: Scope) -> list[Question]:
    return [question for question in needed(REF, asked) if question.resource == KEY]


def test_a_key_is_asked_for_as_lambda_will_use_it() -> None:
    questions = of_key(replace(scope(twin=False), key=KEY))
    assert {q.context["kms:ViaService"] for q in questions} == {"lambda.eu-west-1.amazonaws.com"}
    by_service = {q.action: q.context.get("kms:GrantIsForAWSResource") for q in questions}
    assert by_service == {"kms:Decrypt": None, "kms:Encrypt": None, "kms:CreateGrant": "true"}


def test_a_twin_needs_its_functions_key_under_its_own_name() -> None:
    named = "kms:EncryptionContext:aws:lambda:FunctionArn"
    asked = [question.context[named] for question in of_key(replace(scope(), key=KEY))]
    probe = [arn for arn in asked if ":function:secretshift-probe-" in arn]
    assert len(probe) == 3 and asked.count(REF.arn) == 3
    assert len(of_key(replace(scope(twin=False), key=KEY))) == 3


class FakeIam:
    """Denies everything for want of what `missing` names, and keeps what it was asked."""

    def __init__(self, missing: list[str], decision: str = "implicitDeny") -> None:
        self.missing, self.decision = missing, decision
        self.requests: list[dict[str, Any]] = []

    def get_role(self, **_request: Any) -> dict[str, Any]:
        return {"Role": {}}

    def get_paginator(self, _name: str) -> FakeIam:
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        self.requests.append(request)
        results = [
            {
                "EvalActionName": name,
                "EvalDecision": self.decision,
                "MissingContextValues": self.missing,
            }
            for name in request["ActionNames"]
        ]
        yield {"EvaluationResults": results}


def context(iam: FakeIam) -> dict[str, tuple[str, str]]:
    entries = iam.requests[-1]["ContextEntries"]
    return {
        entry["ContextKeyName"]: (entry["ContextKeyValues"][0], entry["ContextKeyType"])
        for entry in entries
    }


def test_every_request_carries_the_keys_that_every_request_has() -> None:
    iam: Any = FakeIam([])
    Simulation(iam, ROLE).ask([Question("lambda:GetFunction", REF.arn, {"a:b": "c"})])
    assert context(iam) == {
        "aws:PrincipalArn": (ROLE, "string"),
        "aws:PrincipalAccount": ("111122223333", "string"),
        "aws:RequestedRegion": ("eu-west-1", "string"),
        "aws:SecureTransport": ("true", "boolean"),
        "aws:PrincipalIsAWSService": ("false", "boolean"),
        "a:b": ("c", "string"),
    }


def test_iam_is_asked_in_its_own_region_and_what_has_no_resource_in_that_of_the_run() -> None:
    iam: Any = FakeIam([])
    Simulation(iam, ROLE).ask([Question("iam:PutRolePolicy", ROLE, {})])
    assert context(iam)["aws:RequestedRegion"] == ("us-east-1", "string")
    listing = next(q for q in needed(REF, scope()) if q.action == "lambda:ListLayerVersions")
    Simulation(iam, ROLE).ask([listing])
    assert context(iam)["aws:RequestedRegion"] == ("eu-west-1", "string")


def test_a_pass_role_carries_the_region_of_the_call_that_passes_it() -> None:
    passing = next(q for q in needed(REF, scope()) if q.action == "iam:PassRole")
    assert passing.context["aws:RequestedRegion"] == "eu-west-1"


@pytest.mark.parametrize("decision", ["implicitDeny", "explicitDeny"])
def test_what_hangs_on_unknown_keys_is_no_denial_for_an_operator_only(decision: str) -> None:
    question = Question("lambda:GetFunction", REF.arn, {})
    iam: Any = FakeIam(["aws:SourceIp"], decision)
    answer = Simulation(iam, ROLE, lenient=True).ask([question])[0]
    assert answer.allowed and "aws:SourceIp" in answer.why
    assert not Simulation(iam, ROLE).ask([question])[0].allowed
    sure: Any = FakeIam([], decision)
    assert not Simulation(sure, ROLE, lenient=True).ask([question])[0].allowed


def test_keys_that_are_missing_for_one_resource_count_as_missing() -> None:
    iam: Any = FakeIam([])
    plain_pages = iam.paginate

    def paginate(**request: Any) -> Iterator[dict[str, Any]]:
        for page in plain_pages(**request):
            for result in page["EvaluationResults"]:
                result["ResourceSpecificResults"] = [{"MissingContextValues": ["aws:SourceVpc"]}]
            yield page

    iam.paginate = paginate
    question = Question("lambda:GetFunction", REF.arn, {})
    assert Simulation(iam, ROLE, lenient=True).ask([question])[0].allowed
    strict = Simulation(iam, ROLE).ask([question])[0]
    assert not strict.allowed and "aws:SourceVpc" in strict.why


@pytest.mark.parametrize(
    ("result", "implicit", "bounded"),
    [
        ({"EvalDecision": "implicitDeny"}, True, False),
        ({"EvalDecision": "explicitDeny"}, False, False),
        ({"EvalDecision": "allowed"}, False, False),
        (
            {
                "EvalDecision": "implicitDeny",
                "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
            },
            True,
            True,
        ),
        (
            {
                "EvalDecision": "implicitDeny",
                "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
            },
            False,
            False,
        ),
    ],
)
def test_what_kind_of_a_no_it_is(result: dict[str, Any], implicit: bool, bounded: bool) -> None:
    iam: Any = FakeIam([])
    pages = [{"EvaluationResults": [{"EvalActionName": "kms:Decrypt", **result}]}]
    iam.paginate = lambda **_request: iter(pages)
    ruling = Simulation(iam, ROLE).rule([Question("kms:Decrypt", KEY, {})])[0]
    assert (ruling.implicit, ruling.bounded) == (implicit, bounded)


def test_a_question_without_a_result_is_no_implicit_denial() -> None:
    iam: Any = FakeIam([])
    iam.paginate = lambda **_request: iter([{"EvaluationResults": []}])
    ruling = Simulation(iam, ROLE).rule([Question("kms:Decrypt", KEY, {})])[0]
    assert not ruling.answer.allowed and not ruling.implicit


PAGE = Path(__file__).parents[4] / "docs/reference/permissions.md"
NOT_ASKED = {
    # what asking itself takes: without it there is no answer, which stops the run as well
    "iam:GetRole",
    "iam:GetUser",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    # a command of its own
    "lambda:DeleteLayerVersion",
    # the log of a twin then stays, and holds no value
    "logs:DeleteLogGroup",
}


def test_every_right_of_the_page_is_asked_about_before_the_first_write() -> None:
    section = PAGE.read_text().partition("## Migrate, resume and undo")[2]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found is not None
    listed: set[str] = set()
    for statement in json.loads(found[1])["Statement"]:
        actions = statement["Action"]
        listed |= {actions} if isinstance(actions, str) else set(actions)
    secrets = (("secretshift/x", KEY),)
    everything = Scope(ROLE, "layer", secrets, KEY, "", event=True, twin=True, vpc=True)
    asked = {question.action for question in needed(REF, everything)}
    assert listed - asked == NOT_ASKED
