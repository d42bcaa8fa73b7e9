"""The browser door: one token, one cookie, our own Host and Origin, nothing else."""

from __future__ import annotations

import asyncio
import gc
import io
import sys

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from secretshift.model.errors import Unavailable
from secretshift.tui.serve import COOKIE, Gate, GuardedServer, Program, free_port

ECHO = [sys.executable, "-c", "import sys; sys.stdout.write('__GANGLION__\\n')"]


@pytest.fixture
async def door():
    port = free_port(0)
    out = io.StringIO()
    server = GuardedServer(ECHO, port, out)
    server.initialize_logging()
    client = TestClient(TestServer(await server._make_app(), port=port))
    await client.start_server()
    client.session.cookie_jar.clear()
    yield server, client, out
    await client.close()


def host(server) -> dict[str, str]:
    return {"Host": f"127.0.0.1:{server.port}"}


async def let_in(server, client) -> dict[str, str]:
    answer = await client.get(
        f"/?token={server.gate.token}", headers=host(server), allow_redirects=False
    )
    assert answer.status == 303
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Strict"
    return {**host(server), "Cookie": f"{COOKIE}={cookie.value}"}


async def test_without_the_token_nothing_is_answered(door):
    server, client, _ = door
    for path in ("/", "/ws", "/static/js/textual.js", "/?token=", "/?token=wrong", "/download/x"):
        assert (await client.get(path, headers=host(server))).status == 403, path


async def test_the_token_works_once_and_the_cookie_from_then_on(door):
    server, client, _ = door
    known = await let_in(server, client)
    again = await client.get(
        f"/?token={server.gate.token}", headers=host(server), allow_redirects=False
    )
    assert again.status == 403
    page = await client.get("/", headers=known)
    assert page.status == 200
    text = await page.text()
    assert "googleapis" not in text and server.gate.token not in text
    for name, value in {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }.items():
        assert page.headers[name] == value
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil"])
async def test_another_host_is_refused_also_with_the_cookie(door, name):
    server, client, _ = door
    known = await let_in(server, client)
    assert (await client.get("/", headers={**known, "Host": name})).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", None])
async def test_a_websocket_from_another_page_is_refused(door, origin):
    server, client, _ = door
    known = await let_in(server, client)
    headers = known if origin is None else {**known, "Origin": origin}
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect("/ws", headers=headers)
    assert refused.value.status == 403


async def test_a_websocket_of_our_own_page_starts_the_program_and_closes_when_it_ends(door):
    server, client, _ = door
    known = await let_in(server, client)
    headers = {**known, "Origin": f"http://127.0.0.1:{server.port}"}
    async with client.ws_connect("/ws?width=80&height=24", headers=headers) as socket:
        assert (await socket.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)


@pytest.mark.parametrize(
    "path", ["/static/", "/static/js/", "/static/../server.py", "/static/fonts/x"]
)
async def test_no_folder_is_listed_and_nothing_else_is_served(door, path):
    server, client, _ = door
    known = await let_in(server, client)
    assert (await client.get(path, headers=known)).status == 403


async def test_only_reading_is_taken(door):
    server, client, _ = door
    known = await let_in(server, client)
    assert (await client.post("/", headers=known)).status == 403


@given(st.text(max_size=60))
def test_no_other_text_is_the_token(text):
    gate = Gate(8000)
    if text != gate.token:
        assert gate.exchange(text) is None
        assert gate.exchange(gate.token) is not None


def test_a_port_that_is_taken_is_an_error_with_a_hint():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Unavailable) as refused:
            free_port(taken.getsockname()[1])
    assert "--port" in refused.value.hint


def test_the_token_is_in_no_argument_of_the_sessions():
    server = GuardedServer(ECHO, 8000, io.StringIO())
    assert server.gate.token not in " ".join(server._argv)


def test_a_program_that_was_stopped_leaves_no_pipe_open():
    """Such a pipe would be closed when its loop is gone, and complain of that. Here a child of the
    program's holds one a little longer than the program itself."""
    lingering = [
        sys.executable, "-c",
        "import subprocess, sys\n"
        "sys.stdout.write('__GANGLION__\\n')\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(0.2)'], stdout=-3)",
    ]  # fmt: skip

    async def nothing(*_words: object) -> None:
        return

    async def one() -> None:
        streams = {"write_bytes": nothing, "write_str": nothing, "close": nothing}
        program = Program(lingering, **streams, download_manager=Downloads())
        await program.start(80, 24)
        await program.ended
        while program._process.returncode is None:
            await asyncio.sleep(0.001)
        await program.stop()

    class Downloads:
        async def cancel_app_downloads(self, app_service_id: str) -> None:
            return

    complaints: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, complaints.append
    try:
        for _ in range(3):
            asyncio.run(one())
        gc.collect()
    finally:
        sys.unraisablehook = before
    assert complaints == []
