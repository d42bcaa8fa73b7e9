"""Which files a commit or a branch changes, and from which content to which."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..model.errors import NotFound, Refused, UsageProblem
from .git_command import run_git
from .named_path import require_path
from .repository import refuse_broken_repository, work_tree_root

_RAW: Final = (
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
)
_RENAMES: Final = ("--find-renames=50%", "-l1000")
"""Over a thousand candidates git looks for renames without a change only; the rest counts as new.
A configuration could lift that bound."""
_ID: Final = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it will be. path: relative to the root; mode: as git writes it; before, after: ids
    of the contents, before "" where the file is new; unmerged: its conflict is not resolved."""

    path: str
    mode: str
    before: str
    after: str
    unmerged: bool = False


@dataclass(frozen=True, slots=True)
class ChangeList:
    """root: of the work tree; named: the path below it that was named, "" for all; not_searched:
    sentences on what this list leaves out."""

    root: Path
    named: str
    changes: tuple[Change, ...]
    not_searched: tuple[str, ...]


def staged(path: Path) -> ChangeList:
    """What the next commit changes, as it stands in the index.

    In a hook of ``git commit -a`` or ``git commit FILE`` that is another index, which git names in
    GIT_INDEX_FILE. It counts if it is a file in this repository's own git folder. Source:
    git(1), githooks(5), 2.39.

    Raises UsageProblem where there is no repository, and what ``run_git`` raises.
    """
    root, named = _place(path, "--staged")
    index, gap = _index_of_hook(root)
    before = _commit(root, "HEAD")
    if before is None:
        # Of the first commit every line is new: against the tree that holds nothing.
        before = run_git(root, "hash-object", "-t", "tree", "--stdin").output.decode().strip()
    listed = _listed(root, index, "diff-index", "--cached", "--ita-invisible-in-index", before)
    return ChangeList(root, named, listed, ("what is not staged, and what was there before", *gap))


def since(path: Path, ref: str) -> ChangeList:
    """What HEAD changed since it left the history of ref: from their merge base on.

    Raises UsageProblem (``unknown-ref``, ``no-commit``, ``no-repository``), Refused
    (``no-merge-base``), and what ``run_git`` raises.
    """
    root, named = _place(path, "--since")
    # A name with one of these would be an option, a range or nothing.
    odd = not ref or ref.startswith(("-", "^")) or not ref.isprintable()
    other = None if odd else _commit(root, ref)
    if other is None:
        raise UsageProblem(
            "There is no such commit, branch or tag",
            resource=ref,
            hint="Look with git log or git branch --all; a clone of CI may have to fetch it first "
            "(git fetch origin NAME)",
            code="unknown-ref",
        )
    head = _commit(root, "HEAD")
    if head is None:
        raise UsageProblem(
            "Nothing was committed here yet",
            resource=str(root),
            hint="For a first commit: --staged",
            code="no-commit",
        )
    base = run_git(root, "merge-base", other, head, also=(1,))
    if base.code != 0:
        raise _no_merge_base(root, ref)
    changed = _listed(root, None, "diff-tree", "-r", base.output.decode("ascii").strip(), head)
    return ChangeList(
        root, named, changed, (f"what was there before {ref}, and what is not committed",)
    )


def _no_merge_base(root: Path, ref: str) -> Refused:
    shallow = run_git(root, "rev-parse", "--is-shallow-repository").output.strip() == b"true"
    return Refused(
        "This clone does not reach back to where HEAD left that history"
        if shallow
        else "HEAD has no commit in common with it",
        resource=ref,
        hint="Fetch the rest: git fetch --unshallow (in GitHub Actions: fetch-depth: 0)"
        if shallow
        else "Name a commit of the same history",
        code="no-merge-base",
    )


def _place(path: Path, option: str) -> tuple[Path, str]:
    """Root of the work tree, and what of it was named. Raises UsageProblem."""
    is_folder = require_path(path, links=True)
    folder = path.resolve() if is_folder else path.parent.resolve()
    try:
        root = work_tree_root(folder, named=str(path))
    except NotFound:
        refuse_broken_repository(folder)
        raise UsageProblem(
            f"{option} asks git, and there is no repository here",
            resource=str(path),
            hint=f"Name a folder in a work tree, or scan without {option}",
            code="no-repository",
        ) from None
    named = folder if is_folder else folder / path.name
    return root, "" if named == root else named.relative_to(root).as_posix()


def _index_of_hook(root: Path) -> tuple[Path | None, tuple[str, ...]]:
    """The index that git told a hook to look at, None for the repository's own; and a sentence if
    one was named that is not taken."""
    told = os.environ.get("GIT_INDEX_FILE")
    if not told:
        return None, ()
    answer = run_git(root, "rev-parse", "--absolute-git-dir").output.removesuffix(b"\n")
    folder = Path(os.fsdecode(answer)).resolve()
    # A relative name begins where git begins: at the root of the work tree.
    index = Path(root, told)
    if index.parent.resolve() == folder and index.is_file():
        return folder / index.name, ()
    return None, (
        "the index that GIT_INDEX_FILE names: it is no file in this repository's git folder",
    )


def _commit(root: Path, name: str) -> str | None:
    """The id of a commit, None where the name stands for none."""
    answer = run_git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", also=(1, 128))
    found = answer.output.strip()
    return found.decode() if answer.code == 0 and _ID.fullmatch(found) else None


def _listed(root: Path, index: Path | None, *command: str) -> tuple[Change, ...]:
    name, *rest = command
    try:
        answer = run_git(root, name, *_RAW, *_RENAMES, *rest, "--", index=index)
    except Refused:
        # To find renames git reads contents, which a partial clone may not have.
        answer = run_git(root, name, *_RAW, "--no-renames", *rest, "--", index=index)
    return tuple(_changes(answer.output))


def _changes(output: bytes) -> Iterator[Change]:
    """From ``:MODE MODE ID ID STATUS NUL PATH NUL``, with a second path for a rename. Source:
    git-diff-index(1), raw output format."""
    fields = iter(output.split(b"\0"))
    for facts in fields:
        if not facts:
            continue
        old_mode, mode, before, after, status = facts.decode("ascii").removeprefix(":").split(" ")
        path = next(fields)
        if status[0] in "RC":
            path = next(fields)
        if status[0] == "D":
            continue
        was_file = old_mode.startswith("100")
        yield Change(
            path=os.fsdecode(path),
            mode=mode,
            before=before if was_file else "",
            after=after,
            unmerged=status[0] == "U",
        )
