"""A secret under a customer key is made and read only by who may use that key through the service.

AWS: "Secret encryption and decryption in AWS Secrets Manager" (Secrets Manager User Guide,
security-encryption): kms:GenerateDataKey and kms:Decrypt with kms:ViaService and the encryption
context SecretARN, SecretVersionId. Who may do so, the key's policy says as well.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import kms, secretsmanager

from secretshift.demo.extensions.patching import replace

_DEFAULT_KEY = "alias/aws/secretsmanager"
_caller: ContextVar[str] = ContextVar("secretshift_secret_caller", default="")


def apply() -> None:
    replace(secretsmanager, "handle_request", _remembering_the_caller)
    replace(secretsmanager, "_get_secret_value", _decrypting)
    replace(secretsmanager, "_put_secret_value", _encrypting)
    replace(secretsmanager, "_update_secret", _encrypting_a_new_value)
    replace(secretsmanager, "_create_secret", _creating)


def _remembering_the_caller(original: Any) -> Any:
    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        _caller.set(extract_access_key_id(headers, query) or "")
        return await original(method, path, headers, body, query)

    return handle


def _decrypting(original: Any) -> Any:
    def get(data: dict[str, Any]) -> Any:
        return _refusal(data, "kms:Decrypt") or original(data)

    return get


def _creating(original: Any) -> Any:
    def create(data: dict[str, Any]) -> Any:
        answer = original(data)
        if answer[0] >= 300:
            return answer
        # The name gets its ARN first, which is part of what the key is asked for.
        made = {"SecretId": data["Name"]}
        refusal = _refusal(made, "kms:GenerateDataKey") or _refusal(made, "kms:Decrypt")
        if refusal:
            del secretsmanager._secrets[data["Name"]]
        return refusal or answer

    return create


def _encrypting(original: Any) -> Any:
    def put(data: dict[str, Any]) -> Any:
        return _refusal(data, "kms:GenerateDataKey") or original(data)

    return put


def _encrypting_a_new_value(original: Any) -> Any:
    def update(data: dict[str, Any]) -> Any:
        written = "SecretString" in data or "SecretBinary" in data
        return (_refusal(data, "kms:GenerateDataKey") if written else None) or original(data)

    return update


def _refusal(data: dict[str, Any], action: str) -> Any:
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret or secret.get("DeletedDate"):
        return None
    named = secret.get("KmsKeyId") or ""
    if not named or named.endswith(_DEFAULT_KEY):
        return None
    key = kms._resolve_key(named)
    region = get_region()
    if key is not None and key.get("KeyState", "Enabled") == "Enabled":
        denied = iam_evaluator.enforce(
            _caller.get(),
            action,
            "kms",
            region,
            resource_arn=key["Arn"],
            service_context={
                "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
                "kms:EncryptionContext:SecretARN": secret["ARN"],
                "kms:EncryptionContextKeys": ["SecretARN", "SecretVersionId"],
            },
        )
        if denied is None:
            return None
    return error_response_json("AccessDeniedException", "Access to KMS is not allowed", 400)
