"""What one process does: it unpacks trees of blobs, looks at what is new in each, and follows what
it found through the tree. It writes nothing and asks nobody."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from ..detection.sweep import Sweep, Why
from ..model.findings import Verdict
from ..sources.text import decode
from .deltas import Span
from .failing import Failure
from .file_classes import FileClasses
from .fresh import Fresh, best
from .objects import GitReader, Objects, loose_blob
from .packs import MOST_BYTES, Damaged, Pack
from .seeking import find
from .spots import (
    LONGEST_NAME,
    MARKS,
    NAME_FAR,
    WHOLE,
    Crowd,
    Cut,
    Spot,
    as_utf8,
    cut_of,
    far_mark,
    far_spans,
    has_other_lines,
    is_plain,
    line_of,
    spot_of,
    text_of,
    whole_letters,
)
from .tracing import MOST_LINES

BATCH: Final = 120_000
_LARGEST_BASE: Final = 256 * 1024 * 1024
"""Bytes of a blob on which nothing that hangs is unpacked."""
_MOST_KNOWN: Final = 150_000
_MOVED: Final = 2048
"""Bytes by which a line moves most often from one version to the next, at most."""
_GAP: Final = b"\n\n\n"

Classes = Callable[[bytes], Sequence[int]]
Owner = tuple[int, Sequence[int]]
"""Whose a piece is: the root of its tree, -1 for a blob by itself, and the classes of its blob."""
_Part = tuple[bytes, int, Owner, int, bytes, Cut]
"""A piece; where it begins among all that are looked at together, and in its content; what is kept
of its lines; whether it is cut."""


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

    lines: on which it was found, each without what stands around it.
    verdicts: by class of path; the class says which of the blobs' paths it is a verdict on.
    """

    written: bytes = field(repr=False)
    lines: tuple[bytes, ...] = field(repr=False)
    verdicts: tuple[tuple[int, Verdict], ...]
    blobs: tuple[bytes, ...]


class Seen(NamedTuple):
    """A verdict, with its bytes and its line as they stand there."""

    written: bytes
    line: bytes
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """lines: on which it was found, in whatever version; not more than MOST_LINES."""

    verdict: Verdict
    lines: set[bytes] = field(repr=False)


Findings = dict[tuple[bytes, int, str], Kept]
"""By what is written, the class, and the secret: the same letters may be taken for themselves on
their line, and be what stands in them encoded in their document."""


@dataclass(slots=True)
class Looked:
    """What came of a task. size: what the task said of its own; failures: of detectors."""

    size: int
    held: list[Held] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    damaged: list[bytes] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class Looker:
    """classes_of: the classes of the paths of a blob, by its name; samples: a path of each class,
    by which the detector knows what kind of file it is; whole: classes whose files are judged
    whole, because any line may depend on any other; programs: classes in which only what is in
    quotes is a value; mixed: classes of which some files are examples and others are not."""

    def __init__(
        self,
        folder: Path,
        objects: Objects,
        sweep: Sweep,
        classes_of: Classes,
        samples: Sequence[str],
        whole: frozenset[int],
        programs: frozenset[int],
        mixed: frozenset[int],
        limit: int,
        fresh: Fresh,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """fresh: says what of a blob is looked at; stopped: whether what is there of a task is
        enough, as somebody wants it to end."""
        self._objects, self._sweep = objects, sweep
        self._classes_of, self._samples, self._whole = classes_of, samples, whole
        self._programs, self._mixed, self._limit = programs, mixed, limit
        self._fresh, self._stopped = fresh, stopped
        self._git = GitReader(folder)
        self._known: dict[int, tuple[Seen, ...]] = {}
        self._start(0)

    @classmethod
    def of_files(
        cls,
        folder: Path,
        objects: Objects,
        sweep: Sweep,
        classes: FileClasses,
        limit: int,
        stopped: Callable[[], bool],
    ) -> Looker:
        """Whose files are sorted."""
        return cls(
            folder, objects, sweep, classes.of, classes.samples, classes.whole, classes.programs,
            classes.mixed, limit, best(len(classes.masks)), stopped,
        )  # fmt: skip

    def _start(self, size: int) -> None:
        self._looked = Looked(size)
        self._parts: list[_Part] = []
        self._bytes = 1
        self._found: dict[int, Findings] = {}
        self._reaching: dict[int, set[bytes]] = {}
        self._met: set[int] = set()

    def look(self, task: Task) -> Looked:
        self._start(task.size)
        if task.pack >= 0:
            self._trees(task.pack, task.roots)
        for path in task.loose:
            if self._stopped():
                break
            self._loose(path)
        if task.names:
            self._asked(task.names)
        self._flush()
        looked = self._looked
        looked.failures = self._sweep.detector.failures_taken()
        self._start(0)
        return looked

    def close(self) -> None:
        """Of no use any more to whoever goes on."""
        self._git.close()

    # Trees of a pack

    def _trees(self, number: int, roots: Sequence[int]) -> None:
        pack = self._objects.packs[number]
        for root in roots:
            if self._stopped():
                break
            if pack.size(root) > MOST_BYTES:
                self._of_git(number, pack, root)
            else:
                self._tree(number, pack, root)
        self._flush()
        for root in roots:
            marks = self._reaching.pop(root, ())
            if marks or root in self._found:
                self._follow(pack, root, sorted(marks))

    def _tree(self, number: int, pack: Pack, root: int) -> None:
        """Look at the root whole, and at what each of the others has that its base had not. What
        a pack before this one has too is looked at for the sake of what is copied from it, and
        what is of another sort than its base is looked at whole."""
        before = self._repeated(number, pack, root)
        if before is None:
            return
        self._met.clear()
        self._fresh.begin()
        waiting: list[tuple[int, bytes, Sequence[int]]] = [(root, b"", ())]
        while waiting and not self._stopped():
            entry, base, done = waiting.pop()
            content, delta = self._unpacked(number, pack, root, entry, base)
            if content is None:
                continue
            sorts: Sequence[int] = ()
            if self._counted(content, 0 if entry in before else 1):
                sorts = self._classes_of(pack.name_of(entry))
                owner = (root, sorts)
                self._judge_reaching(owner, content)
                small = len(delta) < self._fresh.most * len(content) and not self._is_whole(owner)
                if small and all(sort in done for sort in sorts):
                    self._add_new(owner, content, delta)
                else:
                    self._add(owner, content)
            waiting += [(child, content, sorts) for child in pack.branches(entry)]

    def _repeated(self, number: int, pack: Pack, root: int) -> set[int] | None:
        """Entries of a tree that a pack before this one has too, None if those are all."""
        if not number:
            return set()
        names = {entry: pack.name_of(entry) for entry in pack.members(root)}
        found = {one for one, name in names.items() if self._objects.repeated(number, name)}
        return None if len(found) == len(names) else found

    def _add_new(self, owner: Owner, content: bytes, delta: bytes) -> None:
        """What the delta brings, with the lines around it."""
        if has_other_lines(content):
            self._add(owner, content)
            return
        for begin, end, ragged, lines in self._fresh.pieces(content, delta, owner[1]):
            piece = content[begin:end]
            cut = WHOLE
            if ragged:
                cut = cut_of(content, begin, end)
                # Many versions bring the same to the same base.
                new = hash((owner[1], cut, piece))
                if new in self._met:
                    continue
                self._met.add(new)
            self._append(owner, piece, begin, lines, cut)
        if self._bytes >= BATCH:
            self._flush()

    def _unpacked(
        self, number: int, pack: Pack, root: int, entry: int, base: bytes
    ) -> tuple[bytes | None, bytes]:
        """Content and delta. What cannot be unpacked, and all that hangs on it, is asked of git."""
        try:
            packed = pack.unpacked(entry)
            return (packed, b"") if entry == root else (pack.applied(base, packed), packed)
        except Damaged:
            self._of_git(number, pack, entry)
            return None, b""

    def _of_git(self, number: int, pack: Pack, entry: int) -> None:
        """An entry and all that hangs on it. What is over the limit by its own word is not asked
        for, nor what hangs on something that is far larger."""
        waiting = [(entry, False)]
        while waiting:
            one, hopeless = waiting.pop()
            try:
                size = pack.full_size(one)
            except Damaged:
                size = 0
            hopeless = hopeless or size > _LARGEST_BASE
            name = pack.name_of(one)
            if self._objects.repeated(number, name):
                pass
            elif hopeless or size > self._limit:
                self._looked.counts["huge"] += 1
            else:
                self._asked([name])
            waiting += [(child, hopeless) for child in pack.children(one)]

    def _counted(self, content: bytes, once: int = 1) -> bool:
        """Whether it is text of a size that is looked at; counts it one way or the other."""
        counts = self._looked.counts
        if len(content) > self._limit:
            counts["huge"] += once
            return False
        if content.find(b"\0", 0, 8192) >= 0 and decode(content) is None:
            counts["binary"] += once
            return False
        counts["blobs"] += once
        counts["bytes"] += once * len(content)
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
        except OSError:
            self._looked.damaged.append(name)
        else:
            self._alone(name, content)

    def _asked(self, names: Sequence[bytes]) -> None:
        for name in names:
            if self._stopped():
                break
            try:
                content = self._git.blob(name, self._limit)
            except Damaged:
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
        owner = (-1, self._classes_of(name))
        self._judge_reaching(owner, content)
        self._flush()
        self._fresh.begin()
        self._add(owner, content)
        self._flush()
        # It may stand in for an entry amid a tree, of which nothing was told by this.
        self._fresh.begin()
        marks = self._reaching.pop(-1, None)
        if marks:
            content = as_utf8(content)
            for begin, end in far_spans(content, sorted(marks)):
                self._judge(owner, content[begin:end], Why.ANYTHING)
        for (written, kind, _secret), kept in self._found.pop(-1, {}).items():
            self._looked.held.append(
                Held(written, tuple(kept.lines), ((kind, kept.verdict),), (name,))
            )

    # Looking

    def _judge_reaching(self, owner: Owner, content: bytes) -> None:
        """What rules of the user's find of which a line alone tells nothing: in every version."""
        if self._sweep.detector.has_reaching_rules:
            content = as_utf8(content)
            if self._sweep.detector.rules_reach(content):
                self._judge(owner, content, Why.ANYTHING)

    def _add(self, owner: Owner, piece: bytes) -> None:
        piece = as_utf8(piece)
        if self._is_whole(owner):
            self._judge(owner, piece, Why.ANYTHING)
            # Of what hangs on it only a part may be looked at, in which the mark is not.
            marks = {mark for mark in MARKS if any(far_spans(piece, (mark,)))}
            if marks:
                self._reaching.setdefault(owner[0], set()).update(marks)
            return
        for begin, end, ragged, lines in self._fresh.pieces(piece, b"", owner[1]):
            cut = cut_of(piece, begin, end) if ragged else WHOLE
            self._append(owner, piece[begin:end], begin, lines, cut)
        if self._bytes >= BATCH:
            self._flush()

    def _append(self, owner: Owner, piece: bytes, begin: int, lines: bytes, cut: Cut) -> None:
        self._parts.append((piece, self._bytes, owner, begin, lines, cut))
        self._bytes += len(piece) + len(_GAP)

    def _flush(self) -> None:
        if not self._parts:
            return
        pieces, starts, owners, begins, lines, cut = zip(*self._parts, strict=True)
        self._parts, self._bytes = [], 1
        # A mark of byte order at the very beginning would be taken for one of all.
        data = b"\n" + _GAP.join(pieces) + b"\n"
        held: dict[int, list[Span]] = {}

        def hold(part: int, spot: Spot | Crowd) -> None:
            """Something is on these lines, or may be, wherever they stand."""
            shift = begins[part] - starts[part]
            held.setdefault(part, []).append((spot.begin + shift, spot.end + shift))

        crowd: Crowd | None = None

        def judge_crowd() -> None:
            if crowd is not None and self._judge_amid(owners[crowd.part], data, crowd):
                hold(crowd.part, crowd)

        complete = True
        here = Spot(-1, -1, -1)
        number = begin = stop = 0
        in_programs = False
        closest = Why.BARE
        above = False
        owner = 0
        for point, why in sorted(self._sweep.points(data)):
            if point < here.up_to and why <= closest and (above or why is not Why.ABOVE):
                continue
            if self._stopped():
                complete = False
                break
            if point >= stop:
                number = bisect_right(starts, point) - 1
                if number < 0:
                    # What stands before the first part.
                    continue
                begin, stop = starts[number], starts[number] + len(pieces[number])
                in_programs = self._programs.issuperset(owners[number][1])
            # An expression may end with the end of the last line.
            point -= point == stop
            if not begin <= point < stop:
                continue
            if why is Why.BARE and in_programs and is_plain(data, point, stop):
                continue
            if why <= Why.QUOTED and not self._is_named(data, point, begin):
                continue
            if why is Why.FAR:
                self._reaching.setdefault(owners[number][0], set()).add(far_mark(data, point))
            spot = spot_of(data, point, begin, stop, why, cut[number])
            if why is Why.FAR:
                hold(number, spot)
            if spot.amid:
                if self._is_worth(data, point, why, spot.begin):
                    one = Crowd(number, spot.begin, spot.end, point, why)
                    joined = None if crowd is None else crowd.joined(one)
                    if joined is None:
                        judge_crowd()
                    crowd = joined or one
                continue
            if point < here.up_to:
                # The same line once more: what it needs for the one and for the other.
                here = Spot(min(here.begin, spot.begin), max(here.end, spot.end), spot.up_to)
                closest, above = max(closest, why), above or why is Why.ABOVE
                continue
            if here.begin >= 0 and self._judge(owners[owner], data[here.begin : here.end], closest):
                hold(owner, here)
            owner, closest, above, here = number, why, why is Why.ABOVE, spot
        if here.begin >= 0 and self._judge(owners[owner], data[here.begin : here.end], closest):
            hold(owner, here)
        judge_crowd()
        if complete:
            self._fresh.learn(
                b"".join(known for part, known in enumerate(lines) if part not in held), []
            )
            # Where the same line stands among those, what holds something comes last.
            for part, spans in held.items():
                self._fresh.learn(lines[part], spans)

    def _is_named(self, data: bytes, point: int, begin: int) -> bool:
        """Whether a name before a point on its line tells something. begin: of its piece."""
        floor = max(begin, point - LONGEST_NAME)
        return self._sweep.tells(data[data.rfind(b"\n", floor, point) + 1 or floor : point + 1])

    def _is_worth(self, data: bytes, point: int, why: Why, begin: int) -> bool:
        """Whether a point on a line without an end has to be looked at. begin: of its spot."""
        near = max(begin, point - NAME_FAR)
        return why > Why.QUOTED or self._sweep.tells(data[near : point + 1])

    def _judge_amid(self, owner: Owner, data: bytes, crowd: Crowd) -> bool:
        """As the whole of the line is read: only around words that tell something."""
        begin, end = crowd.begin, crowd.end
        spans = [(0, end - begin)]
        if crowd.why < Why.ANYTHING:
            # A byte is a letter here, so that offsets are the same.
            part = data[begin:end].decode("latin-1")
            spans = self._sweep.detector.around(part, crowd.last - begin)
        found = False
        for first, last in spans:
            first, last = whole_letters(data, begin + first, begin + last)
            found |= self._judge(owner, data[first:last], crowd.why, amid=True)
        return found

    def _judge(self, owner: Owner, spot: bytes, why: Why, *, amid: bool = False) -> bool:
        """Whether anything was found."""
        found = False
        for kind in owner[1]:
            key = hash((kind, why, amid, spot))
            known = self._known.get(key)
            if known is None:
                known = self._verdicts(kind, spot, why, amid=amid)
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[key] = known
            found = found or bool(known)
            self._note(owner[0], kind, known)
        return found

    def _note(self, root: int, kind: int, verdicts: Sequence[Seen]) -> None:
        if verdicts:
            found = self._found.setdefault(root, {})
            for seen in verdicts:
                key = (seen.written, kind, seen.verdict.secret.reveal())
                kept = found.get(key)
                if kept is None:
                    kept = found[key] = Kept(seen.verdict, set())
                if len(kept.lines) < MOST_LINES:
                    kept.lines.add(seen.line)

    def _verdicts(self, kind: int, spot: bytes, why: Why, *, amid: bool) -> tuple[Seen, ...]:
        if amid and why <= Why.QUOTED and not self._sweep.tells(spot):
            return ()
        text, encoding = text_of(spot)
        detector = self._sweep.detector
        look: Callable[..., Sequence[Verdict]] = detector.assigned
        if why >= Why.ANYTHING:
            look = detector.amid if amid else detector.text
        return tuple(
            Seen(
                text[one.offset : one.end].encode(encoding, "surrogatepass"),
                line_of(text, one, amid=amid).encode(encoding, "surrogatepass"),
                one,
            )
            for one in look(self._samples[kind], text, either=kind in self._mixed)
        )

    def _is_whole(self, owner: Owner) -> bool:
        return bool(self._whole) and not self._whole.isdisjoint(owner[1])

    # Following

    def _follow(self, pack: Pack, root: int, marks: Sequence[bytes]) -> None:
        """Which blobs of the tree hold what was found somewhere in it. marks: of what belongs
        together although it stands far apart, which is judged in every blob: a line that a delta
        copies may have become a part of it."""
        homes = self._homes(pack, root, {one[0] for one in self._found.get(root, ())}, marks)
        found = self._found.pop(root, {})
        late = {one[0] for one in found} - homes.keys()
        if late:
            homes.update(self._homes(pack, root, late, ()))
        verdicts: dict[bytes, list[tuple[int, Verdict]]] = {}
        lines: dict[bytes, set[bytes]] = {}
        for (written, kind, _secret), kept in found.items():
            verdicts.setdefault(written, []).append((kind, kept.verdict))
            lines.setdefault(written, set()).update(kept.lines)
        for written, names in homes.items():
            self._looked.held.append(
                Held(written, tuple(lines[written]), tuple(verdicts[written]), tuple(names))
            )

    def _homes(
        self, pack: Pack, root: int, values: set[bytes], marks: Sequence[bytes]
    ) -> dict[bytes, list[bytes]]:
        if not marks and next(iter(pack.children(root)), None) is None:
            return {written: [pack.name_of(root)] for written in values}
        homes: dict[bytes, list[bytes]] = {written: [] for written in values}
        places: dict[bytes, int] = {}
        for entry, content in _versions(pack, root):
            name = pack.name_of(entry)
            if marks:
                owner = (root, self._classes_of(name))
                for begin, end in far_spans(content, marks):
                    self._judge(owner, content[begin:end], Why.ANYTHING)
            for written, names in homes.items():
                at = _found(written, content, places.get(written, 0))
                if at >= 0:
                    names.append(name)
                    places[written] = at
            if self._stopped() and all(homes.values()):
                break
        return homes


def _found(written: bytes, content: bytes, last: int) -> int:
    """Where it stands, -1 if nowhere. last: where it stood in the version before: in most it is not
    far from there."""
    at = content.find(written, max(0, last - _MOVED), last + len(written) + _MOVED)
    return at if at >= 0 else find(content, written, 0, len(content))


def _versions(pack: Pack, root: int) -> Iterator[tuple[int, bytes]]:
    """Every entry of a tree that can be unpacked, once more, with its text."""
    waiting: list[tuple[int, bytes]] = [(root, b"")]
    while waiting:
        entry, base = waiting.pop()
        try:
            packed = pack.unpacked(entry)
            content = packed if entry == root else pack.applied(base, packed)
        except Damaged:
            # Told when it was looked at.
            continue
        waiting += [(child, content) for child in pack.branches(entry)]
        yield entry, as_utf8(content)
