"""How a function is created and updated: in two steps, and one at a time.

While an update runs, invocations get the former configuration, and another write is refused; once
it settles, RevisionId changes again and every environment of the former configuration is
replaced. A function that is still being created cannot be invoked.
AWS: "Lambda function states" (Lambda Developer Guide, functions-states) and the API reference of
UpdateFunctionConfiguration.
"""

from __future__ import annotations

import contextvars
import copy
import json
import threading
from typing import Any

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import lambda_svc

from secretshift.demo.extensions import function_runtime
from secretshift.demo.extensions.patching import replace

# Long enough that a client sees an update in progress, which takes AWS a second or more.
_UPDATE_SECONDS = 0.25
_FORMER = "secretshift_former"
_ACTIVE = {"State": "Active", "StateReason": "", "StateReasonCode": ""}


def apply() -> None:
    replace(lambda_svc, "_update_config", _one_at_a_time)
    replace(lambda_svc, "_update_code", _one_at_a_time)
    replace(lambda_svc, "_publish_version", _only_settled)
    replace(lambda_svc, "_schedule_state_transition", lambda _: _settle_later)
    replace(lambda_svc, "_invoke", _only_active)
    replace(lambda_svc, "_execute_function_dispatch", _with_the_former_configuration)


def _one_at_a_time(original: Any) -> Any:
    def update(name: str, data: dict[str, Any]) -> Any:
        refusal = _in_progress(name)
        if refusal is not None:
            return refusal
        func = lambda_svc._functions.get(name) or {}
        former = {
            "config": copy.deepcopy(func.get("config")),
            "code_zip": func.get("code_zip"),
        }
        token = function_runtime.keeping.set(True)
        try:
            answer = original(name, data)
        finally:
            function_runtime.keeping.reset(token)
        if answer[0] >= 300:
            return answer
        func[_FORMER] = former
        # MiniStack says Pending here, which AWS says only while a function is being created.
        func["config"].update(_ACTIVE)
        return json_response({**json.loads(answer[2]), **_ACTIVE}, answer[0])

    return update


def _only_settled(original: Any) -> Any:
    def publish(name: str, data: dict[str, Any]) -> Any:
        return _in_progress(name) or original(name, data)

    return publish


def _only_active(original: Any) -> Any:
    async def invoke(name: str, *args: Any, **kwargs: Any) -> Any:
        config = (lambda_svc._functions.get(name) or {}).get("config") or {}
        return _pending(config) or await original(name, *args, **kwargs)

    return invoke


def _with_the_former_configuration(original: Any) -> Any:
    def dispatch(func: Any, config: dict[str, Any], *args: Any) -> Any:
        stored = lambda_svc._functions.get(config.get("FunctionName")) or {}
        former = stored.get(_FORMER)
        if former and config.get("Version") == "$LATEST":
            config = {**former["config"], "FunctionArn": config.get("FunctionArn")}
            func = {**func, "config": config, "code_zip": former["code_zip"]}
        return original(func, config, *args)

    return dispatch


def _pending(config: dict[str, Any]) -> Any:
    if config.get("State") != "Pending":
        return None
    return error_response_json(
        "ResourceConflictException",
        "The operation cannot be performed at this time. The function is currently in the "
        "following state: Pending",
        409,
    )


def _in_progress(name: str) -> Any:
    config = (lambda_svc._functions.get(name) or {}).get("config") or {}
    if config.get("LastUpdateStatus") != "InProgress":
        return None
    return _pending(config) or error_response_json(
        "ResourceConflictException",
        "The operation cannot be performed at this time. An update is in progress for resource: "
        f"{config.get('FunctionArn')}",
        409,
    )


def _settle_later(func_name: str, delay: float) -> None:
    # The copy carries the request's account and region to the timer's thread.
    context = contextvars.copy_context()
    # It was made while the update was being written; when it settles, that is over.
    context.run(function_runtime.keeping.set, False)
    timer = threading.Timer(min(delay, _UPDATE_SECONDS), context.run, (_settle, func_name))
    timer.daemon = True
    timer.start()


def _settle(func_name: str) -> None:
    func = lambda_svc._functions.get(func_name)
    if not func:
        return
    versions = [version.get("config") or {} for version in func.get("versions", {}).values()]
    for config in [func["config"], *versions]:
        waits = config.get("LastUpdateStatus") == "InProgress" or config.get("State") == "Pending"
        snapshot = (config.get("SnapStart") or {}).get("OptimizationStatus") == "On"
        if not waits or (snapshot and config.get("Version") != "$LATEST"):
            continue
        if config is func["config"]:
            config["RevisionId"] = new_uuid()
        config.update(
            _ACTIVE,
            LastUpdateStatus="Successful",
            LastUpdateStatusReason="",
            LastUpdateStatusReasonCode="",
        )
    if func.pop(_FORMER, None):
        function_runtime.retire(func_name, qualifier="$LATEST")
