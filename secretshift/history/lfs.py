"""Whether a part of a repository's files is kept by Git LFS, where no history holds them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ..sources.lfs import ATTRIBUTES, names_lfs
from .objects import GitReader
from .packs import Damaged

_LARGEST: Final = 1024 * 1024


def uses_lfs(folder: Path, head: Iterable[tuple[str, bytes]]) -> bool:
    """head: (path, name of the blob) of what is committed now; a file that cannot be read names
    nothing. Raises Unavailable and UsageProblem (``no-git``)."""
    asked = [blob for path, blob in head if path.rpartition("/")[2] == ATTRIBUTES]
    reader = GitReader(folder)
    try:
        return any(_names_lfs(reader, blob) for blob in asked)
    finally:
        reader.close()


def _names_lfs(reader: GitReader, blob: bytes) -> bool:
    try:
        content = reader.blob(blob, _LARGEST)
    except Damaged:
        return False
    return isinstance(content, bytes) and names_lfs(content)
