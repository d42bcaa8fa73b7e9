"""ARNs, and the reference to one key of one secret.

Sources: AWS General Reference, "Amazon Resource Names"; Amazon ECS Developer Guide, "Specifying
sensitive data using Secrets Manager secrets" for the tail ``:json-key:version-stage:version-id``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARN = re.compile(
    r"arn:(aws(?:-[a-z0-9]+)*):([a-z0-9\-]{1,64}):([a-z0-9\-]{0,32}):([0-9]{12})?:([^\s\x00-\x1f\x7f]+)"
)
_SECRET = re.compile(r"secret:([A-Za-z0-9/_+=.@\-]{1,512})-([A-Za-z0-9]{6})")
_JSON_KEY = re.compile(r"[^:\x00-\x1f\x7f]{0,256}")
_STAGE = re.compile(r"[A-Za-z0-9/_+=.@\-]{0,256}")
_VERSION = re.compile(r"(?:[A-Za-z0-9\-]{32,64})?")
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Arn:
    """region, account: "" for what has none (IAM has no region, S3 neither)."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        parts = ("arn", self.partition, self.service, self.region, self.account, self.resource)
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class SecretReference:
    """One secret, or one key of one. arn: complete, six characters included.

    json_key: "" for the whole secret; stage, version: "" for the current one.
    """

    arn: Arn
    json_key: str = ""
    stage: str = ""
    version: str = ""

    def __str__(self) -> str:
        if not (self.json_key or self.stage or self.version):
            return str(self.arn)
        return f"{self.arn}:{self.json_key}:{self.stage}:{self.version}"


def parse_arn(text: str) -> Arn | None:
    """The parts of an ARN, None if ``text`` is none. Nothing is trimmed or corrected."""
    if len(text) > _LONGEST:
        return None
    match = _ARN.fullmatch(text)
    if match is None:
        return None
    partition, service, region, account, resource = match.groups(default="")
    return Arn(partition, service, region, account, resource)


def parse_reference(text: str) -> SecretReference | None:
    """A complete ARN of a secret, alone or with a tail of exactly three parts.

    None for anything else: a secret's bare name, an ARN without its six characters, a shorter
    tail, or a tail with both a stage and a version, which the service refuses.
    """
    parts = text.split(":")
    if len(parts) not in {7, 10}:
        return None
    arn = parse_arn(":".join(parts[:7]))
    if arn is None or secret_name(arn) is None:
        return None
    if len(parts) == 7:
        return SecretReference(arn)
    json_key, stage, version = parts[7:]
    if not (
        _JSON_KEY.fullmatch(json_key) and _STAGE.fullmatch(stage) and _VERSION.fullmatch(version)
    ):
        return None
    if (stage and version) or not (json_key or stage or version):
        return None
    return SecretReference(arn, json_key, stage, version)


def secret_name(arn: Arn) -> str | None:
    """The name of a secret, without hyphen and six characters; None if it is no secret's ARN."""
    if arn.service != "secretsmanager" or not arn.region or not arn.account:
        return None
    match = _SECRET.fullmatch(arn.resource)
    return match[1] if match is not None else None
