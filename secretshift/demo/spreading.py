"""How a change becomes known in a cloud of several parts, each at its own time. Pure.

A request is answered by one part, and the next one perhaps by another, so what was changed works,
fails and works again until every part knows it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

V = TypeVar("V")

PARTS = 4


@dataclass(frozen=True, slots=True)
class _Change(Generic[V]):
    at: float
    number: int
    before: V


class Spreading(Generic[V]):
    """Who knows which changes of what.

    seconds: when the first and the last part know a change at the earliest and at the latest.
    seed: decides which part answers and when it learns of a change, the same way every time.
    clock: the time in seconds.
    """

    def __init__(self, seconds: tuple[float, float], seed: int, clock: Callable[[], float]) -> None:
        self._first, self._last = seconds
        self._seed = seed
        self._clock = clock
        self._requests = Random(seed)
        self._changes: dict[str, list[_Change[V]]] = {}
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def changed(self, name: str, before: V) -> None:
        """What holds for `name` was `before` until now."""
        with self._lock:
            self._counts[name] = number = self._counts.get(name, 0) + 1
            known = self._changes.setdefault(name, [])
            known.append(_Change(self._clock(), number, before))

    def seen(self, name: str, present: V) -> V:
        """What the part that answers the next request takes for `name`."""
        with self._lock:
            part, now = self._requests.randrange(PARTS), self._clock()
            known = [
                change for change in self._changes.get(name, ()) if now - change.at < self._last
            ]
            if known:
                self._changes[name] = known
            else:
                self._changes.pop(name, None)
        for change in known:
            if now - change.at < self._delay(name, change.number, part):
                return change.before
        return present

    def _delay(self, name: str, number: int, part: int) -> float:
        """Each part has a stretch of the time of its own, so that no two learn it at once."""
        within = Random(f"{self._seed}:{name}:{number}:{part}").random()
        return self._first + (self._last - self._first) * (part + within) / PARTS
