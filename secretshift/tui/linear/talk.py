"""Questions and answers, one line each; what journeys say on their way; Ctrl-C.

Progress is said only when a count has changed and ten seconds have passed.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

from secretshift.model.errors import SecretshiftError
from secretshift.model.journeys import (
    CancelToken,
    Event,
    Looking,
    NoAnswer,
    Note,
    SourceFound,
    Step,
)
from secretshift.workflow.line import Told

from ..gate import Safe, gate
from ..run_state import ENDED
from ..views.run import STATES

PAUSE: Final = 10.0


class Leave(Exception):
    """The person leaves, or nobody answers any more."""


class Talk:
    """Everything said goes through the gate or is a sentence of ours."""

    def __init__(self, source: TextIO, out: TextIO, clock: Callable[[], float]) -> None:
        self._source = source
        self._out = out
        self._clock = clock
        self._said_at = 0.0
        self._said = ""
        self._silence = Told(PAUSE)
        self._lock = threading.Lock()

    def say(self, text: Safe | str = "") -> None:
        with self._lock:
            self._out.write(f"{text}\n")
            self._out.flush()

    def lines(self, lines: Iterable[Safe | str]) -> None:
        for line in lines:
            self.say(line)

    def complain(self, error: SecretshiftError) -> None:
        self.say(gate(f"Error: {error.what.rstrip('.')}."))
        if error.resource:
            self.say(gate(f"At: {error.resource}"))
        if error.hint:
            self.say(gate(f"Do: {error.hint.rstrip('.')}."))

    # Questions

    def ask(self, question: Safe | str) -> str:
        """An answer without blanks around it. Raises Leave at the end of input."""
        self.say(question)
        answer = self._source.readline()
        if not answer:
            raise Leave
        return answer.strip()

    def choose(self, question: Safe | str, choices: Sequence[Safe | str]) -> int:
        """The number of a choice, from 0. q leaves."""
        self.say(question)
        for number, choice in enumerate(choices, 1):
            self.say(f"{number}: {choice}")
        while True:
            answer = self.ask("Type a number, or q to leave.")
            if answer.casefold() == "q":
                raise Leave
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return int(answer) - 1
            self.say(f"That is none of 1 to {len(choices)}.")

    def pick(self, question: Safe | str, most: int) -> list[int]:
        """Positions from 0; none of them for 0 or an empty line."""
        while True:
            answer = self.ask(f"{question} Numbers with blanks between, all, or 0 for none.")
            if answer in ("", "0"):
                return []
            if answer.casefold() in ("all", "a"):
                return list(range(most))
            words = answer.replace(",", " ").split()
            if all(word.isdecimal() and 1 <= int(word) <= most for word in words):
                return sorted({int(word) - 1 for word in words})
            self.say(f"These are not all among 1 to {most}.")

    def agreed(self, name: Safe, verb: str) -> bool:
        """Whether exactly the name was typed; Enter alone agrees to nothing."""
        if self.ask(f"Type {name} to {verb}, or anything else for no.") == name:
            return True
        self.say("Not confirmed, so nothing was changed.")
        return False

    # What journeys say

    def heard(self, event: Event) -> None:
        """Any thread may call it."""
        if isinstance(event, Step):
            if event.state in ENDED:
                word = STATES.get(event.state, ("", "", event.state))[2]
                proved = f" Proved: {event.proof}." if event.proof else ""
                self.say(gate(f"{word.capitalize()}: {event.text}.{proved}", limit=1000))
        elif isinstance(event, Note):
            self.say(gate(event.text, limit=1000))
        elif isinstance(event, NoAnswer):
            if self._silence.worth(event):
                stops = " Ctrl-C stops where nothing is half done."
                said = stops if event.state == "waiting" else ""
                self.say(gate(f"{event.sentence}.{said}"))
        elif isinstance(event, Looking | SourceFound):
            self._progress(gate(event.sentence))

    def _progress(self, sentence: Safe) -> None:
        now = self._clock()
        if sentence != self._said and now - self._said_at >= PAUSE:
            self._said, self._said_at = sentence, now
            self.say(sentence)

    @contextmanager
    def cancellable(self, sentence: str) -> Iterator[CancelToken]:
        """Ctrl-C asks to stop where nothing is half done."""
        token = CancelToken()
        if threading.current_thread() is not threading.main_thread():
            yield token
            return

        def asked(_number: int, _frame: object) -> None:
            token.cancel()
            # The lock may be held by the very line that was interrupted.
            self._out.write(f"\n{sentence}\n")

        former = signal.signal(signal.SIGINT, asked)
        self._said_at = self._clock()
        try:
            yield token
        finally:
            signal.signal(signal.SIGINT, former)
