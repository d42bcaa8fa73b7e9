"""Blobs that are read and judged once more, as a whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from ..detection.detector import Detector
from ..detection.paths import FileSense, file_sense
from ..model.findings import Verdict
from ..sources.text import decode, line_and_column
from .deltas import Span
from .objects import GitReader
from .packs import Damaged
from .seeking import find
from .spots import as_utf8, far_spans, may_say_another

_MOST_JUDGED: Final = 2000
_LONG: Final = 5 * 1024
_NEAR: Final = 2 * 1024
"""Bytes of a blob from which only what lies around the value is judged again, and how far."""
_LONG_OBJECT: Final = 16 * 1024
_NEAR_OBJECT: Final = 4 * 1024
"""The same where what a line says depends on what stands far above it."""
_SECTION: Final = 8 * 1024
"""Bytes of a long blob that are judged at once where so many values stand in them that what lies
around each would be more."""
_MOST_SPENT: Final = 200_000
"""Bytes that are judged again for one value and path, the same ones counted once. What none of them
shows was made by the cut, most often in the midst of a bundle of which there are hundreds of
versions."""
_READ: Final = 64
"""Bytes that take as long to read, and to be sought through, as one to judge."""
_MOST_HELD: Final = 16 * 1024 * 1024
"""Bytes of versions that are not read again: each value of a path asks for its newest and its
oldest one."""

_Told = dict[str, tuple[Verdict, int, bytes]]
"""By secret the verdict, the number of its line from the begin of what was looked at, and it."""


class _Read(NamedTuple):
    """places: where lines stand in it first, -1 for those that do not."""

    content: bytes
    places: dict[bytes, int]


class WholeBlobs:
    """Blobs that are read and judged once more, as a whole."""

    def __init__(
        self,
        folder: Path,
        detector: Detector,
        limit: int,
        asked: Mapping[bytes, Sequence[Iterable[bytes]]] = MappingProxyType({}),
    ) -> None:
        """asked: by blob the lines of each value that will be asked of it first."""
        self._reader = GitReader(folder)
        self._asked = asked
        self._crowded: dict[bytes, frozenset[int]] = {}
        self._secrets: dict[bytes, list[Span]] = {}
        self._detector, self._limit = detector, limit
        self._judged: dict[tuple[bytes, FileSense, str], _Told] = {}
        self._contents: dict[bytes, _Read] = {}
        self._held = 0
        self._spent = 0
        self._paid: set[bytes] = set()

    def __enter__(self) -> WholeBlobs:
        return self

    def __exit__(self, *_about: object) -> None:
        self._reader.close()

    def begin(self) -> None:
        self._spent = 0
        self._paid.clear()

    def gave_up(self) -> bool:
        return self._spent > _MOST_SPENT

    def verdict(
        self, blob: bytes, path: bytes, secret: str, lines: Iterable[bytes]
    ) -> tuple[Verdict, int, bytes] | None:
        name = os.fsdecode(path)
        content = self._read(blob)
        if len(content) > _LONG_OBJECT or (len(content) > _LONG and not may_say_another(content)):
            for at, line in self._standing(blob, lines):
                if self.gave_up():
                    return None
                begin, part = self._part(blob, content, at, line)
                digest = _digest(part)
                # As much as if it were not known, so that the order of values changes nothing.
                self._spent += len(content) // _READ
                if digest not in self._paid:
                    self._paid.add(digest)
                    self._spent += 4 * min(len(part), 2 * _NEAR_OBJECT + len(line))
                told = self._look(digest, name, part).get(secret)
                if told is not None:
                    verdict, number, written = told
                    return verdict, content.count(b"\n", 0, begin) + number, written
            if len(content) > _MOST_SPENT:
                return None
        if not self._knows(blob, name):
            if self.gave_up():
                return None
            self._spent += len(content)
        return self._look(blob, name, content).get(secret)

    def _part(self, blob: bytes, content: bytes, at: int, line: bytes) -> tuple[int, bytes]:
        """What is judged for a line, and where it begins: what lies around it, or its section."""
        number = at // _SECTION
        if at + len(line) <= (number + 1) * _SECTION and number in self._crowds(blob):
            start = number * _SECTION
            begin, part = _within(content, start, content[start : start + _SECTION], _NEAR)
            if not may_say_another(part):
                return begin, part
        for begin, end in self._objects(blob, content):
            if begin <= at and at + len(line) <= end:
                return begin, content[begin:end]
        return _around(content, at, line)

    def _objects(self, blob: bytes, content: bytes) -> list[Span]:
        """The parts of it in which what a line says depends on what may stand far above it."""
        spans = self._secrets.get(blob)
        if spans is None:
            if len(self._secrets) >= _MOST_JUDGED:
                self._secrets.clear()
            spans = self._secrets[blob] = list(far_spans(content, (b"Secret",)))
        return spans

    def _crowds(self, blob: bytes) -> frozenset[int]:
        """The numbers of the sections that are judged at once."""
        found = self._crowded.get(blob)
        if found is None:
            places = (self._standing(blob, lines)[:1] for lines in self._asked.get(blob, ()))
            numbers = Counter(place[0][0] // _SECTION for place in places if place)
            found = self._crowded[blob] = frozenset(
                number
                for number, values in numbers.items()
                if values * 2 * _NEAR > _SECTION + 2 * _NEAR
            )
        return found

    def _knows(self, key: bytes, path: str) -> bool:
        return self._key(key, path) in self._judged

    def _key(self, content: bytes, path: str) -> tuple[bytes, FileSense, str]:
        return (content, file_sense(path), path.rsplit("/", 1)[-1].rsplit(".", 1)[-1].lower())

    def _look(self, key: bytes, path: str, content: bytes) -> _Told:
        """key: the name of the blob, or a digest of the part of it that is looked at."""
        whole = self._key(key, path)
        found = self._judged.get(whole)
        if found is None:
            found = self._told(path, content)
            if len(self._judged) >= _MOST_JUDGED:
                self._judged.clear()
            self._judged[whole] = found
        return found

    def _told(self, path: str, content: bytes) -> _Told:
        found: _Told = {}
        text = decode(content)
        if text is not None:
            for verdict in self._detector.text(path, text):
                number, _column = line_and_column(text, verdict.offset)
                begin = text.rfind("\n", 0, verdict.offset) + 1
                end = text.find("\n", verdict.end)
                line = text[begin : len(text) if end < 0 else end]
                encoded = line.strip().encode("utf-8", "surrogatepass")
                found.setdefault(verdict.secret.reveal(), (verdict, number, encoded))
        return found

    def has_line(self, blob: bytes, lines: Iterable[bytes]) -> bool:
        return any(self._place(blob, line) >= 0 for line in lines)

    def says_alone(self, path: bytes, line: bytes, secret: str) -> bool:
        """Whether the line is enough to tell the secret, whatever stands around it."""
        return secret in self._look(_digest(line), os.fsdecode(path), line)

    def has_whole_line(self, blob: bytes, line: bytes) -> bool:
        return self._stands_alone(blob, line) and not may_say_another(self._read(blob))

    def has_own_line(self, blob: bytes, line: bytes) -> bool:
        self._spent += len(self._read(blob)) // _READ
        return self._stands_alone(blob, line)

    def _stands_alone(self, blob: bytes, line: bytes) -> bool:
        content = self._read(blob)
        at = self._place(blob, line)
        while at >= 0:
            begin = content.rfind(b"\n", 0, at) + 1
            end = content.find(b"\n", at + len(line))
            end = len(content) if end < 0 else end
            above = content[content.rfind(b"\n", 0, max(0, begin - 1)) + 1 : begin]
            beside = content[begin:at].strip() or content[at + len(line) : end].strip()
            if not beside and b"nextline" not in above:
                return True
            # Whatever else of it stands on the same line is not alone either.
            at = content.find(line, end)
        return False

    def _standing(self, blob: bytes, lines: Iterable[bytes]) -> list[tuple[int, bytes]]:
        """Where each of the lines stands first, from the top down; of those that begin at the same
        place the longest."""
        found = {
            at: line for line in sorted(lines, key=len) if (at := self._place(blob, line)) >= 0
        }
        return sorted((at, line) for at, line in found.items() if line)

    def _place(self, blob: bytes, line: bytes) -> int:
        """Where it stands first, -1 if nowhere. The same is asked several times over."""
        content, places = self._known(blob)
        at = places.get(line)
        if at is None:
            at = places[line] = find(content, line, 0, len(content))
        return at

    def _read(self, blob: bytes) -> bytes:
        return self._known(blob).content

    def _known(self, blob: bytes) -> _Read:
        known = self._contents.pop(blob, None)
        if known is None:
            content: bytes | int | None = None
            # What cannot be read was told when it was looked at.
            with contextlib.suppress(Damaged):
                content = self._reader.blob(blob, self._limit)
            known = _Read(as_utf8(content) if isinstance(content, bytes) else b"", {})
            self._held += len(known.content)
            while self._contents and self._held > _MOST_HELD:
                self._held -= len(self._contents.pop(next(iter(self._contents))).content)
        # The one that was asked for last stays longest.
        self._contents[blob] = known
        return known


def _digest(part: bytes) -> bytes:
    return hashlib.blake2b(part, digest_size=16).digest()


def _around(content: bytes, at: int, line: bytes) -> tuple[int, bytes]:
    """The part of a long blob that is judged for a line, and where it begins. at: where the line
    stands."""
    far = _within(content, at, line, _NEAR_OBJECT)
    return far if may_say_another(far[1]) else _within(content, at, line, _NEAR)


def _within(content: bytes, at: int, line: bytes, near: int) -> tuple[int, bytes]:
    """What is near a line, in whole lines where those have an end: in most versions the very same
    bytes."""
    behind = at + len(line)
    floor, ceiling = max(0, at - 2 * near), min(len(content), behind + 2 * near)
    begin = content.rfind(b"\n", floor, max(floor, at - near)) + 1 or floor
    end = content.find(b"\n", behind + near, ceiling)
    return begin, content[begin : ceiling if end < 0 else end]
