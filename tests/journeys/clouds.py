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
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore

from secretshift.demo import embedded_aws, extensions, server
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.strictness import USUAL, Strictness
from tests.starts.forking import MOST_FILES, forked
from tests.starts.warm import Child, Warm, can_fork

IMPORTED = (
    *("hypercorn.asyncio", "hypercorn.protocol.h2", "hypercorn.protocol.ws_stream"),
    *("defusedxml.ElementTree", "asyncio", "concurrent.futures.thread", "csv", "email.mime.text"),
    *("gzip", "http.client", "http.server", "importlib.metadata", "multiprocessing", "sqlite3"),
    *("urllib.request", "uuid", "xml.sax.saxutils", "zipfile", "zoneinfo"),
)
"""What is missing here is imported by each server, as usual."""
ASKED = ("ec2", "iam", "kms", "lambda", "logs", "s3", "secretsmanager", "sts")
"""Services; the model of each other one is read by each server, as usual."""
ROOT = Path(__file__).parents[2]
PASSED_ON = ("PATH", "LANG", "LC_ALL")


class Forked:
    """What `subprocess.Popen` is to EmbeddedAws, for a server that is the child of another."""

    def __init__(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        assert command[1:4] == ["-P", "-m", server.__name__], command
        (theirs, stdin), (stdout, out), (stderr, err) = os.pipe(), os.pipe(), os.pipe()
        self.stdin = os.fdopen(stdin, "w")
        self.stdout, self.stderr = os.fdopen(stdout), os.fdopen(stderr, errors="replace")
        try:
            child = Child(CLOUDS, command[3:], cwd=cwd, env=env, files=(theirs, out, err))
        finally:
            for file in (theirs, out, err):
                os.close(file)
        self._child, self.pid = child, child.pid
        self.poll, self.wait = child.poll, child.wait

    @property
    def returncode(self) -> int | None:
        return self._child.returncode


CLOUDS = Warm(
    lambda line: [sys.executable, "-P", __file__, str(line)],
    {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
)
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
        return Forked(command, cwd=cwd, env=env)

    if can_fork():
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
    order, files = next(forked(socket.socket(fileno=int(sys.argv[1]))), ({}, []))
    if order:
        become(order, files)


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
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.closerange(3, MOST_FILES)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["server", *order["arguments"]]
    server.main()


if __name__ == "__main__":
    main()
