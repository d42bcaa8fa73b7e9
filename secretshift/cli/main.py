"""The entry point. It imports nothing of the program before the collector is quiet."""

from __future__ import annotations

import gc
import signal
import sys
from typing import Final

YOUNG: Final = 20_000
"""New objects between two looks for unreachable circles. With Python's 700, what a command makes
for good is looked through again and again."""


def main() -> None:
    """Run with the arguments of the process, and end it."""
    # What is imported stays for good: nothing of it is worth a look.
    gc.disable()
    from .program import run

    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()
    code = run(sys.argv[1:])
    # All is done and said. A Ctrl-C that comes now would only replace the exit code.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Python looks for unreachable circles once more, among all that will be given back anyway:
    # after a search of a history that takes a fifth of a second.
    gc.freeze()
    sys.exit(code)
