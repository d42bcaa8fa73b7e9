"""Keeps an embedded AWS up for other programs, until it is asked to end."""

from __future__ import annotations

import shlex
import signal
import threading
from types import FrameType
from typing import TextIO

from secretshift.demo import samples
from secretshift.demo.embedded_aws import EmbeddedAws


def serve(*, empty: bool, port: int | None, out: TextIO) -> None:
    """Start it, print what a shell needs, and wait for SIGINT or SIGTERM.

    empty: without the sample functions; port: where it listens, any if None. `out` gets one
    `export NAME=value` line a variable, quoted for a shell, and then `# ready`.
    Must be called from the main thread. Raises DemoProblem if it cannot be started.
    """
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    former = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with EmbeddedAws(port=port) as aws:
            if not empty:
                samples.fill(aws)
            for name, value in aws.environment.items():
                out.write(f"export {name}={shlex.quote(value)}\n")
            out.write("# ready\n")
            out.flush()
            ended.wait()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
