"""Where a value ends that a bound would cut in two."""

from __future__ import annotations

import re
from typing import Final

_REST: Final = re.compile(rb"[^ \t\r\n\"'`<>,;\\]{0,2000}\\?[\"'`]?")


def rest_of_value(data: bytes, at: int, end: int) -> int:
    """Behind what goes on there, as values do, and the sign that ends it: half a value would be
    taken for a whole one."""
    return _REST.match(data, at, end).end()  # type: ignore[union-attr]
