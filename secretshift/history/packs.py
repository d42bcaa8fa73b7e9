"""One pack of a repository: which of its entries are blobs, how they hang together, their bytes.

Reads index version 2 and packs of version 2 and 3, with names of any length. Whatever is built
otherwise raises Unsupported, and damage raises Damaged: the caller asks git for those objects.
Source: gitformat-pack(5).
"""

from __future__ import annotations

import mmap
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from struct import iter_unpack
from types import ModuleType
from typing import Final, NamedTuple, cast

from .deltas import Malformed, sizes
from .inflate import BrokenStream, inflated
from .native import built

MOST_BYTES: Final = 32 * 1024 * 1024
_MAGIC: Final = b"\xfftOc\x00\x00\x00\x02"
_BLOB, _OFS_DELTA, _REF_DELTA = 3, 6, 7
_LOW: Final = 0xFFFFFFFF
_NAMES: Final = 4096
"""Names that are taken from an index at once."""


class Unsupported(Exception):
    """This pack is built in a way that is not read here."""


class Damaged(Exception):
    """An entry of the pack cannot be unpacked."""


class Structure(NamedTuple):
    """What is known of a pack without its content, by number of an entry in the order of the file.

    places: where its name stands in the index; offsets: where it begins; roots: entries that are
    whole blobs; strangers: deltas whose base is in another pack; links: of deltas the number of
    the base and their own, in two halves of 32 bits, in order.
    """

    places: array[int]
    offsets: array[int]
    roots: array[int]
    strangers: array[int]
    links: array[int]


NO_STRUCTURE: Final = Structure(array("I"), array("Q"), array("I"), array("I"), array("Q"))
"""For whoever asks for nothing but names."""


class Pack:
    """Entries are known by their number in the order of the file.

    roots: entries that are whole blobs; a tree of blobs is a root and all that is written as the
    difference to it, directly or not. strangers: deltas whose base is in another pack.
    """

    def __init__(self, index: Path, hash_bytes: int, structure: Structure | None = None) -> None:
        """structure: of this pack, where it is known. Raises Unsupported, Damaged or OSError."""
        self.name, self.index_file = index.stem, index
        self._width = hash_bytes
        with index.open("rb") as file:
            self._index = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with index.with_suffix(".pack").open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._view = memoryview(self._data)
        if self._index[:8] != _MAGIC or self._data[:4] != b"PACK":
            raise Unsupported
        if int.from_bytes(self._data[4:8], "big") not in (2, 3):
            raise Unsupported
        self._fan = array("I")
        self._fan.frombytes(self._index[8:1032])
        _big_endian(self._fan)
        self.count = self._fan[255]
        self._names_at = 1032
        if structure is None:
            self._places, self._offsets = self._read_offsets()
            structure = self._read_structure()
        self.structure: Final = structure
        self._places, self._offsets, self.roots, self.strangers, self._links = structure

    def _read_offsets(self) -> tuple[array[int], array[int]]:
        data = self._index
        offsets_at = self._names_at + self.count * (self._width + 4)
        large_at = offsets_at + 4 * self.count
        if len(data) < large_at + 2 * self._width:
            raise Damaged
        small = array("I")
        small.frombytes(data[offsets_at:large_at])
        _big_endian(small)
        large = array("Q")
        large.frombytes(data[large_at : large_at + (len(data) - large_at) // 8 * 8])
        _big_endian(large)
        offsets: Sequence[int] = small
        if small and max(small) >= 0x80000000:
            try:
                offsets = [at if at < 0x80000000 else large[at & 0x7FFFFFFF] for at in small]
            except IndexError:
                raise Damaged from None
        places, ordered = _in_order(offsets)
        if ordered and ordered[-1] + self._width >= len(self._data):
            raise Damaged
        return places, ordered

    def _read_structure(self) -> Structure:
        data, offsets = self._data, self._offsets
        native = built()
        if native is not None:
            return self._structure_by(native)
        numbers = dict(zip(offsets, range(len(offsets)), strict=True))
        roots = array("I")
        strangers = array("I")
        links: list[int] = []
        try:
            for number, offset in enumerate(offsets):
                byte = data[offset]
                kind = (byte >> 4) & 7
                if kind == _BLOB:
                    roots.append(number)
                elif kind == _OFS_DELTA:
                    # The distance to the base stands behind the size. Written out: there are
                    # hundreds of thousands.
                    at = offset
                    while byte & 0x80:
                        at += 1
                        byte = data[at]
                    at += 1
                    byte = data[at]
                    distance = byte & 0x7F
                    while byte & 0x80:
                        at += 1
                        byte = data[at]
                        distance = ((distance + 1) << 7) | (byte & 0x7F)
                    links.append(numbers[offset - distance] << 32 | number)
                elif kind == _REF_DELTA:
                    self._link_by_name(number, links, strangers)
        except (IndexError, KeyError):
            raise Damaged from None
        links.sort()
        return Structure(self._places, offsets, roots, strangers, array("Q", links))

    def _structure_by(self, native: ModuleType) -> Structure:
        try:
            said = native.structure(self._data, self._offsets.tobytes())
        except ValueError:
            raise Damaged from None
        roots, named, strangers = array("I"), array("I"), array("I")
        links = array("Q")
        for numbers, part in zip((roots, named, links), said, strict=True):
            numbers.frombytes(part)
        if named:
            more = list(links)
            try:
                for number in named:
                    self._link_by_name(number, more, strangers)
            except IndexError:
                raise Damaged from None
            links = array("Q", sorted(more))
        return Structure(self._places, self._offsets, roots, strangers, links)

    def _link_by_name(self, number: int, links: list[int], strangers: array[int]) -> None:
        base = self._number_of(self._base_name(self._offsets[number]))
        if base < 0:
            strangers.append(number)
        else:
            links.append(base << 32 | number)

    def _base_name(self, offset: int) -> bytes:
        at = offset
        while self._data[at] & 0x80:
            at += 1
        return self._data[at + 1 : at + 1 + self._width]

    def name_of(self, number: int) -> bytes:
        """The object's id, as bytes."""
        at = self._names_at + self._places[number] * self._width
        return self._index[at : at + self._width]

    def names(self) -> Iterator[bytes]:
        """Of all objects, whatever they are."""
        end = self._names_at + self.count * self._width
        step = _NAMES * self._width
        for at in range(self._names_at, end, step):
            for (name,) in iter_unpack(f"{self._width}s", self._index[at : min(end, at + step)]):
                yield name

    def holds(self, name: bytes) -> bool:
        return self._position(name) >= 0

    def _number_of(self, name: bytes) -> int:
        at = self._position(name)
        if at < 0:
            return -1
        offset_at = self._names_at + self.count * (self._width + 4) + 4 * at
        offset = int.from_bytes(self._index[offset_at : offset_at + 4], "big")
        if offset & 0x80000000:
            large_at = self._names_at + self.count * (self._width + 8) + 8 * (offset & 0x7FFFFFFF)
            offset = int.from_bytes(self._index[large_at : large_at + 8], "big")
        return bisect_left(self._offsets, offset)

    def _position(self, name: bytes) -> int:
        low = self._fan[name[0] - 1] if name[0] else 0
        high = self._fan[name[0]]
        width, start, index = self._width, self._names_at, self._index
        while low < high:
            middle = (low + high) // 2
            at = start + middle * width
            if index[at : at + width] < name:
                low = middle + 1
            else:
                high = middle
        at = start + low * width
        return low if low < self.count and index[at : at + width] == name else -1

    def children(self, number: int) -> Iterator[int]:
        """Entries that are written as the difference to this one."""
        links = self._links
        at = bisect_left(links, number << 32)
        while at < len(links) and links[at] >> 32 == number:
            yield links[at] & _LOW
            at += 1

    def members(self, number: int) -> Iterator[int]:
        """An entry and all that hangs on it, directly or not."""
        waiting = [number]
        while waiting:
            entry = waiting.pop()
            yield entry
            waiting.extend(self.children(entry))

    def branches(self, number: int) -> list[int]:
        """The same, those on which nothing hangs last: taken from the end, they are done before a
        base has to be kept for what hangs on the others."""
        found = list(self.children(number))
        if len(found) > 1:
            found.sort(key=self._is_leaf)
        return found

    def _is_leaf(self, number: int) -> bool:
        links = self._links
        at = bisect_left(links, number << 32)
        return at == len(links) or links[at] >> 32 != number

    def packed_bytes(self, number: int) -> int:
        """How much of the file an entry takes."""
        after = number + 1
        end = self._offsets[after] if after < self.count else len(self._data) - self._width
        return end - self._offsets[number]

    def size(self, number: int) -> int:
        """Bytes of a root's content, or of an entry's delta, as the entry says."""
        return self._head(number)[0]

    def full_size(self, number: int) -> int:
        """Bytes of an entry's content, as it says, without unpacking it. Raises Damaged."""
        offset = self._offsets[number]
        size, at = self._head(number)
        if (self._data[offset] >> 4) & 7 == _BLOB:
            return size
        try:
            return sizes(zlib.decompressobj().decompress(self._view[at : at + 64], 24))[1]
        except (zlib.error, Malformed):
            raise Damaged from None

    def _head(self, number: int) -> tuple[int, int]:
        """Size of what is packed, and where the packed bytes begin."""
        data = self._data
        at = self._offsets[number]
        byte = data[at]
        kind = (byte >> 4) & 7
        size, shift = byte & 0x0F, 4
        while byte & 0x80:
            at += 1
            byte = data[at]
            size |= (byte & 0x7F) << shift
            shift += 7
        at += 1
        if kind == _OFS_DELTA:
            while data[at] & 0x80:
                at += 1
            at += 1
        elif kind == _REF_DELTA:
            at += self._width
        return size, at

    def unpacked(self, number: int) -> bytes:
        """A root's content, or an entry's delta. Raises Damaged."""
        size, at = self._head(number)
        end = self._offsets[number] + self.packed_bytes(number)
        try:
            content = inflated(self._view[at:end], size)
        except BrokenStream:
            raise Damaged from None
        if len(content) != size:
            raise Damaged
        return content

    def applied(self, base: bytes, delta: bytes) -> bytes:
        """Raises Damaged, also where more than MOST_BYTES would come of it, which a few can say."""
        native = built()
        if native is not None:
            try:
                return cast(bytes, native.apply(base, delta, MOST_BYTES))
            except ValueError:
                raise Damaged from None
        apply, broken = applying()
        try:
            expected, size, _at = sizes(delta)
            if expected != len(base) or size > MOST_BYTES:
                raise Damaged
            parts = apply(base, delta)
        except (broken, Malformed, ValueError, IndexError):
            raise Damaged from None
        content = parts[0] if len(parts) == 1 else b"".join(parts)
        if len(content) != size:
            raise Damaged
        return content


def _in_order(offsets: Sequence[int]) -> tuple[array[int], array[int]]:
    """Their places in order, and they themselves."""
    places, ordered = array("I"), array("Q")
    native = built()
    if native is None:
        order = sorted(range(len(offsets)), key=offsets.__getitem__)
        return array("I", order), array("Q", map(offsets.__getitem__, order))
    for numbers, said in zip(
        (places, ordered), native.ordered(array("Q", offsets).tobytes()), strict=True
    ):
        numbers.frombytes(said)
    return places, ordered


def load() -> None:
    """Import what applies deltas, where nothing native does, ahead of whoever needs it."""
    if built() is None:
        applying()


@cache
def applying() -> tuple[Callable[[bytes, bytes], list[bytes]], type[Exception]]:
    """What applies a delta, and what it raises. Imported where it is needed: whoever finds that
    nothing is new applies none."""
    from dulwich.errors import ApplyDeltaError
    from dulwich.pack import apply_delta

    return apply_delta, ApplyDeltaError


def _big_endian(numbers: array[int]) -> None:
    if sys.byteorder == "little":
        numbers.byteswap()
