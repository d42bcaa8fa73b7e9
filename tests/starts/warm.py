"""A process that has imported what others need and forks each of them, and what they are to a test.

What runs in it is told by ``forking.forked``.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

Command = Callable[[int], Sequence[str | Path]]


def can_fork() -> bool:
    """Whether this machine tells of a process that is another one's child."""
    return hasattr(os, "pidfd_open")


class Warm:
    """Starts with the first order; ends with `close`."""

    def __init__(self, command: Command, environment: Mapping[str, str]) -> None:
        """command: what is started, given the descriptor on which it is told its orders."""
        self._command, self._environment = command, environment
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._asking = threading.Lock()

    def fork(self, order: Mapping[str, object], files: Sequence[int]) -> tuple[int, int]:
        """The id and the descriptor of a process that does this. files: its standard files, and
        one to write to how it ended."""
        with self._asking:
            line = self._line = self._line or self._start()
            socket.send_fds(line, [json.dumps(order).encode()], files)
            said, processes, _, _ = socket.recv_fds(line, 100, 1)
        return int(said), processes[0]

    def _start(self) -> socket.socket:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                self._command(theirs.fileno()),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return mine

    def close(self) -> None:
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.wait()
        self._line = self._process = None


class Child:
    """What `subprocess.Popen` is, but for its files, of a process that a warm one has forked."""

    def __init__(
        self,
        warm: Warm,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        files: tuple[int, int, int],
    ) -> None:
        """command: the program, which the warm one is, and its arguments."""
        self.args = command
        self.returncode: int | None = None
        order = {"arguments": command[1:], "folder": str(cwd), "environment": dict(env)}
        self._end, told = os.pipe()
        try:
            self.pid, self._process = warm.fork(order, [*files, told])
        finally:
            os.close(told)

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
