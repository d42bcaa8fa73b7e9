"""The detector's end in the program that asks."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from secretshift.hardening import child_environment
from secretshift.model.errors import Refused, SecretshiftError, Unavailable, UsageProblem
from secretshift.model.findings import Sighting, Verdict
from secretshift.model.secret_value import SecretValue

from ..engines.detect_secrets import Problem
from . import wire

_BOOT: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from secretshift.detection.apart.server import main; sys.exit(main())"
)
_FAMILIES: Final = {one.__name__: one for one in (Refused, Unavailable, UsageProblem)}
_SECONDS_TO_END: Final = 2.0


class DetectorApart:
    """Answers as ``Detector`` does, from a process of its own.

    It is started when it is first asked, is closed to other processes as this one is, gets no
    credential of a cloud, and ends when this process ends, however that comes. Safe to use from
    several threads: they are answered one after the other. Each method raises Unavailable
    (``detection-ended``) if the process ends meanwhile; the next one starts it anew.
    """

    def __init__(
        self,
        *,
        kinds: Sequence[Path] = (),
        plugin_paths: Sequence[Path] = (),
        rule_paths: Sequence[Path] = (),
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self._setup = {
            "op": "setup",
            "kinds": [str(path) for path in kinds],
            "plugins": [str(path) for path in plugin_paths],
            "rules": [str(path.absolute()) for path in rule_paths],
        }
        self._has_plugins = bool(plugin_paths)
        self._announce = announce
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] = lambda: None
        self._problems: tuple[Problem, ...] = ()
        self._left: Mapping[str, str] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Plugins that could not be loaded or failed, with the reason."""
        if self._has_plugins:
            self._ask({"op": "problems"})
        return self._problems

    def environment(self, variables: Mapping[str, SecretValue]) -> tuple[Verdict, ...]:
        """Verdicts on a function's variables, in their order."""
        names = {name: value.reveal() for name, value in variables.items()}
        return wire.verdicts(self._ask({"op": "environment", "variables": names})["found"])

    def text(self, path: str, text: str) -> tuple[Verdict, ...]:
        """Verdicts on a file's text, in the order of their offsets."""
        answer = self._ask({"op": "text", "path": path}, text)
        self._left = {path: answer["left"]}
        return wire.verdicts(answer["found"])

    def left_out(self, path: str) -> str:
        """What of a file was left out when it was looked at last, in words; "" if nothing was."""
        return self._left.get(path, "")

    def sightings(self, path: str, text: str) -> tuple[Sighting, ...]:
        """Everything in a file's text that any engine takes for a secret."""
        return wire.sightings(self._ask({"op": "sightings", "path": path}, text)["found"])

    def close(self) -> None:
        """End the process. The next question starts it anew."""
        with self._lock:
            self._drop()

    def _ask(self, question: wire.Message, text: str = "") -> wire.Message:
        with self._lock:
            try:
                return self._answer(self._started(), question, text)
            except (SecretshiftError, RuntimeError):
                # A whole answer: the next question finds the other end waiting.
                raise
            except (EOFError, OSError, ValueError):
                # ValueError: what came is not what the other end says.
                self._drop()
            except BaseException:
                # Stopped in the middle of an answer: the rest of it belongs to no question.
                self._drop()
                raise
        raise Unavailable(
            "The process that looks for credentials has ended",
            hint="Try again; it starts anew",
            code="detection-ended",
        ) from None

    def _answer(
        self, process: subprocess.Popen[bytes], question: wire.Message, text: str = ""
    ) -> wire.Message:
        wire.send(cast(BinaryIO, process.stdin), question, text)
        while True:
            answer, _ = wire.receive(cast(BinaryIO, process.stdout))
            if "note" not in answer:
                break
            if self._announce is not None:
                self._announce(answer["note"])
        if "error" in answer:
            raise _error(answer["error"])
        if "bug" in answer:
            raise RuntimeError(f"in the process that looks for credentials: {answer['bug']}")
        self._problems = tuple(Problem(*one) for one in answer["problems"])
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, json.dumps([p for p in sys.path if p])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
            )
            self._end = weakref.finalize(self, _ended, self._process)
            try:
                self._answer(self._process, self._setup)
            except (SecretshiftError, RuntimeError):
                self._drop()
                raise
        return self._process

    def _drop(self) -> None:
        self._process = None
        self._end()


def _environment() -> dict[str, str]:
    """Compiled rules are kept where the user's own programs keep such."""
    passed = child_environment()
    if "XDG_CACHE_HOME" in os.environ:
        passed["XDG_CACHE_HOME"] = os.environ["XDG_CACHE_HOME"]
    return passed


def _ended(process: subprocess.Popen[bytes]) -> None:
    """Closing its input ends it; a detector that hangs is killed."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            # What was not sent yet goes to nobody.
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _error(data: Mapping[str, Any]) -> SecretshiftError:
    family = _FAMILIES.get(data["family"], Unavailable)
    return family(data["what"], resource=data["resource"], hint=data["hint"], code=data["code"])
