"""What Lambda and Secrets Manager accept, checked by us before a call is made.

An emulator, or a newer API, may let pass what would break a function later; and a refusal of AWS
quotes the request in its text. Pure: no SDK, no value in any message.

Sources: "Using Lambda environment variables", "Lambda quotas", CreateSecret and PutRolePolicy in
the API references.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from secretshift.model.errors import Refused, UsageProblem
from secretshift.model.secret_value import SecretValue
from secretshift.shapes.secret_name import name_problem

ENVIRONMENT_LIMIT = 4096
LAYER_LIMIT = 5
SECRET_LIMIT = 65_536
ROLE_POLICY_LIMIT = 10_240
TAG_PREFIX = "secretshift:"
PROBE_PREFIX = "secretshift-probe-"
PROBE_TAG = "secretshift:probe"
MANAGED_TAG = "secretshift:managed"

_KEY = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")

RESERVED_KEYS = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)


def environment_size(variables: Mapping[str, SecretValue]) -> int:
    """Bytes of an environment as Lambda counts them against its 4 KB.

    Lambda measures the compact JSON object of all keys and values in UTF-8 (its refusal says
    "String measured" and shows that object), so quotes, colons, commas and escapes count.
    """
    plain = {key: value.reveal() for key, value in variables.items()}
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    return len(text.encode("utf-8", "surrogatepass"))


def key_problem(key: str) -> str:
    """Why Lambda would not take a variable of this name, "" if it would."""
    if key in RESERVED_KEYS:
        return "Lambda keeps this name for itself"
    if not _KEY.fullmatch(key):
        return "a name is two or more letters, digits and underscores, a letter first"
    return ""


def check_environment(variables: Mapping[str, SecretValue], resource: str) -> None:
    """Refuse what Lambda would refuse, by name and size only."""
    for key in variables:
        problem = key_problem(key)
        if problem:
            raise Refused(
                f"Lambda would not take the variable {key[:80]!r}",
                resource=resource,
                hint=problem,
                code="variable-name",
            )
    size = environment_size(variables)
    if size > ENVIRONMENT_LIMIT:
        raise Refused(
            f"The environment would take {size} bytes of at most {ENVIRONMENT_LIMIT}",
            resource=resource,
            hint="Put several values into one secret, or replace the value in one step",
            code="environment-too-large",
        )


def check_layers(layers: Sequence[str], resource: str) -> None:
    if len(layers) > LAYER_LIMIT:
        raise Refused(
            f"{len(layers)} layers are more than the {LAYER_LIMIT} that Lambda takes",
            resource=resource,
            code="too-many-layers",
        )


def check_secret_name(name: str) -> None:
    """Refuse a name that Secrets Manager refuses, or confuses with the end of an ARN."""
    problem = name_problem(name)
    if problem:
        raise UsageProblem(problem.rstrip("."), resource=name[:80], code="secret-name")


def check_secret_value(value: SecretValue, name: str) -> None:
    size = len(value.reveal().encode("utf-8", "surrogatepass"))
    if not 1 <= size <= SECRET_LIMIT:
        raise Refused(
            f"Secrets Manager stores 1 to {SECRET_LIMIT} bytes, and this value is not within",
            resource=name,
            code="secret-size",
        )


def check_tags(tags: Mapping[str, str], resource: str) -> None:
    """Only tags of our own: any other may change rights where access follows tags."""
    foreign = sorted(key for key in tags if not key.startswith(TAG_PREFIX))
    if foreign:
        raise Refused(
            f"Only tags that begin with {TAG_PREFIX} are set, not {foreign[0]}",
            resource=resource,
            code="foreign-tag",
        )


def check_policy_document(document: str, resource: str) -> None:
    """Refuse what is no JSON object of statements, or has a wildcard where it must be exact."""
    try:
        body = json.loads(document)
        statements = body["Statement"]
        listed = statements if isinstance(statements, list) else [statements]
        exact = bool(listed) and all(_is_exact(statement) for statement in listed)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(
            "This is not a policy document", resource=resource, code="policy-document"
        ) from None
    if not exact:
        raise Refused(
            "A policy of ours names each action and each resource in full",
            resource=resource,
            code="policy-too-wide",
        )


def _is_exact(statement: Mapping[str, object]) -> bool:
    if {"NotAction", "NotResource", "NotPrincipal"} & statement.keys():
        return False
    return all(_names_in_full(statement[field]) for field in ("Action", "Resource"))


def _names_in_full(value: object) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(
        isinstance(name, str) and name and not {"*", "?"} & set(name) for name in names
    )


def policy_size(document: str) -> int:
    """Characters of a policy as IAM counts them: white space is free."""
    return len(re.sub(r"\s", "", document))
