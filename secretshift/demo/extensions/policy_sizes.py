"""How much policy a role, a user or a group may have: LimitExceeded.

AWS: "IAM and AWS STS quotas" (IAM User Guide, reference_iam-quotas): inline policies of one role
10,240 characters in all, of a user 2,048, of a group 5,120, a managed policy 6,144; white space
does not count. LimitExceeded is 409 in the service model. The texts are the service's, as people
report them (aws/copilot-cli#5917, docker/docs#4685).

Believed: that the size is looked at before the rest of the request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ministack.services import iam

from secretshift.demo.extensions.patching import replace_item

_MANAGED = 6_144
_SPACE = re.compile(r"\s")


def apply() -> None:
    for kind, limit in (("Role", 10_240), ("User", 2_048), ("Group", 5_120)):
        replace_item(iam._IAM_HANDLERS, f"Put{kind}Policy", _inline(kind, limit))
    for action in ("CreatePolicy", "CreatePolicyVersion"):
        replace_item(iam._IAM_HANDLERS, action, _managed)


def _inline(kind: str, limit: int) -> Any:
    def checking(original: Any) -> Any:
        def put(params: Any) -> Any:
            name = iam._p(params, f"{kind}Name")
            policies = {
                **_present(kind, name),
                iam._p(params, "PolicyName"): iam._p(params, "PolicyDocument"),
            }
            if sum(map(_size, policies.values())) <= limit:
                return original(params)
            message = f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {name}"
            return iam._error(409, "LimitExceeded", message, ns="iam")

        return put

    return checking


def _managed(original: Any) -> Any:
    def create(params: Any) -> Any:
        if _size(iam._p(params, "PolicyDocument")) > _MANAGED:
            message = f"Cannot exceed quota for PolicySize: {_MANAGED}"
            return iam._error(409, "LimitExceeded", message, ns="iam")
        return original(params)

    return create


def _present(kind: str, name: str) -> Mapping[str, Any]:
    if kind == "Role":
        return (iam._roles.get(name) or {}).get("InlinePolicies") or {}
    store = iam._user_inline_policies if kind == "User" else iam._group_inline_policies
    return store.get(name) or {}


def _size(document: str | dict[str, Any]) -> int:
    text = document if isinstance(document, str) else json.dumps(document)
    return len(_SPACE.sub("", text))
