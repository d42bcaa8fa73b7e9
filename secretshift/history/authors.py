"""Who wrote commits, by the names that the repository's ``.mailmap`` gives them.

Asked anew for what a scan tells, never kept: a mailmap changes without a word of any commit that
was searched before.
"""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from ..model.errors import SecretshiftError
from ..sources.git_command import bounded, start_git

SECONDS: Final = 10.0
"""A mailmap lies in the tree, where it may be something that never ends."""
_LONGEST: Final = 200
_ARGUMENTS: Final = (
    "log", "--stdin", "--no-walk=unsorted", "--ignore-missing", "--no-show-signature", "--no-notes",
    "--no-color", "--no-patch", "-z", "--encoding=UTF-8", "--format=%H %aN",
)  # fmt: skip


def authors_of(
    folder: Path, commits: Collection[str], seconds: float | None = None
) -> Mapping[str, str]:
    """By commit. Those of which git cannot tell, or not in time, are left out. seconds: SECONDS,
    unless there are fewer."""
    if not commits:
        return {}
    try:
        git = bounded(start_git(folder, *_ARGUMENTS))
    except SecretshiftError:
        return {}
    asked = "".join(f"{commit}\n" for commit in commits).encode("ascii", "ignore")
    try:
        said, _nothing = git.communicate(asked, timeout=SECONDS if seconds is None else seconds)
    except (subprocess.TimeoutExpired, OSError):
        git.kill()
        git.communicate()
        return {}
    named = (one.partition(b" ") for one in said.split(b"\0") if one)
    return {
        commit.decode("ascii", "replace"): name[:_LONGEST].decode("utf-8", "replace")
        for commit, _blank, name in named
    }
