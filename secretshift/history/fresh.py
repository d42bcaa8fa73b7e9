"""Which parts of a blob have to be looked at: what no version before it had.

Two ways, which find the same. ``Memory`` is native: of a delta it takes the lines that are new by
it, and of those, and of blobs that are looked at whole, the lines that were not found empty yet in
a file of the same sort. ``Windows`` is for machines on which that is not built: of a delta what is
around its insertions, and of the others everything.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from types import ModuleType
from typing import Final, Protocol, cast

from .deltas import Malformed, Span, inserted, windows
from .native import built
from .spots import WIDE_BYTES, WIDE_FAR, is_wide

Sorts = Sequence[int]
"""Of files, as of ``FileClasses.of``."""
_SLOT: Final = 8
_FEWEST: Final = 1 << 12
_MOST: Final = 1 << 21
_EACH: Final = 64
"""Slots of the memory for each blob, and how many at least and at most: 16 MiB."""
_GIVEN: Final = 1 << 15
"""Slots of the memory for lines of one tree that were told."""
_BITS: Final = (1 << 64) - 1
_APART: Final = 0x9E3779B97F4A7C15
"""By which numbers of trees differ in about half of all bits. Source: Knuth, "The Art of Computer
Programming", 6.4, Fibonacci hashing."""
_GAP: Final = b"\n\n\n"

Piece = tuple[int, int, bool, bytes]
"""Where it begins and ends; whether it may begin or end amid a line; what ``learn`` wants back."""


class Fresh(Protocol):
    """most: of a content, up to which it is worth to read the instructions of its delta."""

    most: float

    def begin(self) -> None:
        """Whatever comes from here on is of another tree, or to be told of this one once more."""
        ...

    def pieces(self, content: bytes, delta: bytes, sorts: Sorts, /) -> Sequence[Piece]:
        """What of a content has to be looked at, in the order of its ends, without what was told
        since ``begin``. delta: made it of its base, which was looked at as a file of the same
        sorts; b"" where all of it is new."""
        ...

    def learn(self, lines: bytes, held: list[Span], /) -> None:
        """Nothing was found on lines of a piece, but within these spans of the content. Lines of
        several pieces at once where there are no spans."""
        ...


class Windows:
    """Without memory."""

    most = 0.1

    def begin(self) -> None:
        pass

    def pieces(self, content: bytes, delta: bytes, _sorts: Sorts, /) -> Sequence[Piece]:
        whole: list[Piece] = [(0, len(content), False, b"")]
        if not delta:
            return whole
        try:
            spans = inserted(delta)
        except Malformed:
            return whole
        around = windows(content, spans)
        if is_wide(_GAP.join([content[begin:end] for begin, end in around])):
            around = windows(content, spans, before=WIDE_BYTES, far=WIDE_FAR)
        return [(begin, end, True, b"") for begin, end in around]

    def learn(self, _lines: bytes, _held: list[Span], /) -> None:
        pass


class Memory:
    """Of lines on which nothing was found, by a keyed hash of 64 bits each, for all processes that
    are forked from the one that makes it; and for each of them of the lines that it told of a tree.
    One that another displaces is looked at again."""

    most = 0.5

    def __init__(self, native: ModuleType, blobs: int) -> None:
        """native: of ``built``; blobs: of the repository, about."""
        slots = min(_MOST, max(_FEWEST, 1 << (blobs * _EACH).bit_length()))
        self._fresh, self._learn = native.fresh, native.learn
        self._table = mmap.mmap(-1, slots * _SLOT)
        self._given = bytearray(_GIVEN * _SLOT)
        self._keys = os.urandom(native.KEYS)
        self._tree = 0

    def begin(self) -> None:
        self._tree = (self._tree + _APART) & _BITS

    def pieces(self, content: bytes, delta: bytes, sorts: Sorts, /) -> Sequence[Piece]:
        # The hash of numbers is the same in every process.
        sort = hash(tuple(sorts)) & _BITS
        try:
            return self._told(content, delta, sort)
        except ValueError:
            # It said so before it told anything.
            return self._told(content, b"", sort)

    def _told(self, content: bytes, delta: bytes, sort: int) -> Sequence[Piece]:
        found = self._fresh(content, delta, self._table, self._given, self._keys, sort, self._tree)
        return cast(Sequence[Piece], found)

    def learn(self, lines: bytes, held: list[Span], /) -> None:
        if lines:
            self._learn(self._table, lines, held)


def best(blobs: int) -> Fresh:
    """The quickest that this machine has."""
    native = built()
    return Windows() if native is None else Memory(native, blobs)
