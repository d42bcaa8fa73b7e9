"""Which of the words and marks that make a line worth a look stand in a text.

To look for several hundred of them one after the other takes longer than all that follows.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from ..compiled import ONCE, database, expression
from ..named_places import EVERY_MARK, Sought, sought

if TYPE_CHECKING:
    import hyperscan

_PATTERNS: Final = tuple(expression(mark) for mark in EVERY_MARK)


class MarksLook:
    """Loaded on first use. For several threads at once."""

    def __init__(self) -> None:
        # What a scan notes while it goes on is the database's.
        self._lock = threading.Lock()
        self._database: hyperscan.Database | None = None
        self._is_sought = False

    def load(self) -> None:
        """Now, for whoever will share it with other processes."""
        with self._lock:
            self._load()

    def of(self, lowered: str) -> Sought:
        """Those that a text in small letters holds; all where this machine has nothing that looks
        quickly."""
        data = lowered.encode("utf-8", "surrogatepass")
        found: list[int] = []

        def on_match(number: int, _start: int, _end: int, _flags: int, _context: Any) -> None:
            found.append(number)

        with self._lock:
            look = self._load()
            if look is None:
                return sought(EVERY_MARK)
            look.scan(data, match_event_handler=on_match)
        found.sort()
        return sought([EVERY_MARK[number] for number in found])

    def _load(self) -> hyperscan.Database | None:
        if not self._is_sought:
            self._is_sought = True
            try:
                self._database = database(_PATTERNS, ONCE)
            except ImportError:
                self._database = None
        return self._database
