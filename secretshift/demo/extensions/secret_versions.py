"""A secret without a value has no version, and a value is neither left out nor too long.

AWS: API reference of CreateSecret ("If you don't specify SecretString or SecretBinary", no version
is created), PutSecretValue ("You must include SecretBinary or SecretString, but not both", and the
greatest length of both) and GetSecretValue.

Believed: the codes and texts of the refusals of PutSecretValue; and that a value in the staging
label AWSPENDING that was never put is not found, on which AWS's own rotation functions rely
(aws-samples/aws-secrets-manager-rotation-lambdas).
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import secretsmanager

from secretshift.demo.extensions.patching import replace

_VALUES = ("SecretString", "SecretBinary")
_LONGEST = 65_536


def apply() -> None:
    replace(secretsmanager, "_create_secret", _creating)
    replace(secretsmanager, "_put_secret_value", _putting)
    replace(secretsmanager, "_update_secret", _updating)
    replace(secretsmanager, "_get_secret_value", _getting)


def _creating(original: Any) -> Any:
    def create(data: dict[str, Any]) -> Any:
        answer = _too_long(data) or original(data)
        if answer[0] >= 300 or any(data.get(key) for key in _VALUES):
            return answer
        secretsmanager._secrets[data["Name"]]["Versions"].clear()
        described = json.loads(answer[2])
        del described["VersionId"]
        return json_response(described)

    return create


def _putting(original: Any) -> Any:
    def put(data: dict[str, Any]) -> Any:
        if sum(bool(data.get(key)) for key in _VALUES) != 1:
            return error_response_json(
                "InvalidParameterException",
                "You must provide either SecretString or SecretBinary, but not both.",
                400,
            )
        return _too_long(data) or original(data)

    return put


def _updating(original: Any) -> Any:
    def update(data: dict[str, Any]) -> Any:
        return _too_long(data) or original(data)

    return update


def _getting(original: Any) -> Any:
    def get(data: dict[str, Any]) -> Any:
        answer = original(data)
        if answer[0] >= 300 or any(key in json.loads(answer[2]) for key in _VALUES):
            return answer
        label = data.get("VersionStage", "AWSCURRENT")
        return error_response_json(
            "ResourceNotFoundException",
            f"Secrets Manager can't find the specified secret value for staging label: {label}",
            400,
        )

    return get


def _too_long(data: dict[str, Any]) -> Any:
    if len(str(data.get("SecretString") or "").encode()) <= _LONGEST:
        return None
    return error_response_json(
        "ValidationException",
        "1 validation error detected: Value at 'secretString' failed to satisfy constraint: "
        f"Member must have length less than or equal to {_LONGEST}",
        400,
    )
