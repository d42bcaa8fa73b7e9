"""What the refs of a repository lead to, and the files of a tree.

Source: git-for-each-ref(1), git-ls-tree(1).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from ..model.errors import Refused
from ..sources.git_command import run_git, start_git
from .commits import MOST_PATHS, tokens
from .salvage import files_of

_CHUNK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Ref:
    name: str
    target: bytes


class Refs(NamedTuple):
    """commits: those that lead to one; others: what the rest leads to, a tree or a blob, by sort
    and name; broken: names of those that lead to nothing that is there, ("",) where git can read
    none of them."""

    commits: tuple[Ref, ...]
    others: tuple[tuple[str, bytes], ...]
    broken: tuple[str, ...] = ()


def refs_of(folder: Path) -> Refs:
    """Raises what ``run_git`` raises, but for what is wrong with the refs."""
    try:
        answer = run_git(
            folder, "for-each-ref",
            "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)",
        )  # fmt: skip
    except Refused:
        # One ref of which git has no object is enough.
        return _refs_there(folder)
    lines = []
    for line in answer.output.split(b"\n"):
        if not line:
            continue
        kind, name, inner_kind, inner, ref = line.split(b" ", 4)
        if inner_kind == b"tag":
            # A tag of a tag: only the first of them is looked through here.
            return _refs_there(folder)
        lines.append((ref, inner_kind or kind, inner if inner_kind else name))
    return _sorted(lines, answer.broken_refs)


def _refs_there(folder: Path) -> Refs:
    """The same, asked for one by one."""
    try:
        answer = run_git(folder, "for-each-ref", "--format=%(objectname) %(refname)")
    except Refused:
        return Refs((), (), ("",))
    refs = [line.split(b" ", 1) for line in answer.output.splitlines()]
    git = start_git(folder, "cat-file", "--batch-check=%(objecttype) %(objectname)")
    asked = b"".join(name + b"^{}\n" for name, _ref in refs)
    told = git.communicate(asked)[0].splitlines()
    lines = []
    for place, (_name, ref) in enumerate(refs):
        # git may end at one that it cannot read: the rest is as good as that one.
        kind, _, name = (told[place] if place < len(told) else b"").partition(b" ")
        lines.append((ref, kind, name))
    return _sorted(lines, answer.broken_refs)


def _sorted(lines: list[tuple[bytes, bytes, bytes]], broken: tuple[str, ...]) -> Refs:
    """lines: ref, sort of what it leads to, and its name."""
    commits: list[Ref] = []
    others: list[tuple[str, bytes]] = []
    lost = list(broken)
    for ref, kind, name in lines:
        if kind == b"commit":
            commits.append(Ref(os.fsdecode(ref), bytes.fromhex(name.decode("ascii"))))
        elif kind in (b"tree", b"blob"):
            others.append((kind.decode("ascii"), bytes.fromhex(name.decode("ascii"))))
        else:
            lost.append(os.fsdecode(ref))
    return Refs(tuple(commits), tuple(others), tuple(sorted(lost)))


def tree_of(folder: Path, name: str) -> Iterator[tuple[bytes, bytes]]:
    """(path, name of the blob) of a tree, a commit or HEAD, as far as it is there, and at most
    MOST_PATHS of them; nothing where there is no such thing, or nothing was committed. Raises what
    ``run_git`` raises."""
    there = run_git(
        folder, "rev-parse", "--verify", "-q", f"{name}^{{tree}}",
        also=(1, 128),
    )  # fmt: skip
    if there.code:
        return
    tree = there.output.decode("ascii").strip()
    files = _listed(folder, tree)
    yield from islice(files_of(folder, tree), MOST_PATHS) if files is None else files


def _listed(folder: Path, tree: str) -> list[tuple[bytes, bytes]] | None:
    """None where git breaks off."""
    git = start_git(folder, "ls-tree", "-r", "-z", "--full-tree", tree)
    found: list[tuple[bytes, bytes]] = []
    assert git.stdin is not None and git.stdout is not None
    git.stdin.close()
    with git.stdout as pipe:
        for record in tokens(iter(lambda: pipe.read(_CHUNK), b"")):
            facts, _, path = record.partition(b"\t")
            fields = facts.split(b" ")
            if len(fields) == 3 and fields[1] == b"blob":
                found.append((path, bytes.fromhex(fields[2].decode("ascii"))))
            if len(found) >= MOST_PATHS:
                git.kill()
                git.wait()
                return found
    return found if git.wait() == 0 else None
