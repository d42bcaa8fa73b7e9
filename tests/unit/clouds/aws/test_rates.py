"""No request goes faster than its quota, whoever sends it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from secretshift.clouds.aws.rates import Quota, RateLimits, TokenBucket, quota_of


class FakeClock:
    """Time passes only while somebody waits."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def wait(self, seconds: float) -> None:
        with self._lock:
            self.waits.append(seconds)
            self.at += seconds


class Events:
    """Stands for a client's events."""

    def __init__(self) -> None:
        self.handlers: list[object] = []

    def register(self, event_name: str, handler: object) -> None:
        assert event_name == "before-send"
        self.handlers.append(handler)

    def send(self, service: str, action: str) -> None:
        for handler in self.handlers:
            answer = handler(event_name=f"before-send.{service}.{action}", request=None)  # type: ignore[operator]
            assert answer is None


def test_a_burst_passes_and_then_one_at_a_time() -> None:
    clock = FakeClock()
    bucket = TokenBucket(Quota("x", per_second=10, burst=3), clock)
    for _ in range(3):
        bucket.acquire()
    assert clock.waits == []
    bucket.acquire()
    bucket.acquire()
    assert clock.waits == pytest.approx([0.1, 0.1])


def test_a_pause_fills_the_bucket_to_its_burst_and_no_further() -> None:
    clock = FakeClock()
    bucket = TokenBucket(Quota("x", per_second=10, burst=2), clock)
    clock.at = 1000.0
    for _ in range(3):
        bucket.acquire()
    assert clock.waits == pytest.approx([0.1])


def test_who_comes_later_waits_longer_while_nobody_sleeps_yet() -> None:
    class Frozen(FakeClock):
        def wait(self, seconds: float) -> None:
            self.waits.append(seconds)

    clock = Frozen()
    bucket = TokenBucket(Quota("x", per_second=10, burst=1), clock)
    for _ in range(4):
        bucket.acquire()
    assert clock.waits == pytest.approx([0.1, 0.2, 0.3])


def test_many_threads_together_keep_to_the_quota() -> None:
    clock = FakeClock()
    bucket = TokenBucket(Quota("x", per_second=15, burst=5), clock)
    threads = [
        threading.Thread(target=lambda: [bucket.acquire() for _ in range(10)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.at >= (80 - 5) / 15 - 1e-6


@pytest.mark.parametrize(
    ("service", "action", "per_second"),
    [
        ("lambda", "UpdateFunctionConfiguration", 15),
        ("lambda", "ListFunctions", 15),
        ("lambda", "GetFunction", 100),
        ("secrets-manager", "GetSecretValue", 10_000),
        ("secrets-manager", "DescribeSecret", 10_000),
        ("secrets-manager", "CreateSecret", 50),
        ("secrets-manager", "ListSecrets", 100),
        ("iam", "PutRolePolicy", 15),
        ("something-new", "Anything", 10),
    ],
)
def test_quotas_are_those_published(service: str, action: str, per_second: float) -> None:
    assert quota_of(service, action).per_second == per_second


def test_regions_have_their_own_bucket_and_iam_has_one() -> None:
    limits = RateLimits(FakeClock())
    control, iam = quota_of("lambda", "ListFunctions"), quota_of("iam", "GetRole")
    assert limits.bucket("1", "a", control) is limits.bucket("1", "a", control)
    assert limits.bucket("1", "a", control) is not limits.bucket("1", "b", control)
    assert limits.bucket("1", "a", control) is not limits.bucket("2", "a", control)
    assert limits.bucket("1", "a", iam) is limits.bucket("1", "b", iam)


def test_every_attempt_of_a_client_draws_from_the_bucket() -> None:
    clock = FakeClock()
    limits = RateLimits(clock)
    events = Events()
    limits.attach(events, lambda: "1", "a")
    for _ in range(35):
        events.send("lambda", "UpdateFunctionConfiguration")
    assert clock.at == pytest.approx((35 - 5) / 15)
