"""Variables under a customer key: whoever may not decrypt gets an error in their place.

AWS: "Securing Lambda environment variables" (Lambda Developer Guide,
configuration-envvars-encryption) and the API shape EnvironmentResponse.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc

from secretshift.demo.extensions import function_identity
from secretshift.demo.extensions.patching import replace

_MESSAGE = (
    "Lambda was unable to decrypt your environment variables because the KMS access was denied. "
    "Please check your KMS permissions. KMS Exception: AccessDeniedException KMS Message: The "
    "ciphertext refers to a customer master key that does not exist, does not exist in this "
    "region, or you are not allowed to access."
)


def apply() -> None:
    replace(lambda_svc, "handle_request", _hiding)


def _hiding(original: Any) -> Any:
    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        answer = await original(method, path, headers, body, query)
        status, fields, text = answer
        if status >= 300 or not isinstance(text, bytes | str) or "invocations" in path:
            return answer
        if "KMSKeyArn" not in (
            text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        ):
            return answer
        data = json.loads(text)
        caller = extract_access_key_id(headers, query) or ""
        hidden = [_hide(config, caller) for config in _configurations(data)]
        if not any(hidden):
            return answer
        return status, fields, json.dumps(data).encode()

    return handle


def _configurations(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, dict):
        return []
    found = [data, data.get("Configuration")]
    for name in ("Functions", "Versions"):
        found += data.get(name) or []
    return [config for config in found if isinstance(config, dict) and config.get("KMSKeyArn")]


def _hide(config: dict[str, Any], caller: str) -> bool:
    environment = config.get("Environment") or {}
    if not environment.get("Variables"):
        return False
    region = get_region()
    arn = function_identity.unqualified(str(config.get("FunctionArn", "")))
    denied = iam_evaluator.enforce(
        caller,
        "kms:Decrypt",
        "kms",
        region,
        resource_arn=config["KMSKeyArn"],
        service_context={
            "kms:ViaService": f"lambda.{region}.amazonaws.com",
            "kms:EncryptionContext:aws:lambda:FunctionArn": arn,
            "kms:EncryptionContextKeys": ["aws:lambda:FunctionArn"],
        },
    )
    if denied is None:
        return False
    error = {"ErrorCode": "AccessDeniedException", "Message": _MESSAGE}
    config["Environment"] = {"Error": error}
    return True
