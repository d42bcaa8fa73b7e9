"""Compiled expressions of the native pass, kept between two runs: compiling takes half a second.

They lie in the user's own cache folder, and are made anew whenever they are not what is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import hyperscan

CASELESS: Final = "caseless"
CASE_COUNTS: Final = "case counts"
_MOST_BYTES: Final = 16 * 1024 * 1024


def database(patterns: Sequence[str], how: str = CASELESS) -> hyperscan.Database:
    """Of these expressions, known by their numbers. how: whether case counts. Raises ImportError
    where hyperscan is not installed, and ValueError for an expression that it does not know."""
    import hyperscan

    path = _kept_at((how, *patterns), version("hyperscan"))
    known = _read(path)
    made: hyperscan.Database | None = None
    if known is not None:
        # Of another processor, cut off, or of another version: it says so and is made anew.
        with contextlib.suppress(hyperscan.error, ValueError):
            made = hyperscan.loadb(known, hyperscan.HS_MODE_BLOCK)
    if made is None:
        made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        flag = hyperscan.HS_FLAG_CASELESS if how == CASELESS else 0
        try:
            made.compile(
                expressions=[pattern.encode("utf-8") for pattern in patterns],
                ids=list(range(len(patterns))),
                elements=len(patterns),
                flags=[flag] * len(patterns),
            )
        except hyperscan.error:
            raise ValueError("an expression that is not known") from None
        _keep(path, bytes(hyperscan.dumpb(made)))
    made.scratch = hyperscan.Scratch(made)
    return made


def _kept_at(patterns: Sequence[str], engine: str) -> Path:
    from platformdirs import user_cache_path

    seed = "\0".join((engine, *patterns)).encode("utf-8")
    return user_cache_path("secretshift") / f"sweep-{hashlib.sha256(seed).hexdigest()[:24]}.hs"


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            return file.read(_MOST_BYTES)
    except OSError:
        return None


def _keep(path: Path, data: bytes) -> None:
    """Whole or not at all; a folder that cannot be written costs half a second each time."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor
                file.write(data)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
