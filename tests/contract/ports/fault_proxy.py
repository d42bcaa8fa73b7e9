"""A proxy before an AWS that loses answers, refuses requests and remembers what passed."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """action: the JSON and query protocols name it, for Lambda it is method and path."""

    method: str
    path: str
    body: bytes
    action: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Fault:
    """What happens to requests whose action begins so, `times` times.

    status, code: the answer in place of AWS's; lost: the request is done and its answer dropped;
    after: called once the request was done, before its answer is given.
    """

    action: str
    times: int = 1
    status: int = 0
    code: str = ""
    message: str = ""
    lost: bool = False
    after: Callable[[], None] | None = None


@dataclass
class FaultProxy:
    """endpoint: of the AWS behind. A context manager; `requests` holds every request in order."""

    target: str
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FaultProxy:
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_args: object) -> None:
                return

            def _serve(self) -> None:
                proxy.serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # as http.server has it

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        target = handler.headers.get("X-Amz-Target", "")
        action = target.rsplit(".", 1)[-1] or _query_action(body)
        request = Request(
            handler.command, handler.path, body, action or f"{handler.command} {handler.path}"
        )
        fault = self._taken(request)
        if fault is not None and fault.status:
            _answer_error(handler, fault, request)
            return
        status, headers, content = self._forwarded(handler, body)
        if fault is not None and fault.after is not None:
            fault.after()
        if fault is not None and fault.lost:
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _taken(self, request: Request) -> Fault | None:
        with self._lock:
            self.requests.append(request)
            for fault in self.faults:
                if fault.times > 0 and request.action.startswith(fault.action):
                    fault.times -= 1
                    return fault
        return None

    def _forwarded(
        self, handler: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        address = urlsplit(self.target)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        try:
            # the Host header is part of the signature, so it stays as the client wrote it
            connection.request(handler.command, handler.path, body, dict(handler.headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


def _query_action(body: bytes) -> str:
    for part in body.split(b"&"):
        if part.startswith(b"Action="):
            return part[len(b"Action=") :].decode()
    return ""


def _answer_error(handler: BaseHTTPRequestHandler, fault: Fault, request: Request) -> None:
    """In both shapes: the SDK reads the one of its protocol."""
    if request.body.startswith(b"Action=") or b"&Action=" in request.body:
        content = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{fault.code}</Code>"
            f"<Message>{fault.message}</Message></Error></ErrorResponse>"
        ).encode()
    else:
        content = json.dumps({"__type": fault.code, "message": fault.message}).encode()
    handler.send_response_only(fault.status)
    handler.send_header("x-amzn-ErrorType", fault.code)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
