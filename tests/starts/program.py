"""Starts of the program without the third of a second that each would take to import it.

For tests that are about what it does then. Its parent is a process that has imported it, and what
the system shows as its arguments are those of that one; the rest is as after `subprocess.Popen`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import secretshift

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
    kind = subprocess.Popen if anew or not can_fork(env) else Forked
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


def can_fork(env: Mapping[str, str]) -> bool:
    return hasattr(os, "pidfd_open") and not any(name.startswith(OF_THE_START) for name in env)


class Forking:
    """Starts with the first program; ends with `close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._asking = threading.Lock()

    def fork(self, order: Mapping[str, object], files: Sequence[int]) -> tuple[int, int]:
        """The id and the descriptor of a process that is the program. files: its standard files,
        and one to write to how it ended."""
        with self._asking:
            line = self._line = self._line or self._start()
            socket.send_fds(line, [json.dumps(order).encode()], files)
            said, processes, _, _ = socket.recv_fds(line, 100, 1)
        return int(said), processes[0]

    def _start(self) -> socket.socket:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, FORKING, str(theirs.fileno()), PROGRAM, ROOT],
                env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return mine

    def close(self) -> None:
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.wait()
        self._line = self._process = None


FORKS = Forking()
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
        self.args = command
        self.returncode: int | None = None
        order = {"arguments": command[1:], "folder": str(cwd), "environment": dict(env)}
        with ExitStack() as given:
            asked, self.stdin = _file(stdin, "wb", given)
            out, self.stdout = _file(stdout, "rb", given)
            err, self.stderr = _file(stderr, "rb", given)
            self._end, told = os.pipe()
            given.callback(os.close, told)
            self.pid, self._process = FORKS.fork(order, [asked, out, err, told])

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(os.read(self._end, 100))
            os.close(self._end)
            os.close(self._process)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            # It may have ended since, and its id is another one's now.
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, number)

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
