"""The detector's end in the process that looks: started by ``client`` only."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from secretshift.catalogue import load
from secretshift.hardening import harden_process
from secretshift.model.secret_value import SecretValue

from ..detector import Detector
from ..engines.watch import Call, Watch
from . import wire
from .process import endless


def main() -> int:
    """Answer until nobody asks any more."""
    # The terminal's Ctrl-C is for the program that asks; it ends this one by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whoever waits for a key comes first where the processor is short.
    os.nice(5)
    line = own_line()
    answering: Callable[[wire.Message, str], wire.Message] = _set_up(line)
    while True:
        try:
            question, text = line.receive()
        except EOFError:
            return 0
        try:
            answer = answering(question, text)
        except Exception as error:  # noqa: BLE001 - told where the person sees it
            answer = wire.failure(error)
        try:
            line.send(answer)
        except OSError:
            return 0


class Line:
    """The pipe to the program that asks. Notes may come from another thread."""

    def __init__(self, from_it: BinaryIO, to_it: BinaryIO) -> None:
        self._from, self._to = from_it, to_it
        self._lock = threading.Lock()

    def receive(self) -> tuple[wire.Message, str]:
        return wire.receive(self._from)

    def send(self, message: wire.Message) -> None:
        with self._lock:
            wire.send(self._to, message)


def own_line() -> Line:
    """What a drop-in detector prints goes nowhere, and not to the program that asks."""
    to_it = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return Line(sys.stdin.buffer, to_it)


def detector_of(setup: wire.Message, line: Line, history: str = "") -> Detector:
    """With a watch over the user's detectors; to be called by the main thread. history: of which
    texts and lines are, of unknown versions, "" for files as they are. Made after this process is
    closed to others. Raises UsageProblem, and Unavailable where it cannot be closed."""
    harden_process()
    return Detector(
        load(extra=tuple(Path(one) for one in setup["kinds"])),
        plugin_paths=tuple(Path(one) for one in setup["plugins"]),
        rule_paths=tuple(Path(one) for one in setup["rules"]),
        announce=lambda sentence: line.send({"note": sentence}),
        watch=Watch(lambda call: line.send(wire.failure(endless(_of(call, history))))),
    )


def _of(call: Call, history: str) -> str:
    if not call.about:
        return call.detector
    return f"{call.detector} with {f'the history of {history}' if history else call.about}"


def _set_up(line: Line) -> Callable[[wire.Message, str], wire.Message]:
    made: list[Detector] = []

    def answer(question: wire.Message, text: str) -> wire.Message:
        if question["op"] == "setup":
            made.append(detector_of(question, line))
            found: list[Any] = []
        else:
            found = _found(made[0], question, text)
        left = made[0].left_out(question["path"]) if question["op"] == "text" else ""
        problems = [list(one) for one in made[0].problems]
        gaps = list(made[0].not_asked)
        return {"found": found, "left": left, "problems": problems, "gaps": gaps}

    return answer


def _found(detector: Detector, question: wire.Message, text: str) -> list[Any]:
    match question["op"]:
        case "text":
            return wire.verdicts_data(detector.text(question["path"], text))
        case "environment":
            variables = {n: SecretValue(value) for n, value in question["variables"].items()}
            return wire.verdicts_data(detector.environment(variables))
        case "sightings":
            return wire.sightings_data(detector.sightings(question["path"], text))
    return []
