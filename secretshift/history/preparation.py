"""What a search of a history has to know before it looks: commits and what they wrote, refs, sorts
of files, and how the packs are built."""

from __future__ import annotations

import subprocess
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from ..model.findings import SourceError
from ..model.journeys import CancelToken
from .ahead import Ahead
from .commits import MOST_PATHS, CommitLog, TooManyPaths
from .file_classes import FileClasses, Sorts
from .git_log import GitLog
from .objects import Facts, Objects
from .packs import Structure
from .refs import Ref, Refs, refs_of, tree_of
from .salvage import salvaged
from .tips import heads_of

_HINT: Final = "Run git fsck there, and fetch what is damaged anew from another copy"
_MOST_BROKEN: Final = 20
"""Refs that are told one by one; that there are more, nobody needs to read."""


class Prepared(NamedTuple):
    """errors: what git could not tell of the history; log is then what there is; left_trees: how
    many trees a partial clone left with the server."""

    log: CommitLog
    refs: Sequence[Ref]
    classes: FileClasses
    objects: Objects
    errors: tuple[SourceError, ...] = ()
    left_trees: int = 0


class Preparation:
    """In this process, beside git. Raises what ``run_git`` raises."""

    def __init__(
        self,
        folder: Path,
        facts: Facts,
        git: subprocess.Popen[bytes],
        *,
        unreachable: bool = False,
    ) -> None:
        """git: its log of all that is searched, of ``all_of_it``; unreachable: whether that is more
        than what a ref reaches."""
        self._folder, self._facts, self._unreachable = folder, facts, unreachable
        self._said = GitLog(git)
        self._sorts = Sorts()
        self._refs = Ahead(lambda: refs_of(folder))
        try:
            self._objects = Objects(folder, facts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._said.close()

    def whole(self, cancel: CancelToken) -> Prepared | None:
        """None where git cannot tell all. Raises TooManyPaths, Interrupted and what ``run_git``
        raises."""
        with self._said as said:
            log = said.read(cancel, self._sorts.add)
        refs = self._refs.result()
        if log is None or refs.broken:
            return None
        return self._prepared(log, refs, self._sorts)

    def result(self, cancel: CancelToken) -> Prepared:
        """Raises Interrupted and what ``run_git`` raises."""
        try:
            return self.whole(cancel) or self._what_is_there(cancel)
        except TooManyPaths:
            log = CommitLog()
            error = _too_large(self._facts)
            return Prepared(log, (), FileClasses.of_log(log), self._objects, (error,))

    def _what_is_there(self, cancel: CancelToken) -> Prepared:
        refs = refs_of(self._folder)
        tips = [ref.target for ref in refs.commits] + heads_of(self._folder, self._facts)
        log, lost_commits, lost_trees = salvaged(
            self._folder,
            self._facts,
            tips,
            cancel,
            everything=self._unreachable or bool(refs.broken),
        )
        prepared = self._prepared(log, refs)
        errors = [_broken(self._facts, name) for name in refs.broken[:_MOST_BROKEN]]
        if lost_commits or (lost_trees and not self._facts.partial):
            errors.append(_incomplete(self._facts, lost_commits, lost_trees))
            return prepared._replace(errors=tuple(errors))
        return prepared._replace(errors=tuple(errors), left_trees=lost_trees)

    def _prepared(self, log: CommitLog, refs: Refs, sorts: Sorts | None = None) -> Prepared:
        for kind, name in refs.others:
            if kind == "blob":
                log.add_object(b"", name)
            else:
                for path, blob in tree_of(self._folder, name.hex()):
                    log.add_object(path, blob)
        return Prepared(log, refs.commits, FileClasses.of_log(log, sorts), self._objects)


def _broken(facts: Facts, name: str) -> SourceError:
    return SourceError(
        code="history-incomplete",
        source=f"{facts.root} {name or 'refs'}",
        what="This ref leads to nothing that is there" if name else "git cannot read the refs",
        hint=_HINT,
    )


def _too_large(facts: Facts) -> SourceError:
    return SourceError(
        code="history-incomplete",
        source=str(facts.root),
        what=f"Its commits name more than {MOST_PATHS:,} paths, or very long ones",
        hint="Each version of a file is searched, and told without commit and path",
    )


def _incomplete(facts: Facts, commits: int, trees: int) -> SourceError:
    lost = [
        f"{number:,} {one if number == 1 else several}"
        for number, one, several in (
            (commits, "commit", "commits"),
            (trees, "folder of a commit", "folders of commits"),
        )
        if number
    ]
    return SourceError(
        code="history-incomplete",
        source=str(facts.root),
        what=f"{' and '.join(lost)} cannot be read",
        hint=_HINT,
    )


def plain_parts(prepared: Prepared) -> Iterator[Any]:
    """As plain data, one part after the other, none of which holds all of it."""
    log, refs, classes, objects, _errors, _left_trees = prepared
    yield log.plain()
    yield [(ref.name, ref.target) for ref in refs]
    yield classes.samples, classes.masks.tobytes(), sorted(classes.mixed)
    yield [
        (str(pack.index_file), [numbers.tobytes() for numbers in pack.structure])
        for pack in objects.packs
    ]


def from_parts(folder: Path, facts: Facts, parts: Iterator[Any]) -> Prepared:
    """Raises ValueError or TypeError for what is none of these."""
    log = CommitLog.from_plain(next(parts))
    refs = [Ref(name, target) for name, target in next(parts)]
    samples, masks, mixed = next(parts)
    classes = FileClasses(log, samples, _numbers("Q", masks), mixed)
    known = {
        index: Structure(*(_numbers(kind, said) for kind, said in zip("IQIIQ", built, strict=True)))
        for index, built in next(parts)
    }
    return Prepared(log, refs, classes, Objects(folder, facts, known))


def _numbers(kind: str, said: bytes) -> array[int]:
    numbers: array[int] = array(kind)
    numbers.frombytes(said)
    return numbers
