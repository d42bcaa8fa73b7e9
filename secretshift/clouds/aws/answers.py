"""Which services have not answered for how long, by the SDK's own events.

A request is sent in several attempts (``before-send`` and ``response-received`` once for each,
``after-call-error`` once at the end), all on the caller's thread. A refusal is an answer.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from secretshift.model.ports import Unanswered

from .clocks import Clock, SystemClock

FORGOTTEN: Final = 5.0
"""Seconds after a request was given up until the next one no longer belongs to the same silence."""


class _Events(Protocol):
    def register(self, event_name: str, handler: Any) -> object: ...


@dataclass(slots=True)
class _Silence:
    """since: its first attempt without an answer; callers: threads that wait; ended: when the
    last of them gave up."""

    since: float
    callers: set[int] = field(default_factory=set)
    ended: float = 0.0


class Answers:
    """Listens to the clients of one account; any thread may ask."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._silences: dict[str, _Silence] = {}

    @property
    def missing(self) -> tuple[Unanswered, ...]:
        """By service and region, those that wait the longest first."""
        with self._lock:
            now = self._clock.monotonic()
            found = [
                Unanswered(where, now - silence.since, bool(silence.callers))
                for where, silence in self._silences.items()
                if silence.callers or now - silence.ended < FORGOTTEN
            ]
        return tuple(sorted(found, key=lambda one: -one.seconds))

    def attach(self, events: _Events, where: str) -> None:
        """Listen to one client. where: what a person calls its service and region."""

        def sent(**_event: Any) -> None:
            self._sent(where)

        def received(response_dict: Any = None, **_event: Any) -> None:
            # A request that got nothing comes here as well, with the exception in its place.
            if response_dict is not None:
                self._answered(where)

        def gave_up(**_event: Any) -> None:
            self._gave_up(where)

        events.register("before-send", sent)
        events.register("response-received", received)
        events.register("after-call-error", gave_up)

    def _sent(self, where: str) -> None:
        with self._lock:
            now = self._clock.monotonic()
            silence = self._silences.get(where)
            if silence is None or (not silence.callers and now - silence.ended >= FORGOTTEN):
                silence = self._silences[where] = _Silence(now)
            silence.callers.add(threading.get_ident())

    def _answered(self, where: str) -> None:
        with self._lock:
            silence = self._silences.pop(where, None)
            if silence is None:
                return
            others = silence.callers - {threading.get_ident()}
            if others:
                self._silences[where] = _Silence(self._clock.monotonic(), others)

    def _gave_up(self, where: str) -> None:
        with self._lock:
            silence = self._silences.get(where)
            if silence is not None:
                silence.callers.discard(threading.get_ident())
                silence.ended = self._clock.monotonic()
