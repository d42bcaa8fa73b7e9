"""How far this machine's clock is off, by the ``Date`` that AWS puts into each of its answers.

AWS refuses signatures that are more than five minutes old or young, and its refusal has a date as
well. Source: "Troubleshoot Signature Version 4 signed requests for AWS APIs", "Date handling in
Signature Version 4"; RFC 9110, section 6.6.1.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from .clocks import Clock, SystemClock


class _Events(Protocol):
    def register(self, event_name: str, handler: Any) -> object: ...


class ServerTime:
    """Listens to the answers of all clients of one account."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._ahead: timedelta | None = None

    @property
    def ahead(self) -> timedelta | None:
        """How far this machine's clock was ahead at the last answer; None before the first."""
        with self._lock:
            return self._ahead

    def attach(self, events: _Events) -> None:
        """Look at the date of every answer of a client, refusals included."""

        def seen(response_dict: Any = None, **_event: Any) -> None:
            # Only this header is looked at: the rest of an answer may hold a value.
            date = _date(((response_dict or {}).get("headers") or {}).get("date"))
            if date is not None:
                with self._lock:
                    self._ahead = self._clock.now() - date

        events.register("response-received", seen)


def _date(text: object) -> datetime | None:
    """None where there is no date, or something that is none."""
    try:
        date = parsedate_to_datetime(str(text))
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
