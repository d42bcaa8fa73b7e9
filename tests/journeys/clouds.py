"""Embedded clouds without the time that each new server would take to import.

One process has imported what a server needs of others, nothing of MiniStack, which reads its
settings meanwhile, has read the SDK's models, and starts nothing. For each cloud it forks a
process, which then is the server from its first line on: with an environment, a group and an end of
its own.
"""

from __future__ import annotations

import atexit
import gc
import gzip
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore

import secretshift
from secretshift.demo import embedded_aws, extensions, server
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.strictness import USUAL, Strictness

IMPORTED = (
    *("hypercorn.asyncio", "hypercorn.protocol.h2", "hypercorn.protocol.ws_stream"),
    *("defusedxml.ElementTree", "asyncio", "concurrent.futures.thread", "csv", "email.mime.text"),
    *("gzip", "http.client", "http.server", "importlib.metadata", "multiprocessing", "sqlite3"),
    *("urllib.request", "uuid", "xml.sax.saxutils", "zipfile", "zoneinfo"),
)
"""What is missing here is imported by each server, as usual."""
ASKED = ("ec2", "iam", "kms", "lambda", "logs", "s3", "secretsmanager", "sts")
"""Services; the model of each other one is read by each server, as usual."""
ROOT = Path(secretshift.__file__).parents[1]
PASSED_ON = ("PATH", "LANG", "LC_ALL")
LONGEST_ORDER = 1 << 20


class Clouds:
    """Starts with the first cloud; ends with `close`, or with this process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def fork(self, order: Mapping[str, Any], files: tuple[int, int, int]) -> int:
        """The process that is a server with these standard files."""
        line = self._line = self._line or self._start()
        socket.send_fds(line, [json.dumps(order).encode()], files)
        return int(line.recv(100))

    def _start(self) -> socket.socket:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(Path(__file__)), str(theirs.fileno())],
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ}
                | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return mine

    def close(self) -> None:
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.wait()


class Forked:
    """What `subprocess.Popen` is to EmbeddedAws, for a server that is the child of another."""

    def __init__(
        self, clouds: Clouds, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> None:
        assert command[1:4] == ["-P", "-m", server.__name__], command
        order = {"arguments": command[4:], "folder": str(cwd), "environment": dict(env)}
        (theirs, stdin), (stdout, out), (stderr, err) = os.pipe(), os.pipe(), os.pipe()
        self.stdin = os.fdopen(stdin, "w")
        self.stdout, self.stderr = os.fdopen(stdout), os.fdopen(stderr, errors="replace")
        try:
            self.pid = clouds.fork(order, (theirs, out, err))
        finally:
            for file in (theirs, out, err):
                os.close(file)
        self._ended = os.pidfd_open(self.pid)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, seconds: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._ended], [], [], seconds)[0]:
                raise subprocess.TimeoutExpired(server.__name__, seconds or 0)
            os.close(self._ended)
            # Its own last act; nobody but its parent would learn of another end.
            self.returncode = -signal.SIGKILL
        return self.returncode


CLOUDS = Clouds()
atexit.register(CLOUDS.close)


@contextmanager
def forked_aws(*, strictness: Strictness = USUAL) -> Iterator[EmbeddedAws]:
    """An EmbeddedAws that is forked, where that is possible."""
    aws = EmbeddedAws(strictness=strictness)
    with _forking():
        aws.start()
    with aws:
        yield aws


@contextmanager
def _forking() -> Iterator[None]:
    def popen(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], **_: Any) -> Forked:
        return Forked(CLOUDS, command, cwd=cwd, env=env)

    if hasattr(os, "pidfd_open"):
        embedded_aws.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": popen})
    try:
        yield
    finally:
        embedded_aws.subprocess = subprocess


def main() -> None:
    for name in IMPORTED:
        import_module(name)
    extensions.apply = with_models({name: model(name) for name in ASKED}, extensions.apply)
    gc.freeze()
    line = socket.socket(fileno=int(sys.argv[1]))
    while True:
        said, files, _, _ = socket.recv_fds(line, LONGEST_ORDER, 3)
        # Those that ended since the last time.
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not said:
            return
        order = json.loads(said)
        child = os.fork()
        if child == 0:
            line.close()
            become(order, files)
            return
        for file in files:
            os.close(file)
        line.send(str(child).encode())


def model(service: str) -> dict[str, Any]:
    folder = Path(botocore.__file__).parent / "data" / service
    with gzip.open(max(folder.iterdir()) / "service-2.json.gz", "rt") as file:
        return json.load(file)


def with_models(
    models: Mapping[str, dict[str, Any]], apply: Callable[[Strictness], None]
) -> Callable[[Strictness], None]:
    """MiniStack looks into a model before it answers the first request to its service."""

    def applied(strictness: Strictness) -> None:
        apply(strictness)
        actions = import_module("ministack.core.iam_actions")
        read = actions._load_botocore_model
        actions._load_botocore_model = lambda name: models[name] if name in models else read(name)

    return applied


def become(order: Mapping[str, Any], files: list[int]) -> None:
    """The server, as if it had been started with this."""
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["server", *order["arguments"]]
    server.main()


if __name__ == "__main__":
    main()
