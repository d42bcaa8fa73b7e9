"""What one process does: it unpacks trees of blobs, looks at what is new in each, and follows what
it found through the tree. It writes nothing and asks nobody."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from ..detection.sweep import Sweep, Why
from ..model.findings import Verdict
from ..sources.text import decode
from .deltas import Malformed, Span, inserted, windows
from .objects import GitReader, Objects, loose_blob
from .packs import Damaged, Pack

SMALL_DELTA: Final = 0.15
"""Of the result: a larger one is not worth reading its instructions one by one."""
BATCH: Final = 500_000
HUGE_TREE: Final = 32 * 1024 * 1024
"""Bytes of a blob from which git itself unpacks whatever hangs on it."""
LONGEST_LINE: Final = 4000
_AROUND_LONG: Final = 1500
_MOST_KNOWN: Final = 150_000
_WIDE_LINES: Final = 9
_WIDE_BYTES: Final = 700
_WIDE_FAR: Final = 1500
_WIDE: Final = re.compile(rb"(?i)(?:default|value|string)[\"']?[ \t]{0,4}[:=]")
_SECRET_OBJECT: Final = re.compile(rb"kind[\"']?:[ ]{0,4}[\"']?Secret\b")
_GAP: Final = b"\n\n\n"
_QUOTES: Final = (b'"', b"'", b"`")

Classes = Callable[[bytes], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Task:
    """Something for one process: trees of a pack, loose objects, or names to ask git for."""

    size: int
    pack: int = -1
    roots: Sequence[int] = ()
    loose: Sequence[Path] = ()
    names: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A value, by the bytes that it is written with, and the blobs in which they stand.

    line: one on which it was found, without what stands around it.
    verdicts: by class of path; the class says which of the blobs' paths it is a verdict on.
    """

    written: bytes = field(repr=False)
    line: bytes = field(repr=False)
    verdicts: tuple[tuple[int, Verdict], ...]
    blobs: tuple[bytes, ...]


class Seen(NamedTuple):
    """A verdict, with its bytes and its line as they stand there."""

    written: bytes
    line: bytes
    verdict: Verdict


@dataclass(slots=True)
class Looked:
    """What came of a task. size: what the task said of its own."""

    size: int
    held: list[Held] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    damaged: list[bytes] = field(default_factory=list)


class Looker:
    """classes_of: the classes of the paths of a blob, by its name; samples: a path of each class,
    by which the detector knows what kind of file it is; whole: classes whose files are judged
    whole, because any line may depend on any other; programs: classes in which only what is in
    quotes is a value."""

    def __init__(
        self,
        folder: Path,
        objects: Objects,
        sweep: Sweep,
        classes_of: Classes,
        samples: Sequence[str],
        whole: frozenset[int],
        programs: frozenset[int],
        limit: int,
    ) -> None:
        self._objects, self._sweep = objects, sweep
        self._classes_of, self._samples, self._whole = classes_of, samples, whole
        self._programs, self._limit = programs, limit
        self._git = GitReader(folder)
        self._known: dict[int, tuple[Seen, ...]] = {}
        self._start(0)

    def _start(self, size: int) -> None:
        self._looked = Looked(size)
        self._parts: list[bytes] = []
        self._starts: list[int] = []
        self._owners: list[tuple[int, bytes]] = []
        self._bytes = 1
        self._found: dict[int, dict[tuple[bytes, int], Seen]] = {}

    def look(self, task: Task) -> Looked:
        self._start(task.size)
        if task.pack >= 0:
            self._trees(task.pack, task.roots)
        for path in task.loose:
            self._loose(path)
        if task.names:
            self._asked(task.names)
        self._flush()
        looked = self._looked
        self._start(0)
        return looked

    # Trees of a pack

    def _trees(self, number: int, roots: Sequence[int]) -> None:
        pack = self._objects.packs[number]
        for root in roots:
            if pack.size(root) > HUGE_TREE:
                self._asked([pack.name_of(one) for one in _members(pack, root)])
                continue
            self._tree(number, pack, root)
        self._flush()
        for root in roots:
            if root in self._found:
                self._follow(pack, root, self._found.pop(root))

    def _tree(self, number: int, pack: Pack, root: int) -> None:
        """Look at the root whole, and at what each of the others has that its base had not."""
        waiting: list[tuple[int, bytes, bool]] = [(root, b"", False)]
        while waiting:
            entry, base, far = waiting.pop()
            content, delta = self._unpacked(pack, root, entry, base)
            if content is None:
                continue
            pieces = self._pieces(number, pack, entry, content, delta)
            far = far or any(_reach_far(piece) for piece in pieces)
            if pieces:
                name = pack.name_of(entry)
                whole = far or self._is_whole(name)
                for piece in (content,) if whole else pieces:
                    self._add(root, name, piece)
            waiting.extend((child, content, far) for child in pack.children(entry))

    def _unpacked(
        self, pack: Pack, root: int, entry: int, base: bytes
    ) -> tuple[bytes | None, bytes]:
        """Content and delta. What cannot be unpacked, and all that hangs on it, is asked of git."""
        try:
            packed = pack.unpacked(entry)
            return (packed, b"") if entry == root else (pack.applied(base, packed), packed)
        except Damaged:
            self._asked([pack.name_of(one) for one in _members(pack, entry)])
            return None, b""

    def _pieces(
        self, number: int, pack: Pack, entry: int, content: bytes, delta: bytes
    ) -> Sequence[bytes]:
        """What of a blob has to be looked at."""
        if number and self._objects.repeated(number, pack.name_of(entry)):
            return ()
        if not self._counted(content):
            return ()
        if not delta or len(delta) >= SMALL_DELTA * len(content):
            return (content,)
        try:
            spans = inserted(delta)
        except Malformed:
            return (content,)
        return [content[begin:end] for begin, end in _widened(content, spans)]

    def _counted(self, content: bytes) -> bool:
        """Whether it is text of a size that is looked at; counts it one way or the other."""
        counts = self._looked.counts
        if len(content) > self._limit:
            counts["huge"] += 1
            return False
        if b"\0" in content[:8192] and decode(content) is None:
            counts["binary"] += 1
            return False
        counts["blobs"] += 1
        counts["bytes"] += len(content)
        return True

    # What is not in a pack that is read here

    def _loose(self, path: Path) -> None:
        name = bytes.fromhex(path.parent.name + path.name)
        if self._objects.repeated(len(self._objects.packs), name):
            return
        try:
            content = loose_blob(path, self._limit)
        except Damaged:
            self._asked([name])
            return
        self._alone(name, content)

    def _asked(self, names: Sequence[bytes]) -> None:
        for name in names:
            content = self._git.blob(name, self._limit)
            if content is None:
                self._looked.damaged.append(name)
            else:
                self._alone(name, content)

    def _alone(self, name: bytes, content: bytes | int | None) -> None:
        if content is None:
            return
        if isinstance(content, int):
            self._looked.counts["huge"] += 1
            return
        if not self._counted(content):
            return
        self._flush()
        self._add(-1, name, content)
        self._flush()
        for (written, kind), seen in self._found.pop(-1, {}).items():
            self._looked.held.append(Held(written, seen.line, ((kind, seen.verdict),), (name,)))

    # Looking

    def _add(self, root: int, name: bytes, piece: bytes) -> None:
        if b"\0" in piece:
            text = decode(piece)
            piece = piece if text is None else text.encode("utf-8", "surrogatepass")
        if self._is_whole(name):
            self._judge_whole(root, name, piece)
            return
        self._starts.append(self._bytes)
        self._parts.append(piece)
        self._owners.append((root, name))
        self._bytes += len(piece) + len(_GAP)
        if self._bytes >= BATCH:
            self._flush()

    def _flush(self) -> None:
        if not self._parts:
            return
        # A mark of byte order at the very beginning would be taken for one of all.
        data = b"\n" + _GAP.join(self._parts)
        starts, owners, parts = self._starts, self._owners, self._parts
        self._parts, self._starts, self._owners, self._bytes = [], [], [], 1
        here: tuple[int, int, int] = (-1, -1, -1)
        closest = Why.QUOTED
        owner = 0
        for point, why in sorted(self._sweep.points(data)):
            if point < here[2] and why <= closest:
                continue
            number = bisect_right(starts, point) - 1
            if number < 0 or point >= starts[number] + len(parts[number]):
                continue
            if 0 <= here[2] <= point:
                self._judge(*owners[owner], data[here[0] : here[1]], closest)
            owner, closest = number, why
            here = _spot(data, point, starts[number], starts[number] + len(parts[number]), why)
        if here[0] >= 0:
            self._judge(*owners[owner], data[here[0] : here[1]], closest)

    def _judge(self, root: int, name: bytes, spot: bytes, why: Why) -> None:
        quoted = why is not Why.QUOTED or any(quote in spot for quote in _QUOTES)
        for kind in self._classes_of(name):
            if not quoted and kind in self._programs:
                continue
            key = hash((kind, why, spot))
            known = self._known.get(key)
            if known is None:
                known = self._verdicts(kind, spot, why)
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[key] = known
            self._note(root, kind, known)

    def _judge_whole(self, root: int, name: bytes, content: bytes) -> None:
        for kind in self._classes_of(name):
            self._note(root, kind, self._verdicts(kind, content, Why.ANYTHING))

    def _note(self, root: int, kind: int, verdicts: Sequence[Seen]) -> None:
        if verdicts:
            found = self._found.setdefault(root, {})
            for seen in verdicts:
                found.setdefault((seen.written, kind), seen)

    def _verdicts(self, kind: int, spot: bytes, why: Why) -> tuple[Seen, ...]:
        text, encoding = _text_of(spot)
        detector = self._sweep.detector
        look = detector.text if why is Why.ANYTHING else detector.assigned
        return tuple(
            Seen(
                text[one.offset : one.end].encode(encoding, "surrogatepass"),
                _line_of(text, one).encode(encoding, "surrogatepass"),
                one,
            )
            for one in look(self._samples[kind], text)
        )

    def _is_whole(self, name: bytes) -> bool:
        return bool(self._whole) and any(kind in self._whole for kind in self._classes_of(name))

    # Following

    def _follow(self, pack: Pack, root: int, found: dict[tuple[bytes, int], Seen]) -> None:
        """Which blobs of the tree hold what was found somewhere in it."""
        verdicts: dict[bytes, list[tuple[int, Verdict]]] = {}
        lines: dict[bytes, bytes] = {}
        for (written, kind), seen in found.items():
            verdicts.setdefault(written, []).append((kind, seen.verdict))
            lines[written] = seen.line
        homes: dict[bytes, list[bytes]] = {written: [] for written in verdicts}
        if next(iter(pack.children(root)), None) is None:
            for one in homes.values():
                one.append(pack.name_of(root))
        else:
            waiting: list[tuple[int, bytes]] = [(root, b"")]
            while waiting:
                entry, base = waiting.pop()
                try:
                    packed = pack.unpacked(entry)
                    content = packed if entry == root else pack.applied(base, packed)
                except Damaged:
                    # Told when it was looked at.
                    continue
                waiting.extend((child, content) for child in pack.children(entry))
                for written, names in homes.items():
                    if written in content:
                        names.append(pack.name_of(entry))
        for written, names in homes.items():
            self._looked.held.append(
                Held(written, lines[written], tuple(verdicts[written]), tuple(names))
            )


def _members(pack: Pack, root: int) -> Iterator[int]:
    waiting = [root]
    while waiting:
        entry = waiting.pop()
        yield entry
        waiting.extend(pack.children(entry))


def _reach_far(piece: bytes) -> bool:
    """Whether lines far apart can belong together from here on: a key in armour, a key and its id,
    the kind of an object and its data."""
    return (
        b"PRIVATE KEY" in piece
        or b"AKIA" in piece
        or b"ASIA" in piece
        or (b"Secret" in piece and _SECRET_OBJECT.search(piece) is not None)
    )


def _widened(content: bytes, spans: list[Span]) -> list[Span]:
    found = windows(content, spans)
    for begin, end in found:
        if _is_wide(content[begin:end]):
            return windows(content, spans, before=_WIDE_BYTES, far=_WIDE_FAR)
    return found


def _is_wide(piece: bytes) -> bool:
    """Whether a line may hold a value whose name stands some lines above."""
    return (
        b"alue" in piece
        or b"efault" in piece
        or b"tring" in piece
        or b"ALUE" in piece
        or b"EFAULT" in piece
        or b"TRING" in piece
    ) and _WIDE.search(piece) is not None


def _spot(data: bytes, point: int, begin: int, end: int, why: Why) -> tuple[int, int, int]:
    """What is judged for one point: its line, or more where that is not enough, within its piece;
    and up to where other points are answered by it."""
    first = data.rfind(b"\n", begin, point) + 1 or begin
    last = data.find(b"\n", point, end)
    last = end if last < 0 else last
    if last - first > LONGEST_LINE:
        return max(first, point - _AROUND_LONG), min(last, point + _AROUND_LONG), point + 1
    if why is Why.ANYTHING and _reach_far(data[first:last]):
        return begin, end, last
    if why is Why.ABOVE:
        floor = max(begin, first - _WIDE_FAR)
        for _ in range(_WIDE_LINES):
            if first <= floor:
                break
            first = data.rfind(b"\n", floor, first - 1) + 1 or floor
    return first, last, last


def _line_of(text: str, one: Verdict) -> str:
    begin = text.rfind("\n", 0, one.offset) + 1
    end = text.find("\n", one.end)
    return text[begin : len(text) if end < 0 else end].strip()


def _text_of(spot: bytes) -> tuple[str, str]:
    try:
        return spot.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return spot.decode("latin-1"), "latin-1"
