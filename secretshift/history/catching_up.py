"""A process that goes on from what is kept of a search while this one still imports what it needs
besides.

It keeps what it finds where this one looks next, and says nothing. What becomes of it is that, or
nothing: then this one does the same, and tells what went wrong.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Final

from .child import be_a_child, processes

MOST_VERSIONS: Final = 100
"""Of files, in new commits: with more of them somebody wants to see how far it is."""
_lock = threading.Lock()
_under_way: Final[list[int]] = []


@contextlib.contextmanager
def sent(catch_up: Callable[[], None]) -> Iterator[None]:
    """Have one under way until the block ends. Only of a process that has no other thread, on a
    machine that can do two things at once; anywhere else this does nothing."""
    if threading.active_count() == 1 and processes() > 1:
        with contextlib.suppress(OSError):
            _under_way.append(_forked(catch_up))
    try:
        yield
    finally:
        for pid in list(_under_way):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait()


def wait() -> None:
    """Until it is done, if one is under way."""
    with _lock:
        while _under_way:
            os.waitpid(_under_way[-1], 0)
            _under_way.pop()


def _forked(catch_up: Callable[[], None]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        _under_way.clear()
        be_a_child(parent)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        catch_up()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it is, it must not run on as its parent
        os._exit(1)
