"""Code signing configurations, and what Enforce means for code and layers that nobody signed.

AWS: "Using code signing to verify code integrity with Lambda" (Lambda Developer Guide,
configuration-codesigning); CodeVerificationFailedException in the service model; the text is the
service's, as people report it (aws/aws-cdk#29474).

Believed: that a package without a signature counts as signed by the wrong profile, and not as one
whose integrity is broken (InvalidCodeSignatureException).
"""

from __future__ import annotations

import json
import re
import secrets
import time
from typing import Any

from ministack.core.responses import (
    AccountRegionScopedDict,
    error_response_json,
    get_account_id,
    get_region,
    json_response,
)
from ministack.services import lambda_svc

from secretshift.demo.extensions.patching import replace

_PATH = re.compile(
    r"/2020-04-22/code-signing-configs(?:/(?P<arn>arn:[^/]+))?(?P<rest>/functions)?/?"
)

_configs = AccountRegionScopedDict()


def apply() -> None:
    replace(lambda_svc, "handle_request", _with_configurations)
    replace(lambda_svc, "_create_function", _creating)
    replace(lambda_svc, "_update_code", _refusing_unsigned_code)
    replace(lambda_svc, "_update_config", _refusing_unsigned_layers)


def _with_configurations(original: Any) -> Any:
    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        asked = _PATH.fullmatch(lambda_svc.unquote(path))
        if asked is None:
            return await original(method, path, headers, body, query)
        data = json.loads(body) if body else {}
        return _answer(method, asked["arn"], bool(asked["rest"]), data)

    return handle


def _answer(method: str, arn: str | None, functions: bool, data: dict[str, Any]) -> Any:
    if arn is None:
        if method == "POST":
            return _create(data)
        return json_response({"CodeSigningConfigs": list(_configs.values())})
    found = _configs.get(arn)
    if found is None:
        return error_response_json(
            "ResourceNotFoundException", "The code signing configuration cannot be found.", 404
        )
    if functions:
        using = [
            lambda_svc._func_arn(name)
            for name, func in lambda_svc._functions.items()
            if func.get("code_signing_config_arn") == arn
        ]
        return json_response({"FunctionArns": using})
    if method == "DELETE":
        del _configs[arn]
        return 204, {}, b""
    if method == "PUT":
        found.update({key: data[key] for key in _SETTABLE if key in data})
        found["LastModified"] = _now()
    return json_response({"CodeSigningConfig": found})


_SETTABLE = ("Description", "AllowedPublishers", "CodeSigningPolicies")


def _create(data: dict[str, Any]) -> Any:
    name = f"csc-{secrets.token_hex(9)[:17]}"
    arn = f"arn:aws:lambda:{get_region()}:{get_account_id()}:code-signing-config:{name}"
    policies = {"UntrustedArtifactOnDeployment": "Warn", **(data.get("CodeSigningPolicies") or {})}
    _configs[arn] = {
        "CodeSigningConfigId": name,
        "CodeSigningConfigArn": arn,
        "Description": data.get("Description", ""),
        "AllowedPublishers": data.get("AllowedPublishers") or {"SigningProfileVersionArns": []},
        "CodeSigningPolicies": policies,
        "LastModified": _now(),
    }
    return json_response({"CodeSigningConfig": _configs[arn]}, 201)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime())


def _creating(original: Any) -> Any:
    def create(data: dict[str, Any]) -> Any:
        name, arn = str(data.get("FunctionName")), data.get("CodeSigningConfigArn")
        if arn and arn not in _configs:
            return error_response_json(
                "CodeSigningConfigNotFoundException",
                f"The code signing configuration {arn} does not exist.",
                404,
            )
        if _enforced(arn):
            return _unsigned(name)
        answer = original(data)
        if answer[0] < 300 and arn:
            lambda_svc._functions[name]["code_signing_config_arn"] = arn
        return answer

    return create


def _refusing_unsigned_code(original: Any) -> Any:
    def update(name: str, data: dict[str, Any]) -> Any:
        func = lambda_svc._functions.get(name) or {}
        if _enforced(func.get("code_signing_config_arn")):
            return _unsigned(name)
        return original(name, data)

    return update


def _refusing_unsigned_layers(original: Any) -> Any:
    def update(name: str, data: dict[str, Any]) -> Any:
        func = lambda_svc._functions.get(name) or {}
        present = {layer.get("Arn") for layer in (func.get("config") or {}).get("Layers") or []}
        added = set(data.get("Layers") or ()) - present
        if added and _enforced(func.get("code_signing_config_arn")):
            return _unsigned(name)
        return original(name, data)

    return update


def _enforced(arn: str | None) -> bool:
    policies = (_configs.get(arn or "") or {}).get("CodeSigningPolicies") or {}
    return policies.get("UntrustedArtifactOnDeployment") == "Enforce"


def _unsigned(name: str) -> Any:
    """Nothing here can sign, so whatever is deployed is unsigned."""
    return error_response_json(
        "CodeVerificationFailedException",
        "Lambda cannot deploy the function. The function or layer might be signed using a "
        "signature that the client is not configured to accept. Check the provided "
        f"signature for {name}.",
        400,
    )
