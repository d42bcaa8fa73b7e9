"""Starts of the program without the third of a second that each would take to import it.

For tests that are about what it does then. Its parent is a process that has imported it, and what
the system shows as its arguments are those of that one; the rest is as after `subprocess.Popen`.
"""

from __future__ import annotations

import atexit
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import secretshift
from tests.starts.warm import Child, Warm, can_fork

PROGRAM = Path(sys.executable).with_name("secretshift")
ROOT = Path(secretshift.__file__).parents[1]
FORKING = Path(__file__).with_name("forking.py")
OF_THE_START = ("PYTHON", "LC_", "LANG", "LD_", "TZ")
"""How variables begin that an interpreter, or the system for it, reads before all else."""


def start(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    anew: bool = False,
) -> Forked | subprocess.Popen[bytes]:
    """anew: the start itself matters, and is one; so it is where the environment rules over it."""
    kind = subprocess.Popen if anew or not can_fork_with(env) else Forked
    command = [str(PROGRAM), *arguments]
    return kind(command, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr)


def run(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[bytes]:
    """To its end, without a terminal."""
    process = start(arguments, cwd=cwd, env=env)
    try:
        out, err = process.communicate(timeout=timeout)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    assert process.returncode is not None
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def can_fork_with(env: Mapping[str, str]) -> bool:
    return can_fork() and not any(name.startswith(OF_THE_START) for name in env)


FORKS = Warm(
    lambda line: [sys.executable, FORKING, str(line), PROGRAM, ROOT],
    {"PATH": "/usr/local/bin:/usr/bin:/bin"},
)
atexit.register(FORKS.close)


class Forked:
    """What `subprocess.Popen` is, for a process that another one has forked."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: int,
        stdout: int,
        stderr: int,
    ) -> None:
        with ExitStack() as given:
            asked, self.stdin = _file(stdin, "wb", given)
            out, self.stdout = _file(stdout, "rb", given)
            err, self.stderr = _file(stderr, "rb", given)
            self._child = Child(FORKS, command, cwd=cwd, env=env, files=(asked, out, err))
        self.args, self.pid = self._child.args, self._child.pid
        self.poll, self.wait = self._child.poll, self._child.wait
        self.send_signal = self._child.send_signal

    @property
    def returncode(self) -> int | None:
        return self._child.returncode

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, *, timeout: float | None = None) -> tuple[bytes, bytes]:
        """What it still says, to its end."""
        until = None if timeout is None else time.monotonic() + timeout
        said: dict[IO[bytes] | None, list[bytes]] = {self.stdout: [], self.stderr: []}
        if self.stdin is not None:
            self.stdin.close()
        with selectors.DefaultSelector() as reading:
            for stream in said:
                if stream is not None and not stream.closed:
                    reading.register(stream, selectors.EVENT_READ)
            while reading.get_map():
                ready = reading.select(_left(until))
                if not ready:
                    raise subprocess.TimeoutExpired(self.args, timeout or 0)
                for key, _ in ready:
                    assert not isinstance(key.fileobj, int)
                    piece = os.read(key.fd, 1 << 16)
                    said[key.fileobj].append(piece)
                    if not piece:
                        reading.unregister(key.fileobj)
                        key.fileobj.close()
        self.wait(_left(until))
        return b"".join(said[self.stdout]), b"".join(said[self.stderr])


def _file(wanted: int, mode: str, given: ExitStack) -> tuple[int, IO[bytes] | None]:
    """What the program gets, and what of it stays here."""
    if wanted == subprocess.DEVNULL:
        theirs = os.open(os.devnull, os.O_RDWR)
        given.callback(os.close, theirs)
        return theirs, None
    if wanted != subprocess.PIPE:
        return wanted, None
    reading, writing = os.pipe()
    theirs, mine = (writing, reading) if mode == "rb" else (reading, writing)
    given.callback(os.close, theirs)
    return theirs, os.fdopen(mine, mode, -1 if mode == "rb" else 0)


def _left(until: float | None) -> float | None:
    return None if until is None else max(0.0, until - time.monotonic())
