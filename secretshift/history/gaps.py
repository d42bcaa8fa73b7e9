"""What a search of a history left out, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .objects import Facts

MAX_BYTES: Final = 5 * 1024 * 1024
"""Of a version that is still read."""


def gaps(facts: Facts, counts: Mapping[str, int], limit: int) -> tuple[str, ...]:
    """counts: of what was skipped, by reason; limit: bytes of a version that is still read."""
    found = []
    if facts.shallow:
        found.append("Older commits: this is a shallow clone (git fetch --unshallow brings them)")
    if facts.partial and counts.get("missing"):
        found.append(
            f"{counts['missing']:,} versions that a partial clone left with the server"
            " (git fetch --refetch --filter=blob:limit=5m brings them)"
        )
    size = f"over {limit // (1024 * 1024)} MiB"
    for reason, one, several in (
        ("huge", f"version of {size}", f"versions of {size}"),
        ("binary", "version that is no text", "versions that are no text"),
    ):
        if number := counts.get(reason):
            found.append(f"{number:,} {one if number == 1 else several}")
    return tuple(found)
