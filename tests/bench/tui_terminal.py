"""A pty of 120x36 and its driver side: answers what a terminal is asked, and times every frame.

Textual closes a frame with the end mark of synchronised output only after the terminal said that
it knows it, so the driver says so.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COLUMNS: Final = 120
LINES: Final = 36
_QUERY: Final = b"\x1b[?2026$p"
_ANSWER: Final = b"\x1b[?2026;2$y"
_BEGIN: Final = b"\x1b[?2026h"
_END: Final = b"\x1b[?2026l"
_ESCAPE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


@dataclass(frozen=True, slots=True)
class Frame:
    """began, ended: seconds of the clock when its first and last byte were read."""

    began: float
    ended: float
    text: str


class Terminal:
    """One program in a pty of its own, from exec to its end."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self.frames: list[Frame] = []
        self._came = threading.Condition()
        self._partial = b""
        self._first: float | None = None
        self._plain = b""
        self.started = time.perf_counter()
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(command[0], list(command), dict(env))
        self._open = True
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + 5
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.01)
        self._reader.join(2)
        os.close(self._master)

    def send(self, keys: str) -> float:
        """Press keys; when."""
        at = time.perf_counter()
        os.write(self._master, keys.encode())
        return at

    def first(self, text: str, seconds: float = 60) -> float:
        """Seconds from exec until this text was on the screen for the first time."""
        return self.wait(lambda frame: text in frame.text, 0.0, seconds).ended - self.started

    def wait(self, wanted: Callable[[Frame], bool], after: float, seconds: float = 60) -> Frame:
        """The first such frame that ended after this time."""
        until = time.perf_counter() + seconds
        looked = 0
        with self._came:
            while True:
                while looked < len(self.frames):
                    frame = self.frames[looked]
                    looked += 1
                    if frame.ended > after and wanted(frame):
                        return frame
                left = until - time.perf_counter()
                if left <= 0 or not self._reader.is_alive():
                    raise TimeoutError(f"not on the screen in time: {self.tail()}")
                self._came.wait(min(left, 0.5))

    def tail(self) -> str:
        """The end of what was drawn last, for a message."""
        return "".join(frame.text for frame in self.frames[-3:])[-2000:]

    def memory(self) -> tuple[float, float]:
        """Megabytes that it and its children hold now, and with the most that it held itself.

        Pages that processes share are counted once, in parts: proc(5), Pss.
        """
        below = sum(_pss(pid) for pid in _children(self.pid))
        return _pss(self.pid) + below, _status(self.pid, "VmHWM") + below

    @contextmanager
    def most_memory(self) -> Iterator[list[float]]:
        """Megabytes of it and its children together, several times a second, until the end."""
        held: list[float] = []
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.03):
                held.append(self.memory()[0])

        watch = threading.Thread(target=look)
        watch.start()
        try:
            yield held
        finally:
            over.set()
            watch.join()

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._master], [], [], 0.2)
            if not ready:
                if not self._open:
                    return
                continue
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:
                return
            if not data:
                return
            self._take(data, time.perf_counter())

    def _take(self, data: bytes, now: float) -> None:
        buffer = self._partial + data
        for _ in range(buffer.count(_QUERY) - self._partial.count(_QUERY)):
            os.write(self._master, _ANSWER)
        made = []
        while True:
            before, mark, rest = buffer.partition(_END)
            if not mark:
                break
            began = self._first if self._first is not None else now
            made.append(Frame(began, now, _text(before.rpartition(_BEGIN)[2])))
            buffer, self._first = rest, None
        if _BEGIN in buffer and self._first is None:
            self._first = now
        self._partial = buffer
        if made:
            with self._came:
                self.frames += made
                self._came.notify_all()


def _text(drawn: bytes) -> str:
    return _ESCAPE.sub("", drawn.decode("utf-8", "replace"))


def _status(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(found[0]) / 1024 if found else 0.0


def _pss(pid: int) -> float:
    """Megabytes; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _children(pid: int) -> list[int]:
    """Of every thread: each has its own list."""
    try:
        lists = [one.read_text() for one in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    direct = [int(child) for text in lists for child in text.split()]
    return [*direct, *(under for child in direct for under in _children(child))]
