"""kingfisher's own rules, loaded once in a process, and ahead of whoever is known to need them.

Loading is native and takes a third of a second, which else comes after everything that Python has
to import.
"""

from __future__ import annotations

import contextlib
import importlib.util
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import kingfisher_sdk

_lock = threading.Lock()
_loaded: list[BuiltInRules] = []


class BuiltInRules(NamedTuple):
    """scanner: for several threads at once."""

    rules: kingfisher_sdk.Rules
    scanner: kingfisher_sdk.Scanner


def begin() -> None:
    """Load them beside whatever else the program does, which need not wait for it at its end.
    ``built_in`` waits for that, and says what went wrong. Not where this process will be copied
    before it asked for them."""
    threading.Thread(target=_try, name="rules", daemon=True).start()


def built_in() -> BuiltInRules:
    """Raises RuntimeError, ValueError or OSError where they cannot be loaded."""
    with _lock:
        if not _loaded:
            import kingfisher_sdk

            rules = kingfisher_sdk.Rules()
            _loaded.append(BuiltInRules(rules, kingfisher_sdk.Scanner(rules, base64=False)))
        return _loaded[0]


def identity() -> str:
    """Which they are, without loading them: they are a part of the library."""
    from importlib.metadata import version

    found = importlib.util.find_spec("kingfisher_sdk")
    sizes = [
        f"{path.name} {path.stat().st_size}"
        for folder in (found.submodule_search_locations or () if found else ())
        for path in sorted(Path(folder).glob("_native*"))
    ]
    return " ".join((version("kingfisher-secret-scanner"), *sizes))


def _try() -> None:
    # Whoever needs them meets what went wrong, and tells it.
    with contextlib.suppress(RuntimeError, ValueError, OSError):
        built_in()
