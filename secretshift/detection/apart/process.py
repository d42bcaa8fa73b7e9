"""A process of our own that is asked over its pipes: how it is started, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from secretshift.hardening import child_environment
from secretshift.model.errors import Unavailable

from ..engines.watch import ENDED_BY

_BOOT: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from importlib import import_module; sys.exit(import_module(sys.argv[2]).main())"
)
ENDLESS: Final = "detector-endless"
_SECONDS_TO_END: Final = 2.0


def started(server: str, *, leads: bool = False) -> subprocess.Popen[bytes]:
    """A process that does ``main`` of a module of ours. It gets no credential of a cloud.

    leads: whether it leads a group of its own, so that what it starts can be ended with it.
    """
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, json.dumps([p for p in sys.path if p]), server],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd="/",
        start_new_session=leads,
    )


def _environment() -> dict[str, str]:
    """Compiled rules are kept where the user's own programs keep such."""
    passed = child_environment()
    if "XDG_CACHE_HOME" in os.environ:
        passed["XDG_CACHE_HOME"] = os.environ["XDG_CACHE_HOME"]
    return passed


def ended(process: subprocess.Popen[bytes]) -> None:
    """Closing its input ends it; one that hangs is killed."""
    _closed(process)
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def group_ended(process: subprocess.Popen[bytes]) -> None:
    """End the leader of a group and all that it started, at once."""
    # Its number is nobody else's as long as it was not waited for.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    _closed(process)
    process.wait()


def _closed(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            # What was not sent yet goes to nobody.
            with contextlib.suppress(OSError):
                pipe.close()


def detection_ended() -> Unavailable:
    """What is told of a process that is gone before it has answered."""
    return Unavailable(
        "The process that looks for credentials has ended",
        hint="Try again; it starts anew",
        code="detection-ended",
    )


def was_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process that said nothing more was ended over a detector that took too long."""
    try:
        return process.wait(_SECONDS_TO_END) == -ENDED_BY
    except subprocess.TimeoutExpired:
        return False


def endless(of: str, plugins: Sequence[Path] = ()) -> Unavailable:
    """of: which detector and what it was asked of, or the latter alone; plugins: where the
    detectors are, one of which it was."""
    return Unavailable(
        "A detector of your own went on and on, and could not be broken off",
        resource=of,
        hint=f"It is one of {', '.join(map(str, plugins))}" if plugins else "",
        code=ENDLESS,
    )
