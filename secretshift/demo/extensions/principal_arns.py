"""`aws:PrincipalArn` of a session is the role's ARN, with its path; not the session's.

AWS: "AWS global condition context keys", section aws:PrincipalArn (IAM User Guide,
reference_policies_condition-keys).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

from secretshift.demo.extensions.patching import replace


def apply() -> None:
    replace(iam_evaluator, "_resolve_condition_key", _naming_the_role)


def _naming_the_role(original: Any) -> Any:
    def resolve(key: str, asked: Any) -> Any:
        if key.lower() == "aws:principalarn" and ":assumed-role/" in asked.principal_arn:
            return _role(asked.principal_arn, asked.principal_account)
        return original(key, asked)

    return resolve


def _role(session_arn: str, account: str) -> str:
    name = iam_evaluator._role_name_from_assumed_arn(session_arn)
    stored = iam._roles.get_scoped(account, None, name) or {}
    return str(stored.get("Arn") or f"arn:aws:iam::{account}:role/{name}")
