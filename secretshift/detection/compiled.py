"""Compiled expressions of the native pass, kept between two runs: compiling takes half a second.

They lie in the user's own cache folder, and are made anew whenever they are not what is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import hyperscan

CASELESS: Final = "caseless"
CASE_COUNTS: Final = "case counts"
ONCE: Final = "once"
"""As CASE_COUNTS, and each expression is told once, however often it matches."""
_PLAIN: Final = re.compile(rb"[a-z0-9 ]")
_MOST_BYTES: Final = 16 * 1024 * 1024


def database(
    patterns: Sequence[str], how: str = CASELESS, seed: Sequence[str] | None = None
) -> hyperscan.Database:
    """Of these expressions, known by their numbers. how: one of the three above; seed: what says which
    they are, if not they themselves. Raises ImportError where hyperscan is not installed, and
    ValueError for an expression that it does not know."""
    seed = patterns if seed is None else seed
    found = kept(seed, how)
    if found is None:
        import hyperscan

        flags = {CASELESS: hyperscan.HS_FLAG_CASELESS, ONCE: hyperscan.HS_FLAG_SINGLEMATCH}
        found = _made(patterns, flags.get(how, 0))
        _keep(kept_at(how, seed), bytes(hyperscan.dumpb(found)))
        found.scratch = hyperscan.Scratch(found)
    return found


def expression(letters: str) -> str:
    """What matches these letters and nothing else."""
    return "".join(
        chr(byte) if _PLAIN.match(bytes([byte])) else f"\\x{byte:02x}"
        for byte in letters.encode("utf-8")
    )


def kept(seed: Sequence[str], how: str) -> hyperscan.Database | None:
    """What ``database`` made of the same, None if nothing is kept. Raises ImportError where
    hyperscan is not installed."""
    import hyperscan

    known = _read(kept_at(how, seed))
    if known is not None:
        # Of another processor, cut off, or of another version: it says so and is made anew.
        with contextlib.suppress(hyperscan.error, ValueError):
            found = hyperscan.loadb(known, hyperscan.HS_MODE_BLOCK)
            found.scratch = hyperscan.Scratch(found)
            return found
    return None


def _made(patterns: Sequence[str], flag: int) -> hyperscan.Database:
    import hyperscan

    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        made.compile(
            expressions=[pattern.encode("utf-8") for pattern in patterns],
            ids=list(range(len(patterns))),
            elements=len(patterns),
            flags=[flag] * len(patterns),
        )
    except hyperscan.error:
        raise ValueError("an expression that is not known") from None
    return made


def kept_at(how: str, seed: Sequence[str]) -> Path:
    """Where it is kept."""
    from platformdirs import user_cache_path

    told = "\0".join((version("hyperscan"), how, *seed)).encode("utf-8")
    return user_cache_path("secretshift") / f"sweep-{hashlib.sha256(told).hexdigest()[:24]}.hs"


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
