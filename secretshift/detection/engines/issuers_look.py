"""Whether a text can hold a token that shows by its form who gave it out.

To look for a hundred beginnings one after the other takes a tenth of a second for each megabyte;
in nearly all texts there is none of them.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from ..compiled import CASE_COUNTS, database
from ..grammars.issued import SWEPT

if TYPE_CHECKING:
    import hyperscan

_SHORT: Final = 20
"""Characters that are too few for any of them."""


class IssuersLook:
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

    def may_hold(self, text: str) -> bool:
        """True as well where this machine has nothing that looks quickly."""
        if len(text) < _SHORT:
            return False
        data = text.encode("utf-8", "replace")
        found = False

        def on_match(*_: Any) -> None:
            nonlocal found
            found = True

        with self._lock:
            look = self._load()
            if look is None:
                return True
            look.scan(data, match_event_handler=on_match)
        return found

    def _load(self) -> hyperscan.Database | None:
        if not self._is_sought:
            self._is_sought = True
            try:
                self._database = database(SWEPT, CASE_COUNTS)
            except ImportError:
                self._database = None
        return self._database
