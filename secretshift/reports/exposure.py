"""How long a value stood in a git history, who wrote it there, and from where it is reached."""

from __future__ import annotations

from typing import Any, Final

from secretshift.model.findings import HistoryLocation

SHORT: Final = 12
"""Characters of an object's id that are shown."""
_REFS: Final = 3
"""Names that stand in a sentence."""


def version(location: HistoryLocation) -> str:
    """``app/settings.py:4``, or the blob where no commit gives it a path."""
    name = location.path or f"blob {location.blob[:SHORT]}"
    return f"{name}:{location.line}" if location.line else name


def head_words(location: HistoryLocation) -> str:
    """Whether whoever checks out HEAD gets the value."""
    if not location.line:
        return "not traced yet"
    if location.in_head:
        return "still in HEAD"
    return "removed from HEAD" if location.first_commit else "in no commit"


def span(location: HistoryLocation) -> str:
    """``2024-02-01 to 2025-06-30``: days on which it was written first and last; "" if unknown."""
    first, last = location.first_time[:10], location.last_time[:10]
    return first if first == last else f"{first} to {last}"


def short_ref(ref: str) -> str:
    """``main``, ``tag v1.0``, ``origin/main``, as a person calls it; others by their whole name."""
    for start, kind in (("refs/heads/", ""), ("refs/tags/", "tag "), ("refs/remotes/", "")):
        if ref.startswith(start):
            return kind + ref.removeprefix(start)
    return ref


def refs_words(location: HistoryLocation) -> str:
    """``main, tag v1.0, tag v1.1 and 4 more refs``; "no ref" where nothing reaches it."""
    if not location.refs_total:
        return "no ref"
    named = [short_ref(ref) for ref in location.refs[:_REFS]]
    more = location.refs_total - len(named)
    rest = f" and {more:,} more ref{'' if more == 1 else 's'}" if more > 0 else ""
    return f"{', '.join(named)}{rest}"


def exposure_words(location: HistoryLocation) -> str:
    """Everything in a line: ``removed from HEAD, written 2024-02-01 to 2025-06-30 (3f2a… to
    9c1b…), first by Ann, on main and 2 more refs``."""
    if not location.first_commit:
        return head_words(location) + (", its commits were not read" if location.in_head else "")
    first, last = location.first_commit[:SHORT], location.last_commit[:SHORT]
    commits = first if first == last else f"{first} to {last}"
    parts = [
        head_words(location),
        f"written {span(location)} ({commits})".replace("  ", " "),
        f"first by {location.author}" if location.author else "",
        f"on {refs_words(location)}",
    ]
    return ", ".join(part for part in parts if part)


def exposure_data(location: HistoryLocation) -> dict[str, Any]:
    """What stands in JSON beside the location: times, author and refs."""
    return {
        "first_time": location.first_time,
        "last_time": location.last_time,
        "author": location.author,
        "refs": list(location.refs),
        "refs_total": location.refs_total,
    }
