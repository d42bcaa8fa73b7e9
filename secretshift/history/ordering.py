"""git's order of all commits, asked for ahead of whoever needs it: of a long history that takes git
longer than all that has to be imported."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from typing import Final

from ..model.errors import SecretshiftError
from ..sources.git_command import run_git, start_git

_ARGUMENTS: Final = ("rev-list", "--date-order", "--parents", "--all")
_begun: Final[dict[str, subprocess.Popen[bytes]]] = {}


def begin(folder: Path) -> None:
    """What goes wrong is met once more, where it is told."""
    with contextlib.suppress(SecretshiftError):
        _begun[str(folder)] = start_git(folder, *_ARGUMENTS)


def end() -> None:
    """Nothing is left of what nobody asked for."""
    while _begun:
        _folder, git = _begun.popitem()
        git.kill()
        git.communicate()


def begun(folder: Path) -> bytes | None:
    """Every commit and its parents, by what refs named when it was begun; None if it was not, or
    git could not tell."""
    git = _begun.pop(str(folder), None)
    if git is None:
        return None
    said, _nothing = git.communicate()
    return said if git.returncode == 0 else None


def now(folder: Path) -> bytes:
    """The same, by what they name now. Raises what ``run_git`` raises."""
    return run_git(folder, *_ARGUMENTS).output
