"""Who may do something, told from a listing of the account's policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from secretshift.clouds.aws.audience import audience_of
from secretshift.clouds.aws.policy import grant_document
from secretshift.clouds.aws.references import LambdaReferences
from secretshift.model.functions import FunctionRef, Place
from secretshift.model.ports import Grant, Question, Reach

ACCOUNT = "111122223333"
PLACE = Place("aws", ACCOUNT, "eu-west-1")
FUNCTION = FunctionRef(PLACE, "api", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:api")
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:secretshift/x-XXXXXX"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
READ = Question("secretsmanager:GetSecretValue", SECRET, {})
STYLE = LambdaReferences()


def allow(action: Any = "secretsmanager:GetSecretValue", resource: Any = "*", **more: Any) -> Any:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(*statements: Any, name: str = "r", **more: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "p", "PolicyDocument": document(*statements)}]
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return {"Arn": arn, "RolePolicyList": policies if statements else [], **more}


def who(*roles: Any, question: Question = READ, **page: Any) -> Reach:
    found = audience_of([{"RoleDetailList": list(roles), **page}])
    return found.who_may([[question]])


SURE = Reach(frozenset({"role/r"}), frozenset({"role/r"}))
MAYBE = Reach(frozenset(), frozenset({"role/r"}))
NOBODY = Reach()
DENY = {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}
BY_NETWORK = {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
REGION = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
BOUND = json.loads(grant_document([FUNCTION.arn], [Grant(SECRET)], "eu-west-1"))["Statement"]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("*")], SURE),
        ([allow("secretsmanager:*")], SURE),
        ([allow("SecretsManager:getsecretvalue")], SURE),
        ([allow("secretsmanager:Get*", "arn:aws:secretsmanager:*:*:secret:*")], SURE),
        ([allow(resource="arn:aws:secretsmanager:*:*:secret:secretshift/x-??????")], SURE),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], SURE),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::a"}], SURE),
        ([allow("secretsmanager:Describe*")], NOBODY),
        ([allow(resource="arn:aws:secretsmanager:*:*:secret:other-*")], NOBODY),
        ([{"Effect": "Allow", "NotAction": "secretsmanager:*", "Resource": "*"}], NOBODY),
        ([allow("*"), DENY], NOBODY),
        ([allow("*"), {**DENY, **BY_NETWORK}], MAYBE),
        ([allow("*"), {**DENY, "Condition": REGION}], SURE),
        ([allow("*", **BY_NETWORK)], MAYBE),
        ([allow("*", Condition=REGION)], NOBODY),
        ([allow(resource="arn:aws:secretsmanager:*:*:secret:${aws:username}/*")], MAYBE),
        ([allow(resource="arn:aws:secretsmanager:*:*:secret:${aws:username}")], MAYBE),
        ([allow(resource="arn:aws:s3:::${aws:username}")], NOBODY),
        (BOUND, NOBODY),
        ([], NOBODY),
        ([{"Effect": "Allow", "Action": "*"}], MAYBE),
        (["nonsense"], MAYBE),
    ],
)
def test_what_its_own_policies_give_a_role(statements: list[Any], expected: Reach) -> None:
    assert who(role(*statements)) == expected


def managed(arn: str, *statements: Any) -> dict[str, Any]:
    versions = [
        {"Document": document(DENY), "VersionId": "v1", "IsDefaultVersion": False},
        {"Document": document(*statements), "VersionId": "v2", "IsDefaultVersion": True},
    ]
    return {"Arn": arn, "PolicyVersionList": versions}


ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ATTACHED = {"AttachedManagedPolicies": [{"PolicyName": "a", "PolicyArn": ADMIN}]}


def test_a_managed_policy_counts_by_its_version_in_force() -> None:
    assert who(role(**ATTACHED), Policies=[managed(ADMIN, allow("*"))]) == SURE


def test_a_policy_whose_text_is_missing_may_allow_anything() -> None:
    assert who(role(**ATTACHED)) == MAYBE


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [([allow("s3:*")], NOBODY), ([allow("*")], SURE), ([allow("*"), DENY], NOBODY)],
)
def test_a_boundary_limits(bounds: list[Any], expected: Reach) -> None:
    limit = {"PermissionsBoundary": {"PermissionsBoundaryArn": "arn:b"}}
    policies = [managed("arn:b", *bounds)]
    assert who(role(allow("*"), **limit), Policies=policies) == expected


def test_a_user_has_what_its_groups_have() -> None:
    user = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/team/ann", "GroupList": ["staff"]}
    inline = [{"PolicyName": "p", "PolicyDocument": json.dumps(document(allow("*")))}]
    pages = [
        {"UserDetailList": [user]},
        {"GroupDetailList": [{"GroupName": "staff", "GroupPolicyList": inline}]},
    ]
    found = audience_of(pages).who_may([[READ]])
    assert found.sure == {"user/team/ann"}


@pytest.mark.parametrize(
    "action",
    [
        "lambda:ListFunctions",
        "lambda:GetFunction",
        "lambda:GetFunctionConfiguration",
        "lambda:ListVersionsByFunction",
    ],
)
def test_each_call_that_shows_an_environment_is_a_way_to_see_it(action: str) -> None:
    audience = audience_of([{"RoleDetailList": [role(allow(action))]}])
    assert audience.who_may(STYLE.ways_to_see(FUNCTION, "")) == SURE
    assert audience.who_may(STYLE.ways_to_see(FUNCTION, KEY)) == NOBODY
    both = audience_of([{"RoleDetailList": [role(allow(action), allow("kms:Decrypt"))]}])
    assert both.who_may(STYLE.ways_to_see(FUNCTION, KEY)) == SURE


def test_other_rights_on_a_function_show_nothing_of_it() -> None:
    rights = ["lambda:InvokeFunction", "lambda:ListAliases", "lambda:GetFunctionConcurrency"]
    audience = audience_of([{"RoleDetailList": [role(allow(rights))]}])
    assert audience.who_may(STYLE.ways_to_see(FUNCTION, "")) == NOBODY
