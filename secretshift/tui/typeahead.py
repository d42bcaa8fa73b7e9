"""Keys one after the other, however fast they come.

A key goes from the application to the widget with the focus and back up again, by several queues.
Without this, the letters behind ``/`` would still go to the list, and act there.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from textual import events
from textual.dom import DOMNode
from textual.message_pump import MessagePump

LOST: Final = 0.25
"""Seconds after which a key that nobody reports about counts as done: its widget is gone."""


class Typeahead:
    """give: what is done with a key when its turn has come."""

    def __init__(self, give: Callable[[events.Key], Awaitable[None]]) -> None:
        self._give = give
        self._waiting: deque[events.Key] = deque()
        self._since = 0.0
        self._number = 0

    def turn(self, event: events.Key) -> bool:
        """Whether this key may act now; if not, it is kept and given later."""
        if self._since:
            self._waiting.append(event)
        return not self._since

    def follow(self, node: DOMNode) -> None:
        """A key went to this widget. Twice up to the application: once with the key, once with
        what the key made the widget say."""
        self._since = time.monotonic()
        self._number += 1
        path = list(node.ancestors_with_self)
        self._up([*path, *path], self._number)

    def _up(self, path: list[DOMNode], number: int) -> None:
        while path:
            at: MessagePump = path.pop(0)
            if at.call_later(self._next if not path else self._up, *_rest(path, number)):
                return

    async def dropped(self) -> None:
        """The key that had its turn did nothing."""
        await self._release()

    async def _next(self, number: int) -> None:
        if number == self._number:
            await self._release()

    async def _release(self) -> None:
        self._since = 0.0
        if self._waiting:
            await self._give(self._waiting.popleft())

    async def unstick(self) -> None:
        """Go on where a widget went away with its key."""
        if self._since and time.monotonic() - self._since > LOST:
            self._number += 1
            await self._release()


def _rest(path: list[DOMNode], number: int) -> tuple[object, ...]:
    return (path, number) if path else (number,)
