"""The interface in a real browser: in through the door, typed to, and out again."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from .browser import CHROMIUM, Page, browser

KNOCK = """
new Promise(done => {
  const socket = new WebSocket("ws://127.0.0.1:%d/ws?width=80&height=24");
  socket.onopen = () => done("opened");
  socket.onerror = () => done("refused");
})
"""


@dataclass
class Served:
    """``secretshift serve`` as somebody started it."""

    process: asyncio.subprocess.Process
    address: str

    @property
    def port(self) -> int:
        return int(re.search(r":(\d+)/", self.address)[1])

    async def ends(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return await asyncio.wait_for(self.process.wait(), 30)


@pytest.fixture
async def served(tmp_path) -> AsyncIterator[Served]:
    keep = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}
    workspace = str(tmp_path / "workspace")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "secretshift", "serve", "--workspace", workspace),
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name in keep},
        stdout=asyncio.subprocess.PIPE,
    )
    address = ""
    async with asyncio.timeout(60):
        while not address.startswith("http://"):
            address = (await process.stdout.readline()).decode().strip()
    yield Served(process, address)
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest.fixture
async def page(tmp_path) -> AsyncIterator[Page]:
    if CHROMIUM is None:
        assert "CI" not in os.environ, "Chromium is missing, and CI has to have it"
        pytest.skip("Chromium is missing: the interface was NOT tried in a real browser")
    async with browser(tmp_path / "profile") as opened:
        yield opened


@pytest.fixture
async def elsewhere() -> AsyncIterator[str]:
    """Another page of this machine, which is the same site to a browser: its cookies go along."""

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="<p>hello</p>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def test_the_program_opens_takes_keys_and_ends(served, page, elsewhere):
    await page.goes_to(f"http://127.0.0.1:{served.port}/")
    assert (await page.runs("document.body.innerText")).startswith("403")
    assert page.received == ""

    await page.goes_to(served.address)
    await page.until(lambda: "Where shall I look?" in page.drawn)
    token = served.address.partition("token=")[2]
    assert token not in await page.runs("location.href + document.documentElement.outerHTML")
    assert "secretshift" not in await page.runs("document.cookie"), "no script reads the cookie"
    assert len(await page.picture()) > 10_000, "more than an empty page"

    await page.types("?")
    await page.until(lambda: "keys of this screen" in page.drawn)

    await page.goes_to(elsewhere)
    assert await page.runs(KNOCK % served.port) == "refused"

    await page.goes_to(f"http://127.0.0.1:{served.port}/")
    assert await page.runs(KNOCK % served.port) == "opened"
    assert await served.ends() == 0
