"""How long code of the user's may take for one thing that it is asked.

Two clocks of the system watch it, which need no thread and so go along with processes that fork.
The one ticks each second and breaks the call off where Python can: in Python's own loops, in
``re``, while it sleeps or reads. Where that does not help, since it goes on regardless or is deep in
code of another language, the system ends the process: by the other clock, which counts the
processor's time, or after as many ticks.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final, NamedTuple, TypeVar

TICK: Final = 1.0
"""Seconds. Ticks are counted and not the time, which goes on while the process is stopped."""
LINE: Final = 10
"""Ticks for one line, a thousand times what a slow detector takes."""
LOAD: Final = 60
"""Ticks for one file of detectors, which may import much."""
LETTERS: Final = 100_000
"""Of a text that is searched as a whole; so many are worth another tick."""
ENDED_BY: Final = signal.SIGVTALRM
"""What the process ends by where a call could not be broken off."""
_REGARDLESS: Final = 3
"""Times as long as allowed, after which the process ends."""
_SPEECHLESS: Final = 4
"""The same, where it could not even say of what."""

T = TypeVar("T")


class Call(NamedTuple):
    """detector: its name, or its file; about: what it is asked of, "" while it is loaded."""

    detector: str
    about: str = ""


class TookTooLong(BaseException):
    """It was broken off. No Exception: foreign code is to let it pass."""


class Watch:
    """Takes SIGALRM and both clocks for itself, so the process has to be one for this work. It
    watches the main thread alone, the only one that a signal can break off; others go unwatched.

    last_words: told of what could not be broken off before the process ends, where there is time
    for it; not in copies of the process, which say nothing."""

    def __init__(self, last_words: Callable[[Call], None] = lambda _call: None) -> None:
        self._last_words, self._pid = last_words, os.getpid()
        self._of = Call("")
        self._is_on = False
        self._left = self._allowed = 0
        signal.signal(signal.SIGALRM, self._ticked)

    def within(self, ticks: int, call: Callable[[], T], of: Call) -> T:
        """What the call gives. Raises TookTooLong after so many ticks, and what the call raises."""
        if threading.current_thread() is not threading.main_thread():
            return call()
        self._left = self._allowed = ticks
        self._of = of
        try:
            try:
                self._is_on = True
                signal.setitimer(signal.ITIMER_VIRTUAL, ticks * TICK * _SPEECHLESS)
                signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
                return call()
            finally:
                self._off()
        except TookTooLong:
            # It may have come in the middle of that.
            self._off()
            raise

    def _off(self) -> None:
        self._is_on = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _ticked(self, _number: int, _frame: FrameType | None) -> None:
        if not self._is_on:
            return
        self._left -= 1
        if self._left <= -self._allowed * (_REGARDLESS - 1):
            self._is_on = False
            try:
                if os.getpid() == self._pid:
                    self._last_words(self._of)
            finally:
                os.kill(os.getpid(), ENDED_BY)
        if self._left <= 0:
            raise TookTooLong


def unwatched(_ticks: int, call: Callable[[], T], of: Call) -> T:
    """In place of ``Watch.within`` where nothing is watched."""
    return call()
