"""Files that Git LFS keeps: git itself has a pointer to each.

Source: the specification of Git LFS, docs/spec.md ("The Pointer"); git-lfs-track(1).
"""

from __future__ import annotations

from typing import Final

_POINTER: Final = b"version https://git-lfs.github.com/spec/v1\n"
_LONGEST_POINTER: Final = 1024
ATTRIBUTES: Final = ".gitattributes"
"""The name of the files that say which others Git LFS keeps."""


def is_pointer(size: int, content: bytes) -> bool:
    """size: bytes of the file, of which content may be the begin."""
    return size < _LONGEST_POINTER and content.startswith(_POINTER)


def names_lfs(attributes: bytes) -> bool:
    """Whether one line of a ``.gitattributes`` gives files to Git LFS."""
    return any(
        b"filter=lfs" in line.split()[1:]
        for line in attributes.splitlines()
        if not line.lstrip().startswith(b"#")
    )
