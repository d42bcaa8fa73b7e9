"""Says while a journey is at work that a cloud does not answer, and that it answers again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from secretshift.model.journeys import Emit, NoAnswer

if TYPE_CHECKING:
    from secretshift.model.ports import Cloud, Unanswered

BEAT: Final = 0.5
"""Seconds between two looks at most."""


@contextmanager
def line_watched(clouds: Sequence[Cloud], emit: Emit, patience: float) -> Iterator[None]:
    """patience: seconds of silence until it is said. ``emit`` is called from a thread of its own
    as well, and not any more once this is left."""
    over = threading.Event()
    line = _Line(clouds, emit, patience)

    def watch() -> None:
        while not over.wait(min(BEAT, patience / 4)):
            line.look()

    thread = threading.Thread(target=watch, name="line", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _Line:
    """What was said until now. Used by one thread."""

    def __init__(self, clouds: Sequence[Cloud], emit: Emit, patience: float) -> None:
        self._clouds, self._emit, self._patience = clouds, emit, patience
        self._said: dict[str, float] = {}

    def look(self) -> None:
        """Say what has changed since the last look, and each second how long it has been."""
        silent = {one.where: one for cloud in self._clouds for one in cloud.unanswered}
        for where, seconds in tuple(self._said.items()):
            now = silent.get(where)
            if now is None or now.seconds < seconds:
                self._end(where, seconds, "answered")
            elif not now.waiting:
                self._end(where, now.seconds, "given-up")
        for one in silent.values():
            if one.waiting and one.seconds >= self._patience:
                self._tell(one)

    def _tell(self, one: Unanswered) -> None:
        before = self._said.get(one.where)
        if before is None or int(one.seconds) > int(before):
            self._said[one.where] = one.seconds
            self._emit(NoAnswer(one.where, one.seconds))

    def _end(self, where: str, seconds: float, state: str) -> None:
        del self._said[where]
        self._emit(NoAnswer(where, seconds, state))


class Told:
    """For views of lines: which of a silence's events are worth one."""

    def __init__(self, every: float = float("inf")) -> None:
        """every: seconds of silence after which it is said once more."""
        self._every = every
        self._said: dict[str, float] = {}

    def worth(self, event: NoAnswer) -> bool:
        if event.state != "waiting":
            self._said.pop(event.where, None)
            return True
        before = self._said.get(event.where)
        if before is not None and event.seconds - before < self._every:
            return False
        self._said[event.where] = event.seconds
        return True
