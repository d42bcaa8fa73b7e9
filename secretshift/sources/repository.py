"""What a folder is: a git work tree with its branch and size, or just a folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..model.errors import NotFound, Refused
from .git_command import run_git

MOST_COMMITS: Final = 100_000
"""Counting goes no further: it is for a person, who waits for it."""
_VERSION: Final = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """root: of the work tree; branch: "" while none is checked out; commits: of the present
    history, at most MOST_COMMITS and one; shallow: older commits are not on this machine."""

    root: Path
    branch: str
    commits: int
    shallow: bool


def repository_at(folder: Path) -> RepositoryFacts | None:
    """The work tree that a folder belongs to, None if it belongs to none.

    Raises what ``run_git`` raises, NotFound aside.
    """
    try:
        top = _line(run_git(folder, "rev-parse", "--show-toplevel").output)
    except NotFound:
        return None
    root = Path(os.fsdecode(top))
    branch = run_git(root, "symbolic-ref", "--quiet", "--short", "HEAD", also=(1,))
    shallow = _line(run_git(root, "rev-parse", "--is-shallow-repository").output)
    return RepositoryFacts(
        root=root,
        branch=_line(branch.output).decode("utf-8", "surrogateescape"),
        commits=_commits(root),
        shallow=shallow == b"true",
    )


def repository_form(path: Path) -> str:
    """``tree`` for a work tree or a folder in one, ``bare`` for a repository without one or the
    inside of one, "" for what is none. Raises what ``run_git`` raises, NotFound aside, and
    Refused (``git-failed``) for one that is there and that git does not take for a repository.

    A folder with a ``.git`` is a tree whatever the configuration in it says.
    """
    if not path.is_dir():
        return ""
    try:
        said = run_git(path, "rev-parse", "--is-bare-repository", "--is-inside-git-dir").output
    except NotFound:
        refuse_broken_repository(path)
        if all((path / name).is_dir() for name in ("objects", "refs")):
            raise Refused(
                "There is a repository here that git does not take for one",
                resource=str(path),
                hint="Repair it: look at its file HEAD first",
                code="git-failed",
            ) from None
        return ""
    inside = b"true" in said.split() and not os.path.lexists(path / ".git")
    return "bare" if inside else "tree"


def refuse_broken_repository(path: Path) -> None:
    """Raise Refused (``git-failed``) where a folder in which git knows no repository has a
    ``.git``: what it holds is not called nothing."""
    if os.path.lexists(path / ".git"):
        raise Refused(
            "There is a .git here that git does not take for a repository",
            resource=str(path),
            hint="Repair it, or move it away to read the folder as plain files",
            code="git-failed",
        ) from None


def work_tree_root(start: Path, *, named: str) -> Path:
    """The root of the work tree that a folder lies in. named: what the person called it.

    Raises NotFound where there is no repository, Refused where git does not open it or where its
    configuration places the work tree elsewhere, UsageProblem inside of ``.git``.
    """
    root = Path(os.fsdecode(_line(run_git(start, "rev-parse", "--show-toplevel").output)))
    if start != root and root not in start.parents:
        raise Refused(
            "The repository's configuration places its work tree elsewhere",
            resource=named,
            hint="Look at core.worktree in its configuration",
            code="foreign-work-tree",
        )
    return root


def _commits(root: Path) -> int:
    """0 for a repository in which nothing was committed."""
    head = run_git(root, "rev-parse", "--verify", "--quiet", "HEAD", also=(1,))
    if head.code != 0:
        return 0
    most = f"--max-count={MOST_COMMITS + 1}"
    return int(_line(run_git(root, "rev-list", "--count", most, "HEAD").output))


def git_version() -> tuple[int, int, int]:
    """Of the git that is used. Raises UsageProblem (``no-git``) where there is none."""
    found = _VERSION.search(run_git(Path("/"), "--version").output.decode("ascii", "replace"))
    if found is None:
        raise Refused("git does not say its version", code="git-failed")
    return int(found[1]), int(found[2]), int(found[3] or 0)


def _line(output: bytes) -> bytes:
    return output.removesuffix(b"\n")
