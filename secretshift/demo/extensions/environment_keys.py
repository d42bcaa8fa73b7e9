"""Variables under a customer key are written only by who may use that key through Lambda.

AWS: "Securing Lambda environment variables" (Lambda Developer Guide,
configuration-envvars-encryption): kms:CreateGrant and kms:Encrypt to put a customer key on a
function. The key's policy is asked as well.

Believed: the error's code and text (only its start is reported, hashicorp/terraform#20813), and
that kms:CreateGrant is asked for only where the request names the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_region
from ministack.services import lambda_svc

from secretshift.demo.extensions.patching import replace


def apply() -> None:
    replace(lambda_svc, "_create_function", _checking_create)
    replace(lambda_svc, "_update_config", _checking_update)


def _checking_create(original: Any) -> Any:
    def create(data: dict[str, Any]) -> Any:
        return _refusal(str(data.get("FunctionName")), data, {}) or original(data)

    return create


def _checking_update(original: Any) -> Any:
    def update(name: str, data: dict[str, Any]) -> Any:
        present = (lambda_svc._functions.get(name) or {}).get("config") or {}
        return _refusal(name, data, present) or original(name, data)

    return update


def _refusal(name: str, data: dict[str, Any], present: dict[str, Any]) -> Any:
    key = data["KMSKeyArn"] if "KMSKeyArn" in data else present.get("KMSKeyArn")
    if not key:
        return None
    for action in _needed(data):
        denied = _denied(action, str(key), lambda_svc._func_arn(name))
        if denied:
            return error_response_json(
                "InvalidParameterValueException",
                "Lambda was unable to configure access to your environment variables because the "
                f"KMS key is invalid for {action.partition(':')[2]}. Please check your KMS key "
                "settings. KMS Exception: AccessDeniedException",
                400,
            )
    return None


def _needed(data: dict[str, Any]) -> Iterator[str]:
    if data.get("KMSKeyArn"):
        yield "kms:CreateGrant"
    if data.get("Environment"):
        yield "kms:Encrypt"


def _denied(action: str, key: str, function_arn: str) -> bool:
    region = get_region()
    given = {"kms:GrantIsForAWSResource": "true"} if action == "kms:CreateGrant" else {}
    return (
        iam_evaluator.enforce(
            lambda_svc._request_access_key.get(),
            action,
            "kms",
            region,
            resource_arn=key,
            service_context={
                "kms:ViaService": f"lambda.{region}.amazonaws.com",
                "kms:EncryptionContext:aws:lambda:FunctionArn": function_arn,
                "kms:EncryptionContextKeys": ["aws:lambda:FunctionArn"],
                **given,
            },
        )
        is not None
    )
