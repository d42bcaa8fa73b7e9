"""The history of one repository as a source: what is found in it, where and since when."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from ..detection.detector import Detector
from ..detection.late import compile_all
from ..detection.sweep import Sweep
from ..model.errors import Interrupted, SecretshiftError
from ..model.findings import HistoryLocation, SourceError, Spotted, Verdict
from ..model.journeys import CancelToken
from . import packs
from .ahead import Ahead
from .child import processes
from .commits import CommitLog
from .failing import Failing
from .first_look import FirstLook, is_long
from .forerunner import Forerunner, taken
from .gaps import MAX_BYTES, USES_LFS, gaps
from .git_log import all_of_it
from .lfs import uses_lfs
from .looking import Held, Looked, Looker, Task
from .objects import Facts, Objects, facts_of
from .preparation import Preparation, Prepared
from .refs import Ref, tree_of
from .side_by_side import MOST_TASKS, look_side_by_side, trace_side_by_side
from .tracing import Trace, Written, traced, with_refs, written
from .whole_blobs import WholeBlobs

_TREES: Final = 20
_LOOSE: Final = 200
_PLACES: Final = 40
_FIRST: Final = 16
"""Short tasks that are done before all others, so that something is told at once."""
_SHORT: Final = 1000
"""One of them is at most this part of the whole: a thousandth."""
_LAST_SECONDS: Final = 2.0
"""For what was found, once somebody wants to stop."""
_MOST_SOUGHT: Final = 100_000
_MOMENT: Final = 0.1
"""Seconds in which nobody has to be heard."""


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
        at_once: bool = False,
    ) -> None:
        """at_once: give a value when it is met first, too, as Spotted.

        Raises NotFound (``no-repository``) and what else ``run_git`` raises.
        """
        self._folder = folder
        self._facts: Facts = facts_of(folder)
        self._detector = detector
        self._unreachable = unreachable
        self._limit = max_bytes
        self._count = processes() if count is None else count
        self._at_once = at_once
        self._counts: Counter[str] = Counter()
        self._gaps: tuple[str, ...] = ()
        self._order = CommitLog()
        self._seen: set[int] = set()
        self._is_broken = False
        self._begun: _Begun | None = None
        self._failing = Failing()

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
    def seen(self) -> int:
        """Values that were met until now. Each is looked at once more when everything was read,
        which leaves some out; 0 from then on."""
        return len(self._seen)

    @property
    def order(self) -> CommitLog:
        """Of the commits that were searched, as git tells of them: names, parents and times."""
        return self._order

    def begin(self) -> None:
        """Do what comes first of ``findings``, which goes on from there: beside whatever else the
        program does. Raises what ``run_git`` raises."""
        if self._begun is not None:
            return
        forerunner = taken(self._folder, unreachable=self._unreachable)
        # git begins first, which has the most to do.
        git = None if forerunner is not None else self._log()
        sweep = Sweep(self._detector)
        # The rules are loaded by native code, which leaves the interpreter to the rest.
        warming = threading.Thread(target=_tried, args=(sweep.warm,), daemon=True)
        warming.start()
        packs.load()
        here = None if git is None else self._preparation(git)
        self._begun = _Begun(forerunner, here, sweep, warming)

    def _log(self) -> subprocess.Popen[bytes]:
        return all_of_it(self._folder, unreachable=self._unreachable)

    def _prepared(self, begun: _Begun, cancel: CancelToken) -> Prepared:
        if begun.forerunner is not None:
            prepared = begun.forerunner.result(self._facts, cancel)
            if prepared is not None:
                return prepared
        here = begun.here or self._preparation(self._log())
        return here.result(cancel)

    def _preparation(self, git: subprocess.Popen[bytes]) -> Preparation:
        return Preparation(self._folder, self._facts, git, unreachable=self._unreachable)

    def findings(
        self, progress: Callable[[int, int], None], cancel: CancelToken
    ) -> Iterator[tuple[Verdict, HistoryLocation] | Spotted | SourceError]:
        """One for each value and path; and an error for whatever could not be read.

        progress gets how much of the packed bytes is done, and how much there is: 0 as long as git
        still tells that. Raises Interrupted, and what ``run_git`` raises.
        """
        self.begin()
        assert self._begun is not None
        sweep, warming = self._begun.sweep, self._begun.warming
        # Git still tells; each of the processes would compile them anew.
        compile_all()
        early: list[Held] = []
        prepared = yield from self._until_told(self._begun, early, progress, cancel)
        log, refs, classes, objects, errors, left_trees = prepared
        del prepared
        self._is_broken = bool(errors or left_trees)
        self._counts["missing folders"] += left_trees
        yield from errors
        self._order = log.order()
        warming.join()
        _give_back()
        # Whatever went wrong there is raised here.
        sweep.warm()
        looker = Looker.of_files(
            self._folder, objects, sweep, classes, self._limit, lambda: cancel.cancelled
        )
        tasks = _tasks(objects)
        yield from _of_packs(objects, self.root)
        total = sum(task.size for task in tasks)
        done = 0
        held: list[Held] = []
        progress(0, total)
        try:
            for looked in look_side_by_side(tasks, looker.look, cancel, self._count):
                done += looked.size
                held += looked.held
                yield from self._see(looked.held, log)
                self._counts.update(looked.counts)
                self._failing.add(looked.failures)
                progress(done, total)
                yield from self._damage(looked)
        except Interrupted:
            # What was found until then is told, as far as it can be in the time that a person
            # who wants to stop has for it.
            yield from self._traced([*held, *early], log, refs, None)
            yield from self._failing.errors(self.root)
            raise
        yield from self._missing(objects, log)
        head = ((os.fsdecode(path), blob) for path, blob in self._head.items())
        self._counts[USES_LFS] += uses_lfs(self._folder, head)
        yield from self._failing.errors(self.root)
        own = self._failing.gaps(self.root)
        self._gaps = (*gaps(self._facts, self._counts, self._limit), *own)
        # What follows takes memory of its own, in each process.
        del objects, looker, tasks, classes
        self._begun = None
        _give_back()
        yield from self._traced(held, log, refs, cancel)

    def _until_told(
        self,
        begun: _Begun,
        early: list[Held],
        progress: Callable[[int, int], None],
        cancel: CancelToken,
    ) -> Generator[tuple[Verdict, HistoryLocation] | Spotted, None, Prepared]:
        """Wait for what git tells of the history. early: takes what HEAD was seen to hold until
        then; it is given if somebody stops. Raises Interrupted, and what progress and ``run_git``
        raise."""
        looks: list[FirstLook] = []
        try:
            try:
                yield from self._look_first(begun, looks, progress, cancel)
            except BaseException:
                begun.close()
                raise
            return self._prepared(begun, cancel)
        except Interrupted:
            for look in looks:
                self._counts += look.counts
                yield from self._traced(look.held, look.log, (), None)
            raise
        finally:
            early += [one for look in looks for one in look.held]

    def _look_first(
        self,
        begun: _Begun,
        looks: list[FirstLook],
        progress: Callable[[int, int], None],
        cancel: CancelToken,
    ) -> Iterator[Spotted]:
        """Look at what HEAD has as long as another process reads what git tells. looks: takes the
        look; progress is called once at least."""
        forerunner = begun.forerunner
        if forerunner is None or self._detector.asks_others:
            # Of what detectors of the user's fail on, the search itself has to tell.
            progress(0, 0)
            return
        head = Ahead(lambda: self._head)
        if not is_long(self._facts):
            progress(0, 0)
        while begun.warming.is_alive():
            begun.warming.join(_MOMENT)
            cancel.check()
        if not forerunner.is_ready():
            begun.sweep.warm()
            look = FirstLook(
                self._folder, self._facts, begun.sweep, self._limit, head.result(),
                lambda: cancel.cancelled or forerunner.is_ready(),
            )  # fmt: skip
            looks.append(look)
            with closing(look):
                for held in look.parts():
                    if held:
                        yield from self._see(held, look.log)
                        progress(0, 0)
                    cancel.check()
                    if forerunner.is_ready():
                        break
        progress(0, 0)

    def _see(self, held: Sequence[Held], log: CommitLog) -> Iterator[Spotted]:
        for one in held:
            named = next((name for name in one.blobs if name in log.blobs), None)
            if named is None and not self._unreachable:
                continue
            for _kind, verdict in one.verdicts:
                value = hash(verdict.secret.reveal())
                if value not in self._seen:
                    self._seen.add(value)
                    if self._at_once:
                        yield Spotted(verdict, self._somewhere(named, one.blobs[0], log))

    def _somewhere(self, named: bytes | None, blob: bytes, log: CommitLog) -> HistoryLocation:
        path = b"" if named is None else log.a_path_of(named)
        return HistoryLocation(self.root, os.fsdecode(path), 0, (named or blob).hex())

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
                what=_not_there(self._counts["missing"]),
                hint="Run git fsck there, and fetch it anew from another copy",
            )

    @cached_property
    def _head(self) -> Mapping[bytes, bytes]:
        """By path the blobs of HEAD; nothing where nothing was committed."""
        return dict(tree_of(self._folder, "HEAD"))

    def _damage(self, looked: Looked) -> Iterator[SourceError]:
        for name in looked.damaged:
            self._counts["unreadable"] += 1
            yield SourceError(
                code="damaged-object",
                source=f"{self.root} {name.hex()[:12]}",
                what="git cannot read this object",
                hint="Run git fsck there, and fetch it anew from another copy",
            )

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
        self._seen.clear()
        asked: dict[bytes, list[Sequence[bytes]]] = {}
        for place in places:
            asked.setdefault(place.versions[0][1], []).append(place.lines)
        with WholeBlobs(self._folder, self._detector, self._limit, asked) as whole:
            yield from self._told(places, whole, log, refs, cancel)

    def _told(
        self,
        places: Sequence[Written],
        whole: WholeBlobs,
        log: CommitLog,
        refs: Sequence[Ref],
        cancel: CancelToken | None,
    ) -> Iterator[tuple[Verdict, HistoryLocation]]:
        head = self._head

        def trace(some: Sequence[Written]) -> list[Trace]:
            every = (traced(one, whole, log, head, self._facts.root) for one in some)
            return [one for one in every if one is not None]

        # One path after the other, so that a version is read once for all that it holds.
        parts = [places[at : at + _PLACES] for at in range(0, len(places), _PLACES)]
        if cancel is None:
            found = list(_for_a_while(trace, places))
        else:
            found = [
                one
                for part in trace_side_by_side(parts, trace, cancel, self._count)
                for one in part
            ]
        for one in with_refs(sorted(found, key=lambda one: one.place), log, refs):
            yield one.verdict, one.location


class _Begun(NamedTuple):
    """forerunner, here: one of them prepares the search."""

    forerunner: Forerunner | None
    here: Preparation | None
    sweep: Sweep
    warming: threading.Thread

    def close(self) -> None:
        """Nobody needs what is prepared."""
        for preparing in (self.forerunner, self.here):
            if preparing is not None:
                preparing.close()


def _for_a_while(
    trace: Callable[[Sequence[Written]], list[Trace]], places: Sequence[Written]
) -> Iterator[Trace]:
    end = time.monotonic() + _LAST_SECONDS
    for one in places:
        if time.monotonic() > end:
            return
        yield from trace((one,))


def _not_there(versions: int) -> str:
    if versions == 1:
        return "1 version of a file is not in the repository"
    return f"{versions:,} versions of files are not in the repository"


def _of_packs(objects: Objects, root: str) -> Iterator[SourceError]:
    for index in objects.damaged:
        yield SourceError(
            code="damaged-pack",
            source=str(index.with_suffix(".pack")),
            what="This pack or its index cannot be read whole",
            hint="Run git fsck there, and fetch it anew from another copy",
        )
    for pack in objects.without_index:
        yield SourceError(
            code="damaged-pack",
            source=str(pack),
            what="This pack has no index, without which nothing of it is read",
            hint="Run git index-pack on it, which makes the index, and search again",
        )
    if objects.is_broken and not objects.damaged:
        yield SourceError(
            code="damaged-pack",
            source=root,
            what="git cannot list the objects of all packs",
            hint="Run git fsck there, and fetch it anew from another copy",
        )


def _give_back() -> None:
    """Memory that the log took in passing: each process has it from here on."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


def _tried(warm: Callable[[], None]) -> None:
    """What goes wrong is met once more, where it is told."""
    with contextlib.suppress(SecretshiftError):
        warm()


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
    return _some_short_first(tasks)


def _some_short_first(tasks: Sequence[Task]) -> list[Task]:
    """The longest of the short ones: those are over in a moment, and hold enough to find something
    in. Otherwise the longest come first, so that no process has one left when the others are
    done."""
    most = sum(task.size for task in tasks) // _SHORT
    short = [number for number, task in enumerate(tasks) if task.roots and task.size <= most]
    first = set(short[:_FIRST])
    rest = (task for number, task in enumerate(tasks) if number not in first)
    return [*(tasks[number] for number in sorted(first)), *rest]
