"""The search's end in the process that looks: started by ``client`` only, which it leads the
group of. It has one thread, since it forks."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...detection.apart import wire
from ...detection.apart.server import Line, detector_of, own_line
from ...model.journeys import CancelToken
from .. import forerunner
from .items import item_data

if TYPE_CHECKING:
    from ..repository import History

SECONDS_BETWEEN: Final = 0.1
"""Two sentences on how far it is, at least."""


def main() -> int:
    """Search one history, and end."""
    # The terminal's Ctrl-C is for the program that asks; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whoever waits for a key comes first where the processor is short.
    os.nice(5)
    line = own_line()
    with contextlib.suppress(EOFError, BrokenPipeError):
        question, _ = line.receive()
        if not _ends_with_the_asker(sys.stdin.fileno()):
            return 0
        try:
            for message in _search(question, line):
                line.send(message)
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - told where the person sees it
            line.send(wire.failure(error))
    return 0


def _ends_with_the_asker(pipe: int) -> bool:
    """Let the system end the whole group as soon as nobody holds the other end of a pipe any
    more, whatever it is doing then. False if that is so already.

    Source: fcntl(2), F_SETOWN of a group and O_ASYNC; signal(7), SIGIO ends a process on Linux.
    Elsewhere it is discarded where nobody takes it.
    """
    at_once = signal.SIG_DFL if sys.platform == "linux" else _end_the_group
    signal.signal(signal.SIGIO, at_once)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    gone = select.poll()
    gone.register(pipe, 0)
    return not gone.poll(0)


def _end_the_group(_number: int, _frame: object) -> None:
    os.killpg(0, signal.SIGKILL)


class Pace:
    """When it is time to say how far it is. clock: in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = float("-inf")

    def is_due(self, done: int, total: int) -> bool:
        """The end is always said. total: 0 where it is not known yet."""
        now = self._clock()
        if (done < total or not total) and now - self._last < SECONDS_BETWEEN:
            return False
        self._last = now
        return True


def _search(question: wire.Message, line: Line) -> Iterator[wire.Message]:
    folder, unreachable = Path(question["folder"]), question["unreachable"]
    with forerunner.sent(folder, unreachable=unreachable):
        from ..repository import History

        history = History(
            folder,
            detector_of(question, line, question["folder"]),
            unreachable=unreachable,
            count=question["count"],
            at_once=question["at_once"],
        )
        yield from _said(history, line)


def _said(history: History, line: Line) -> Iterator[wire.Message]:

    def so_far() -> wire.Message:
        return {"counts": dict(history.counts), "gaps": list(history.not_searched)}

    pace = Pace(time.monotonic)
    told = 0

    def moved_on(done: int, total: int) -> None:
        nonlocal told
        seen = history.seen
        # Whoever waits for the first one is told of it at once.
        if pace.is_due(done, total) or (seen and not told):
            told = seen
            line.send({"progress": [done, total], "seen": seen, **so_far()})

    # Who asks ends this process instead of asking it to stop.
    for item in history.findings(moved_on, CancelToken()):
        yield item_data(item)
    yield {"end": True, **so_far()}
