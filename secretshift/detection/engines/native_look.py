"""One native pass over a text by expressions of ours, loaded on first use."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..compiled import database

if TYPE_CHECKING:
    import hyperscan


class NativeLook:
    """For several threads at once."""

    def __init__(self, patterns: Sequence[str], how: str) -> None:
        """how: as of ``database``."""
        self._patterns, self._how = patterns, how
        # What a scan notes while it goes on is the database's.
        self._lock = threading.Lock()
        self._database: hyperscan.Database | None = None
        self._is_sought = False

    def load(self) -> None:
        """Now, for whoever will share it with other processes."""
        with self._lock:
            self._load()

    def numbers(self, data: bytes) -> list[int] | None:
        """Of the expressions that match, in no order; None where this machine has nothing that
        looks quickly."""
        found: list[int] = []

        def on_match(number: int, _start: int, _end: int, _flags: int, _context: Any) -> None:
            found.append(number)

        with self._lock:
            look = self._load()
            if look is None:
                return None
            look.scan(data, match_event_handler=on_match)
        return found

    def _load(self) -> hyperscan.Database | None:
        if not self._is_sought:
            self._is_sought = True
            try:
                self._database = database(self._patterns, self._how)
            except ImportError:
                self._database = None
        return self._database
