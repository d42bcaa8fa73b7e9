"""Processes that are copies of this one: how many are worth it, and how each of them begins."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def processes() -> int:
    """How many are worth starting here, this one included."""
    return max(1, min(8, len(os.sched_getaffinity(0)) if sys.platform == "linux" else 2))


def be_a_child(parent: int) -> None:
    """The terminal's Ctrl-C is for the parent, and the child ends when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It was gone before the system knew that this one is to end with it.
        os._exit(1)
