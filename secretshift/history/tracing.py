"""From the blobs that hold a value to the paths, commits, authors and refs that show it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from ..model.findings import HistoryLocation, Verdict
from ..sources.git_command import run_git
from .commits import CommitLog

MOST_REFS: Final = 5


class Versions(Protocol):
    """Blobs, looked at again as a whole."""

    def verdict(self, blob: bytes, path: bytes, secret: str) -> tuple[Verdict, int, bytes] | None:
        """What the whole of a blob says of a secret, judged as a file of that path; the number of
        its line, and the line; None if it does not hold it."""
        ...

    def has_line(self, blob: bytes, lines: Iterable[bytes]) -> bool:
        """Whether one of the lines stands in it."""
        ...


@dataclass(frozen=True, slots=True)
class Ref:
    name: str
    target: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """Versions of one path that may hold the value, newest first: (commit, blob). lines: on which
    it was found, in whatever version."""

    secret: str = field(repr=False)
    path: bytes
    versions: tuple[tuple[int, bytes], ...]
    lines: frozenset[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trace:
    """A value under a path, with what is certain of it."""

    verdict: Verdict
    location: HistoryLocation
    first: int


def written(
    log: CommitLog,
    holders: Mapping[bytes, Iterable[str]],
    unnamed: Mapping[bytes, Iterable[str]],
    lines: Mapping[str, set[bytes]],
) -> list[Written]:
    """Where the blobs were written. holders: by a blob's name the secrets that it may hold;
    unnamed: the same for blobs that no commit names, which have no path; lines: by secret those
    on which it was found."""
    paths = log.path_names()
    numbers = {log.blobs[name]: name for name in holders}
    found: dict[tuple[str, int], list[tuple[int, bytes]]] = {}
    for commit, path, blob in log.writings():
        name = numbers.get(blob)
        if name is not None:
            for secret in holders[name]:
                found.setdefault((secret, path), []).append((commit, name))
    told = {secret: frozenset(some) for secret, some in lines.items()}
    result = [
        Written(secret, paths[path], tuple(versions), told[secret])
        for (secret, path), versions in found.items()
    ]
    for name, secrets in unnamed.items():
        result += [Written(secret, b"", ((-1, name),), told[secret]) for secret in secrets]
    # One path after the other, so that a version is read once for all that it holds.
    result.sort(key=lambda one: (one.path, one.versions[0]))
    return result


def traced(
    one: Written, versions: Versions, log: CommitLog, head: Mapping[bytes, bytes], root: Path
) -> Trace | None:
    """None where no version, looked at as a whole, holds it: then it was the cut that made it."""
    found = _newest(one, versions)
    if found is None:
        return None
    last, blob, verdict, number, line = found

    def holds(name: bytes) -> bool:
        """A version with the very same line is not judged anew."""
        return (
            name == blob
            or versions.has_line(name, (line,))
            or versions.verdict(name, one.path, one.secret) is not None
        )

    first = next(commit for commit, name in reversed(one.versions) if holds(name))
    there = head.get(one.path)
    return Trace(
        verdict,
        HistoryLocation(
            root=str(root),
            path=os.fsdecode(one.path),
            line=number,
            blob=blob.hex(),
            first_commit=log.names[first].hex() if first >= 0 else "",
            last_commit=log.names[last].hex() if last >= 0 else "",
            in_head=there is not None
            and any(there == name for _commit, name in one.versions)
            and holds(there),
            first_time=_time(log, first),
            last_time=_time(log, last),
            author=log.author(first).decode("utf-8", "replace") if first >= 0 else "",
        ),
        first,
    )


def _newest(one: Written, versions: Versions) -> tuple[int, bytes, Verdict, int, bytes] | None:
    """The newest version that holds it. Those in which a line stands on which it was found are
    tried first; among the others there may be one with another line."""
    left: list[tuple[int, bytes]] = []
    for commit, blob in one.versions:
        if versions.has_line(blob, one.lines):
            found = versions.verdict(blob, one.path, one.secret)
            if found is not None:
                return commit, blob, *found
        left.append((commit, blob))
    for commit, blob in left:
        found = versions.verdict(blob, one.path, one.secret)
        if found is not None:
            return commit, blob, *found
    return None


def _time(log: CommitLog, commit: int) -> str:
    if commit < 0:
        return ""
    try:
        return datetime.fromtimestamp(log.times[commit], UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        # A commit may say any number.
        return ""


def with_refs(traces: Sequence[Trace], log: CommitLog, refs: Sequence[Ref]) -> list[Trace]:
    """The same, with the refs from which the first commit can be reached."""
    marked = sorted({one.first for one in traces if one.first >= 0})
    masks = log.ancestors_of_marked(marked)
    names: dict[int, list[str]] = {}
    totals: dict[int, int] = {}
    bits = {commit: 1 << number for number, commit in enumerate(marked)}
    for ref in sorted(refs, key=_worth):
        mask = masks.get(ref.target, 0)
        if not mask:
            continue
        for commit, bit in bits.items():
            if mask & bit:
                totals[commit] = totals.get(commit, 0) + 1
                if totals[commit] <= MOST_REFS:
                    names.setdefault(commit, []).append(ref.name)
    return [
        replace(
            one,
            location=replace(
                one.location,
                refs=tuple(names.get(one.first, ())),
                refs_total=totals.get(one.first, 0),
            ),
        )
        for one in traces
    ]


def _worth(ref: Ref) -> tuple[int, str]:
    """Branches first, then what was fetched, then tags."""
    places = ("refs/heads/", "refs/remotes/", "refs/tags/")
    rank = next((n for n, place in enumerate(places) if ref.name.startswith(place)), len(places))
    return rank, ref.name


def refs_of(folder: Path) -> tuple[list[Ref], list[tuple[str, bytes]]]:
    """Refs with the commits they lead to; and those that lead to a tree or a blob instead."""
    said = run_git(
        folder, "for-each-ref",
        "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)",
    ).output  # fmt: skip
    commits: list[Ref] = []
    others: list[tuple[str, bytes]] = []
    for line in said.split(b"\n"):
        if not line:
            continue
        kind, name, inner_kind, inner, ref = line.split(b" ", 4)
        if inner_kind:
            kind, name = inner_kind, inner
        raw = bytes.fromhex(name.decode("ascii"))
        if kind == b"commit":
            commits.append(Ref(os.fsdecode(ref), raw))
        elif kind in (b"tree", b"blob"):
            others.append((kind.decode("ascii"), raw))
    return commits, others


def tree_of(folder: Path, name: str) -> Iterator[tuple[bytes, bytes]]:
    """(path, name of the blob) of a tree, a commit or HEAD."""
    for record in run_git(folder, "ls-tree", "-r", "-z", "--full-tree", name).output.split(b"\0"):
        facts, _, path = record.partition(b"\t")
        fields = facts.split(b" ")
        if len(fields) == 3 and fields[1] == b"blob":
            yield path, bytes.fromhex(fields[2].decode("ascii"))
