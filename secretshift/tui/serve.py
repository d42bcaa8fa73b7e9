"""The same application in a browser, for the person who started it and nobody else.

Stock textual-serve takes a WebSocket from any page and any Host, starts the program through a
shell and lists its folders. Here: the loopback address only; a token that is in no process list,
works once and becomes a cookie; Host and Origin are compared with our own; the program is started
without a shell; nothing is loaded from elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from hmac import compare_digest
from importlib import resources
from pathlib import Path
from typing import Any, Final, TextIO

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from secretshift.model.errors import Unavailable

HOST: Final = "127.0.0.1"
COOKIE: Final = "secretshift"
SESSIONS: Final = 4
"""Programs at a time; each is a process of its own."""
_LAST_WORDS: Final = 2.0
"""Seconds for what a program that has ended still has in its pipes."""
MESSAGE_BYTES: Final = 64 * 1024
_WEB: Final = resources.files("secretshift.tui") / "web"
_FILES: Final = {"/page.css": "text/css", "/page.js": "text/javascript"}
_PATHS: Final = frozenset({"/", "/ws", *_FILES})
_STATIC: Final = ("/static/js/", "/static/css/")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Program(AppService):
    """One session: our program as a child, started without a shell."""

    def __init__(self, argv: Sequence[str], **streams: Any) -> None:
        super().__init__("", **streams)
        self._argv = tuple(argv)

    async def _open_app_process(
        self, width: int = 80, height: int = 24
    ) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *self._argv,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=self._build_environment(width=width, height=height),
        )
        if process.stdin is None:
            raise RuntimeError("a child without standard input")
        self._process, self._stdin = process, process.stdin
        return process

    @property
    def ended(self) -> asyncio.Task[None]:
        """Done when the program has said its last word. Raises RuntimeError before start."""
        if self._task is None:
            raise RuntimeError("the program was not started")
        return self._task

    async def stop(self) -> None:
        """Ask it to leave, and wait: a run finishes the change in hand first."""
        await super().stop()
        if self._process is not None:
            await self._process.wait()
            # Its pipes are closed when their ends were read; whoever else holds one is not waited
            # for.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.communicate(), _LAST_WORDS)


class Gate:
    """Who may come in. Pure but for the tokens that it draws."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self._used = False
        names = ("127.0.0.1", "localhost")
        self._hosts = frozenset(f"{name}:{port}" for name in names)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)

    def right_host(self, host: str) -> bool:
        """Against pages that lead their own name to this address."""
        return host in self._hosts

    def right_origin(self, origin: str | None, *, needed: bool) -> bool:
        """A WebSocket has to say where it comes from; a page load need not."""
        return origin in self._origins if origin is not None else not needed

    def known(self, cookie: str) -> bool:
        return compare_digest(cookie.encode(), self._session.encode())

    def exchange(self, token: str) -> str | None:
        """The cookie for the token, once; None for anything else."""
        if self._used or not compare_digest(token.encode(), self.token.encode()):
            return None
        self._used = True
        return self._session


class GuardedServer(Server):
    """textual-serve behind the gate."""

    def __init__(self, argv: Sequence[str], port: int, out: TextIO) -> None:
        super().__init__(
            "secretshift",
            host=HOST,
            port=port,
            title="secretshift",
            public_url=f"http://{HOST}:{port}",
            templates_path=Path(str(_WEB)),
        )
        self.gate = Gate(port)
        self._argv = tuple(argv)
        self._out = out
        self._open: set[web.WebSocketResponse] = set()

    def initialize_logging(self) -> None:
        """Stock logging prints local variables; only the type of an error is said here."""
        logger = logging.getLogger("textual-serve")
        logger.propagate = False
        logger.handlers = [_TypeOnly(self._out)]
        logger.setLevel(logging.WARNING)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        for path in _FILES:
            app.router.add_get(path, self._file)
        return app

    async def on_startup(self, app: web.Application) -> None:
        self._out.write(
            f"secretshift is served on this machine only. Open this once:\n"
            f"  http://{HOST}:{self.port}/?token={self.gate.token}\n"
            "The address works once, in one browser. Ctrl-C ends it.\n"
        )
        self._out.flush()

    async def on_shutdown(self, app: web.Application) -> None:
        """Every browser is told at once; waiting for it to leave by itself takes long."""
        for websocket in list(self._open):
            await websocket.close(code=WSCloseCode.GOING_AWAY, message=b"ended")

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        gate = self.gate
        if not gate.right_host(request.headers.get("Host", "")):
            return _refused("Another Host than this program's.")
        needed = request.path == "/ws"
        if not gate.right_origin(request.headers.get("Origin"), needed=needed):
            return _refused("Another page than this program's.")
        if request.method != "GET" or not _wanted(request.path):
            return _refused("Nothing is there.")
        token = request.query.get("token")
        if request.path == "/" and token is not None:
            return self._let_in(token)
        if not gate.known(request.cookies.get(COOKIE, "")):
            return _refused("Open the address that was printed where it was started.")
        response = await handler(request)
        if not response.prepared:
            _harden(response, self.port)
        return response

    def _let_in(self, token: str) -> web.StreamResponse:
        cookie = self.gate.exchange(token)
        if cookie is None:
            return _refused("This address was used already, or is another one's. Start it again.")
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(COOKIE, cookie, httponly=True, samesite="Strict", path="/")
        _harden(response, self.port)
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        text = (_WEB / request.path.removeprefix("/")).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=_FILES[request.path])

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse(heartbeat=15, max_msg_size=MESSAGE_BYTES)
        await websocket.prepare(request)
        if len(self._open) >= SESSIONS:
            await websocket.close(code=1013, message=b"too many sessions")
            return websocket
        width = max(20, min(500, to_int(request.query.get("width", "80"), 80)))
        height = max(5, min(200, to_int(request.query.get("height", "24"), 24)))
        program = Program(
            self._argv,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=websocket.close,
            download_manager=self.download_manager,
        )
        self._open.add(websocket)
        try:
            await program.start(width, height)
            talk = asyncio.create_task(self._process_messages(websocket, program))
            await asyncio.wait({talk, program.ended}, return_when=asyncio.FIRST_COMPLETED)
            talk.cancel()
            await websocket.close()
        finally:
            self._open.discard(websocket)
            await program.stop()
        return websocket


class _TypeOnly(logging.Handler):
    """Says that something failed and of which type it is, never its text."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "notice"
        self._out.write(f"A browser session met a problem ({kind}).\n")


def _wanted(path: str) -> bool:
    listing = path.endswith("/") and path != "/"
    return not listing and (path in _PATHS or path.startswith(_STATIC))


def _refused(why: str) -> web.Response:
    response = web.Response(status=403, text=f"403: {why}\n")
    _harden(response, 0)
    return response


def _harden(response: web.StreamResponse, port: int) -> None:
    socket_source = f" ws://{HOST}:{port} ws://localhost:{port}" if port else ""
    response.headers.update(
        {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
                f"img-src 'self' data:; font-src 'self'; connect-src 'self'{socket_source}; "
                "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            ),
        }
    )


def free_port(wanted: int) -> int:
    """The wanted port if it is free, any if 0. Raises Unavailable."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, wanted))
        except OSError:
            raise Unavailable(
                "Another program listens on this port",
                resource=f"{HOST}:{wanted}",
                hint="Name another one with --port",
                code="port-taken",
            ) from None
        return int(probe.getsockname()[1])


def serve(argv: Sequence[str], port: int, out: TextIO) -> None:
    """Serve until SIGINT or SIGTERM. argv: the program that each session runs."""
    server = GuardedServer(argv, free_port(port), out)
    asyncio.set_event_loop(asyncio.new_event_loop())
    server.serve()
