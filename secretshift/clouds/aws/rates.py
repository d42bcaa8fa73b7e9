"""One token bucket for each account, region and family of actions, below every call.

The buckets hang on the SDK's ``before-send`` event, which fires once for each attempt: no call
and no retry goes around them.

Source: "Lambda quotas" (15 control-plane requests a second and region, GetFunction 100),
"AWS Secrets Manager quotas" (describe and get together 10,000, writes 50, list 100),
"IAM and AWS STS quotas" (none is published for IAM, so it is a careful 15), "Request throttling
for the Amazon EC2 API" (describe actions: bucket 50, refill 10).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .clocks import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Quota:
    """per_second: what may flow on; burst: what may go at once after a pause."""

    family: str
    per_second: float
    burst: float
    everywhere: bool = False
    """One bucket for the account, as for IAM, not one a region."""


_LAMBDA_CONTROL = Quota("lambda control", 15, 5)
_LAMBDA_READ = Quota("lambda get-function", 100, 20)
_LAMBDA_INVOKE = Quota("lambda invoke", 100, 20)
_SECRETS_READ = Quota("secrets read", 10_000, 1_000)
_SECRETS_WRITE = Quota("secrets write", 50, 10)
_SECRETS_LIST = Quota("secrets list", 100, 20)
_IAM = Quota("iam", 15, 20, everywhere=True)
_STS = Quota("sts", 100, 20)
_EC2 = Quota("ec2", 10, 10)
_LOGS = Quota("logs", 5, 5)
_KMS = Quota("kms", 100, 20)
_OTHER = Quota("other", 10, 5)

_ACTIONS: dict[tuple[str, str], Quota] = {
    ("lambda", "GetFunction"): _LAMBDA_READ,
    ("lambda", "Invoke"): _LAMBDA_INVOKE,
    ("secrets-manager", "GetSecretValue"): _SECRETS_READ,
    ("secrets-manager", "DescribeSecret"): _SECRETS_READ,
    ("secrets-manager", "ListSecrets"): _SECRETS_LIST,
}
_SERVICES = {
    "lambda": _LAMBDA_CONTROL,
    "secrets-manager": _SECRETS_WRITE,
    "iam": _IAM,
    "sts": _STS,
    "ec2": _EC2,
    "cloudwatch-logs": _LOGS,
    "kms": _KMS,
}


def quota_of(service: str, action: str) -> Quota:
    """Which bucket an action draws from. service: the SDK's service id with hyphens."""
    return _ACTIONS.get((service, action)) or _SERVICES.get(service, _OTHER)


class TokenBucket:
    """Lets `per_second` pass, and `burst` at once. Those who wait go in the order they came."""

    def __init__(self, quota: Quota, clock: Clock) -> None:
        self._quota = quota
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = quota.burst
        self._filled = clock.monotonic()

    def acquire(self) -> None:
        """Return when one request may be sent."""
        with self._lock:
            now = self._clock.monotonic()
            flowed = (now - self._filled) * self._quota.per_second
            self._tokens = min(self._quota.burst, self._tokens + flowed) - 1
            self._filled = now
            # below zero it is a debt: whoever comes next has to wait for longer
            pause = -self._tokens / self._quota.per_second if self._tokens < 0 else 0.0
        if pause > 0:
            self._clock.wait(pause)


class _Events(Protocol):
    def register(self, event_name: str, handler: Callable[..., None]) -> object: ...


class RateLimits:
    """All the buckets of a process, since two profiles may name one account."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], TokenBucket] = {}

    def bucket(self, account: str, region: str, quota: Quota) -> TokenBucket:
        key = (account, "" if quota.everywhere else region, quota.family)
        with self._lock:
            return self._buckets.setdefault(key, TokenBucket(quota, self._clock))

    def attach(self, events: _Events, account: Callable[[], str], region: str) -> None:
        """Make every request of a client wait for its bucket. account: asked at each request."""

        def wait_for_turn(event_name: str = "", **_request: Any) -> None:
            # before-send.<service>.<Action>; an answer would take the place of the request
            _event, service, action = event_name.split(".", 2)
            self.bucket(account(), region, quota_of(service, action)).acquire()

        events.register("before-send", wait_for_turn)


SHARED_LIMITS = RateLimits()
