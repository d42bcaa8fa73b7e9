"""What another process says, read so that a wish to stop is heard meanwhile."""

from __future__ import annotations

import os
import select
from typing import Final

from secretshift.model.journeys import CancelToken

_LOOKS_UP: Final = 100
"""Milliseconds between two looks at whether to stop."""
_CHUNK: Final = 1 << 16


class Polled:
    """Reads what comes through a pipe, and looks up meanwhile. Raises Interrupted. cancel: None
    where nobody can wish to stop."""

    def __init__(self, descriptor: int, cancel: CancelToken | None) -> None:
        self._descriptor = descriptor
        self.cancel = cancel
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._here = bytearray()

    def read(self, size: int, /) -> bytes:
        while len(self._here) < size:
            if self.cancel is not None:
                self.cancel.check()
            if not self._poll.poll(_LOOKS_UP):
                continue
            more = os.read(self._descriptor, _CHUNK)
            if not more:
                break
            self._here += more
        taken = bytes(self._here[:size])
        del self._here[:size]
        return taken
