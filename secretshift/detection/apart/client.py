"""The detector's end in the program that asks."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

from secretshift.model.errors import Interrupted, SecretshiftError
from secretshift.model.findings import Sighting, Verdict
from secretshift.model.journeys import CancelToken
from secretshift.model.secret_value import SecretValue

from ..engines.failures import Problem
from . import wire
from .polled import Polled
from .process import ENDLESS, detection_ended, ended, endless, started, was_ended

_SERVER: Final = "secretshift.detection.apart.server"


class DetectorApart:
    """Answers as ``Detector`` does, from a process of its own.

    It is started when it is first asked, is closed to other processes as this one is, gets no
    credential of a cloud, and ends when this process ends, however that comes. Safe to use from
    several threads: they are answered one after the other. Each method raises Unavailable
    (``detection-ended``) if the process ends meanwhile, ``detector-endless`` if it had to be ended
    over a detector of the user's; the next one starts it anew. What is asked within ``heeding``
    raises Interrupted as soon as somebody wishes to stop, whatever the process is doing.
    """

    def __init__(
        self,
        *,
        kinds: Sequence[Path] = (),
        plugin_paths: Sequence[Path] = (),
        rule_paths: Sequence[Path] = (),
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self._setup = {"op": "setup", **wire.setup(kinds, plugin_paths, rule_paths)}
        self._plugins = tuple(plugin_paths)
        self._heeded = threading.local()
        self._has_own = bool(plugin_paths or rule_paths)
        self._announce = announce
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Polled | None = None
        self._end: Callable[[], object] = lambda: None
        self._problems: tuple[Problem, ...] = ()
        self._left: Mapping[str, str] = {}
        self._not_asked: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Plugins that could not be loaded or failed, with the reason. Raises UsageProblem for a
        rule file that cannot be taken."""
        if self._has_own:
            self._ask({"op": "problems"})
        return self._problems

    @property
    def not_asked(self) -> tuple[str, ...]:
        """What plugins were not asked of until the last answer, in sentences."""
        return self._not_asked

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

    def rest(self) -> None:
        """As ``close``, at once: the process answers nobody and has nothing to put away."""
        with self._lock:
            self._kill()

    @contextlib.contextmanager
    def heeding(self, cancel: CancelToken) -> Iterator[None]:
        """What this thread asks meanwhile ends with a wish to stop."""
        before = getattr(self._heeded, "cancel", None)
        self._heeded.cancel = cancel
        try:
            yield
        finally:
            self._heeded.cancel = before

    def _ask(self, question: wire.Message, text: str = "") -> wire.Message:
        with self._lock:
            try:
                return self._answer(self._started(), question, text)
            except Interrupted:
                self._kill()
                raise
            except (SecretshiftError, RuntimeError) as error:
                # A whole answer: the next question finds the other end waiting, unless these were
                # its last words.
                if isinstance(error, SecretshiftError) and error.code == ENDLESS:
                    self._kill()
                raise
            except (EOFError, OSError, ValueError):
                # ValueError: what came is not what the other end says.
                endless_one = self._process is not None and was_ended(self._process)
                self._drop()
            except BaseException:
                # Stopped in the middle of an answer: the rest of it belongs to no question.
                self._kill()
                raise
        if endless_one:
            raise endless(str(question.get("path", "")), self._plugins)
        raise detection_ended()

    def _answer(
        self, process: subprocess.Popen[bytes], question: wire.Message, text: str = ""
    ) -> wire.Message:
        assert self._pipe is not None
        self._pipe.cancel = getattr(self._heeded, "cancel", None)
        wire.send(cast(BinaryIO, process.stdin), question, text)
        answer = wire.answer(self._pipe, self._announce)
        self._problems = tuple(Problem(*one) for one in answer["problems"])
        self._not_asked = tuple(answer["gaps"])
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = started(_SERVER)
            self._pipe = Polled(cast(BinaryIO, self._process.stdout).fileno(), None)
            self._end = weakref.finalize(self, ended, self._process)
            try:
                self._answer(self._process, self._setup)
            except (SecretshiftError, RuntimeError):
                self._kill()
                raise
        return self._process

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        self._drop()

    def _drop(self) -> None:
        self._process = None
        self._end()
