"""Keeps the embedded AWS off the machine around it.

MiniStack runs scripts from /docker-entrypoint-initaws.d and /etc/localstack/init, tidies up in
Docker, and answers administration requests (`/_ministack/reset`, ...) without credentials. None
of that belongs on an operator's machine.
"""

from __future__ import annotations

from typing import Any

from ministack import app

from secretshift.demo.extensions.patching import replace

# What may be fetched without a signature: readiness, and the code and layer archives whose
# addresses AWS hands out as presigned ones.
_OPEN = (
    "/_ministack/health",
    "/_ministack/ready",
    "/_ministack/lambda-code/",
    "/_ministack/lambda-layers/",
)


def apply() -> None:
    replace(app, "_collect_scripts", lambda _: lambda *folders: [])
    replace(app, "_handle_pre_body_request", _refusing_administration)


def _refusing_administration(original: Any) -> Any:
    async def handle(method: str, path: str, headers: Any, query: Any, request_id: str) -> Any:
        inside = path.startswith(("/_ministack/", "/_localstack/"))
        if inside and not path.startswith(_OPEN):
            return 403, {"Content-Type": "text/plain"}, b"Not available in the embedded AWS."
        return await original(method, path, headers, query, request_id)

    return handle
