"""A path as a person named it."""

from __future__ import annotations

from pathlib import Path

from ..model.errors import UsageProblem


def require_path(path: Path, *, links: bool = False) -> bool:
    """Whether it is a folder. links: a link that leads nowhere is something, too.

    Raises UsageProblem for a path that is not there (``no-path``) or cannot be looked at.
    """
    try:
        is_folder = path.is_dir()
        there = path.exists() or (links and path.is_symlink())
    except OSError:
        raise UsageProblem("The path cannot be looked at", resource=str(path)) from None
    if not there:
        raise UsageProblem("There is nothing at this path", resource=str(path), code="no-path")
    return is_folder
