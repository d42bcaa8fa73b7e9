"""Names that wait for their deletion, and requests that are sent twice.

AWS: API reference of CreateSecret and PutSecretValue (Secrets Manager): the ClientRequestToken
becomes the VersionId; the same token and value is answered as before, another value is refused.
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
            answer = _named_by(token, answer, data)
        return answer

    return create


def _putting(original: Any) -> Any:
    def put(data: dict[str, Any]) -> Any:
        _, present = secretsmanager._resolve(data.get("SecretId"))
        token = data.get("ClientRequestToken")
        if present is not None and token and token in (present.get("Versions") or {}):
            version = present["Versions"][token]
            if not _same(present, token, data):
                return error_response_json(
                    "ResourceExistsException",
                    "You can't use ClientRequestToken "
                    f"{token} because that value is already in use for a version of secret "
                    f"{present['ARN']}.",
                    400,
                )
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


def _same(present: dict[str, Any], token: str, data: dict[str, Any]) -> bool:
    version = (present.get("Versions") or {}).get(token)
    return version is not None and all(version.get(key) == data.get(key) for key in _VALUES)


def _named_by(token: str, answer: Any, data: dict[str, Any]) -> Any:
    """Let the first version carry the token as its id, unless there is no value yet."""
    secret = secretsmanager._secrets[data["Name"]]
    described = json.loads(answer[2])
    first = secret["Versions"].pop(described["VersionId"])
    secret["Versions"][token] = first
    return json_response({**described, "VersionId": token})
