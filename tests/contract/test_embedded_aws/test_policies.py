"""What IAM refuses of a policy, and what a condition knows of its caller."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import policy, refusal

pytestmark = pytest.mark.embedded

FINE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def document(*statements: Any, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


def put(cloud: Any, role: str, text: str, name: str = "policy") -> None:
    cloud.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName=name, PolicyDocument=text
    )


def test_a_simulation_is_allowed_for_the_principals_that_a_policy_names(cloud: Any) -> None:
    """Source: Service Authorization Reference, IAM, SimulatePrincipalPolicy."""
    mine, other = cloud.role(), cloud.role()
    keys = cloud.user({"Action": "iam:SimulatePrincipalPolicy", "Resource": mine})
    client = cloud.client("iam", **keys)

    def simulate(role: str) -> Any:
        return client.simulate_principal_policy(
            PolicySourceArn=role, ActionNames=["s3:GetObject"], ResourceArns=["*"]
        )

    assert simulate(mine)["EvaluationResults"][0]["EvalDecision"] == "implicitDeny"
    assert refusal(lambda: simulate(other)).code == "AccessDenied"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Syntax errors in policy."),
        (document(FINE)[:-1] + ', "Version": "2012-10-17"}', "Syntax errors in policy."),
        (document({**FINE, "Aktion": "s3:*"}), "Syntax errors in policy."),
        (document({**FINE, "Effect": "Perhaps"}), "Syntax errors in policy."),
        (document({**FINE, "Condition": {"StringIs": {"a:b": "c"}}}), "Syntax errors in policy."),
        (document(), "Syntax errors in policy."),
        (document(FINE, Version="2020-01-01"), "must be version 2012-10-17 or greater"),
        (document({**FINE, "Sid": "A"}, {**FINE, "Sid": "A"}), "must be unique"),
        (document({**FINE, "Action": "GetObject"}), "must be prefaced by a vendor"),
        (document({**FINE, "Action": "s3:s3:GetObject"}), "can contain only one colon"),
        (document({**FINE, "Resource": "a<b"}), 'Resource a<b must be in ARN format or "*".'),
        (document({**FINE, "Principal": "*"}), "should not specify a principal"),
        (document({"Effect": "Allow", "Resource": "*"}), "must contain actions"),
        (document({"Effect": "Allow", "Action": "s3:*"}), "must contain resources"),
    ],
)
def test_a_malformed_policy_is_refused(cloud: Any, text: str, said: str) -> None:
    """AWS: Grammar of the IAM JSON policy language."""
    iam, role = cloud.client("iam"), cloud.role().rpartition("/")[2]
    told = refusal(iam.put_role_policy, RoleName=role, PolicyName="p", PolicyDocument=text)
    assert (told.code, told.status) == ("MalformedPolicyDocument", 400)
    assert said in told.text
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []
    managed = refusal(iam.create_policy, PolicyName=cloud.name(), PolicyDocument=text)
    assert managed.code == "MalformedPolicyDocument"


@pytest.mark.parametrize(
    "text",
    [
        document({**FINE, "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": "a"}}}),
        document({**FINE, "Condition": {"Null": {"aws:TagKeys": "true"}}}),
        json.dumps({"Statement": FINE}),
        document({"Effect": "Deny", "NotAction": "*", "NotResource": ["arn:aws:s3:::a/*"]}, Id="a"),
    ],
)
def test_a_policy_that_the_grammar_allows_is_taken(cloud: Any, text: str) -> None:
    put(cloud, cloud.role(), text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "This policy contains invalid Json"),
        (document({"Effect": "Allow", "Action": "sts:AssumeRole"}), "required field Principal"),
        (document({**FINE, "Principal": "*"}), "prohibited field Resource"),
    ],
)
def test_a_malformed_trust_policy_is_refused(cloud: Any, text: str, said: str) -> None:
    """AWS: Grammar of the IAM JSON policy language; CreateRole, UpdateAssumeRolePolicy."""
    iam, role = cloud.client("iam"), cloud.role().rpartition("/")[2]
    for call, arguments in (
        (iam.create_role, {"RoleName": cloud.name("role"), "AssumeRolePolicyDocument": text}),
        (iam.update_assume_role_policy, {"RoleName": role, "PolicyDocument": text}),
    ):
        told = refusal(call, **arguments)
        assert (told.code, told.status) == ("MalformedPolicyDocument", 400)
        assert said in told.text


def sized(length: int) -> str:
    """A policy of so many characters, and white space besides."""
    short = policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::"})
    start = len("".join(short.split()))
    full = policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + "x" * (length - start)})
    return json.dumps(json.loads(full), indent=8)


def test_inline_policies_of_a_role_have_one_size_together(cloud: Any) -> None:
    """AWS: IAM and AWS STS quotas: 10,240 characters without white space."""
    iam, role = cloud.client("iam"), cloud.role()
    name = role.rpartition("/")[2]
    put(cloud, role, sized(5_000), "first")
    put(cloud, role, sized(5_240), "second")
    told = refusal(
        iam.put_role_policy, RoleName=name, PolicyName="second", PolicyDocument=sized(5_241)
    )
    assert (told.code, told.status) == ("LimitExceeded", 409)
    assert told.text == f"Maximum policy size of 10240 bytes exceeded for role {name}"
    kept = iam.get_role_policy(RoleName=name, PolicyName="second")["PolicyDocument"]
    assert kept == json.loads(sized(5_240))
    put(cloud, role, sized(5_240), "second")


def test_other_policies_have_sizes_too(cloud: Any) -> None:
    """AWS: IAM and AWS STS quotas."""
    iam, user, group = cloud.client("iam"), cloud.name("user"), cloud.name("group")
    iam.create_user(UserName=user)
    iam.create_group(GroupName=group)
    for limit, call, which in (
        (2_048, iam.put_user_policy, {"UserName": user, "PolicyName": "p"}),
        (5_120, iam.put_group_policy, {"GroupName": group, "PolicyName": "p"}),
        (6_144, iam.create_policy, {"PolicyName": cloud.name("policy")}),
    ):
        told = refusal(call, PolicyDocument=sized(limit + 1), **which)
        assert (told.code, told.status) == ("LimitExceeded", 409)
        call(PolicyDocument=sized(limit), **which)


LOOK = """
import boto3
from botocore.exceptions import ClientError
client = boto3.client("secretsmanager")
def handler(event, context):
    try:
        return client.get_secret_value(SecretId=event)["SecretString"]
    except ClientError as error:
        return error.response["Error"]["Code"]
"""


def test_the_principal_of_a_session_is_its_role(cloud: Any) -> None:
    """AWS: AWS global condition context keys, aws:PrincipalArn."""
    iam = cloud.client("iam")
    trust = policy(
        {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        resource=None,
    )
    role = iam.create_role(
        RoleName=cloud.name("role"), Path="/team/", AssumeRolePolicyDocument=trust
    )["Role"]["Arn"]
    assert ":role/team/" in role
    arn = cloud.client("secretsmanager").create_secret(Name=cloud.name(), SecretString="a value")
    name = cloud.function(LOOK, role=role)
    session = f"arn:aws:sts::{cloud.aws.account}:assumed-role/{role.rpartition('/')[2]}/{name}"
    for principal, answer in ((session, "AccessDeniedException"), (role, "a value")):
        read = {
            "Action": "secretsmanager:GetSecretValue",
            "Resource": arn["ARN"],
            "Condition": {"ArnEquals": {"aws:PrincipalArn": principal}},
        }
        put(cloud, role, policy(read))
        assert cloud.invoke(name, arn["ARN"]).payload == answer


def test_a_role_is_passed_only_by_who_may(cloud: Any) -> None:
    """AWS: Grant a user permissions to pass a role to an AWS service."""
    role, other = cloud.role(), cloud.role()
    name = cloud.function("def handler(event, context):\n    return 1\n", role=role)
    write = {"Action": "lambda:*", "Resource": "*"}
    to = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    passing = {"Action": "iam:PassRole", "Resource": role, "Condition": to}
    elsewhere = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    for given in ((), ({**passing, "Condition": elsewhere},), ({**passing, "Resource": other},)):
        client = cloud.client("lambda", **cloud.user(write, *given))
        for call, more in (
            (client.update_function_configuration, {"FunctionName": name}),
            (client.create_function, creation(cloud.name("function"))),
        ):
            told = refusal(call, Role=role, **more)
            assert (told.code, told.status) == ("AccessDeniedException", 403)
            assert f"perform: iam:PassRole on resource: {role} because" in told.text
    client.update_function_configuration(FunctionName=name, Description="no role")
    cloud.settled(name)
    client = cloud.client("lambda", **cloud.user(write, passing))
    client.update_function_configuration(FunctionName=name, Role=role)
    client.create_function(Role=role, **creation(cloud.name("function")))


@pytest.mark.parametrize(
    "trusted",
    [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}},
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}},
    ],
)
def test_a_role_that_does_not_trust_lambda_is_refused(cloud: Any, trusted: Any) -> None:
    """AWS: Defining Lambda function permissions with an execution role."""
    role = cloud.client("iam").create_role(
        RoleName=cloud.name("role"),
        AssumeRolePolicyDocument=document({**trusted, "Action": "sts:AssumeRole"}),
    )["Role"]["Arn"]
    told = refusal(
        cloud.client("lambda").create_function, Role=role, **creation(cloud.name("function"))
    )
    assert (told.code, told.status) == ("InvalidParameterValueException", 400)
    assert told.text == "The role defined for the function cannot be assumed by Lambda."


def creation(name: str) -> dict[str, Any]:
    return {
        "FunctionName": name,
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Code": {"ZipFile": b"PK\x05\x06" + bytes(18)},
    }
