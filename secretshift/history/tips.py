"""Where a repository's history begins: what its refs and heads name, and the order of commits.

Source: git-show-ref(1), git-worktree(1), git-rev-list(1).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..sources.git_command import run_git
from . import ordering
from .commits import CommitLog
from .objects import Facts
from .refs import Ref, refs_of, tree_of


@dataclass(frozen=True, slots=True)
class Tips:
    """refs: those that lead to commits; others: what other refs lead to; heads: of all work
    trees; are_whole: whether no ref leads to nothing."""

    refs: tuple[Ref, ...]
    others: tuple[tuple[str, bytes], ...]
    heads: tuple[bytes, ...]
    are_whole: bool = True

    @property
    def commits(self) -> frozenset[bytes]:
        return frozenset(target for _name, target in self.named)

    @property
    def named(self) -> tuple[tuple[str, bytes], ...]:
        """With what they are called; heads have no name."""
        return _with_heads(self.refs, self.heads)


def _with_heads(refs: Sequence[Ref], heads: Sequence[bytes]) -> tuple[tuple[str, bytes], ...]:
    return (*((ref.name, ref.target) for ref in refs), *(("", head) for head in heads))


def digest_of(folder: Path, facts: Facts) -> str:
    """Another one whenever a ref or a head names something else; "" where one names nothing that
    is there. Raises what ``run_git`` raises."""
    shown = run_git(folder, "show-ref", "--head", "-d", also=(1, 128))
    if shown.code == 128:
        return ""
    told = hashlib.sha256(shown.output)
    told.update(b" ".join(_other_heads(folder, facts)))
    return told.hexdigest()


def boundary_of(facts: Facts) -> str:
    """A digest over what hides a part of a history, or objects of it: another one when more of it
    came. Source: gitrepository-layout(5), ``shallow`` and ``info/grafts``."""
    told = hashlib.sha256()
    common = facts.objects[0].parent
    for path in (common / "shallow", common / "info" / "grafts"):
        told.update(path.read_bytes() if path.is_file() else b"")
        told.update(b"\0")
    for folder in facts.objects if facts.partial else ():
        names = sorted(path.name for path in (folder / "pack").glob("*.idx"))
        told.update("\0".join(names).encode("utf-8", "surrogateescape"))
    return told.hexdigest()


def tips_of(folder: Path, facts: Facts) -> Tips:
    refs, others, broken = refs_of(folder)
    return Tips(refs, tuple(sorted(others)), tuple(heads_of(folder, facts)), not broken)


class Named(NamedTuple):
    """What refs and heads name, whatever that is. refs: None where one leads to nothing."""

    refs: tuple[Ref, ...] | None
    heads: tuple[bytes, ...]

    @property
    def named(self) -> tuple[tuple[str, bytes], ...]:
        """As of ``Tips``."""
        return _with_heads(self.refs or (), self.heads)


def named_by(folder: Path, facts: Facts) -> Named:
    """What can be asked before it is known which commits there are."""
    shown = run_git(folder, "show-ref", "-d", also=(1, 128))
    named: dict[bytes, bytes] = {}
    for line in shown.output.splitlines():
        name, _, ref = line.partition(b" ")
        # What a tag leads to comes behind it.
        named[ref.removesuffix(b"^{}")] = bytes.fromhex(name.decode("ascii"))
    refs = tuple(Ref(os.fsdecode(ref), target) for ref, target in named.items())
    lost = shown.code == 128 or bool(shown.broken_refs)
    return Named(None if lost else refs, tuple(heads_of(folder, facts)))


def tips_among(folder: Path, facts: Facts, named: Named, commits: Container[bytes]) -> Tips:
    """As ``tips_of``, where it is known which commits the refs reach: git need not open what they
    name."""
    if named.refs is None or not all(ref.target in commits for ref in named.refs):
        return tips_of(folder, facts)
    return Tips(named.refs, (), named.heads)


def head_of(folder: Path) -> dict[str, str]:
    """By path the blobs of HEAD, none where nothing was committed."""
    return {os.fsdecode(path): blob.hex() for path, blob in tree_of(folder, "HEAD")}


def heads_of(folder: Path, facts: Facts) -> list[bytes]:
    """What HEAD of this work tree and of every other one names, whether it is there or not."""
    here = run_git(folder, "rev-parse", "--verify", "-q", "HEAD", also=(1, 128))
    found = [] if here.code else [here.output.strip()]
    heads = (bytes.fromhex(name.decode("ascii")) for name in (*found, *_other_heads(folder, facts)))
    return sorted({head for head in heads if any(head)})


def _other_heads(folder: Path, facts: Facts) -> list[bytes]:
    """In hexadecimal digits; of a work tree without a commit they are all 0."""
    if not (facts.objects[0].parent / "worktrees").is_dir():
        return []
    said = run_git(folder, "worktree", "list", "--porcelain").output
    return [line[5:] for line in said.splitlines() if line.startswith(b"HEAD ")]


def order_of(folder: Path) -> CommitLog:
    """Every commit in the order in which a search takes them, with its time and parents, and
    nothing else."""
    log = CommitLog()
    log.read_order(ordering.now(folder))
    return log


def digest_of_order(names: Sequence[bytes]) -> str:
    return hashlib.sha256(b"".join(names)).hexdigest()
