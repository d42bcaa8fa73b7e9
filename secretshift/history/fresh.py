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
from typing import Final, NamedTuple, Protocol

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
_BITS: Final = (1 << 64) - 1
_GAP: Final = b"\n\n\n"


class Piece(NamedTuple):
    """ragged: whether it may begin or end amid a line; lines: what ``learn`` wants back."""

    begin: int
    end: int
    ragged: bool
    lines: bytes


class Fresh(Protocol):
    """most: of a content, up to which it is worth to read the instructions of its delta."""

    most: float

    def pieces(self, content: bytes, delta: bytes, sorts: Sorts, /) -> Sequence[Piece]:
        """What of a content has to be looked at, in the order of its ends. delta: made it of its
        base, which was looked at as a file of the same sorts; b"" where all of it is new."""
        ...

    def learn(self, lines: bytes, held: list[Span], /) -> None:
        """Nothing was found on lines of a piece, but within these spans of the content."""
        ...


class Windows:
    """Without memory."""

    most = 0.1

    def pieces(self, content: bytes, delta: bytes, _sorts: Sorts, /) -> Sequence[Piece]:
        whole = [Piece(0, len(content), False, b"")]
        if not delta:
            return whole
        try:
            spans = inserted(delta)
        except Malformed:
            return whole
        around = windows(content, spans)
        if is_wide(_GAP.join([content[begin:end] for begin, end in around])):
            around = windows(content, spans, before=WIDE_BYTES, far=WIDE_FAR)
        return [Piece(begin, end, True, b"") for begin, end in around]

    def learn(self, _lines: bytes, _held: list[Span], /) -> None:
        pass


class Memory:
    """Of lines on which nothing was found, by a keyed hash of 64 bits each, for all processes that
    are forked from the one that makes it. One that another displaces is looked at again."""

    most = 0.5

    def __init__(self, native: ModuleType, blobs: int) -> None:
        """native: of ``built``; blobs: of the repository, about."""
        slots = min(_MOST, max(_FEWEST, 1 << (blobs * _EACH).bit_length()))
        self._fresh, self._learn = native.fresh, native.learn
        self._table = mmap.mmap(-1, slots * _SLOT)
        self._keys = os.urandom(native.KEYS)

    def pieces(self, content: bytes, delta: bytes, sorts: Sorts, /) -> Sequence[Piece]:
        # The hash of numbers is the same in every process.
        sort = hash(tuple(sorts)) & _BITS
        try:
            found = self._fresh(content, delta, self._table, self._keys, sort)
        except ValueError:
            found = self._fresh(content, b"", self._table, self._keys, sort)
        return [Piece._make(piece) for piece in found]

    def learn(self, lines: bytes, held: list[Span], /) -> None:
        if lines:
            self._learn(self._table, lines, held)


def best(blobs: int) -> Fresh:
    """The quickest that this machine has."""
    native = built()
    return Windows() if native is None else Memory(native, blobs)
