"""Token buckets that refuse: how fast each family of AWS's actions may be called. Pure.

Pages: "Lambda quotas" (Lambda Developer Guide, gettingstarted-limits: GetFunction 100 a second,
GetPolicy 15, the rest of the control plane together 15), "AWS Secrets Manager quotas" (Secrets
Manager User Guide, reference_limits) and "Request throttling for the Amazon EC2 API" (a bucket of
100 for each action that reads, 20 a second). IAM's rates are not published: it has no bucket.

Believed: that Lambda and Secrets Manager let what a second may have go at once; the rates of
CreateSecret, DeleteSecret, ListSecretVersionIds and GetRandomPassword.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rate:
    """per_second: what flows in; most: what the bucket holds, and may go at once."""

    family: str
    per_second: float
    most: float


def _rate(family: str, per_second: float) -> Rate:
    return Rate(family, per_second, per_second)


_LAMBDA = _rate("lambda control plane", 15)
_SECRET_WRITES = _rate("secret values", 50)
_SECRET_POLICIES = _rate("secret policies", 50)
_SECRET_ROTATION = _rate("secret rotation", 50)
_SECRET_TAGS = _rate("secret tags", 50)

_ACTIONS = {
    "lambda:GetFunction": _rate("lambda GetFunction", 100),
    "lambda:GetPolicy": _rate("lambda GetPolicy", 15),
    "secretsmanager:GetSecretValue": _rate("GetSecretValue", 10_000),
    "secretsmanager:DescribeSecret": _rate("DescribeSecret", 40_000),
    "secretsmanager:ListSecrets": _rate("ListSecrets", 100),
    "secretsmanager:BatchGetSecretValue": _rate("BatchGetSecretValue", 100),
    **dict.fromkeys(
        (
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecret",
            "secretsmanager:UpdateSecretVersionStage",
            "secretsmanager:ReplicateSecretToRegions",
            "secretsmanager:RemoveRegionsFromReplication",
            "secretsmanager:StopReplicationToReplica",
        ),
        _SECRET_WRITES,
    ),
    **dict.fromkeys(
        (
            "secretsmanager:PutResourcePolicy",
            "secretsmanager:GetResourcePolicy",
            "secretsmanager:DeleteResourcePolicy",
            "secretsmanager:ValidateResourcePolicy",
        ),
        _SECRET_POLICIES,
    ),
    **dict.fromkeys(
        ("secretsmanager:RotateSecret", "secretsmanager:CancelRotateSecret"), _SECRET_ROTATION
    ),
    **dict.fromkeys(("secretsmanager:TagResource", "secretsmanager:UntagResource"), _SECRET_TAGS),
}


def rate_of(action: str) -> Rate | None:
    """The bucket of an action of IAM's, like "lambda:GetFunction"; None where none is published."""
    if action in _ACTIONS:
        return _ACTIONS[action]
    service, _, name = action.partition(":")
    if service == "lambda" and not name.startswith("Invoke"):
        return _LAMBDA
    if service == "secretsmanager":
        return _rate(name, 50)
    if service == "ec2" and name.startswith("Describe"):
        return Rate(name, 20, 100)
    return None


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


@dataclass(slots=True)
class Buckets:
    """All buckets of a cloud: one an account, region and family.

    share: how much of each rate there is here.
    """

    clock: Callable[[], float]
    share: float = 1.0
    _buckets: dict[tuple[str, str, str], _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, account: str, region: str, rate: Rate) -> bool:
        """Whether one more request may pass now; it counts only if it may."""
        with self._lock:
            now, most = self.clock(), rate.most * self.share
            bucket = self._buckets.setdefault((account, region, rate.family), _Bucket(most, now))
            flowed = (now - bucket.filled) * rate.per_second * self.share
            bucket.tokens, bucket.filled = min(most, bucket.tokens + flowed), now
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True
