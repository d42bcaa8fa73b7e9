"""The policy of a function: in a few words, and exactly. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from secretshift.model.plans import SecretPlan

from ..gate import Safe, gate
from ..wording import counted, listed


def policy_digest(policy: str) -> str:
    """``GetSecretValue on 1 secret``: the actions and how many resources, without the service."""
    parts = []
    for statement in _statements(policy):
        actions = [a.rsplit(":", 1)[-1] for a in _texts(statement.get("Action"))]
        resources = _texts(statement.get("Resource"))
        keys = any(":kms:" in resource for resource in resources)
        what = counted(len(resources), "key" if keys else "ARN")
        parts.append(f"{listed(actions)} on {what}")
    return listed(parts, "see the document")


def _statements(policy: str) -> Iterator[dict[str, object]]:
    try:
        found = json.loads(policy)
    except ValueError:
        return
    statements = found.get("Statement") if isinstance(found, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            yield statement


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def arn_of(policy: str, secret: SecretPlan) -> str:
    """The secret's ARN; of one that is not there yet as the policy names it, ending in -XXXXXX."""
    if secret.arn:
        return secret.arn
    tail = f":secret:{secret.name}-"
    for statement in _statements(policy):
        for resource in _texts(statement.get("Resource")):
            if tail in resource:
                return resource
    return ""


def document(policy: str) -> tuple[Safe, ...]:
    """The exact JSON, line by line."""
    try:
        text = json.dumps(json.loads(policy), indent=2, ensure_ascii=False)
    except ValueError:
        text = policy
    return tuple(gate(line, limit=2000) for line in text.split("\n"))
