"""Secrets: customer keys, names in recovery, tokens; and encrypted variables."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import policy, refusal

pytestmark = pytest.mark.embedded

READ = "secretsmanager:GetSecretValue"


def error_of(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    found = caught.value.response["Error"]
    return found["Code"], found["Message"]


@pytest.fixture(scope="module")
def key(cloud: Any) -> str:
    arn: str = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    return arn


def under(cloud: Any, key: str) -> str:
    arn: str = cloud.client("secretsmanager").create_secret(
        Name=cloud.name("secret"), SecretString="a value", KmsKeyId=key
    )["ARN"]
    return arn


@pytest.mark.parametrize("how", ["arn", "id", "alias"])
def test_reading_under_a_customer_key_needs_the_key(cloud: Any, key: str, how: str) -> None:
    alias = f"alias/{cloud.name('key')}"
    cloud.client("kms").create_alias(AliasName=alias, TargetKeyId=key)
    arn = under(cloud, {"arn": key, "id": key.rpartition("/")[2], "alias": alias}[how])
    read = {"Action": READ, "Resource": arn}
    decrypt = {
        "Action": "kms:Decrypt",
        "Resource": key,
        "Condition": {
            "StringEquals": {
                "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": arn,
            }
        },
    }
    without = cloud.client("secretsmanager", **cloud.user(read))
    assert error_of(without.get_secret_value, SecretId=arn) == (
        "AccessDeniedException",
        "Access to KMS is not allowed",
    )
    with_key = cloud.client("secretsmanager", **cloud.user(read, decrypt))
    assert with_key.get_secret_value(SecretId=arn)["SecretString"] == "a value"


@pytest.mark.parametrize(
    "condition",
    [
        {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"},
        {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:eu-west-1:1:secret:other"},
    ],
)
def test_the_key_s_conditions_are_judged(cloud: Any, key: str, condition: dict[str, str]) -> None:
    arn = under(cloud, key)
    user = cloud.user(
        {"Action": READ, "Resource": arn},
        {"Action": "kms:Decrypt", "Resource": key, "Condition": {"StringEquals": condition}},
    )
    denied = error_of(cloud.client("secretsmanager", **user).get_secret_value, SecretId=arn)
    assert denied == ("AccessDeniedException", "Access to KMS is not allowed")


def test_the_permission_on_the_secret_comes_first(cloud: Any, key: str) -> None:
    arn = under(cloud, key)
    user = cloud.user({"Action": "kms:Decrypt", "Resource": key})
    code, text = error_of(cloud.client("secretsmanager", **user).get_secret_value, SecretId=arn)
    assert code == "AccessDeniedException"
    assert READ in text


def test_making_a_secret_under_a_customer_key_needs_the_key(cloud: Any, key: str) -> None:
    create = {"Action": "secretsmanager:CreateSecret", "Resource": "*"}
    name = cloud.name("secret")
    for given in ("kms:GenerateDataKey", "kms:Decrypt"):
        user = cloud.user(create, {"Action": given, "Resource": key})
        manager = cloud.client("secretsmanager", **user)
        denied = error_of(manager.create_secret, Name=name, SecretString="v", KmsKeyId=key)
        assert denied == ("AccessDeniedException", "Access to KMS is not allowed")
    both = {"Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": key}
    manager = cloud.client("secretsmanager", **cloud.user(create, both))
    assert manager.create_secret(Name=name, SecretString="v", KmsKeyId=key)["ARN"]


def test_the_policy_of_a_key_gives_and_keeps_back(cloud: Any) -> None:
    keys = cloud.client("kms")
    key = keys.create_key()["KeyMetadata"]["Arn"]
    arn = under(cloud, key)
    read = {"Action": READ, "Resource": arn}
    named, other = cloud.user(read), cloud.user(read, {"Action": "kms:*", "Resource": "*"})
    who = cloud.client("sts", **named).get_caller_identity()["Arn"]
    only = {"Principal": {"AWS": who}, "Action": "kms:Decrypt"}
    keys.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(only))
    manager = cloud.client("secretsmanager", **named)
    assert manager.get_secret_value(SecretId=arn)["SecretString"] == "a value"
    denied = error_of(cloud.client("secretsmanager", **other).get_secret_value, SecretId=arn)
    assert denied == ("AccessDeniedException", "Access to KMS is not allowed")


def test_a_disabled_key_closes_the_secret_for_everybody(cloud: Any) -> None:
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    arn = under(cloud, key)
    manager = cloud.client("secretsmanager")
    assert manager.get_secret_value(SecretId=arn)["SecretString"] == "a value"
    cloud.client("kms").disable_key(KeyId=key)
    assert error_of(manager.get_secret_value, SecretId=arn)[0] == "AccessDeniedException"


def test_the_default_key_asks_for_nothing(cloud: Any) -> None:
    arn = cloud.client("secretsmanager").create_secret(Name=cloud.name(), SecretString="a value")[
        "ARN"
    ]
    reader = cloud.client("secretsmanager", **cloud.user({"Action": READ, "Resource": arn}))
    assert reader.get_secret_value(SecretId=arn)["SecretString"] == "a value"


def test_a_name_that_waits_for_its_deletion_is_taken(cloud: Any) -> None:
    manager, name = cloud.client("secretsmanager"), cloud.name("secret")
    manager.create_secret(Name=name, SecretString="first")
    assert (
        error_of(manager.create_secret, Name=name, SecretString="x")[0] == "ResourceExistsException"
    )
    manager.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    assert error_of(manager.create_secret, Name=name, SecretString="x") == (
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for "
        "deletion.",
    )
    manager.restore_secret(SecretId=name)
    assert manager.get_secret_value(SecretId=name)["SecretString"] == "first"
    manager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    manager.create_secret(Name=name, SecretString="second")


def test_a_token_names_the_version_and_answers_once(cloud: Any) -> None:
    manager, name, token = cloud.client("secretsmanager"), cloud.name("secret"), str(uuid.uuid4())
    first = manager.create_secret(Name=name, SecretString="v", ClientRequestToken=token)
    assert first["VersionId"] == token
    assert manager.get_secret_value(SecretId=name, VersionId=token)["SecretString"] == "v"
    again = manager.create_secret(Name=name, SecretString="v", ClientRequestToken=token)
    assert (again["ARN"], again["VersionId"]) == (first["ARN"], token)
    for call in (
        lambda: manager.create_secret(Name=name, SecretString="w", ClientRequestToken=token),
        lambda: manager.put_secret_value(SecretId=name, SecretString="w", ClientRequestToken=token),
        lambda: manager.update_secret(SecretId=name, SecretString="w", ClientRequestToken=token),
    ):
        told = refusal(call)
        assert (told.code, told.status) == ("ResourceExistsException", 400)
    for write in (manager.put_secret_value, manager.update_secret):
        same = write(SecretId=name, SecretString="v", ClientRequestToken=token)
        assert same["VersionId"] == token
    assert manager.get_secret_value(SecretId=name)["SecretString"] == "v"
    second = str(uuid.uuid4())
    manager.put_secret_value(SecretId=name, SecretString="w", ClientRequestToken=second)
    stages = manager.describe_secret(SecretId=name)["VersionIdsToStages"]
    assert stages == {token: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}
    third = str(uuid.uuid4())
    written = manager.update_secret(SecretId=name, SecretString="x", ClientRequestToken=third)
    assert written["VersionId"] == third
    assert manager.get_secret_value(SecretId=name, VersionId=third)["SecretString"] == "x"


def test_a_secret_without_a_value_has_no_version(cloud: Any) -> None:
    """AWS: CreateSecret and GetSecretValue."""
    manager, name = cloud.client("secretsmanager"), cloud.name("secret")
    assert "VersionId" not in manager.create_secret(Name=name)
    assert not manager.describe_secret(SecretId=name).get("VersionIdsToStages")
    for stage in ({}, {"VersionStage": "AWSPENDING"}):
        told = refusal(manager.get_secret_value, SecretId=name, **stage)
        assert (told.code, told.status) == ("ResourceNotFoundException", 400)
    manager.put_secret_value(SecretId=name, SecretString="v")
    assert manager.get_secret_value(SecretId=name)["SecretString"] == "v"


def test_a_version_without_a_value_is_not_found(cloud: Any) -> None:
    """AWS: GetSecretValue; its own rotation functions rely on it for AWSPENDING."""
    manager, name = cloud.client("secretsmanager"), cloud.name("secret")
    manager.create_secret(Name=name, SecretString="v")
    told = refusal(manager.get_secret_value, SecretId=name, VersionStage="AWSPENDING")
    assert told.code == "ResourceNotFoundException"
    assert "AWSPENDING" in told.text


@pytest.mark.parametrize("values", [{}, {"SecretString": "v", "SecretBinary": b"v"}])
def test_a_version_takes_one_value(cloud: Any, values: dict[str, Any]) -> None:
    """AWS: PutSecretValue."""
    manager, name = cloud.client("secretsmanager"), cloud.name("secret")
    manager.create_secret(Name=name, SecretString="first")
    told = refusal(manager.put_secret_value, SecretId=name, **values)
    assert (told.code, told.status) == ("InvalidParameterException", 400)
    assert manager.get_secret_value(SecretId=name)["SecretString"] == "first"


def test_a_value_has_a_greatest_length(cloud: Any) -> None:
    """AWS: CreateSecret, PutSecretValue and UpdateSecret: 65,536 bytes."""
    manager, name = cloud.client("secretsmanager"), cloud.name("secret")
    manager.create_secret(Name=name, SecretString="x" * 65_536)
    for call, which in (
        (manager.create_secret, {"Name": cloud.name("secret")}),
        (manager.put_secret_value, {"SecretId": name}),
        (manager.update_secret, {"SecretId": name}),
    ):
        told = refusal(call, SecretString="ü" * 32_769, **which)
        assert (told.code, told.status) == ("ValidationException", 400)


def test_a_new_value_under_a_customer_key_needs_the_key(cloud: Any, key: str) -> None:
    """AWS: Secret encryption and decryption in AWS Secrets Manager."""
    arn = under(cloud, key)
    write = {"Action": "secretsmanager:*", "Resource": arn}
    manager = cloud.client("secretsmanager", **cloud.user(write))
    for call in (manager.put_secret_value, manager.update_secret):
        told = refusal(call, SecretId=arn, SecretString="w")
        assert told.code == "AccessDeniedException"
        assert told.text == "Access to KMS is not allowed"
    manager.update_secret(SecretId=arn, Description="no value")


def test_writing_variables_under_a_customer_key_needs_the_key(cloud: Any, key: str) -> None:
    """AWS: Securing Lambda environment variables."""
    name = cloud.function("def handler(event, context):\n    return 1\n")
    arn = f"arn:aws:lambda:eu-west-1:{cloud.aws.account}:function:{name}"
    write = {"Action": "lambda:*", "Resource": "*"}
    within = {
        "kms:ViaService": "lambda.eu-west-1.amazonaws.com",
        "kms:EncryptionContext:aws:lambda:FunctionArn": arn,
    }
    encrypt = {
        "Action": "kms:Encrypt",
        "Resource": key,
        "Condition": {"StringEquals": within},
    }
    grant = {
        "Action": "kms:CreateGrant",
        "Resource": key,
        "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    }
    wanted = {"FunctionName": name, "Environment": {"Variables": {"STAGE": "a"}}}
    for given, missing in (((encrypt,), "CreateGrant"), ((grant,), "Encrypt")):
        client = cloud.client("lambda", **cloud.user(write, *given))
        told = refusal(client.update_function_configuration, KMSKeyArn=key, **wanted)
        assert (told.code, told.status) == ("InvalidParameterValueException", 400)
        assert f"invalid for {missing}" in told.text
    client = cloud.client("lambda", **cloud.user(write, encrypt, grant))
    client.update_function_configuration(KMSKeyArn=key, **wanted)
    cloud.settled(name)
    client = cloud.client("lambda", **cloud.user(write, grant))
    told = refusal(client.update_function_configuration, **wanted)
    assert "invalid for Encrypt" in told.text
    client.update_function_configuration(FunctionName=name, Description="no variables")


def test_variables_under_a_key_that_the_caller_may_not_use_are_an_error(
    cloud: Any, key: str
) -> None:
    name = cloud.function(
        "import os\ndef handler(event, context):\n    return os.environ['STAGE']\n",
        variables={"STAGE": "secret stage"},
        KMSKeyArn=key,
    )
    arn = f"arn:aws:lambda:eu-west-1:{cloud.aws.account}:function:{name}"
    cloud.client("lambda").publish_version(FunctionName=name)
    assert cloud.invoke(name).payload == "secret stage"
    look = {"Action": ["lambda:Get*", "lambda:List*"], "Resource": "*"}
    decrypt = {
        "Action": "kms:Decrypt",
        "Resource": key,
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": arn}},
    }
    for user, fine in ((cloud.user(look), False), (cloud.user(look, decrypt), True)):
        client = cloud.client("lambda", **user)
        pages = client.get_paginator("list_functions").paginate()
        listed = [each for page in pages for each in page["Functions"]]
        seen = [
            client.get_function(FunctionName=name)["Configuration"],
            client.get_function_configuration(FunctionName=name),
            client.get_function_configuration(FunctionName=name, Qualifier="1"),
            next(each for each in listed if each["FunctionName"] == name),
            *client.list_versions_by_function(FunctionName=name)["Versions"],
        ]
        assert len(seen) == 6
        for configuration in seen:
            environment = configuration["Environment"]
            if fine:
                assert environment == {"Variables": {"STAGE": "secret stage"}}
            else:
                assert "Variables" not in environment
                assert environment["Error"]["ErrorCode"] == "AccessDeniedException"
    root = cloud.client("lambda").get_function_configuration(FunctionName=name)
    assert root["Environment"] == {"Variables": {"STAGE": "secret stage"}}
