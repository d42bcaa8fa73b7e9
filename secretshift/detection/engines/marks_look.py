"""Which of the words and marks that make a line worth a look stand in a text.

To look for several hundred of them one after the other takes longer than all that follows.
"""

from __future__ import annotations

from typing import Final

from ..compiled import ONCE, expression
from ..named_places import EVERY_MARK, Sought, sought
from .native_look import NativeLook

_PATTERNS: Final = tuple(expression(mark) for mark in EVERY_MARK)


class MarksLook:
    """Loaded on first use. For several threads at once."""

    def __init__(self) -> None:
        self._look = NativeLook(_PATTERNS, ONCE)

    def load(self) -> None:
        """Now, for whoever will share it with other processes."""
        self._look.load()

    def of(self, lowered: str) -> Sought:
        """Those that a text in small letters holds; all where this machine has nothing that looks
        quickly."""
        numbers = self._look.numbers(lowered.encode("utf-8", "surrogatepass"))
        if numbers is None:
            return sought(EVERY_MARK)
        return sought([EVERY_MARK[number] for number in sorted(numbers)])
