"""Stands in for awslambdaric where it cannot be imported: `python python_loop.py module.handler`.

The loop of the Lambda Runtime API: next, response, error, init error.
AWS: "Using the Lambda runtime API" (Lambda Developer Guide, runtimes-api).
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

_PREFIX = "/2018-06-01/runtime"
Handler = Callable[[Any, Any], Any]


class Context:
    """What a handler gets as its second argument."""

    identity = None
    client_context = None

    def __init__(self, headers: http.client.HTTPMessage) -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"] or ""
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"] or ""
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self._deadline = float(headers["Lambda-Runtime-Deadline-Ms"] or 0)

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(self._deadline - time.time() * 1000))


def main() -> None:
    _say("secretshift demo: awslambdaric cannot be imported, using a loop of its own")
    # This file's own folder is no place for a function to import from.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = _load(sys.argv[1])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a module raises
        _post(api, "/init/error", _described(error))
        sys.exit(1)
    while True:
        api.request("GET", f"{_PREFIX}/invocation/next")
        answer = api.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(0)
        _serve(api, handler, Context(answer.headers), body)


def _serve(
    api: http.client.HTTPConnection, handler: Handler, context: Context, body: bytes
) -> None:
    where = f"/invocation/{context.aws_request_id}"
    try:
        result = json.dumps(handler(json.loads(body), context))
    except Exception as error:  # noqa: BLE001 - whatever a handler raises
        described = _described(error)
        _say(f"[ERROR] {json.dumps(described)}")
        _post(api, f"{where}/error", {**described, "requestId": context.aws_request_id})
    else:
        sys.stdout.flush()
        sys.stderr.flush()
        _send(api, f"{where}/response", result)


def _load(name: str) -> Handler:
    module, _, attribute = name.rpartition(".")
    found: Handler = getattr(importlib.import_module(module.replace("/", ".")), attribute)
    return found


def _described(error: BaseException) -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _post(api: http.client.HTTPConnection, path: str, value: dict[str, Any]) -> None:
    sys.stdout.flush()
    _send(api, path, json.dumps(value))


def _send(api: http.client.HTTPConnection, path: str, body: str) -> None:
    api.request("POST", _PREFIX + path, body.encode(), {"Content-Type": "application/json"})
    api.getresponse().read()


if __name__ == "__main__":
    main()
