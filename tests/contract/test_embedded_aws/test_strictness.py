"""What takes time and what is too much: IAM that spreads, and throttling."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from secretshift.demo import samples
from secretshift.demo.strictness import AWS_LIKE, USUAL, Strictness
from tests.journeys.clouds import forked_aws

from .conftest import EU, Cloud, policy, refusal

pytestmark = pytest.mark.embedded

# A fifth of AWS's rates: a busy machine does not make a hundred requests a second.
STRICT = Strictness(iam_seconds=(1.5, 1.8), rates=0.2)


@pytest.fixture(scope="module")
def strict() -> Iterator[Cloud]:
    with forked_aws(strictness=STRICT) as aws:
        yield Cloud(aws)


def test_the_server_is_told_all_of_it() -> None:
    for strictness in (USUAL, AWS_LIKE, STRICT):
        assert Strictness.from_json(strictness.to_json()) == strictness
    assert AWS_LIKE.iam_seconds == (5.0, 15.0)
    assert USUAL.iam_seconds[1] <= 0.2
    assert USUAL.rates == 1


def reads(manager: Any, arn: str) -> bool:
    try:
        return bool(manager.get_secret_value(SecretId=arn)["SecretString"])
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException"
        return False


def test_a_grant_and_its_withdrawal_take_time(strict: Cloud) -> None:
    """AWS: Troubleshoot IAM, "Changes that I make are not always immediately visible"."""
    manager, iam = strict.client("secretsmanager"), strict.client("iam")
    arn = manager.create_secret(Name=strict.name("secret"), SecretString="a value")["ARN"]
    read = policy({"Action": "secretsmanager:GetSecretValue", "Resource": arn})
    names, clients = [], []
    for _ in range(2):
        name = strict.name("user")
        iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        clients.append(
            strict.client(
                "secretsmanager",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
            )
        )
        names.append(name)
    gaining, losing = clients
    assert not reads(losing, arn)
    iam.put_user_policy(UserName=names[1], PolicyName="read", PolicyDocument=read)
    assert not reads(losing, arn)
    settle(losing, arn, True)
    iam.put_user_policy(UserName=names[0], PolicyName="read", PolicyDocument=read)
    iam.delete_user_policy(UserName=names[1], PolicyName="read")
    assert iam.list_user_policies(UserName=names[0])["PolicyNames"] == ["read"]
    assert not reads(gaining, arn)
    assert reads(losing, arn)
    settle(gaining, arn, True)
    settle(losing, arn, False)


def settle(manager: Any, arn: str, wanted: bool) -> None:
    """Ask until the change works, and that long again: then it works every time."""
    deadline = time.monotonic() + 20
    while reads(manager, arn) != wanted:
        assert time.monotonic() < deadline
    everywhere = time.monotonic() + STRICT.iam_seconds[1] - STRICT.iam_seconds[0]
    while time.monotonic() < everywhere:
        reads(manager, arn)
    assert all(reads(manager, arn) == wanted for _ in range(12))


def impatient(strict: Cloud, service: str, region: str = EU) -> Any:
    """A client that tells of a refusal in place of trying again."""
    return samples.session(strict.aws, region).client(
        service,
        endpoint_url=strict.aws.endpoint,
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
    )


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code", "status", "most"),
    [
        ("lambda", "list_functions", {}, "TooManyRequestsException", 429, 3),
        ("lambda", "get_function", {"FunctionName": "none"}, "TooManyRequestsException", 429, 20),
        ("secretsmanager", "list_secrets", {}, "ThrottlingException", 400, 20),
        ("secretsmanager", "get_random_password", {}, "ThrottlingException", 400, 10),
        ("ec2", "describe_subnets", {}, "RequestLimitExceeded", 503, 20),
    ],
)
def test_too_many_requests_are_refused(
    strict: Cloud,
    service: str,
    operation: str,
    arguments: dict[str, str],
    code: str,
    status: int,
    most: int,
) -> None:
    """AWS: Lambda quotas; AWS Secrets Manager quotas; Request throttling for the EC2 API."""
    call = getattr(impatient(strict, service), operation)
    passed, error = 0, None
    began = time.monotonic()
    while error is None and passed < 500:
        try:
            call(**arguments)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ResourceNotFoundException":
                error = refused.response
                break
        passed += 1
    assert error is not None
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert most <= passed <= most * (1 + time.monotonic() - began) + 1
    if service == "lambda":
        assert (error["Reason"], error["Type"]) == ("CallerRateLimitExceeded", "User")
        assert error["message"] == "Rate exceeded"


def test_the_sdk_tries_again_and_gets_through(strict: Cloud) -> None:
    patient = samples.session(strict.aws, EU).client(
        "lambda",
        endpoint_url=strict.aws.endpoint,
        config=Config(retries={"mode": "standard", "total_max_attempts": 8}),
    )
    tried = [
        patient.list_functions(MaxItems=1)["ResponseMetadata"]["RetryAttempts"] for _ in range(20)
    ]
    assert any(tried)


def test_nothing_of_it_holds_where_it_is_switched_off(cloud: Cloud) -> None:
    client = impatient(cloud, "lambda")
    for _ in range(25):
        client.list_functions(MaxItems=1)
    arn = cloud.client("secretsmanager").create_secret(Name=cloud.name(), SecretString="v")["ARN"]
    read = {"Action": "secretsmanager:GetSecretValue", "Resource": arn}
    assert reads(cloud.client("secretsmanager", **cloud.user(read)), arn)
    stranger = cloud.client("secretsmanager", **cloud.user())
    assert refusal(stranger.get_secret_value, SecretId=arn).code == "AccessDeniedException"
