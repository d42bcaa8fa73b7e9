"""Journeys on threads, their events in batches on the screen's thread.

A journey emits whatever it likes, as often as it likes; the interface takes what has come ten
times a second. Posting each event by itself costs more than drawing it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from textual.message import Message

from secretshift.model.errors import SecretshiftError

if TYPE_CHECKING:
    from secretshift.model.journeys import CancelToken, Emit, Event

BEAT: Final = 0.1
"""Seconds between two batches."""
KEPT: Final = 200_000
"""Events that wait at most; a journey that is faster than the screen loses the oldest."""

Work: TypeAlias = "Callable[[Emit, CancelToken], Any]"


class Journey:
    """One journey at work. stamped: events with the clock's seconds at which they came."""

    def __init__(self, name: str) -> None:
        from secretshift.model.journeys import CancelToken

        self.name = name
        self.cancel = CancelToken()
        self.stamped: deque[tuple[float, Event]] = deque(maxlen=KEPT)
        self.thread: threading.Thread | None = None
        self.ended = False

    def take(self) -> Sequence[tuple[float, Event]]:
        """What has come since the last time."""
        taken = []
        while self.stamped:
            taken.append(self.stamped.popleft())
        return taken


class JourneyEnded(Message):
    """The journey is over: with a result, an expected error, or a defect of the program."""

    def __init__(
        self, journey: Journey, result: Any, error: SecretshiftError | None, bug: Exception | None
    ) -> None:
        super().__init__()
        self.journey, self.result, self.error, self.bug = journey, result, error, bug


class Bridge:
    """Starts journeys. post: puts a message on the interface's queue from any thread."""

    def __init__(
        self, post: Callable[[Message], Any], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._post = post
        self._clock = clock
        self.journeys: list[Journey] = []

    def start(self, name: str, work: Work) -> Journey:
        """Run it on a thread of its own. Its end is posted as JourneyEnded."""
        journey = Journey(name)

        def emit(event: Event) -> None:
            journey.stamped.append((self._clock(), event))

        def body() -> None:
            result, error, bug = None, None, None
            try:
                result = work(emit, journey.cancel)
            except SecretshiftError as caught:
                error = caught
            # A defect must end the program with a sentence, and on its own thread it would end
            # this thread only.
            except Exception as caught:  # noqa: BLE001
                bug = caught
            self._post(JourneyEnded(journey, result, error, bug))

        journey.thread = threading.Thread(
            target=copy_context().run, args=(body,), name=f"journey-{name}", daemon=True
        )
        self.journeys.append(journey)
        journey.thread.start()
        return journey

    def finish(self, journey: Journey) -> None:
        journey.ended = True
        if journey in self.journeys:
            self.journeys.remove(journey)

    def busy(self, *names: str) -> bool:
        """Whether one of these (any, without names) is at work."""
        return any(not names or journey.name in names for journey in self.journeys)

    def stop(self, *names: str) -> bool:
        """Ask them to stop where nothing is half done; whether there was one."""
        asked = [journey for journey in self.journeys if not names or journey.name in names]
        for journey in asked:
            journey.cancel.cancel()
        return bool(asked)

    def settle(self, *names: str) -> None:
        """After the screen is gone (a closed browser, a lost terminal): what writes finishes the
        change in hand and stops."""
        self.stop(*names)
        for journey in self.journeys:
            if journey.name in names and journey.thread is not None:
                journey.thread.join()
