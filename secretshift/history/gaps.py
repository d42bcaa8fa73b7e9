"""What a search of a history left out, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .objects import Facts

MAX_BYTES: Final = 5 * 1024 * 1024
"""Of a version that is still read."""


USES_LFS: Final = "uses lfs"
"""A reason that has no number: 1 or nothing."""


def gaps(facts: Facts, counts: Mapping[str, int], limit: int) -> tuple[str, ...]:
    """counts: of what was skipped, by reason; limit: bytes of a version that is still read."""
    found = []
    if facts.shallow:
        found.append("Older commits: this is a shallow clone (git fetch --unshallow brings them)")
    left = [
        f"{number:,} {one if number == 1 else several}"
        for number, one, several in (
            (counts.get("missing folders", 0), "folder of a commit", "folders of commits"),
            (counts.get("missing", 0), "version of a file", "versions of files"),
        )
        if number
    ]
    if facts.partial and left:
        found.append(
            f"{' and '.join(left)} that a partial clone left with the server"
            " (git fetch --refetch --filter=blob:limit=5m brings them)"
        )
    size = f"over {limit // (1024 * 1024)} MiB"
    for reason, one, several in (
        ("huge", f"version of {size}", f"versions of {size}"),
        ("binary", "version that is no text", "versions that are no text"),
    ):
        if number := counts.get(reason):
            found.append(f"{number:,} {one if number == 1 else several}")
    if counts.get(USES_LFS):
        found.append("What Git LFS keeps: a history has only pointers to it")
    return tuple(found)
