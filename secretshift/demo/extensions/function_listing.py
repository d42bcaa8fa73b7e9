"""Lists of Lambda's that MiniStack leaves out.

ListFunctions with FunctionVersion=ALL gives every published version too, and
ListProvisionedConcurrencyConfigs gives what PutProvisionedConcurrencyConfig stored.
AWS: API reference of ListFunctions and ListProvisionedConcurrencyConfigs (Lambda).
"""

from __future__ import annotations

import json
import re
from typing import Any

from ministack.core.responses import json_response
from ministack.services import lambda_svc

from secretshift.demo.extensions.patching import replace

_PROVISIONED = re.compile(r"/[\d-]+/functions/([^/]+)/provisioned-concurrency/?")


def apply() -> None:
    replace(lambda_svc, "_list_functions", _every_version)
    replace(lambda_svc, "handle_request", _provisioned_list)


def _first(query: dict[str, Any], name: str) -> str:
    found = query.get(name) or ""
    return str(found[0] if isinstance(found, list) else found)


def _every_version(original: Any) -> Any:
    def list_functions(query: dict[str, Any]) -> Any:
        if _first(query, "FunctionVersion") != "ALL":
            return original(query)
        found = []
        for name in sorted(lambda_svc._functions.keys()):
            func = lambda_svc._functions[name]
            latest = dict(func["config"])
            latest["FunctionArn"] = f"{lambda_svc._func_arn(name)}:$LATEST"
            found.append(latest)
            found += [func["versions"][v]["config"] for v in sorted(func["versions"], key=int)]
        start = int(_first(query, "Marker") or 0)
        size = int(_first(query, "MaxItems") or 50)
        page: dict[str, Any] = {"Functions": found[start : start + size]}
        if start + size < len(found):
            page["NextMarker"] = str(start + size)
        return json_response(page)

    return list_functions


def _provisioned_list(original: Any) -> Any:
    async def handle(
        method: str, path: str, headers: Any, body: bytes, query: dict[str, Any]
    ) -> Any:
        asked = _PROVISIONED.fullmatch(lambda_svc.unquote(path))
        if method == "GET" and asked and _first(query, "List") == "ALL":
            name = lambda_svc._resolve_request_scoped_name(asked[1])
            return _configs(name)
        return await original(method, path, headers, body, query)

    return handle


def _configs(name: str) -> Any:
    func = lambda_svc._functions.get(name)
    if func is None:
        return lambda_svc._get_function(name)
    listed = [
        {"FunctionArn": f"{lambda_svc._func_arn(name)}:{qualifier}", **config}
        for qualifier, config in (func.get("provisioned_concurrency") or {}).items()
    ]
    return (
        200,
        {"Content-Type": "application/json"},
        json.dumps({"ProvisionedConcurrencyConfigs": listed}).encode(),
    )
