"""Which permission a Lambda request needs, and on which resource.

MiniStack guesses from the path and takes, for instance, the reading of a provisioned concurrency
for GetFunction. Here the action is the operation of AWS's own service model.
AWS: "Actions, resources, and condition keys for AWS Lambda" (Service Authorization Reference).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from ministack.core import iam_actions

from secretshift.demo.extensions.patching import replace

# Operations whose permission has another name.
_PERMISSION = {
    "Invoke": "InvokeFunction",
    "InvokeAsync": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}


def apply() -> None:
    iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]
    replace(iam_actions, "extract_iam_action", _action_of_the_model)
    replace(iam_actions, "extract_resource_arn", _resource_of_layers)


def _action_of_the_model(original: Any) -> Any:
    def extract(
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> str | None:
        if service == "lambda":
            operation = iam_actions._match_rest_action("lambda", method, unquote(path), query)
            if operation:
                return f"lambda:{_PERMISSION.get(operation, operation)}"
        found = original(service, method, path, headers, body, query)
        return found if isinstance(found, str) else None

    return extract


def _resource_of_layers(original: Any) -> Any:
    def extract(
        service: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        query: Any,
        region: str,
        account: str,
    ) -> str:
        parts = [part for part in unquote(path).split("/") if part]
        if service == "lambda" and parts[1:2] == ["layers"]:
            if len(parts) < 3:
                by_arn = (query or {}).get("Arn", "*")
                return str(by_arn[0] if isinstance(by_arn, list) else by_arn)
            arn = f"arn:aws:lambda:{region}:{account}:layer:{parts[2]}"
            if parts[2].startswith("arn:"):
                arn = parts[2]
            return f"{arn}:{parts[4]}" if len(parts) > 4 else arn
        return str(original(service, method, path, headers, body, query, region, account))

    return extract
