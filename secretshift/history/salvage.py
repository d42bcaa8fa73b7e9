"""The history of a repository of which git cannot tell all: commits and trees, read one by one.

What is there is read, and what is not is counted. A commit whose parent is not there is taken for
a first one: all that it holds counts as written by it. So do the files of a tree whose counterpart
in the parent is not there.
Source: gitformat-commit(5), git-cat-file(1), git-clone(1), ``--filter``.
"""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Final, NamedTuple

from ..model.journeys import CancelToken
from ..sources.git_command import start_git
from .commits import GITLINK, NO_TIME, CommitLog, time_in
from .objects import Facts, GitReader, Stored, facts_of
from .packs import Damaged

_TREE_MODE: Final = b"40000"
_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a commit or a tree that is still read."""
_MOST_ENTRIES: Final = 500_000
"""Of the trees that are kept, to be compared with the next commit's."""
_Entry = tuple[bytes, bytes]
"""Mode and name of an object."""


class Salvaged(NamedTuple):
    """lost_commits, lost_trees: how many are named and are not there, or cannot be read."""

    log: CommitLog
    lost_commits: int
    lost_trees: int


class _Commit(NamedTuple):
    tree: bytes
    parents: tuple[bytes, ...]
    time: int
    author: bytes


def salvaged(
    folder: Path,
    facts: Facts,
    tips: Iterable[bytes],
    cancel: CancelToken,
    *,
    everything: bool = False,
) -> Salvaged:
    """tips: names of commits to go on from. Where one of the commits is not there, and with
    everything in any case, every commit of the repository counts as a tip: nobody knows what
    reached it. Raises TooManyPaths, Interrupted, Unavailable and UsageProblem (``no-git``)."""
    trees = Trees(folder, Stored(facts))
    try:
        commits, lost = _reached(trees, tips, _boundary(facts), cancel)
        if lost or everything:
            rest = [name for name in _commits_there(folder) if name not in commits]
            more, also_lost = _reached(trees, rest, _boundary(facts), cancel)
            commits.update(more)
            lost = (lost | also_lost) - commits.keys()
        log = CommitLog()
        for name in _in_order(commits):
            cancel.check()
            commit = commits[name]
            log.add_commit(name, commit.parents, commit.time, commit.author)
            before = [commits[one].tree for one in commit.parents if one in commits]
            for path, blob in trees.written(commit.tree, before):
                log.add(len(log.names) - 1, path, log.number_of(blob))
        return Salvaged(log, len(lost), len(trees.lost))
    finally:
        trees.close()


def files_of(folder: Path, tree: str) -> Iterator[tuple[bytes, bytes]]:
    """(path, name of the blob) of whatever is there of a tree, without end where trees hold each
    other. Raises Unavailable and UsageProblem (``no-git``)."""
    trees = Trees(folder, Stored(facts_of(folder)))
    try:
        yield from trees.written(bytes.fromhex(tree), ())
    finally:
        trees.close()


class Trees:
    """Reads commits and trees. lost: names of trees that are not there."""

    def __init__(self, folder: Path, stored: Stored) -> None:
        self._reader, self._stored = GitReader(folder), stored
        self._kept: dict[bytes, Mapping[bytes, _Entry]] = {}
        self._entries = 0
        self.lost: set[bytes] = set()

    def close(self) -> None:
        self._reader.close()

    def commit(self, name: bytes) -> _Commit | None:
        content = self._content(name, b"commit")
        return None if content is None else _parsed(content, len(name))

    def written(self, tree: bytes, before: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """(path, name of the blob) of what none of the trees before has in the same place."""
        waiting = [(b"", tree, tuple(before))]
        while waiting:
            folder, name, others = waiting.pop()
            if name in others:
                continue
            entries = self._tree(name)
            if entries is None:
                self.lost.add(name)
                continue
            known = [self._tree(other) or {} for other in others]
            for part, entry in entries.items():
                there = [one[part] for one in known if part in one]
                mode, blob = entry
                if entry in there or mode == GITLINK:
                    continue
                if mode == _TREE_MODE:
                    subtrees = tuple(other for kind, other in there if kind == _TREE_MODE)
                    waiting.append((folder + part + b"/", blob, subtrees))
                else:
                    yield folder + part, blob

    def _tree(self, name: bytes) -> Mapping[bytes, _Entry] | None:
        known = self._kept.get(name)
        if known is not None:
            return known
        if name in self.lost:
            return None
        content = self._content(name, b"tree")
        entries = None if content is None else _entries_of(content, len(name))
        if entries is None:
            return None
        self._entries += len(entries)
        if self._entries > _MOST_ENTRIES:
            self._kept.clear()
            self._entries = len(entries)
        self._kept[name] = entries
        return entries

    def _content(self, name: bytes, kind: bytes) -> bytes | None:
        if not self._stored.may_have(name):
            return None
        try:
            said, content = self._reader.read(name, _LARGEST)
        except Damaged:
            return None
        return content if said == kind and isinstance(content, bytes) else None


def _reached(
    trees: Trees, tips: Iterable[bytes], boundary: frozenset[bytes], cancel: CancelToken
) -> tuple[dict[bytes, _Commit], set[bytes]]:
    """The commits from there on, and the names of those that are not there."""
    found: dict[bytes, _Commit] = {}
    lost: set[bytes] = set()
    waiting = list(tips)
    while waiting:
        cancel.check()
        name = waiting.pop()
        if name in found or name in lost:
            continue
        commit = trees.commit(name)
        if commit is None:
            lost.add(name)
            continue
        if name in boundary:
            commit = commit._replace(parents=())
        found[name] = commit
        waiting.extend(commit.parents)
    return found, lost


def _boundary(facts: Facts) -> frozenset[bytes]:
    """Commits whose parents a shallow clone left out. Source: gitrepository-layout(5)."""
    try:
        said = (facts.objects[0].parent / "shallow").read_bytes()
    except OSError:
        return frozenset()
    return frozenset(
        unhexlify(line)
        for line in said.split()
        if len(line) == 2 * facts.hash_bytes and not line.strip(b"0123456789abcdef")
    )


def _commits_there(folder: Path) -> list[bytes]:
    git = start_git(
        folder, "cat-file", "--batch-all-objects", "--unordered",
        "--batch-check=%(objecttype) %(objectname)",
    )  # fmt: skip
    said, _ = git.communicate()
    return sorted(unhexlify(line[7:]) for line in said.splitlines() if line[:7] == b"commit ")


def _in_order(commits: Mapping[bytes, _Commit]) -> Iterator[bytes]:
    """Children before their parents, else the latest first."""
    children = dict.fromkeys(commits, 0)
    for commit in commits.values():
        for parent in commit.parents:
            if parent in children:
                children[parent] += 1
    ready = [(-commits[name].time, name) for name, count in children.items() if not count]
    heapify(ready)
    while ready:
        _time, name = heappop(ready)
        yield name
        for parent in commits[name].parents:
            if parent in children:
                children[parent] -= 1
                if not children[parent]:
                    heappush(ready, (-commits[parent].time, parent))


def _parsed(content: bytes, width: int) -> _Commit | None:
    """None for what names no tree. Whatever else is missing is left empty."""
    head = content.partition(b"\n\n")[0]
    lines = [line.partition(b" ") for line in head.split(b"\n")]
    fields = {key: rest for key, _blank, rest in reversed(lines)}
    tree = _name(fields.get(b"tree", b""), width)
    if tree is None:
        return None
    parents = (_name(rest, width) for key, _blank, rest in lines if key == b"parent")
    return _Commit(
        tree,
        tuple(parent for parent in parents if parent is not None),
        _time_of(fields.get(b"committer", b"")),
        _author_of(fields.get(b"author", b""), fields.get(b"encoding", b"")),
    )


def _name(said: bytes, width: int) -> bytes | None:
    if len(said) != 2 * width or said.strip(b"0123456789abcdef"):
        return None
    return unhexlify(said)


def _time_of(person: bytes) -> int:
    when = person.rpartition(b">")[2].split()
    return time_in(when[0]) if when else NO_TIME


def _author_of(person: bytes, encoding: bytes) -> bytes:
    name = person.partition(b"<")[0].strip()
    try:
        return name.decode(encoding.decode("ascii")).encode("utf-8") if encoding else name
    except (LookupError, ValueError):
        return name


def _entries_of(content: bytes, width: int) -> Mapping[bytes, _Entry] | None:
    """By name; None for what is no tree."""
    found: dict[bytes, _Entry] = {}
    at = 0
    while at < len(content):
        blank = content.find(b" ", at)
        nul = content.find(b"\0", blank)
        if blank < 0 or nul < 0 or len(content) < nul + 1 + width:
            return None
        end = nul + 1 + width
        # Old programs wrote a mode with a zero in front.
        found[content[blank + 1 : nul]] = content[at:blank].lstrip(b"0"), content[nul + 1 : end]
        at = end
    return found
