"""git's order of commits: children before their parents, and else what is newer first.

Source: git-rev-list(1), ``--date-order``, ``--parents`` and ``--timestamp``.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ..model.errors import SecretshiftError
from ..sources.git_command import SECONDS, run_git, start_git

_ARGUMENTS: Final = ("rev-list", "--date-order", "--parents", "--timestamp")


def now(folder: Path) -> bytes:
    """Every commit that a ref reaches, with time and parents. Raises what ``run_git`` raises."""
    return run_git(folder, *_ARGUMENTS, "--all").output


def among(folder: Path, tips: Iterable[bytes], known: Iterable[bytes]) -> bytes | None:
    """The same of what tips reach and known do not; None where git cannot tell."""
    asked = [tip.hex() for tip in tips] + [f"^{name.hex()}" for name in known]
    try:
        git = start_git(folder, *_ARGUMENTS, "--stdin")
    except SecretshiftError:
        return None
    try:
        said, _nothing = git.communicate(
            "".join(f"{one}\n" for one in asked).encode("ascii"), SECONDS
        )
    except subprocess.TimeoutExpired:
        git.kill()
        git.communicate()
        return None
    return said if git.returncode == 0 else None
