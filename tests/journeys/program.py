"""The installed program as a user has it: a process with a home and a workspace of its own."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import jsonschema

from tests import compiled_rules
from tests.starts import program as starts
from tests.starts.program import PROGRAM

__all__ = ["PROGRAM", "Answer", "Program", "Running", "check", "git"]

SCHEMAS = Path(__file__).parents[2] / "docs/reference/schemas"
PATIENCE = 60.0
QUICK = "[migrate]\nsteady_seconds = 0\n"


@dataclass(frozen=True)
class Answer:
    """What a process ended with."""

    code: int
    out: str
    err: str

    def data(self, schema: str) -> Any:
        """Its stdout as JSON that keeps to a schema of the documentation."""
        data = json.loads(self.out)
        check(schema, data)
        return data

    def __str__(self) -> str:
        return f"exit code {self.code}\n{self.out}\n{self.err}"


def check(schema: str, data: object) -> None:
    document = json.loads((SCHEMAS / f"{schema}.json").read_text())
    jsonschema.Draft202012Validator(document).validate(data)


class Running:
    """A process at work. `hear` waits for what it says on stderr."""

    def __init__(self, process: starts.Forked | subprocess.Popen[bytes]) -> None:
        self.process = process
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._said: list[str] = []
        self._out: list[bytes] = []
        assert process.stdout is not None and process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read_lines, args=(process.stderr,), daemon=True),
            threading.Thread(target=self._read_all, args=(process.stdout,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_lines(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._lines.put(line.decode())
        self._lines.put(None)

    def _read_all(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._out.append(line)

    def hear(self, text: str) -> str:
        """The next line on stderr with this text."""
        deadline = time.monotonic() + PATIENCE
        while True:
            line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            assert line is not None, f"it ended without {text!r}: {self._said}"
            self._said.append(line)
            if text in line:
                return line

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    @property
    def out(self) -> str:
        return b"".join(self._out).decode()

    def end(self) -> Answer:
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self._said.append(line)
        return Answer(code, self.out, "".join(self._said))


class Program:
    """cloud: the variables that lead to an AWS. Everything that is written goes below `folder`."""

    def __init__(self, folder: Path, cloud: Mapping[str, str]) -> None:
        self.folder = folder
        self.home, self.tmp = folder / "home", folder / "tmp"
        self.here, self.workspace = folder / "here", folder / "workspace"
        for path in (self.home, self.tmp, self.here):
            path.mkdir(parents=True)
        compiled_rules.lay_below(self.home)
        self.cloud = dict(cloud)
        self._running: list[Running] = []

    def take_the_first_match(self) -> None:
        """For the clouds of tests, whose grants spread at once."""
        (self.here / "secretshift.toml").write_text(QUICK)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "SECRETSHIFT_HOME": str(self.workspace),
            **self.cloud,
            **more,
        }

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        """To its end, without a terminal."""
        done = starts.run(
            [*map(str, arguments)],
            cwd=self.here,
            env=self.environment(env or {}),
            timeout=PATIENCE,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(
        self, *arguments: str, env: Mapping[str, str] | None = None, anew: bool = False
    ) -> Running:
        """anew: with all that a start of its own is."""
        process = starts.start(
            [*map(str, arguments)],
            cwd=self.here,
            env=self.environment(env or {}),
            anew=anew,
        )
        self._running.append(Running(process))
        return self._running[-1]

    def close(self) -> None:
        """End what a failed test left."""
        for running in self._running:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait(PATIENCE)


def git(where: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(where)}
    subprocess.run(command, cwd=where, env=environment, check=True, capture_output=True)
