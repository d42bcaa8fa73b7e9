"""Looks that run side by side and are waited for with a bound.

A login can hang: a credential process that asks, an endpoint that never answers. Whoever waits for
all of them must not, and the end of the program must not either.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from secretshift.model.journeys import CancelToken

T = TypeVar("T")
_LOOK_AGAIN = 0.1


@dataclass(frozen=True, slots=True)
class Look(Generic[T]):
    """work: what to do; late: the answer where it took too long."""

    work: Callable[[], T]
    late: T


def side_by_side(
    looks: Sequence[Look[T]], *, seconds: float, cancel: CancelToken, at_once: int = 8
) -> Iterator[tuple[int, T]]:
    """Each look's number and answer, in the order in which they come.

    seconds: for each, from its start. One that takes longer is left to itself. An exception of a
    look is raised here. Raises Interrupted when asked to stop, without waiting for anybody.
    """
    answers: queue.SimpleQueue[tuple[int, T | None, BaseException | None]] = queue.SimpleQueue()
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(looks)):
        waiting.put(number)

    def serve() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            answers.put((number, *_within(looks[number], seconds)))

    for _ in range(min(at_once, len(looks))):
        threading.Thread(target=serve, name="look", daemon=True).start()
    left = len(looks)
    while left:
        cancel.check()
        try:
            number, answer, error = answers.get(timeout=_LOOK_AGAIN)
        except queue.Empty:
            continue
        left -= 1
        if error is not None:
            raise error
        yield number, answer  # type: ignore[misc]  # None only beside an error


def _within(look: Look[T], seconds: float) -> tuple[T | None, BaseException | None]:
    """The answer, or the exception in its place."""
    outcome: list[tuple[T | None, BaseException | None]] = []

    def work() -> None:
        try:
            outcome.append((look.work(), None))
        # Raised again where the answer is awaited: in this thread nobody would see it.
        except BaseException as error:  # noqa: BLE001
            outcome.append((None, error))

    thread = threading.Thread(target=work, name="look-bounded", daemon=True)
    thread.start()
    thread.join(seconds)
    return outcome[0] if outcome else (look.late, None)
