"""Names that wait for their deletion, and requests that are sent twice.

AWS: API reference of CreateSecret, PutSecretValue and UpdateSecret (Secrets Manager): the
ClientRequestToken becomes the VersionId; the same token and value is answered as before, another
value is refused.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import secretsmanager

from secretshift.demo.extensions.patching import replace

_VALUES = ("SecretString", "SecretBinary")


def apply() -> None:
    replace(secretsmanager, "_create_secret", _creating)
    replace(secretsmanager, "_put_secret_value", _putting)
    replace(secretsmanager, "_update_secret", _updating)


def _creating(original: Any) -> Any:
    def create(data: dict[str, Any]) -> Any:
        name = data.get("Name")
        present = secretsmanager._secrets.get(name) if name else None
        if present is not None and present.get("DeletedDate"):
            return error_response_json(
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already "
                "scheduled for deletion.",
                400,
            )
        token = data.get("ClientRequestToken")
        if present is not None and token and _same(present, token, data):
            return json_response({"ARN": present["ARN"], "Name": name, "VersionId": token})
        answer = original(data)
        if answer[0] < 300 and token:
            return _named_by(token, answer, secretsmanager._secrets[data["Name"]])
        return answer

    return create


def _putting(original: Any) -> Any:
    def put(data: dict[str, Any]) -> Any:
        _, present = secretsmanager._resolve(data.get("SecretId"))
        token = data.get("ClientRequestToken")
        if present is not None and token and token in (present.get("Versions") or {}):
            version = present["Versions"][token]
            if not _same(present, token, data):
                return _in_use(token, present)
            return json_response(
                {
                    "ARN": present["ARN"],
                    "Name": present["Name"],
                    "VersionId": token,
                    "VersionStages": list(version["Stages"]),
                }
            )
        return original(data)

    return put


def _updating(original: Any) -> Any:
    def update(data: dict[str, Any]) -> Any:
        _, present = secretsmanager._resolve(data.get("SecretId"))
        token = data.get("ClientRequestToken")
        if present is None or not token or not any(key in data for key in _VALUES):
            return original(data)
        if token not in (present.get("Versions") or {}):
            return _named_by(token, original(data), present)
        if not _same(present, token, data):
            return _in_use(token, present)
        return json_response({"ARN": present["ARN"], "Name": present["Name"], "VersionId": token})

    return update


def _in_use(token: str, present: dict[str, Any]) -> Any:
    return error_response_json(
        "ResourceExistsException",
        f"You can't use ClientRequestToken {token} because that value is already in use for a "
        f"version of secret {present['ARN']}.",
        400,
    )


def _same(present: dict[str, Any], token: str, data: dict[str, Any]) -> bool:
    version = (present.get("Versions") or {}).get(token)
    return version is not None and all(version.get(key) == data.get(key) for key in _VALUES)


def _named_by(token: str, answer: Any, secret: dict[str, Any]) -> Any:
    """Let a new version carry the token as its id, if there is one."""
    described = json.loads(answer[2])
    if answer[0] >= 300 or "VersionId" not in described:
        return answer
    secret["Versions"][token] = secret["Versions"].pop(described["VersionId"])
    return json_response({**described, "VersionId": token})
