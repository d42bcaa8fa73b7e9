"""Who may do what: functions, users, simulations, and the account's root."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from secretshift.demo.extensions.function_identity import WITHHOLDING

pytestmark = pytest.mark.embedded

READER = """
import boto3
from botocore.exceptions import ClientError
client = boto3.client("secretsmanager")
def handler(event, context):
    try:
        return client.get_secret_value(SecretId=event)["SecretString"]
    except ClientError as error:
        return error.response["Error"]["Code"]
"""


def error_of(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    found = caught.value.response["Error"]
    return found["Code"], found["Message"]


def secret(cloud: Any, value: str = "a value", **more: Any) -> str:
    arn: str = cloud.client("secretsmanager").create_secret(
        Name=cloud.name("secret"), SecretString=value, **more
    )["ARN"]
    return arn


def grant(cloud: Any, role: str, document: dict[str, Any]) -> None:
    cloud.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="grant",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [document]}),
    )


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike", "StringEquals"])
@pytest.mark.parametrize("several", [False, True], ids=["one", "list"])
def test_a_grant_can_be_bound_to_one_function_of_a_shared_role(
    cloud: Any, operator: str, several: bool
) -> None:
    role, arn = cloud.role(), secret(cloud)
    mine, sibling = cloud.function(READER, role=role), cloud.function(READER, role=role)
    assert cloud.invoke(mine, arn).payload == "AccessDeniedException"
    start = f"arn:aws:lambda:eu-west-1:{cloud.aws.account}:function:"
    wanted = [f"{start}another", f"{start}{mine}"] if several else f"{start}{mine}"
    grant(
        cloud,
        role,
        {
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": arn,
            "Condition": {operator: {"lambda:SourceFunctionArn": wanted}},
        },
    )
    assert cloud.invoke(mine, arn).payload == "a value"
    assert cloud.invoke(sibling, arn).payload == "AccessDeniedException"


def test_a_role_can_withhold_which_function_asks(cloud: Any) -> None:
    """The embedded AWS's own switch, for tests of what follows when the key is not there."""
    role, arn = cloud.role(), secret(cloud)
    name = cloud.function(READER, role=role)
    bound = {
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": arn,
        "Condition": {"ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:*"}},
    }
    grant(cloud, role, bound)
    iam, role_name = cloud.client("iam"), role.rpartition("/")[2]
    assert cloud.invoke(name, arn).payload == "a value"
    iam.tag_role(RoleName=role_name, Tags=[{"Key": WITHHOLDING, "Value": ""}])
    assert cloud.invoke(name, arn).payload == "AccessDeniedException"
    grant(cloud, role, {key: value for key, value in bound.items() if key != "Condition"})
    assert cloud.invoke(name, arn).payload == "a value"
    grant(cloud, role, bound)
    iam.untag_role(RoleName=role_name, TagKeys=[WITHHOLDING])
    assert cloud.invoke(name, arn).payload == "a value"


def test_the_function_s_arn_in_a_condition_has_no_version(cloud: Any) -> None:
    role, arn = cloud.role(), secret(cloud)
    name = cloud.function(READER, role=role)
    cloud.client("lambda").publish_version(FunctionName=name)
    cloud.client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    function = f"arn:aws:lambda:eu-west-1:{cloud.aws.account}:function:{name}"
    grant(
        cloud,
        role,
        {
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": arn,
            "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": function}},
        },
    )
    for qualifier in ("$LATEST", "1", "live"):
        assert cloud.invoke(name, arn, qualifier=qualifier).payload == "a value"


def test_nobody_else_has_a_source_function(cloud: Any) -> None:
    arn = secret(cloud)
    read = {"Action": "secretsmanager:GetSecretValue", "Resource": arn}
    absent = {"Condition": {"Null": {"lambda:SourceFunctionArn": "true"}}}
    present = {"Condition": {"ArnLike": {"lambda:SourceFunctionArn": "*"}}}
    plain = cloud.client("secretsmanager", **cloud.user({**read, **absent}))
    bound = cloud.client("secretsmanager", **cloud.user({**read, **present}))
    assert plain.get_secret_value(SecretId=arn)["SecretString"] == "a value"
    assert error_of(bound.get_secret_value, SecretId=arn)[0] == "AccessDeniedException"


def test_a_star_in_an_arn_condition_stays_in_its_part(cloud: Any) -> None:
    role, arn = cloud.role(), secret(cloud)
    name = cloud.function(READER, role=role)
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn}
    for pattern, expected in (
        ("arn:aws:lambda:*:function:*", "AccessDeniedException"),
        ("arn:aws:lambda:*:*:function:*", "a value"),
    ):
        condition = {"ArnLike": {"lambda:SourceFunctionArn": pattern}}
        grant(cloud, role, {**statement, "Condition": condition})
        assert cloud.invoke(name, arn).payload == expected


KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef"  # an address, no value
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f"
CONTEXT = {
    "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
    "kms:EncryptionContext:SecretARN": SECRET,
    "lambda:SourceFunctionArn": FUNCTION,
}


def simulated(cloud: Any, role: str, action: str, resources: list[str], **more: Any) -> Any:
    return cloud.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[action], ResourceArns=resources, **more
    )["EvaluationResults"]


def entries(context: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in context.items()
    ]


def test_a_simulation_takes_the_context_that_it_is_given(cloud: Any) -> None:
    role = cloud.role(
        {"Action": "kms:Decrypt", "Resource": KEY, "Condition": {"StringEquals": CONTEXT}}
    )
    (given,) = simulated(cloud, role, "kms:Decrypt", [KEY], ContextEntries=entries(CONTEXT))
    assert given["EvalDecision"] == "allowed"
    assert given["MissingContextValues"] == []
    (without,) = simulated(cloud, role, "kms:Decrypt", [KEY])
    assert without["EvalDecision"] == "implicitDeny"
    assert set(without["MissingContextValues"]) == set(CONTEXT)
    for key in CONTEXT:
        wrong = entries({**CONTEXT, key: "other"})
        (denied,) = simulated(cloud, role, "kms:Decrypt", [KEY], ContextEntries=wrong)
        assert denied["EvalDecision"] == "implicitDeny", key


def test_a_simulation_answers_for_every_resource(cloud: Any) -> None:
    role = cloud.role(
        {"Action": "secretsmanager:GetSecretValue", "Resource": SECRET},
        {"Action": "secretsmanager:GetSecretValue", "Resource": f"{SECRET}3", "Effect": "Deny"},
    )
    asked = [SECRET, f"{SECRET}2", f"{SECRET}3"]
    found = simulated(cloud, role, "secretsmanager:GetSecretValue", asked)
    assert {each["EvalResourceName"]: each["EvalDecision"] for each in found} == dict(
        zip(asked, ["allowed", "implicitDeny", "explicitDeny"], strict=True)
    )


def test_a_simulation_knows_the_permissions_boundary(cloud: Any) -> None:
    iam = cloud.client("iam")
    boundary = iam.create_policy(
        PolicyName=cloud.name("boundary"),
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
            }
        ),
    )["Policy"]["Arn"]
    role = cloud.role({"Action": "secretsmanager:GetSecretValue", "Resource": SECRET})
    (open_one,) = simulated(cloud, role, "secretsmanager:GetSecretValue", [SECRET])
    assert open_one["EvalDecision"] == "allowed"
    assert "PermissionsBoundaryDecisionDetail" not in open_one
    iam.put_role_permissions_boundary(
        RoleName=role.rpartition("/")[2], PermissionsBoundary=boundary
    )
    (closed,) = simulated(cloud, role, "secretsmanager:GetSecretValue", [SECRET])
    assert closed["EvalDecision"] == "implicitDeny"
    assert closed["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_a_simulation_of_somebody_who_does_not_exist_is_refused(cloud: Any) -> None:
    role = f"arn:aws:iam::{cloud.aws.account}:role/nobody"
    with pytest.raises(ClientError) as caught:
        simulated(cloud, role, "kms:Decrypt", [KEY])
    assert caught.value.response["Error"]["Code"] == "NoSuchEntity"


def test_a_permission_is_the_operation_s_own(cloud: Any) -> None:
    """A read-only policy that names the exact operations is enough, and covers nothing else."""
    name, layer = cloud.function("def handler(e, c): pass\n"), cloud.layer({"a": ("", 0o644)})
    start = f"arn:aws:lambda:eu-west-1:{cloud.aws.account}:"
    keys = cloud.user(
        {"Action": "lambda:ListAliases", "Resource": f"{start}function:{name}"},
        {"Action": "lambda:ListProvisionedConcurrencyConfigs", "Resource": "*"},
        {"Action": "lambda:GetFunctionCodeSigningConfig", "Resource": f"{start}function:{name}"},
        {"Action": "lambda:GetLayerVersion", "Resource": layer},
    )
    client = cloud.client("lambda", **keys)
    assert client.list_aliases(FunctionName=name)["Aliases"] == []
    client.list_provisioned_concurrency_configs(FunctionName=name)
    client.get_function_code_signing_config(FunctionName=name)
    client.get_layer_version_by_arn(Arn=layer)
    layer_name, number = layer.split(":")[6], int(layer.split(":")[7])
    client.get_layer_version(LayerName=layer_name, VersionNumber=number)
    for call, arguments in (
        (client.get_function, {"FunctionName": name}),
        (client.get_function_configuration, {"FunctionName": name}),
        (client.list_functions, {}),
        (client.list_layer_versions, {"LayerName": layer_name}),
        (
            client.put_function_concurrency,
            {"FunctionName": name, "ReservedConcurrentExecutions": 1},
        ),
    ):
        assert error_of(call, **arguments)[0] == "AccessDeniedException"


def test_the_root_must_sign_with_its_own_key(cloud: Any) -> None:
    forged = {"aws_access_key_id": cloud.aws.account, "aws_secret_access_key": "guessed"}
    another = {
        "aws_access_key_id": "test",
        "aws_secret_access_key": cloud.aws.environment["AWS_SECRET_ACCESS_KEY"] + "x",
    }
    for keys in (forged, another):
        code, _ = error_of(cloud.client("sts", **keys).get_caller_identity)
        assert code == "SignatureDoesNotMatch"
        code, _ = error_of(cloud.client("lambda", "us-west-2", **keys).list_functions)
        assert code in ("SignatureDoesNotMatch", "InvalidSignatureException")


@pytest.mark.parametrize(
    "path", ["/_ministack/reset", "/_ministack/config", "/2015-03-31/functions"]
)
def test_nothing_is_changed_without_a_signature(cloud: Any, path: str) -> None:
    asked = urllib.request.Request(cloud.aws.endpoint + path, data=b"{}", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=5)
    assert caught.value.code == 403
