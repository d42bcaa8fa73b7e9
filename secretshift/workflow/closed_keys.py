"""Keys that keep a function's role out, whatever policies it is given: known before the first write
instead of found out by the twin."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from secretshift.model.errors import SecretshiftError
from secretshift.model.functions import FunctionSnapshot
from secretshift.model.ports import Region


class ClosedKeys:
    """default: the customer key of secrets of functions that have none, "" if there is none.

    Each role is asked about once for each key. Not to know is nothing to warn of.
    """

    def __init__(self, default: str) -> None:
        self._default = default
        self._known: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def of(self, region: Region, snapshot: FunctionSnapshot) -> Mapping[str, str]:
        """Key -> why the function's role cannot read secrets under it."""
        key = snapshot.kms_key or self._default
        if not key:
            return {}
        with self._lock:
            if (snapshot.role, key) not in self._known:
                self._known[snapshot.role, key] = _why(region, snapshot.role, key)
            why = self._known[snapshot.role, key]
        return {key: why} if why else {}


def _why(region: Region, role: str, key: str) -> str:
    try:
        return region.access.key_bars(role, key)
    except SecretshiftError:
        return ""
