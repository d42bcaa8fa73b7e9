"""What CreateFunction and UpdateFunctionConfiguration refuse.

AWS: "Defined runtime environment variables" and "Lambda quotas" (Lambda Developer Guide,
configuration-envvars and gettingstarted-limits); the texts are those of the service. The text of
an environment that is too large quotes all of it, private keys included, as the service's does.

Believed: the code of a name that does not match the pattern of the service's model, and the code
of a sixth layer.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc

from secretshift.demo.extensions.function_environment import RESERVED
from secretshift.demo.extensions.patching import refuse_writes

_ENVIRONMENT_BYTES = 4096
_LAYERS = 5
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")


def apply() -> None:
    refuse_writes(lambda_svc, _refusal)


def _refusal(data: dict[str, Any]) -> Any:
    variables: dict[str, str] = (data.get("Environment") or {}).get("Variables") or {}
    start = "Lambda was unable to configure your environment variables because the environment"
    reserved = sorted(RESERVED & set(variables))
    if reserved:
        return _invalid(
            f"{start} variables you have provided contains reserved keys that are currently not "
            f"supported for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    for name in variables:
        if name != "_HANDLER" and not _NAME.fullmatch(name):
            return _validation(name)
    # As the service measures it: the compact JSON text, in bytes.
    text = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(text.encode()) > _ENVIRONMENT_BYTES:
        return _invalid(
            f"{start} variables you have provided exceeded the 4KB limit. String measured: {text}"
        )
    if len(data.get("Layers") or ()) > _LAYERS:
        return _invalid("Cannot reference more than 5 layers.")
    return None


def _validation(name: str) -> Any:
    return error_response_json(
        "ValidationException",
        f"1 validation error detected: Value at 'environment.variables' failed to satisfy "
        f"constraint: Map keys must satisfy constraint: [Member must satisfy regular expression "
        f"pattern: [a-zA-Z]([a-zA-Z0-9_])+] ({name})",
        400,
    )


def _invalid(message: str) -> Any:
    return error_response_json("InvalidParameterValueException", message, 400)
