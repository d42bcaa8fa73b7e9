"""What a source passes over, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SENTENCES: Final = {
    "huge": ("1 file over {limit} bytes", "{n} files over {limit} bytes"),
    "binary": ("1 binary file", "{n} binary files"),
    "symlinks": ("1 symbolic link (not followed)", "{n} symbolic links (not followed)"),
    "special": (
        "1 entry that is no regular file",
        "{n} entries that are no regular files",
    ),
    "submodules": (
        "1 submodule: scan it by itself",
        "{n} submodules: scan them by themselves",
    ),
    "repositories": (
        "1 repository inside this one: scan it by itself",
        "{n} repositories inside this one: scan them by themselves",
    ),
    "missing": (
        "1 file that git tracks and that is not in the work tree",
        "{n} files that git tracks and that are not in the work tree",
    ),
    "ignored": (
        "1 file or folder that git ignores: name it to have it read",
        "{n} files and folders that git ignores: name them to have them read",
    ),
    "lfs": (
        "1 file kept by Git LFS: git itself has only a pointer to it",
        "{n} files kept by Git LFS: git itself has only pointers to them",
    ),
    "excluded": ("1 file left out by scan.exclude", "{n} files left out by scan.exclude"),
    "not included": (
        "1 file that fits no pattern of scan.include",
        "{n} files that fit no pattern of scan.include",
    ),
}
"""Why something was skipped -> the sentence for one and for more."""


def skipped(counts: Mapping[str, int], max_bytes: int) -> tuple[str, ...]:
    """A sentence for each reason that has a count. max_bytes: over which a file is not read."""
    return tuple(
        (one if counts[reason] == 1 else many).format(n=counts[reason], limit=f"{max_bytes:,}")
        for reason, (one, many) in _SENTENCES.items()
        if counts.get(reason)
    )
