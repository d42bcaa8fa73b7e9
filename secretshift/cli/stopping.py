"""Ctrl-C and SIGTERM: the first asks to stop between two changes, insisting stops at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Final

from secretshift.model.errors import ExitCode
from secretshift.model.journeys import CancelToken

from .screen import restore_cursor

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

READING: Final = (
    "Stopping. Press Ctrl-C again to stop at once; nothing was changed.",
    "Stopped at once.",
)
WRITING: Final = (
    "Finishing the change in hand, then stopping; the run can be resumed.",
    "Still finishing the change in hand. Once more stops at once: the journal can take that.",
    "Stopped at once. Go on with: secretshift resume last",
)
"""What is said on each signal; the last one ends the process."""


@contextlib.contextmanager
def stoppable(sentences: tuple[str, ...]) -> Iterator[CancelToken]:
    """A token that signals set while the block runs.

    The first signal asks the journey to stop where nothing is half done. As many signals as there
    are sentences end the process at once: a journal that survives SIGKILL survives that, too. A
    signal that was ignored (nohup, a job in the background) stays ignored.
    """
    token = CancelToken()
    if threading.current_thread() is not threading.main_thread():
        yield token
        return
    received = 0

    def received_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal received
        received += 1
        token.cancel()
        _write(sentences[min(received, len(sentences)) - 1])
        if received >= len(sentences):
            restore_cursor()
            # Not SystemExit: that waits for the threads in which the journey works.
            os._exit(ExitCode.INTERRUPTED)

    earlier = {
        number: signal.signal(number, received_signal)
        for number in SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield token
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _write(sentence: str) -> None:
    """Straight to the descriptor: a handler can come in the middle of a buffered write."""
    with contextlib.suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f"\r\n{sentence}\r\n".encode())
