"""The one policy that a function gets, as text and back. Pure.

It has two forms: for one function of a role, by a condition on the function's ARN, and for the
whole role, the same without that condition. The document depends on its arguments alone, so what
IAM holds can be told to be ours by writing it once more and comparing.

Sources: "Using source function ARN to control function access behavior" (Lambda guide),
"Condition keys for AWS KMS" (``kms:ViaService``, ``kms:EncryptionContext:``), "Secret encryption
and decryption in AWS Secrets Manager" (the encryption context is the secret's ARN).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secretshift.model.errors import UsageProblem
from secretshift.model.ports import Grant, Question

READ = "secretsmanager:GetSecretValue"
DECRYPT = "kms:Decrypt"
SOURCE = "lambda:SourceFunctionArn"
VIA = "kms:ViaService"
CONTEXT = "kms:EncryptionContext:SecretARN"

_VERSION = "2012-10-17"
_READ_SID = "SecretshiftRead"
_DECRYPT_SID = "SecretshiftDecrypt"
_DNS_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}
_NAME_LIMIT = 128
_OUTSIDE_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)
_SECRET_ARN = re.compile(r"arn:([a-z-]+):secretsmanager:([a-z0-9-]+):\d{12}:secret:[^*?$\s]+")
_FUNCTION_ARN = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+")
_KEY_ARN = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class ParsedGrant:
    """What a document of ours says: both in order, without repetition. function_arns: empty where
    it is for the whole role."""

    function_arns: tuple[str, ...]
    grants: tuple[Grant, ...]


def grant_document(
    function_arns: Sequence[str], grants: Sequence[Grant], region: str, partition: str = "aws"
) -> str:
    """Let these functions, whatever else runs as their role, read exactly these secrets.

    function_arns: unqualified; more than one while a probe stands in for the function.
    Returns canonical JSON: keys sorted, no white space.
    """
    functions = sorted(set(function_arns))
    _check(functions, _FUNCTION_ARN, "an unqualified function ARN")
    condition = {"ArnEquals": {SOURCE: _one_or_list(functions)}}
    return _document(condition, grants, region, partition)


def role_document(grants: Sequence[Grant], region: str, partition: str = "aws") -> str:
    """The same for everything that runs as the role: whatever it is, it may read these secrets.

    A function of its own, so that an empty list of functions never widens a grant.
    """
    return _document({}, grants, region, partition)


def _document(
    bound: Mapping[str, Any], grants: Sequence[Grant], region: str, partition: str
) -> str:
    """bound: the conditions that every statement carries."""
    secrets = sorted({grant.secret for grant in grants})
    _check(secrets, _SECRET_ARN, "the complete ARN of a secret")
    read: dict[str, Any] = {
        "Sid": _READ_SID,
        "Effect": "Allow",
        "Action": READ,
        "Resource": secrets,
    }
    if bound:
        read["Condition"] = dict(bound)
    statements = [read]
    for number, (key, under) in enumerate(sorted(_by_key(grants).items()), start=1):
        _check([key], _KEY_ARN, "the ARN of a key")
        statements.append(
            {
                "Sid": f"{_DECRYPT_SID}{number}",
                "Effect": "Allow",
                "Action": DECRYPT,
                "Resource": key,
                "Condition": {
                    **bound,
                    "StringEquals": {
                        VIA: via_service(region, partition),
                        CONTEXT: _one_or_list(sorted(under)),
                    },
                },
            }
        )
    return _canonical({"Version": _VERSION, "Statement": statements})


def parse_grant_document(text: str) -> ParsedGrant | None:
    """What a document grants, or None unless it is character for character what we would write."""
    try:
        body = json.loads(text, object_pairs_hook=_without_repetition)
        read, *decrypts = body["Statement"]
        bound = "Condition" in read
        functions = _listed(read["Condition"]["ArnEquals"][SOURCE]) if bound else []
        keys = {
            secret: statement["Resource"]
            for statement in decrypts
            for secret in _listed(statement["Condition"]["StringEquals"][CONTEXT])
        }
        grants = tuple(Grant(secret, keys.get(secret, "")) for secret in _listed(read["Resource"]))
        match = _SECRET_ARN.fullmatch(grants[0].secret)
        if match is None:
            return None
        partition, region = match.groups()
        if bound:
            again = grant_document(functions, grants, region, partition)
        else:
            again = role_document(grants, region, partition)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, UsageProblem):
        return None
    if again != _canonical(body):
        return None
    return ParsedGrant(tuple(functions), grants)


def questions(
    function_arn: str, grants: Sequence[Grant], region: str, partition: str = "aws"
) -> tuple[Question, ...]:
    """What to ask a simulation so that it sees the calls as the function will make them.

    function_arn: "" asks for the calls of whatever runs as the role, which tell no function.
    """
    asked = []
    source = {SOURCE: function_arn} if function_arn else {}
    for grant in sorted(set(grants), key=lambda g: (g.secret, g.key)):
        asked.append(Question(READ, grant.secret, source))
        if grant.key:
            context = {
                **source,
                VIA: via_service(region, partition),
                CONTEXT: grant.secret,
            }
            asked.append(Question(DECRYPT, grant.key, context))
    return tuple(asked)


def policy_name(function: str, region: str) -> str:
    """The name of a function's policy: it carries the region, since roles are global.

    Names that IAM would not take, or that are too long, end in a digest of the whole, and no
    name that is taken as it is can look like one of those.
    """
    name = f"secretshift-{region}-{function}"
    if not _OUTSIDE_NAME.search(name) and len(name) <= _NAME_LIMIT:
        return name
    digest = hashlib.sha256(f"{region}/{function}".encode()).hexdigest()[:32]
    # the '=' stands in no function name and no region
    stem = _OUTSIDE_NAME.sub("_", name)[: _NAME_LIMIT - 33]
    return f"{stem}={digest}"


def via_service(region: str, partition: str, service: str = "secretsmanager") -> str:
    """How KMS names a service of a region in ``kms:ViaService``."""
    try:
        return f"{service}.{region}.{_DNS_SUFFIXES[partition]}"
    except KeyError:
        raise UsageProblem(
            "This partition of AWS is not known", resource=partition, code="partition"
        ) from None


def _by_key(grants: Iterable[Grant]) -> Mapping[str, set[str]]:
    keys: dict[str, set[str]] = {}
    owners: dict[str, str] = {}
    for grant in grants:
        if owners.setdefault(grant.secret, grant.key) != grant.key:
            raise UsageProblem(
                "One secret is named under two keys", resource=grant.secret, code="grant"
            )
        if grant.key:
            keys.setdefault(grant.key, set()).add(grant.secret)
    return keys


def _check(arns: Sequence[str], shape: re.Pattern[str], meaning: str) -> None:
    if not arns:
        raise UsageProblem(f"A grant needs {meaning}", code="grant")
    for arn in arns:
        if not shape.fullmatch(arn):
            raise UsageProblem(f"A grant needs {meaning}", resource=arn, code="grant")


def _one_or_list(items: list[str]) -> str | list[str]:
    return items[0] if len(items) == 1 else items


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _canonical(body: object) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice")
    return body
