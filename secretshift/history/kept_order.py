"""The order of all commits, kept with a search: where only newer ones came, git need not go through
all of them again."""

from __future__ import annotations

import binascii
import struct
import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Collection
from pathlib import Path
from typing import Final

from . import ordering
from .commits import CommitLog

MOST_LETTERS: Final = 5 * 1024 * 1024
"""Of the text of one order: some 70,000 commits. Of more, git tells each time."""
_HEAD: Final = struct.Struct(">BI")
"""How many bytes a name has, and how many commits there are."""
_MOST_NEW: Final = 2000
_MOST_ASKED: Final = 500
"""Known commits at which git is told to stop."""
_MOST_GONE: Final = 50
"""Commits that are named no more: for each of them all others are gone through."""


def text_of(log: CommitLog) -> str:
    """ "" for an order that is not kept."""
    width = len(log.names[0]) if log.names else 20
    counts = [len(parents) // width for parents in log.joined_parents]
    if counts and max(counts) > 255:
        return ""
    times = array("q", log.times)
    if sys.byteorder == "big":
        times.byteswap()
    data = b"".join(
        (
            _HEAD.pack(width, len(log.names)), *log.names, bytes(counts), *log.joined_parents,
            times.tobytes(),
        )
    )  # fmt: skip
    return b64encode(data).decode("ascii") if len(data) * 4 // 3 <= MOST_LETTERS else ""


def order_from(text: str) -> CommitLog:
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
    times.frombytes(data[at:])
    if sys.byteorder == "big":
        times.byteswap()
    if len(times) != count:
        raise ValueError("no order of commits")
    return CommitLog.of_order(names, parents, times)


def continued(
    folder: Path, kept: CommitLog, before: Collection[bytes], now: Collection[bytes]
) -> CommitLog | None:
    """All commits in an order in which git may tell them, without asking it for all: where none of
    the new ones is older than any other. None elsewhere, and where one is reached no more.

    before: what refs and heads named when git told the order that is kept; now: what they name now.
    Of the commits whose children were all told, git takes the newest one next, and of those of the
    same time the one that it met first, which hangs on the names of refs: those may stand in the
    order in which they stood before. Source: git-rev-list(1), ``--date-order``.
    """
    known = set(kept.names)
    gone = [tip for tip in before if tip not in now]
    if len(gone) > _MOST_GONE:
        return None
    came = CommitLog()
    tips = [tip for tip in now if tip not in known]
    if tips:
        # Where it is to stop, so that it does not tell all that is known again.
        some = [*gone, *(tip for tip in now if tip in known)][:_MOST_ASKED]
        said = ordering.among(folder, tips, some)
        if said is None:
            return None
        came.read_order(said)
    new = [commit for commit, name in enumerate(came.names) if name not in known]
    latest = max(kept.times, default=0)
    if len(new) > _MOST_NEW or any(came.times[commit] < latest for commit in new):
        return None
    there = known.union(came.names[commit] for commit in new)
    parents = {parent for commit in new for parent in came.parents_of(commit)}
    if not parents <= there or not there.issuperset(now):
        return None
    if not all(tip in parents or kept.has_child(tip) for tip in gone):
        return None
    return CommitLog.of_order(
        [*(came.names[commit] for commit in new), *kept.names],
        [*(came.joined_parents[commit] for commit in new), *kept.joined_parents],
        array("q", (came.times[commit] for commit in new)) + kept.times,
    )
