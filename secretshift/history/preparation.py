"""What a search of a history has to know before it looks: commits and what they wrote, refs, sorts
of files, and how the packs are built."""

from __future__ import annotations

import subprocess
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..model.findings import SourceError
from ..model.journeys import CancelToken
from .commits import CommitLog
from .file_classes import FileClasses
from .git_log import GitLog, started
from .objects import Facts, Objects
from .packs import Structure
from .tracing import Ref, refs_of, tree_of


class Prepared(NamedTuple):
    """error: of a log that git broke off; log is then what there is."""

    log: CommitLog
    refs: list[Ref]
    classes: FileClasses
    objects: Objects
    error: SourceError | None = None


class Preparation:
    """In this process, beside git. Raises what ``run_git`` raises."""

    def __init__(self, folder: Path, facts: Facts, git: subprocess.Popen[bytes]) -> None:
        """git: its log of all that is searched, as ``started``."""
        self._folder = folder
        self._said = GitLog(folder, git, ())
        try:
            self._objects = Objects(folder, facts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._said.close()

    def result(self, cancel: CancelToken) -> Prepared:
        """Raises Interrupted and what ``run_git`` raises."""
        with self._said as said:
            log, error = said.read(cancel)
        if error is not None and not log.names:
            log = self._what_is_there(cancel)
        refs = take_in_refs(self._folder, log)
        return Prepared(log, refs, FileClasses.of_log(log), self._objects, error)

    def _what_is_there(self, cancel: CancelToken) -> CommitLog:
        """For the log that git broke off at once, for a single ref that leads to nothing: the
        history of those that lead to something."""
        refs, _others = refs_of(self._folder)
        with GitLog(self._folder, started(self._folder), [ref.target for ref in refs]) as said:
            return said.read(cancel)[0]


def take_in_refs(folder: Path, log: CommitLog) -> list[Ref]:
    """Those that lead to commits. What the others lead to is added to the log."""
    refs, others = refs_of(folder)
    for kind, name in others:
        if kind == "blob":
            log.add_object(b"", name)
        else:
            for path, blob in tree_of(folder, name.hex()):
                log.add_object(path, blob)
    return refs


def plain_parts(prepared: Prepared) -> Iterator[Any]:
    """As plain data, one part after the other, none of which holds all of it."""
    log, refs, classes, objects, _error = prepared
    yield log.plain()
    yield [(ref.name, ref.target) for ref in refs]
    yield classes.samples, classes.masks.tobytes()
    yield [
        (str(pack.index_file), [numbers.tobytes() for numbers in pack.structure])
        for pack in objects.packs
    ]


def from_parts(folder: Path, facts: Facts, parts: Iterator[Any]) -> Prepared:
    """Raises ValueError or TypeError for what is none of these."""
    log = CommitLog.from_plain(next(parts))
    refs = [Ref(name, target) for name, target in next(parts)]
    samples, masks = next(parts)
    classes = FileClasses(log, samples, _numbers("Q", masks))
    known = {
        index: Structure(*(_numbers(kind, said) for kind, said in zip("IQIIQ", built, strict=True)))
        for index, built in next(parts)
    }
    return Prepared(log, refs, classes, Objects(folder, facts, known))


def _numbers(kind: str, said: bytes) -> array[int]:
    numbers: array[int] = array(kind)
    numbers.frombytes(said)
    return numbers
