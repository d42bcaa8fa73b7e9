"""Rights on keys, as they are told beforehand, are the rights that a real request meets."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from secretshift.clouds.aws.accounts import AwsCloud
from secretshift.clouds.aws.rates import RateLimits
from secretshift.model.ports import AccessControl, Answer, Question
from tests.contract.ports.aws_world import AwsWorld, aws_world

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("aws-key-rights")]

SELF = ("iam:SimulatePrincipalPolicy", "iam:GetUser", "iam:GetRole", "iam:GetPolicy*")
LOOK = "kms:GetKeyPolicy"
USE = "kms:Encrypt"
AWAY = "us-east-1"


@pytest.fixture(scope="module")
def world() -> Iterator[AwsWorld]:
    with aws_world() as found:
        yield found


@dataclass
class Login:
    """Somebody who may ask what they may, and what else is given."""

    arn: str
    session: str
    keys: Mapping[str, str]


def text(*statements: Mapping[str, Any]) -> str:
    given = [{"Effect": "Allow", "Resource": "*", **each} for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": given})


def boundary(world: AwsWorld, *actions: str) -> str:
    document = text({"Action": [*SELF, LOOK, *actions]})
    name = f"boundary-{uuid.uuid4().hex[:8]}"
    arn: str = world.client("iam").create_policy(PolicyName=name, PolicyDocument=document)[
        "Policy"
    ]["Arn"]
    return arn


def user(world: AwsWorld, *statements: Mapping[str, Any], **more: str) -> Login:
    iam, name = world.client("iam"), f"ann-{uuid.uuid4().hex[:8]}"
    arn = iam.create_user(UserName=name, Path="/team/", **more)["User"]["Arn"]
    given = text({"Action": [*SELF]}, *statements)
    iam.put_user_policy(UserName=name, PolicyName="given", PolicyDocument=given)
    world.let_policies_spread()
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    return Login(arn, "", keys)


def role(world: AwsWorld, *statements: Mapping[str, Any], **more: str) -> Login:
    iam, name = world.client("iam"), f"migrator-{uuid.uuid4().hex[:8]}"
    account = world.role.split(":")[4]
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    arn = iam.create_role(
        RoleName=name,
        Path="/team/",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        **more,
    )["Role"]["Arn"]
    given = text({"Action": [*SELF]}, *statements)
    iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=given)
    world.let_policies_spread()
    made = world.client("sts").assume_role(RoleArn=arn, RoleSessionName="ann")
    keys = {
        "aws_access_key_id": made["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": made["Credentials"]["SecretAccessKey"],
        "aws_session_token": made["Credentials"]["SessionToken"],
    }
    return Login(arn, made["AssumedRoleUser"]["Arn"], keys)


def key_with(world: AwsWorld, policy: str, region: str = "") -> str:
    made = keys_of(world, region=region).create_key(Policy=policy)
    arn: str = made["KeyMetadata"]["Arn"]
    return arn


def access_of(login: Login, monkeypatch: pytest.MonkeyPatch) -> AccessControl:
    for name, value in {"aws_session_token": "", **login.keys}.items():
        monkeypatch.setenv(name.upper(), value)
    return AwsCloud(limits=RateLimits()).region("eu-west-1").access


def told(access: AccessControl, key: str) -> Answer:
    return access.caller_may([Question(USE, key, {})])[0]


def keys_of(world: AwsWorld, login: Login | None = None, region: str = "") -> Any:
    keys = login.keys if login else {}
    return world.sdk.client("kms", region_name=region or world.region_name, **keys)


def met(keys: Any, key: str) -> bool:
    """Whether the request itself is let through."""
    try:
        keys.encrypt(KeyId=key, Plaintext=b"x")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException"
        return False
    return True


def root_of(login: Login) -> str:
    return f"arn:aws:iam::{login.arn.split(':')[4]}:root"


POLICIES = {
    "leaves it to IAM": lambda who: [{"Principal": {"AWS": root_of(who)}, "Action": "kms:*"}],
    "names who asks": lambda who: [{"Principal": {"AWS": who.arn}, "Action": ["kms:Enc*", LOOK]}],
    "names the session": lambda who: [
        {"Principal": {"AWS": who.session or who.arn}, "Action": ["kms:Encrypt", LOOK]}
    ],
    "names everybody": lambda _who: [{"Principal": "*", "Action": "kms:*"}],
    "names everybody of the account": lambda who: [
        {
            "Principal": {"AWS": "*"},
            "Action": "kms:*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": who.arn.split(":")[4]}},
        }
    ],
    "everybody with a condition that does not hold": lambda who: [
        {
            "Principal": {"AWS": who.arn},
            "Action": "kms:*",
            "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/other/*"}},
        },
        {"Principal": {"AWS": who.arn}, "Action": LOOK},
    ],
    "names another action": lambda who: [
        {"Principal": {"AWS": who.arn}, "Action": ["kms:Decrypt", LOOK]}
    ],
    "names somebody else": lambda who: [
        {"Principal": {"AWS": who.arn + "x"}, "Action": "kms:*"},
        {"Principal": {"AWS": who.arn}, "Action": LOOK},
    ],
    "leaves it to another account": lambda who: [
        {"Principal": {"AWS": "999999999999"}, "Action": "kms:*"},
        {"Principal": {"AWS": who.arn}, "Action": LOOK},
    ],
    "denies it": lambda who: [
        {"Principal": "*", "Action": "kms:*"},
        {"Effect": "Deny", "Principal": {"AWS": who.arn}, "Action": "kms:Encrypt"},
    ],
    "denies it to the account": lambda who: [
        {"Principal": "*", "Action": "kms:*"},
        {"Effect": "Deny", "Principal": {"AWS": root_of(who)}, "Action": "kms:Encrypt"},
    ],
}
GIVEN: Mapping[str, list[Mapping[str, Any]]] = {
    "IAM allows": [{"Action": "kms:*"}],
    "IAM is silent": [{"Action": LOOK}],
    "IAM denies": [{"Action": LOOK}, {"Effect": "Deny", "Action": USE}],
}


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ("IAM allows", ""),
        ("IAM allows", "within"),
        ("IAM allows", "outside"),
        ("IAM is silent", ""),
        ("IAM is silent", "within"),
        ("IAM is silent", "outside"),
        ("IAM denies", ""),
    ],
)
@pytest.mark.parametrize("make", [user, role])
def test_what_is_told_is_what_is_met(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch, make: Any, given: str, limit: str
) -> None:
    more = {}
    if limit:
        actions = ("kms:*",) if limit == "within" else ()
        more = {"PermissionsBoundary": boundary(world, *actions)}
    login = make(world, *GIVEN[given], **more)
    access, keys = access_of(login, monkeypatch), keys_of(world, login)
    admin = keys_of(world)
    key = admin.create_key()["KeyMetadata"]["Arn"]
    outcome = {}
    for name, policy in POLICIES.items():
        admin.put_key_policy(KeyId=key, PolicyName="default", Policy=text(*policy(login)))
        answer = told(access, key)
        outcome[name] = (answer.allowed, met(keys, key))
        assert answer.allowed or answer.why
    wrong = {name: pair for name, pair in outcome.items() if pair[0] != pair[1]}
    assert not wrong, "(told, met)"


def test_a_policy_that_may_not_be_read_leaves_the_answer_and_says_what_to_do(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = user(world)
    key = key_with(world, text({"Principal": {"AWS": login.arn}, "Action": USE}))
    answer = told(access_of(login, monkeypatch), key)
    assert not answer.allowed and met(keys_of(world, login), key)
    assert LOOK in answer.why and "could not be read" in answer.why
    blind = user(world, {"Action": USE})
    assert told(access_of(blind, monkeypatch), key).allowed


def test_a_key_is_asked_in_its_own_region(world: AwsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    login = user(world)
    policy = text({"Principal": {"AWS": login.arn}, "Action": [USE, LOOK]})
    key = key_with(world, policy, AWAY)
    assert f":{AWAY}:" in key
    assert told(access_of(login, monkeypatch), key).allowed
    assert met(keys_of(world, login, AWAY), key)


def test_a_key_that_is_not_there_gives_no_right(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = user(world, {"Action": "kms:*"})
    key = key_with(world, text({"Principal": "*", "Action": "kms:*"}))
    gone = f"{key[:-4]}0000"
    answer = told(access_of(login, monkeypatch), gone)
    assert not answer.allowed and "no such key" in answer.why


def test_a_key_of_another_account_stays_as_the_simulation_says(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"arn:aws:kms:{world.region_name}:999999999999:key/1234abcd"
    assert told(access_of(user(world, {"Action": "kms:*"}), monkeypatch), key).allowed
    denied = told(access_of(user(world), monkeypatch), key)
    assert not denied.allowed and denied.why == "no policy allows it"


def test_the_root_user_may_what_the_policy_leaves_to_it(world: AwsWorld) -> None:
    account = world.role.split(":")[4]
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    access = world.region().access
    for statement, wanted in (
        ({"Principal": root, "Action": "kms:*"}, True),
        ({"Principal": {"AWS": world.role}, "Action": "kms:*"}, False),
    ):
        key = key_with(world, text(statement))
        assert access.caller_may([Question(USE, key, {})])[0].allowed is wanted


def test_a_role_is_barred_by_a_key_that_leaves_nothing_to_iam(world: AwsWorld) -> None:
    account = world.role.split(":")[4]
    access = world.region().access
    via = {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    elsewhere = {"kms:ViaService": "lambda.eu-west-1.amazonaws.com"}
    secret = {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:eu-west-1:1:secret:a"}
    to_role = {"Principal": {"AWS": world.role}, "Action": "kms:Decrypt"}
    for statement, barred in (
        ({"Principal": {"AWS": account}, "Action": "kms:*"}, False),
        (to_role, False),
        ({**to_role, "Condition": {"StringEquals": via}}, False),
        ({**to_role, "Condition": {"StringEquals": elsewhere}}, True),
        ({**to_role, "Condition": {"StringEquals": secret}}, False),
        ({"Principal": {"AWS": world.role + "x"}, "Action": "kms:*"}, True),
        ({"Principal": {"AWS": account}, "Action": "kms:Encrypt"}, True),
    ):
        key = key_with(world, text(statement))
        assert bool(access.key_bars(world.role, key)) is barred, statement
    assert access.key_bars(world.role, "alias/some") == ""
