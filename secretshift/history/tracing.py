"""From the blobs that hold a value to the paths, commits, authors and refs that show it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from ..model.findings import HistoryLocation, Verdict
from .commits import CommitLog
from .deltas import FAR
from .refs import Ref

MOST_REFS: Final = 5
LINE_OF_ITS_OWN: Final = 12
"""Bytes from which a line is not by chance a part of another."""
MOST_LINES: Final = 200
"""On which a value was found that are kept of it."""
_MOST_ALONE: Final = 20
"""Of those, that are judged without what stands around them."""
_NEVER: Final = 1 << 32


class Versions(Protocol):
    """Blobs, looked at again as a whole."""

    def begin(self) -> None:
        """Another value, or another path, is asked about from here on."""
        ...

    def gave_up(self) -> bool:
        """Whether so much was judged since then that the next blob is not judged any more."""
        ...

    def verdict(
        self, blob: bytes, path: bytes, secret: str, lines: Iterable[bytes]
    ) -> tuple[Verdict, int, bytes] | None:
        """What the whole of a blob says of a secret, judged as a file of that path; the number of
        its line, and the line; None if it does not hold it. lines: where it may stand."""
        ...

    def has_line(self, blob: bytes, lines: Iterable[bytes]) -> bool:
        """Whether one of the lines stands in it, or what looks like it."""
        ...

    def says_alone(self, path: bytes, line: bytes, secret: str) -> bool:
        """Whether the line tells the secret, whatever stands around it."""
        ...

    def has_own_line(self, blob: bytes, line: bytes) -> bool:
        """Whether it stands there with nothing beside it, and with no mark above it that says that
        it is no secret."""
        ...

    def has_whole_line(self, blob: bytes, line: bytes) -> bool:
        """The same, where also nothing far above it changes what it says."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """Versions of one path that may hold the value, newest first: (commit, blob). lines: on which
    it was found, in whatever version."""

    secret: str = field(repr=False)
    path: bytes
    versions: tuple[tuple[int, bytes], ...]
    lines: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trace:
    """A value under a path, with what is certain of it. first, last: numbers of the commits that
    wrote its first and its last version, -1 for none."""

    verdict: Verdict
    location: HistoryLocation
    first: int
    last: int

    @property
    def place(self) -> tuple[bytes, int, int, str, int]:
        """By which they are told: by path, under each what was written last first."""
        at = self.location
        last = self.last if self.last >= 0 else _NEVER
        return os.fsencode(at.path), last, at.line, at.blob, self.verdict.offset


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
    # In an order of their own: the same search tells the same line each time.
    told = {secret: tuple(sorted(some)) for secret, some in lines.items()}
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
    versions.begin()
    found = _newest(one, versions)
    if found is None:
        return None
    last, blob, verdict, number, line = found
    # It is one, however much was judged until that was known.
    versions.begin()

    @cache
    def alone() -> bool:
        return versions.says_alone(one.path, line, one.secret)

    def holds(name: bytes) -> bool:
        """A version with the very same line is not judged anew if that line is enough."""
        return (
            name == blob
            or (versions.has_whole_line(name, line) and alone())
            or versions.verdict(name, one.path, one.secret, one.lines) is not None
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
            first_time=time_of(log, first),
            last_time=time_of(log, last),
            author=log.author(first).decode("utf-8", "replace") if first >= 0 else "",
        ),
        first,
        last,
    )


_Newest = tuple[int, bytes, Verdict, int, bytes]
"""A commit and the blob that it wrote; and what the whole of that says."""


def _newest(one: Written, versions: Versions) -> _Newest | None:
    """The newest version that holds it. Those in which a line stands on which it was found are
    tried first; then those with one that is so short that it may be a part of another. Of a value
    that stands on very many lines not all are kept, and beside a very long one something may be new
    without that it was looked at once more: then any version may have another line."""
    long = [line for line in one.lines if len(line) >= LINE_OF_ITS_OWN]
    short = [line for line in one.lines if len(line) < LINE_OF_ITS_OWN]
    unknown = len(one.lines) >= MOST_LINES or any(len(line) >= FAR for line in long)
    left: list[tuple[int, bytes]] = []
    for commit, blob in one.versions:
        if versions.gave_up():
            return _newest_by_itself(one, versions, long)
        if versions.has_line(blob, long):
            found = versions.verdict(blob, one.path, one.secret, one.lines)
            if found is not None:
                return commit, blob, *found
        left.append((commit, blob))
    for commit, blob in left:
        if versions.gave_up():
            return _newest_by_itself(one, versions, long)
        if not unknown and not versions.has_line(blob, short):
            continue
        found = versions.verdict(blob, one.path, one.secret, one.lines)
        if found is not None:
            return commit, blob, *found
    return None


def _newest_by_itself(one: Written, versions: Versions, long: Sequence[bytes]) -> _Newest | None:
    """The newest of those versions in which it stands on a line that tells it, and nothing beside
    that: in those that are newer something may say that it is no secret."""
    versions.begin()
    short = [line for line in long if len(line) < FAR][:_MOST_ALONE]
    lines = [line for line in short if versions.says_alone(one.path, line, one.secret)]
    for commit, blob in one.versions:
        if versions.gave_up():
            return None
        if any(versions.has_own_line(blob, line) for line in lines):
            found = versions.verdict(blob, one.path, one.secret, lines)
            if found is not None:
                return commit, blob, *found
    return None


def time_of(log: CommitLog, commit: int) -> str:
    """UTC, ISO 8601; "" for no commit, and for a time that is none."""
    if commit < 0:
        return ""
    try:
        return datetime.fromtimestamp(log.times[commit], UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        # A commit may say any number.
        return ""


def with_refs(traces: Sequence[Trace], log: CommitLog, refs: Sequence[Ref]) -> list[Trace]:
    """The same, with the refs from which the first commit can be reached."""
    reached = refs_reaching({one.first for one in traces}, log, refs)
    return [
        replace(one, location=reached.get(one.first, NOWHERE).on(one.location)) for one in traces
    ]


@dataclass(frozen=True, slots=True)
class Reached:
    """names: of at most MOST_REFS of all that reach a commit."""

    names: tuple[str, ...] = ()
    total: int = 0

    def on(self, location: HistoryLocation) -> HistoryLocation:
        return replace(location, refs=self.names, refs_total=self.total)


NOWHERE: Final = Reached()


def refs_reaching(
    commits: Iterable[int], log: CommitLog, refs: Sequence[Ref]
) -> dict[int, Reached]:
    """By commit the refs from which it can be reached; without those that none reaches."""
    marked = sorted({commit for commit in commits if commit >= 0})
    masks = log.ancestors_of_marked(marked)
    # Many refs reach the very same commits.
    alike: dict[int, list[tuple[int, str]]] = {}
    for place, ref in enumerate(sorted(refs, key=_worth)):
        mask = masks.get(ref.target, 0)
        if mask:
            alike.setdefault(mask, []).append((place, ref.name))
    found: dict[int, Reached] = {}
    for number, commit in enumerate(marked):
        lists = [names for mask, names in alike.items() if mask >> number & 1]
        if lists:
            best = sorted(name for names in lists for name in names[:MOST_REFS])[:MOST_REFS]
            found[commit] = Reached(tuple(name for _, name in best), sum(map(len, lists)))
    return found


def _worth(ref: Ref) -> tuple[int, str]:
    """Branches first, then what was fetched, then tags."""
    places = ("refs/heads/", "refs/remotes/", "refs/tags/")
    rank = next((n for n, place in enumerate(places) if ref.name.startswith(place)), len(places))
    return rank, ref.name
