"""The buckets of the embedded AWS, and whether our own client keeps below them."""

from __future__ import annotations

import pytest

from secretshift.clouds.aws.rates import RateLimits, quota_of
from secretshift.demo.buckets import Buckets, Rate, rate_of

RATE = Rate("some", 10, 20)


class Hands:
    """A clock that stands where it is put, and moves on when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def passed(buckets: Buckets, requests: int, rate: Rate = RATE, region: str = "here") -> int:
    return sum(buckets.take("1", region, rate) for _ in range(requests))


def test_a_bucket_gives_what_it_holds_and_then_what_flows_in() -> None:
    clock = Hands()
    buckets = Buckets(clock)
    assert passed(buckets, 30) == 20
    clock.now += 0.5
    assert passed(buckets, 30) == 5
    clock.now += 100
    assert passed(buckets, 30) == 20


def test_a_share_of_it_gives_less() -> None:
    clock = Hands()
    buckets = Buckets(clock, 0.5)
    assert passed(buckets, 30) == 10
    clock.now += 1
    assert passed(buckets, 30) == 5


def test_a_region_and_a_family_have_a_bucket_of_their_own() -> None:
    buckets = Buckets(Hands())
    assert passed(buckets, 30) == 20
    assert passed(buckets, 30, region="there") == 20
    assert passed(buckets, 30, Rate("other", 10, 20)) == 20


@pytest.mark.parametrize(
    ("action", "per_second"),
    [
        ("lambda:UpdateFunctionConfiguration", 15),
        ("lambda:GetFunctionConfiguration", 15),
        ("lambda:GetFunction", 100),
        ("secretsmanager:GetSecretValue", 10_000),
        ("secretsmanager:CreateSecret", 50),
        ("secretsmanager:UpdateSecret", 50),
        ("ec2:DescribeSubnets", 20),
    ],
)
def test_the_published_rates(action: str, per_second: int) -> None:
    rate = rate_of(action)
    assert rate is not None
    assert rate.per_second == per_second


@pytest.mark.parametrize("action", ["lambda:InvokeFunction", "iam:PutRolePolicy", "kms:Decrypt"])
def test_what_has_no_published_rate_is_not_counted(action: str) -> None:
    assert rate_of(action) is None


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("lambda", "UpdateFunctionConfiguration", "lambda:UpdateFunctionConfiguration"),
        ("lambda", "GetFunction", "lambda:GetFunction"),
        ("secrets-manager", "CreateSecret", "secretsmanager:CreateSecret"),
        ("secrets-manager", "ListSecrets", "secretsmanager:ListSecrets"),
        ("ec2", "DescribeSubnets", "ec2:DescribeSubnets"),
    ],
)
def test_our_client_alone_is_never_refused(service: str, operation: str, action: str) -> None:
    """Both on one clock: what the client's bucket lets pass, the cloud's takes."""
    clock = Hands()
    rate, quota = rate_of(action), quota_of(service, operation)
    assert rate is not None
    bucket, buckets = RateLimits(clock).bucket("1", "here", quota), Buckets(clock)
    for _ in range(300):
        bucket.acquire()
        assert buckets.take("1", "here", rate)
