"""Runs Python and Node.js functions as Lambda does: awslambdaric or a loop, wrapper, layers, logs.

AWS: "Understanding the Lambda execution environment lifecycle" and "Modifying the runtime
environment" (Lambda Developer Guide, lambda-runtime-environment and runtimes-modify).
"""

from __future__ import annotations

import hashlib
import json
import time
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import ProvidedInitTimeout
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc

from secretshift.demo.extensions import function_logs
from secretshift.demo.extensions.execution_environment import ExecutionEnvironment, InitFailed
from secretshift.demo.extensions.patching import replace

_WRITTEN = "written by the embedded AWS"
_RUNTIMES = ("python", "nodejs")
_STARTED_WITH = (
    "CodeSha256",
    "Environment",
    "Handler",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
)

# Set while an update is written: its environments are needed until it settles.
keeping: ContextVar[bool] = ContextVar("secretshift_keeping", default=False)


def apply() -> None:
    replace(lambda_runtime, "_worker_class_for", _own_environments)
    replace(lambda_runtime, "_worker_key", _one_pool_a_configuration)
    replace(lambda_svc, "_execute_function_warm", lambda _: _execute)
    replace(lambda_svc, "_emit_lambda_logs", _once)
    replace(lambda_svc, "invalidate_worker", lambda _: retire)


def retire(
    func_name: str,
    qualifier: str | None = None,
    account: str | None = None,
    region: str | None = None,
) -> None:
    """End the environments of a configuration that is no longer valid.

    An environment that is answering may finish, as on AWS; it is ended afterwards.
    """
    if keeping.get():
        return
    prefix = f"{account or get_account_id()}:{region or get_region()}:{func_name}:"
    with lambda_runtime._lock:
        keys = [
            key
            for key in lambda_runtime._workers
            if key.startswith(prefix) and qualifier in (None, key.split(":")[3])
        ]
        found = [worker for key in keys for worker in lambda_runtime._workers.pop(key)]
        for worker in found:
            worker.retired = True
        idle = [worker for worker in found if not worker.in_use]
    lambda_runtime.kill_workers(idle)


def _one_pool_a_configuration(original: Any) -> Any:
    """An environment never serves another configuration than the one it was started with."""

    def key(func_name: str, config: dict[str, Any], qualifier: str) -> str:
        shown = json.dumps({name: config.get(name) for name in _STARTED_WITH}, sort_keys=True)
        digest = hashlib.sha256(shown.encode()).hexdigest()
        return f"{original(func_name, config, qualifier)}:{digest}"

    return key


def _own_environments(original: Any) -> Any:
    def worker_class(config: dict[str, Any]) -> Any:
        if str(config.get("Runtime", "")).startswith(_RUNTIMES):
            return ExecutionEnvironment
        return original(config)

    return worker_class


def _once(original: Any) -> Any:
    def emit(*args: Any, log_source: str | None = None, **kwargs: Any) -> None:
        if log_source != _WRITTEN:
            original(*args, log_source=log_source, **kwargs)

    return emit


def _execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
    """One invocation: its answer and its log, in the shape that MiniStack's dispatcher takes."""
    config: dict[str, Any] = func.get("config") or func
    lambda_svc._ensure_reaper_thread()
    worker, _ = lambda_runtime.acquire_worker(
        str(config.get("FunctionName")),
        config,
        func.get("code_zip"),
        qualifier=str(config.get("Version", "$LATEST")),
    )
    began = time.monotonic()
    try:
        payload, failed, init, output, ended = _answer(worker, config, event, request_id)
    finally:
        _give_back(worker)
    written = function_logs.lines(
        config,
        request_id,
        init=init,
        output=output,
        ended=ended,
        duration=max(0.0, time.monotonic() - began - (init[1] if init else 0.0)),
    )
    function_logs.write(config, worker.stream, written)
    answer = {"body": payload, "log": "\n".join(written) + "\n", "log_source": _WRITTEN}
    return {**answer, "error": True} if failed else answer


_Answer = tuple[Any, bool, tuple[str, float] | None, str, str]


def _answer(
    worker: ExecutionEnvironment, config: dict[str, Any], event: Any, request_id: str
) -> _Answer:
    """Payload, whether it is an error, the initialisation, the output, and how it broke off."""
    timeout = config.get("Timeout", 3)
    try:
        result = worker.invoke(
            event,
            request_id,
            trace_id=lambda_svc._xray_trace_id_for_invocation(config),
            invoked_function_arn=config.get("FunctionArn", ""),
        )
    except InitFailed as failure:
        payload = dict(failure.payload)
        if payload.get("errorType") == "Runtime.ExitError":
            payload["errorMessage"] = f"RequestId: {request_id} Error: {payload['errorMessage']}"
        return payload, True, (failure.output, 0.0), "", _broken_off(request_id, payload)
    except ProvidedInitTimeout:
        payload = _timed_out(request_id, timeout)
        return payload, True, (worker._drain_stderr(), 0.0), "", str(payload["errorMessage"])
    init, output = worker.take_init(), str(result.get("log", ""))
    if result.get("status") == "ok":
        return result.get("result"), False, init, output, ""
    payload = dict(result.get("error_payload") or {"errorMessage": str(result.get("error"))})
    if payload.get("errorType") == "Runtime.ExitError":
        payload["errorMessage"] = f"RequestId: {request_id} Error: {worker.exit_text()}"
        return payload, True, init, output, _broken_off(request_id, payload)
    if payload.get("errorType") == "Sandbox.Timedout":
        payload = _timed_out(request_id, timeout)
        return payload, True, init, output, str(payload["errorMessage"])
    return payload, True, init, output, ""


def _timed_out(request_id: str, timeout: float) -> dict[str, Any]:
    message = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
    return {"errorType": "Sandbox.Timedout", "errorMessage": message}


def _broken_off(request_id: str, payload: dict[str, Any]) -> str:
    if payload.get("errorType") != "Runtime.ExitError":
        return ""
    return f"{payload['errorMessage']}\n{payload['errorType']}"


def _give_back(worker: ExecutionEnvironment) -> None:
    with lambda_runtime._lock:
        worker.in_use = False
        worker.last_used = time.time()
        # An environment that never started must not be the next invocation's.
        ended = worker.retired
    if ended:
        lambda_runtime.kill_workers([worker])
