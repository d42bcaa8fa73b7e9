"""Whether a text can hold a token that shows by its form who gave it out.

To look for a hundred beginnings one after the other takes a tenth of a second for each megabyte;
in nearly all texts there is none of them.
"""

from __future__ import annotations

from typing import Final

from ..compiled import CASE_COUNTS
from ..grammars.issued import SWEPT
from .native_look import NativeLook

_SHORT: Final = 20
"""Characters that are too few for any of them."""


class IssuersLook:
    """Loaded on first use. For several threads at once."""

    def __init__(self) -> None:
        self._look = NativeLook(SWEPT, CASE_COUNTS)

    def load(self) -> None:
        """Now, for whoever will share it with other processes."""
        self._look.load()

    def may_hold(self, text: str) -> bool:
        """True as well where this machine has nothing that looks quickly."""
        return len(text) >= _SHORT and self._look.numbers(text.encode("utf-8", "replace")) != []
