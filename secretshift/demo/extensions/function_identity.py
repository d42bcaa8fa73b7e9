"""Who a function is: its role, and the function itself.

A request that is signed with a function's own credentials carries `lambda:SourceFunctionArn`, the
function's ARN without version or alias; no other request does.
AWS: "Working with Lambda function URLs and source function ARN" (Lambda Developer Guide,
permissions-source-function-arn).

A request may come without that key where it does not go out with the function's own session. No
account is like that as a whole, so a role can be: one with the tag `WITHHOLDING` (any value) gives
its functions no key, from the next request on.
"""

from __future__ import annotations

import secrets
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.lambda_runtime import _account_region_from_function_config
from ministack.services import sts

from secretshift.demo.extensions.patching import replace

CONDITION_KEY = "lambda:sourcefunctionarn"
WITHHOLDING = "embedded:withhold-source-function"
_FIELD = "SecretshiftSourceFunctionArn"


def apply() -> None:
    replace(iam_evaluator, "_principal_keys", _with_source_function)


def unqualified(function_arn: str) -> str:
    """The ARN of the function, without a version or an alias."""
    return ":".join(function_arn.split(":")[:7])


def credentials(config: dict[str, Any]) -> dict[str, str]:
    """A session of the function's role, for one execution environment.

    config: the function's configuration as Lambda stores it.
    """
    account, _ = _account_region_from_function_config(config)
    role = str(config.get("Role", "")).rsplit("/", 1)[-1]
    name = str(config.get("FunctionName", ""))[:64]
    key, secret, token = (
        "ASIA" + secrets.token_hex(8).upper(),
        secrets.token_urlsafe(30),
        secrets.token_urlsafe(60),
    )
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
            "UserId": f"{role}:{name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            _FIELD: unqualified(str(config.get("FunctionArn", ""))),
        },
    )
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_SESSION_TOKEN": token,
    }


def _with_source_function(original: Any) -> Any:
    def principal_keys(credential: Any) -> dict[str, Any]:
        keys: dict[str, Any] = original(credential)
        session = sts._sessions.get(credential.access_key_id) or {}
        if _FIELD in session and f"aws:principaltag/{WITHHOLDING}" not in keys:
            keys[CONDITION_KEY] = session[_FIELD]
        return keys

    return principal_keys
