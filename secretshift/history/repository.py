"""The history of one repository as a source: what is found in it, where and since when."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import queue
import sys
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ..detection.candidate import Place
from ..detection.detector import Detector
from ..detection.grammars.credential_files import is_netrc, is_pgpass
from ..detection.paths import FileSense, file_sense
from ..detection.sweep import Sweep
from ..model.errors import Interrupted, SecretshiftError
from ..model.findings import HistoryLocation, SourceError, Verdict
from ..model.journeys import CancelToken
from ..sources.git_command import run_git, start_git
from ..sources.text import decode, line_and_column
from . import commits
from .commits import CommitLog
from .gaps import MAX_BYTES, gaps
from .looking import Held, Looked, Looker, Task, as_utf8, may_say_another
from .objects import Facts, GitReader, Objects, facts_of
from .packs import Damaged
from .side_by_side import MOST_TASKS, Work, look_side_by_side, processes, side_by_side
from .tracing import (
    Ref,
    Trace,
    Written,
    refs_of,
    traced,
    traces,
    traces_data,
    tree_of,
    with_refs,
    written,
)

_CHUNK: Final = 1 << 18
_AHEAD: Final = 32
"""Pieces of the log that wait to be read: 8 MiB."""
_TREES: Final = 20
_LOOSE: Final = 200
_PLACES: Final = 40
_LAST_SECONDS: Final = 2.0
"""For what was found, once somebody wants to stop."""
_MOST_SOUGHT: Final = 100_000
_MOST_JUDGED: Final = 2000
_LONG: Final = 48 * 1024
_NEAR: Final = 3 * 1024
"""Bytes of a blob from which only what lies around the value is judged again, and how far."""
_MOST_SPENT: Final = 200_000
"""Bytes that are judged again for one value and path. What none of them shows was made by the cut,
most often in the midst of a bundle of which there are hundreds of versions."""
_LINE_OF_ITS_OWN: Final = 12
"""Bytes from which a line is not by chance a part of another."""


class History:
    """Every blob that a ref reaches, and with unreachable also what none does.

    counts: blobs and bytes that were looked at, and what was skipped, by reason. One for one
    search; the detector belongs to this process alone meanwhile.
    """

    def __init__(
        self,
        folder: Path,
        detector: Detector,
        *,
        unreachable: bool = False,
        max_bytes: int = MAX_BYTES,
        count: int | None = None,
    ) -> None:
        """Raises NotFound (``no-repository``) and what else ``run_git`` raises."""
        self._folder = folder
        self._facts: Facts = facts_of(folder)
        self._detector = detector
        self._unreachable = unreachable
        self._limit = max_bytes
        self._count = processes() if count is None else count
        self._counts: Counter[str] = Counter()
        self._gaps: tuple[str, ...] = ()
        self._commits: Sequence[bytes] = ()
        self._is_broken = False

    @property
    def root(self) -> str:
        return str(self._facts.root)

    @property
    def counts(self) -> Mapping[str, int]:
        return MappingProxyType(self._counts)

    @property
    def not_searched(self) -> tuple[str, ...]:
        return self._gaps

    @property
    def commits(self) -> Sequence[bytes]:
        """The names of those that were searched, in the order in which git tells of them."""
        return self._commits

    def findings(
        self, progress: Callable[[int, int], None], cancel: CancelToken
    ) -> Iterator[tuple[Verdict, HistoryLocation] | SourceError]:
        """One for each value and path; and an error for whatever could not be read.

        progress gets how much of the packed bytes is done, and how much there is. Raises
        Interrupted, and what ``run_git`` raises.
        """
        sweep = Sweep(self._detector)
        everything = ("--all", "--reflog") if self._unreachable else ("--all",)
        with _Log(self._folder, (), *everything) as said:
            # The rules are loaded by native code, which leaves the interpreter to the rest.
            warming = threading.Thread(target=_tried, args=(sweep.warm,), daemon=True)
            warming.start()
            objects = Objects(self._folder, self._facts)
            log, error = said.read(cancel)
        if error is not None:
            yield error
            log = self._what_is_there(log, cancel)
        self._commits = log.names
        refs = self._take_in_refs(log)
        classes = _Classes(log)
        warming.join()
        _give_back()
        # Whatever went wrong there is raised here.
        sweep.warm()
        looker = Looker(
            self._folder,
            objects,
            sweep,
            classes.of,
            classes.samples,
            classes.whole,
            classes.programs,
            self._limit,
        )
        tasks = _tasks(objects)
        if objects.is_broken:
            yield SourceError(
                code="damaged-pack",
                source=self.root,
                what="git cannot list the objects of all packs",
                hint="Run git fsck there, and fetch it anew from another copy",
            )
        total = sum(task.size for task in tasks)
        done = 0
        held: list[Held] = []
        progress(0, total)
        try:
            for looked in look_side_by_side(tasks, looker.look, cancel, self._count):
                done += looked.size
                held += looked.held
                self._counts.update(looked.counts)
                progress(done, total)
                yield from self._damage(looked)
        except Interrupted:
            # What was found until then is told, as far as it can be in the time that a person
            # who wants to stop has for it.
            yield from self._traced(held, log, refs, None)
            raise
        yield from self._missing(objects, log)
        self._gaps = gaps(self._facts, self._counts, self._limit)
        yield from self._traced(held, log, refs, cancel)

    def _missing(self, objects: Objects, log: CommitLog) -> Iterator[SourceError]:
        """Of a long history only if fewer versions were met than it has."""
        met = sum(self._counts[sort] for sort in ("blobs", "binary", "huge", "unreadable"))
        if met >= len(log.blobs) > _MOST_SOUGHT and not self._facts.partial:
            return
        self._counts["missing"] += len(objects.lacks(log.blobs))
        if self._counts["missing"] and not self._facts.partial:
            yield SourceError(
                code="missing-objects",
                source=self.root,
                what=f"{self._counts['missing']:,} versions of files are not in the repository",
                hint="Run git fsck there, and fetch it anew from another copy",
            )

    def _damage(self, looked: Looked) -> Iterator[SourceError]:
        for name in looked.damaged:
            self._counts["unreadable"] += 1
            yield SourceError(
                code="damaged-object",
                source=f"{self.root} {name.hex()[:12]}",
                what="git cannot read this object",
                hint="Run git fsck there, and fetch it anew from another copy",
            )

    def _what_is_there(self, log: CommitLog, cancel: CancelToken) -> CommitLog:
        """For the log that git broke off, all of it at once for a single ref that leads to nothing:
        the history of those that lead to something."""
        self._is_broken = True
        if log.names:
            return log
        refs, _others = refs_of(self._folder)
        with _Log(self._folder, [ref.target for ref in refs]) as said:
            return said.read(cancel)[0]

    def _take_in_refs(self, log: CommitLog) -> list[Ref]:
        refs, others = refs_of(self._folder)
        for kind, name in others:
            if kind == "blob":
                log.add_object(b"", name)
            else:
                for path, blob in tree_of(self._folder, name.hex()):
                    log.add_object(path, blob)
        return refs

    # From blobs to paths and commits

    def _traced(
        self,
        held: Sequence[Held],
        log: CommitLog,
        refs: Sequence[Ref],
        cancel: CancelToken | None,
    ) -> Iterator[tuple[Verdict, HistoryLocation]]:
        """cancel: None where the wish to stop is there already."""
        holders: dict[bytes, set[str]] = {}
        unnamed: dict[bytes, set[str]] = {}
        lines: dict[str, set[bytes]] = {}
        for one in held:
            secrets = {verdict.secret.reveal() for _kind, verdict in one.verdicts}
            for secret in secrets:
                lines.setdefault(secret, set()).update(one.lines)
            for name in one.blobs:
                if name in log.blobs:
                    holders.setdefault(name, set()).update(secrets)
                elif self._unreachable or self._is_broken:
                    unnamed.setdefault(name, set()).update(secrets)
        places = written(log, holders, unnamed, lines)
        with _Whole(self._folder, self._detector, self._limit) as whole:
            yield from self._told(places, whole, log, refs, cancel)

    def _told(
        self,
        places: Sequence[Written],
        whole: _Whole,
        log: CommitLog,
        refs: Sequence[Ref],
        cancel: CancelToken | None,
    ) -> Iterator[tuple[Verdict, HistoryLocation]]:
        head = self._head()

        def trace(some: Sequence[Written]) -> list[Trace]:
            every = (traced(one, whole, log, head, self._facts.root) for one in some)
            return [one for one in every if one is not None]

        # One path after the other, so that a version is read once for all that it holds.
        parts = [places[at : at + _PLACES] for at in range(0, len(places), _PLACES)]
        work = Work(trace, traces_data, traces)
        if cancel is None:
            found = list(_for_a_while(trace, places))
        else:
            found = [one for part in side_by_side(parts, work, cancel, self._count) for one in part]
        for one in with_refs(found, log, refs):
            yield one.verdict, one.location

    def _head(self) -> Mapping[bytes, bytes]:
        """By path the blobs of HEAD; nothing where nothing was committed."""
        if run_git(self._folder, "rev-parse", "--verify", "-q", "HEAD^{tree}", also=(1, 128)).code:
            return {}
        return dict(tree_of(self._folder, "HEAD"))


def _for_a_while(
    trace: Callable[[Sequence[Written]], list[Trace]], places: Sequence[Written]
) -> Iterator[Trace]:
    end = time.monotonic() + _LAST_SECONDS
    for one in places:
        if time.monotonic() > end:
            return
        yield from trace((one,))


def _give_back() -> None:
    """Memory that the log took in passing: each process has it from here on."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


def _tried(warm: Callable[[], None]) -> None:
    """What goes wrong is met once more, where it is told."""
    with contextlib.suppress(SecretshiftError):
        warm()


_Told = dict[str, tuple[Verdict, int, bytes]]
"""By secret the verdict, the number of its line from the begin of what was looked at, and it."""


class _Whole:
    """Blobs that are read and judged once more, as a whole."""

    def __init__(self, folder: Path, detector: Detector, limit: int) -> None:
        self._reader = GitReader(folder)
        self._detector, self._limit = detector, limit
        self._judged: dict[tuple[bytes, FileSense, str], _Told] = {}
        self._content: tuple[bytes, bytes] = (b"", b"")
        self._spent = 0

    def __enter__(self) -> _Whole:
        return self

    def __exit__(self, *_about: object) -> None:
        self._reader.close()

    def begin(self) -> None:
        self._spent = 0

    def gave_up(self) -> bool:
        return self._spent > _MOST_SPENT

    def verdict(
        self, blob: bytes, path: bytes, secret: str, lines: Iterable[bytes]
    ) -> tuple[Verdict, int, bytes] | None:
        name = os.fsdecode(path)
        content = self._read(blob)
        if len(content) > _LONG:
            for line in lines:
                if self.gave_up():
                    return None
                part, above = _around(content, line)
                # As much as if it were not known, so that the order of values changes nothing.
                self._spent += 4 * len(part)
                near = self._look(_digest(part), name, part).get(secret)
                if near is not None:
                    verdict, number, written = near
                    return verdict, above + number, written
            if len(content) > _MOST_SPENT:
                return None
        if not self._knows(blob, name):
            if self.gave_up():
                return None
            self._spent += len(content)
        return self._look(blob, name, content).get(secret)

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
        content = self._read(blob)
        return any(len(line) >= _LINE_OF_ITS_OWN and line in content for line in lines)

    def says_alone(self, path: bytes, line: bytes, secret: str) -> bool:
        """Whether the line is enough to tell the secret, whatever stands around it."""
        text = line.decode("utf-8", "surrogatepass")
        found = self._detector.text(os.fsdecode(path), text)
        return any(verdict.secret.reveal() == secret for verdict in found)

    def has_whole_line(self, blob: bytes, line: bytes) -> bool:
        content = self._read(blob)
        if may_say_another(content):
            return False
        at = content.find(line)
        while at >= 0:
            begin = content.rfind(b"\n", 0, at) + 1
            end = content.find(b"\n", at + len(line))
            around = content[begin:at], content[at + len(line) : len(content) if end < 0 else end]
            above = content[content.rfind(b"\n", 0, max(0, begin - 1)) + 1 : begin]
            if not any(one.strip() for one in around) and b"nextline" not in above:
                return True
            at = content.find(line, at + len(line))
        return False

    def _read(self, blob: bytes) -> bytes:
        if self._content[0] != blob:
            content: bytes | int | None = None
            # What cannot be read was told when it was looked at.
            with contextlib.suppress(Damaged):
                content = self._reader.blob(blob, self._limit)
            self._content = (blob, as_utf8(content) if isinstance(content, bytes) else b"")
        return self._content[1]


def _digest(part: bytes) -> bytes:
    return hashlib.blake2b(part, digest_size=16).digest()


def _around(content: bytes, line: bytes) -> tuple[bytes, int]:
    """The part of a long blob around a line, in whole lines where those have an end; and how many
    lines are above it."""
    at = content.find(line) if line else -1
    if at < 0:
        return b"", 0
    behind = at + len(line)
    floor, ceiling = max(0, at - 2 * _NEAR), min(len(content), behind + 2 * _NEAR)
    begin = content.rfind(b"\n", floor, max(floor, at - _NEAR)) + 1 or floor
    end = content.find(b"\n", behind + _NEAR, ceiling)
    return content[begin : ceiling if end < 0 else end], content.count(b"\n", 0, begin)


class _Log:
    """git's log, taken from its pipe while something else is done, as far as _AHEAD allows."""

    def __init__(self, folder: Path, tips: Sequence[bytes], *which: str) -> None:
        """tips: names of commits; which: options of git log beside them."""
        self._folder = folder
        self._asked = b"".join(name.hex().encode("ascii") + b"\n" for name in tips)
        self._git = start_git(folder, *commits.ARGUMENTS, "--stdin", *which)
        self._chunks: queue.Queue[bytes] = queue.Queue(_AHEAD)
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def __enter__(self) -> _Log:
        return self

    def __exit__(self, *_about: object) -> None:
        """Nothing of it is left, whether it was read or not."""
        self._git.kill()
        for _chunk in self._taken():
            pass
        self._thread.join()
        self._git.wait()

    def _take(self) -> None:
        assert self._git.stdin is not None and self._git.stdout is not None
        with contextlib.suppress(OSError):
            self._git.stdin.write(self._asked)
        with contextlib.suppress(OSError):
            self._git.stdin.close()
        with self._git.stdout as pipe:
            while chunk := pipe.read(_CHUNK):
                self._chunks.put(chunk)
        self._chunks.put(b"")

    def _taken(self, cancel: CancelToken | None = None) -> Iterator[bytes]:
        while self._thread.is_alive() or not self._chunks.empty():
            if cancel is not None:
                cancel.check()
            with contextlib.suppress(queue.Empty):
                chunk = self._chunks.get(timeout=0.1)
                if not chunk:
                    return
                yield chunk

    def read(self, cancel: CancelToken) -> tuple[CommitLog, SourceError | None]:
        """Everything that could be read of it. Raises Interrupted."""
        log = CommitLog()
        whole = True
        try:
            log.read(self._taken(cancel))
        except ValueError:
            whole = False
            self._git.kill()
            for _chunk in self._taken():
                pass
        if self._git.wait() == 0 and whole:
            return log, None
        return log, SourceError(
            code="history-incomplete",
            source=str(self._folder),
            what="git could not read all commits",
            hint="Run git fsck there, and fetch what is damaged anew from another copy",
        )


def _whole_form(path: str) -> str:
    """Which sort of file it is if any line of it may depend on any other, else ""."""
    if path.endswith(".ipynb"):
        return "ipynb"
    if is_pgpass(path):
        return "pgpass"
    if path.endswith("userlist.txt"):
        return "userlist"
    return "netrc" if is_netrc(path) else ""


class _Classes:
    """Files that the detector takes for the same sort, as far as their paths say."""

    def __init__(self, log: CommitLog) -> None:
        self.samples: list[str] = []
        self._numbers: dict[object, int] = {}
        self._log = log
        self._masks = array("Q", bytes(8 * len(log.blobs)))
        self._tuples: dict[int, tuple[int, ...]] = {}
        self._nameless = (self._kind_of(b""),)
        kinds = array("B", (self._kind_of(path) for path in log.path_names()))
        for _commit, path, blob in log.writings():
            self._masks[blob] |= 1 << kinds[path]

    def _kind_of(self, path: bytes) -> int:
        """There are far less than 64."""
        text = os.fsdecode(path)
        sort = file_sense(text)
        # An example is only less sure, which is judged at the end.
        key = (sort.place, sort.markup, _whole_form(text))
        known = self._numbers.setdefault(key, len(self._numbers))
        if known == len(self.samples):
            self.samples.append(text)
        return known

    @property
    def whole(self) -> frozenset[int]:
        """Sorts of files in which any line may depend on any other."""
        return frozenset(number for number, path in enumerate(self.samples) if _whole_form(path))

    @property
    def programs(self) -> frozenset[int]:
        """Sorts of files in which a value stands in quotes."""
        return frozenset(
            number
            for number, path in enumerate(self.samples)
            if file_sense(path).place is Place.CODE
        )

    def of(self, name: bytes) -> Sequence[int]:
        blob = self._log.blobs.get(name)
        if blob is None:
            return self._nameless
        mask = self._masks[blob]
        known = self._tuples.get(mask)
        if known is None:
            known = tuple(kind for kind in range(64) if mask >> kind & 1) or self._nameless
            self._tuples[mask] = known
        return known


def _tasks(objects: Objects) -> list[Task]:
    tasks: list[Task] = []
    packed = [
        (pack.packed_bytes(root), number, root)
        for number, pack in enumerate(objects.packs)
        for root in pack.roots
    ]
    trees = max(_TREES, len(packed) // (MOST_TASKS // 2) + 1)
    for number in range(len(objects.packs)):
        mine = sorted((one for one in packed if one[1] == number), reverse=True)
        for at in range(0, len(mine), trees):
            some = mine[at : at + trees]
            tasks.append(
                Task(sum(one[0] for one in some), number, tuple(root for _s, _n, root in some))
            )
    loose = max(_LOOSE, len(objects.loose) // 1000 + 1)
    for at in range(0, len(objects.loose), loose):
        files = objects.loose[at : at + loose]
        tasks.append(Task(len(files), loose=files))
    names = objects.left_over
    left = max(_LOOSE, len(names) // 1000 + 1)
    for at in range(0, len(names), left):
        tasks.append(Task(left, names=names[at : at + left]))
    return tasks
