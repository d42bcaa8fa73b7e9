"""The native part of a search: built with the program where there is a compiler for C.

Whatever it does is done in Python too, which takes longer.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from types import ModuleType


@cache
def built() -> ModuleType | None:
    """None where it was not built, or of another source than lies beside it."""
    try:
        from . import _native
    except ImportError:
        return None
    source = Path(__file__).with_name("_native.c")
    try:
        if hashlib.sha256(source.read_bytes()).hexdigest() != _native.SOURCE:
            return None
    except FileNotFoundError:
        # Installed without it.
        pass
    return _native
