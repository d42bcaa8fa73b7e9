"""Where letters stand in a text, which a search asks of every version of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .native import built


def _best() -> Callable[[bytes, bytes, int, int], int]:
    native = built()
    return bytes.find if native is None else native.find


find: Final = _best()
"""As ``bytes.find``, for offsets that are not below 0."""
