"""A headless Chromium, driven by its own protocol over a WebSocket."""

from __future__ import annotations

import asyncio
import base64
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PATIENCE = 30.0
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class Page:
    """One tab. What its sockets receive is kept as text."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        self.received = ""
        self._loads = 0
        self._asked = 0

    async def _read(self) -> None:
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said.get("result", said))
            elif said["method"] == "Network.webSocketFrameReceived":
                frame = said["params"]["response"]
                data = frame["payloadData"]
                binary = frame["opcode"] == 2
                self.received += base64.b64decode(data).decode(errors="replace") if binary else data
            elif said["method"] == "Page.loadEventFired":
                self._loads += 1
            self._changed.set()

    async def ask(self, method: str, **parameters: Any) -> Any:
        self._asked = number = self._asked + 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        return await asyncio.wait_for(answer, PATIENCE)

    async def runs(self, script: str) -> Any:
        """The value of an expression, or of the promise that it is."""
        answer = await self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        return answer["result"].get("value")

    async def goes_to(self, address: str) -> None:
        loaded = self._loads
        await self.ask("Page.navigate", url=address)
        await self.until(lambda: self._loads > loaded)

    async def types(self, text: str) -> None:
        for letter in text:
            await self.ask("Input.dispatchKeyEvent", type="keyDown", text=letter, key=letter)
            await self.ask("Input.dispatchKeyEvent", type="keyUp", key=letter)

    async def until(self, fits: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not fits():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"it never came; drawn until now: {self.drawn[-2000:]}") from None

    @property
    def drawn(self) -> str:
        """All that the program ever sent, without its escapes."""
        return _ESCAPES.sub("", self.received)

    async def picture(self) -> bytes:
        """PNG."""
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])

    async def leave(self) -> None:
        self._reader.cancel()
        await self._socket.close()


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """folder: for its profile."""
    process = subprocess.Popen(
        [
            str(CHROMIUM),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--remote-debugging-port=0",
            "--window-size=1280,800",
            f"--user-data-dir={folder}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = await asyncio.wait_for(asyncio.to_thread(_address, process), PATIENCE)
        async with ClientSession() as session:
            async with session.get(f"http://{address}/json") as answer:
                tabs = await answer.json()
            tab = next(tab for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                await page.ask("Network.enable")
                await page.ask("Page.enable")
                await page.ask("Emulation.setFocusEmulationEnabled", enabled=True)
                yield page
                await page.leave()
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stderr:
        if found := re.search(r"DevTools listening on ws://([^/]+)/", line):
            return found[1]
    raise RuntimeError("Chromium did not start")
