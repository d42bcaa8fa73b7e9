"""Files of a git work tree, or of a folder that is none, as text."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ..model.errors import NotFound
from ..model.findings import SourceError
from ..model.journeys import CancelToken
from .beneath import Beneath, Link, OutOfTree, Special
from .exclusion import Choice
from .git_command import run_git
from .lfs import is_pointer
from .named_path import require_path
from .new_lines import Ranges
from .repository import refuse_broken_repository, work_tree_root
from .skipped import skipped
from .text import Lines, line_and_column, text_of

__all__ = ["Folder", "Lines", "SourceFile", "WorkTree", "line_and_column", "open_source"]

MAX_BYTES: Final = 5 * 1024 * 1024
_SUBMODULE: Final = b"160000"
Sooner = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as text. root: absolute; path: relative to it, with ``/``.

    A byte of the path that is no UTF-8 is a lone surrogate (``os.fsdecode``), and any character
    can be in it: views make it printable. lines: ranges of the lines that are asked for, from 1,
    both ends included; None for all of them. number: its place in the order in which files are
    told, whatever the order in which they are read.
    """

    root: str
    path: str
    text: str
    lines: Ranges | None = None
    number: int = 0


class _Tree:
    """What work trees and folders have in common: reading, bounds, counting."""

    def __init__(self, root: str, max_bytes: int, choice: Choice) -> None:
        self.root = root
        self.total: int | None = None
        """How many files there are to look at, None while unknown."""
        self._max_bytes = max_bytes
        self._choice = choice
        self._counts: Counter[str] = Counter({"files": 0, "bytes": 0})

    @property
    def counts(self) -> Mapping[str, int]:
        """What was looked at so far: files and bytes of text, the rest by why it was skipped."""
        return MappingProxyType(self._counts)

    @property
    def not_searched(self) -> tuple[str, ...]:
        """Sentences on what was skipped so far."""
        return skipped(self._counts, self._max_bytes)

    def _read(
        self, beneath: Beneath, path: str, number: int = 0
    ) -> SourceFile | SourceError | None:
        """None where it was counted and skipped."""
        reason = ""
        size, content = 0, b""
        try:
            size, content = beneath.read(path, self._max_bytes)
        except Link:
            reason = "symlinks"
        except Special:
            reason = "special"
        except OutOfTree:
            return self._error(path, "The name leads out of the tree", "unsafe-name")
        except (FileNotFoundError, NotADirectoryError):
            reason = "missing"
        except OSError as error:
            return self._error(path, _why(error), "unreadable")
        if size > self._max_bytes:
            reason = "huge"
        elif is_pointer(size, content):
            reason = "lfs"
        text = None if reason else text_of(content)
        if text is None:
            self._skip(reason or "binary")
            return None
        self._counts["files"] += 1
        self._counts["bytes"] += len(content)
        return SourceFile(root=self.root, path=path, text=text, number=number)

    def _skip(self, reason: str) -> None:
        self._counts[reason] += 1

    def _error(self, path: str, what: str, code: str) -> SourceError:
        self._counts["unreadable"] += 1
        return SourceError(code=code, source=f"{self.root}/{path}", what=what)


class WorkTree(_Tree):
    """The tracked files of a git work tree, and the untracked ones that git does not ignore.

    Git is run without our credentials and without anything that a repository's configuration
    could make it run; submodules, links and whatever is no regular file are counted and skipped.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = MAX_BYTES,
        exclude: Sequence[str] = (),
        include: Sequence[str] = (),
        sooner: Sooner | None = None,
    ) -> None:
        """path: the work tree or a folder in it, which limits the reading to that folder.

        sooner: of a path, a number that is the lower the sooner the file is read; None: as git
        lists them. Raises NotFound where there is no repository, Refused where git does not open it
        or where its configuration places the work tree elsewhere, UsageProblem inside of ``.git``.
        """
        start = path.resolve()
        top = work_tree_root(start, named=str(path))
        super().__init__(str(top), max_bytes, Choice(exclude, include))
        self._start = start
        self._sooner = sooner
        self._closed = 0
        inside = start.relative_to(top).as_posix()
        self._prefix = "" if inside == "." else f"{inside}/"

    def files(self, cancel: CancelToken) -> Iterator[SourceFile | SourceError]:
        """Each file once, numbered in git's order, however soon it is read.

        Raises Interrupted, and whatever ``run_git`` raises: a list that git could not give is
        never an empty one.
        """
        self._counts = Counter({"files": 0, "bytes": 0})
        self._closed = 0
        paths = self._paths()
        self.total = len(paths)
        if self._closed:
            yield self._error(
                self._prefix, f"git could not open {self._closed} folders in it", "unreadable"
            )
        numbered = list(enumerate(paths))
        sooner = self._sooner
        if sooner is not None:
            numbered.sort(key=lambda one: sooner(one[1]))
        with Beneath(self.root) as beneath:
            for number, path in numbered:
                cancel.check()
                found = self._read(beneath, path, number)
                if found is not None:
                    yield found

    def _paths(self) -> list[str]:
        names = dict.fromkeys([*self._tracked(), *self._untracked()])
        ignored = len(self._listed("--others", "--ignored", "--exclude-standard", "--directory"))
        if ignored:
            self._counts["ignored"] = ignored
        paths = []
        for name in names:
            path = self._prefix + os.fsdecode(name)
            reason = self._choice.why_not(path)
            if reason:
                self._counts[reason] += 1
            else:
                paths.append(path)
        return paths

    def _tracked(self) -> Iterator[bytes]:
        submodules = set()
        for record in self._listed("--cached", "--stage"):
            facts, _, name = record.partition(b"\t")
            if facts.startswith(_SUBMODULE):
                submodules.add(name)
            else:
                yield name
        if submodules:
            self._counts["submodules"] = len(submodules)

    def _untracked(self) -> Iterator[bytes]:
        for name in self._listed("--others", "--exclude-standard"):
            if name.endswith(b"/"):
                self._counts["repositories"] += 1
            else:
                yield name

    def _listed(self, *which: str) -> list[bytes]:
        answer = run_git(self._start, "ls-files", "-z", *which)
        self._closed = max(self._closed, answer.closed_folders)
        return [record for record in answer.output.split(b"\0") if record]

    def ignored(self) -> bool:
        """Whether git ignores the very folder that this was opened with."""
        if not self._prefix:
            return False
        return run_git(self._start, "check-ignore", "-q", ".", also=(1,)).code == 0


class Folder(_Tree):
    """Every file of a folder that is no work tree; or just one file."""

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = MAX_BYTES,
        exclude: Sequence[str] = (),
        include: Sequence[str] = (),
    ) -> None:
        """path: the folder, or the one file to read."""
        start = path.resolve()
        self._only = "" if start.is_dir() else start.name
        root = str(start.parent if self._only else start)
        super().__init__(root, max_bytes, Choice(exclude, include))
        self.total = 1 if self._only else None

    def files(self, cancel: CancelToken) -> Iterator[SourceFile | SourceError]:
        """Each file once, folder by folder, sorted. Raises Interrupted.

        A ``.git`` folder is passed over: what is in it is not a file of the work tree.
        """
        self._counts = Counter({"files": 0, "bytes": 0})
        try:
            beneath = Beneath(self.root)
        except OSError as error:
            yield self._error("", _why(error), "unreadable")
            return
        with beneath:
            for found in self._only_file() if self._only else self._walk(beneath, cancel):
                cancel.check()
                read = self._read(beneath, found) if isinstance(found, str) else found
                if read is not None:
                    yield read

    def _only_file(self) -> Iterable[str]:
        return (self._only,)

    def _walk(self, beneath: Beneath, cancel: CancelToken) -> Iterator[str | SourceError]:
        waiting = [""]
        while waiting:
            cancel.check()
            folder = waiting.pop()
            try:
                names = beneath.list(folder)
            except Link:
                self._skip("symlinks")
                continue
            except OSError as error:
                yield self._error(folder, _why(error), "unreadable")
                continue
            below = []
            for name, is_folder in names:
                path = f"{folder}/{name}" if folder else name
                reason = self._choice.why_not(path)
                if reason == "excluded" or (reason and not is_folder):
                    self._skip(reason)
                elif not is_folder:
                    yield path
                elif name == ".git":
                    self._skip("repositories")
                else:
                    below.append(path)
            waiting.extend(reversed(below))


def open_source(
    path: Path,
    *,
    max_bytes: int = MAX_BYTES,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
    sooner: Sooner | None = None,
) -> WorkTree | Folder:
    """What stands at a path: a git work tree (or part of one), a folder, or one file.

    sooner: as of ``WorkTree``; a folder is read as it is walked through.

    A folder inside a work tree that git ignores is read as a plain folder: it was named. Raises
    UsageProblem for a path that is not there, and what WorkTree raises.
    """
    if not require_path(path):
        return Folder(path, max_bytes=max_bytes, exclude=exclude, include=include)
    try:
        tree = WorkTree(path, max_bytes=max_bytes, exclude=exclude, include=include, sooner=sooner)
    except NotFound:
        refuse_broken_repository(path)
        return Folder(path, max_bytes=max_bytes, exclude=exclude, include=include)
    if tree.ignored():
        return Folder(path, max_bytes=max_bytes, exclude=exclude, include=include)
    return tree


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else "It cannot be read"
