"""How a configuration or code update runs.

A write while another one runs is refused; once it settles, RevisionId changes again; every
environment with the old configuration is replaced, whatever the update changed.
AWS: "Lambda function states" (Lambda Developer Guide, functions-states) and the API reference of
UpdateFunctionConfiguration.
"""

from __future__ import annotations

import contextvars
import threading
from typing import Any

from ministack.core.responses import error_response_json, new_uuid
from ministack.services import lambda_svc

from secretshift.demo.extensions import function_runtime
from secretshift.demo.extensions.patching import replace

# Long enough that a client sees an update in progress, which takes AWS a second or more.
_UPDATE_SECONDS = 0.25


def apply() -> None:
    replace(lambda_svc, "_update_config", _one_at_a_time)
    replace(lambda_svc, "_update_code", _one_at_a_time)
    replace(lambda_svc, "_publish_version", _only_settled)
    replace(lambda_svc, "_schedule_state_transition", lambda _: _settle_later)


def _one_at_a_time(original: Any) -> Any:
    def update(name: str, data: dict[str, Any]) -> Any:
        refusal = _in_progress(name)
        if refusal is not None:
            return refusal
        answer = original(name, data)
        if answer[0] < 300:
            function_runtime.retire(name, qualifier="$LATEST")
        return answer

    return update


def _only_settled(original: Any) -> Any:
    def publish(name: str, data: dict[str, Any]) -> Any:
        return _in_progress(name) or original(name, data)

    return publish


def _in_progress(name: str) -> Any:
    config = (lambda_svc._functions.get(name) or {}).get("config") or {}
    if config.get("LastUpdateStatus") != "InProgress":
        return None
    if config.get("StateReasonCode") == "Creating":
        message = (
            "The operation cannot be performed at this time. The function is currently in the "
            "following state: Pending"
        )
    else:
        message = (
            "The operation cannot be performed at this time. An update is in progress for "
            f"resource: {config.get('FunctionArn')}"
        )
    return error_response_json("ResourceConflictException", message, 409)


def _settle_later(func_name: str, delay: float) -> None:
    # The copy carries the request's account and region to the timer's thread.
    context = contextvars.copy_context()
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
        # AWS takes State to Pending only while a function is created, but MiniStack does it for
        # updates as well; here both end.
        for name, value in (("State", "Active"), ("LastUpdateStatus", "Successful")):
            config[name] = value
            config[f"{name}Reason"] = config[f"{name}ReasonCode"] = ""
        if config is func["config"]:
            config["RevisionId"] = new_uuid()
