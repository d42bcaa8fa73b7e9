"""Something that is done while the program does something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")

_BEGUN: Final[WeakSet[threading.Thread]] = WeakSet()


def alone() -> None:
    """Wait for whatever was begun ahead anywhere: whoever forks must have no other thread, which
    may hold a lock that nobody gives back in the copy."""
    # One that ends may have begun another.
    while alive := [thread for thread in list(_BEGUN) if thread.is_alive()]:
        for thread in alive:
            thread.join()


class Ahead(Generic[T]):
    """Begins at once, in a thread that is over when the result was given."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: list[T] = []
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        _BEGUN.add(self._thread)

    def _run(self) -> None:
        try:
            self._made.append(self._make())
        except BaseException as problem:  # noqa: BLE001 - raised where the result is asked for
            self._problem = problem

    def result(self) -> T:
        """Raises what making it raised."""
        self._thread.join()
        if self._problem is not None:
            raise self._problem
        return self._made[0]
