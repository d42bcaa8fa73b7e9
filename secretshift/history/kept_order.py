"""The order of all commits, kept with a search: where only newer ones came, git need not go through
all of them again."""

from __future__ import annotations

import binascii
import hashlib
import struct
import sys
from array import array
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from . import ordering
from .commits import CommitLog

MOST_LETTERS: Final = 5 * 1024 * 1024
"""Of the text of one order: some 70,000 commits. Of more, git tells each time."""
_HEAD: Final = struct.Struct(">BI")
"""How many bytes a name has, and how many commits there are."""
_MOST_NEW: Final = 2000
_MOST_ASKED: Final = 500
"""Known commits at which git is told to stop."""
_DIGEST: Final = hashlib.sha256().digest_size
_TIMES: Final = range(1 << 34)
"""Seconds that git takes as they are: what is below is a great number for it, and a commit-graph
has no more bits. Source: gitformat-commit-graph(5)."""

Named = Iterable[tuple[str, bytes]]
"""Refs, and heads under no name, with the commits that they name."""


def text_of(log: CommitLog, named: Named) -> str:
    """An empty one for an order that is not kept. named: when git told it."""
    width = len(log.names[0]) if log.names else 20
    counts = [len(parents) // width for parents in log.joined_parents]
    size = (width + 9) * len(counts) + width * sum(counts)
    if size * 4 // 3 > MOST_LETTERS or max(counts, default=0) > 255 or not _are_usual(log.times):
        return ""
    times = array("q", log.times)
    if sys.byteorder == "big":
        times.byteswap()
    data = b"".join(
        (
            _HEAD.pack(width, len(log.names)), *log.names, bytes(counts), *log.joined_parents,
            times.tobytes(), _naming(named, _tied(log, log.newest())),
        )
    )  # fmt: skip
    return b64encode(data).decode("ascii")


class Order(NamedTuple):
    """naming: a digest over the refs that name what git could as well tell in another order."""

    log: CommitLog
    naming: bytes


def order_from(text: str) -> Order:
    """Raises ValueError for what ``text_of`` did not make."""
    try:
        data = b64decode(text, validate=True)
        width, count = _HEAD.unpack_from(data)
    except (binascii.Error, struct.error):
        raise ValueError("no order of commits") from None
    counts_at = _HEAD.size + width * count
    if not width or counts_at + count > len(data):
        raise ValueError("no order of commits")
    names = [data[at : at + width] for at in range(_HEAD.size, counts_at, width)]
    at = counts_at + count
    parents: list[bytes] = []
    for number in data[counts_at:at]:
        parents.append(data[at : at + width * number])
        at += width * number
    times = array("q")
    times.frombytes(data[at : at + 8 * count])
    if sys.byteorder == "big":
        times.byteswap()
    naming = data[at + 8 * count :]
    if len(times) != count or len(naming) != _DIGEST:
        raise ValueError("no order of commits")
    return Order(CommitLog.of_order(names, parents, times), naming)


def continued(
    folder: Path, order: Order, before: Set[bytes], named: Sequence[tuple[str, bytes]]
) -> CommitLog | None:
    """All commits in git's order, as far as it is certain without asking git for all: where each of
    the new ones is newer than all that are known. None elsewhere, and where one is reached no more.

    before: the commits that refs and heads named when git told the order; named: those of now, with
    their names. Of the commits whose children were all told, git takes the newest one next, and of
    those of the same time the one that it met first: of those that are nobody's parents that hangs
    on the names of refs. Source: git-rev-list(1), ``--date-order``.
    """
    kept, naming = order
    now = {commit for _name, commit in named}
    known = set(kept.names)
    came = CommitLog()
    if not now <= known:
        # Where it is to stop, so that it does not tell all that is known again.
        some = [*(before - now), *(now & known)][:_MOST_ASKED]
        said = ordering.among(folder, sorted(now - known), some)
        if said is None:
            return None
        came.read_order(said)
    new = [commit for commit, name in enumerate(came.names) if name not in known]
    if len(new) > _MOST_NEW or not _come_first(came, new, max(kept.times, default=-1)):
        return None
    there = known.union(came.names[commit] for commit in new)
    parents = {parent for commit in new for parent in came.parents_of(commit)}
    if not parents <= there or not now <= there:
        return None
    childless = kept.newest()
    tied = _tied(kept, childless)
    if not childless <= parents | now or not parents.isdisjoint(tied):
        return None
    if _naming(named, tied) != naming:
        return None
    return CommitLog.of_order(
        [*(came.names[commit] for commit in new), *kept.names],
        [*(came.joined_parents[commit] for commit in new), *kept.joined_parents],
        array("q", (came.times[commit] for commit in new)) + kept.times,
    )


def _are_usual(times: Iterable[int]) -> bool:
    return all(time in _TIMES for time in times)


def _come_first(came: CommitLog, new: Sequence[int], latest: int) -> bool:
    """Whether they come before all others, in the one order in which they can."""
    times = [came.times[commit] for commit in new]
    return (
        _are_usual(times)
        and min(times, default=latest + 1) > latest
        and all(
            came.times[one] != came.times[other] or came.names[other] in came.parents_of(one)
            for one, other in pairwise(new)
        )
    )


def _tied(log: CommitLog, childless: Set[bytes]) -> set[bytes]:
    """Commits that are nobody's parents, where another one such has the same time."""
    times = {
        name: time for name, time in zip(log.names, log.times, strict=True) if name in childless
    }
    counts = Counter(times.values())
    return {name for name, time in times.items() if counts[time] > 1}


def _naming(named: Named, commits: Set[bytes]) -> bytes:
    told = hashlib.sha256()
    for name, commit in sorted(named):
        if commit in commits:
            told.update(f"{name}\0".encode("utf-8", "surrogateescape") + commit)
    return told.digest()
