"""Which commit wrote which blob under which path: git's log, read as it comes.

Source: git-log(1), ``--raw`` and ``-c``; git-diff-tree(1), "Raw output format".
"""

from __future__ import annotations

from array import array
from binascii import unhexlify
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final

from .native import built

ARGUMENTS: Final = (
    "log", "--raw", "--no-abbrev", "-c", "--root", "--no-renames", "--no-show-signature",
    "--no-notes", "--no-color", "--no-mailmap", "-z", "--date-order", "--encoding=UTF-8",
    "--format=%x01%H %P%x02%ct%x02%an",
)  # fmt: skip
"""Merges count only where they wrote what none of their parents has."""
GITLINK: Final = b"160000"
"""The mode of a submodule. Source: gitformat-index(5)."""
_LONGEST_AUTHOR: Final = 200
_LONGEST_TIME: Final = 18
NO_TIME: Final = -(1 << 62)
MOST_PATHS: Final = 4_000_000
MOST_PATH_BYTES: Final = 512 * 1024 * 1024
"""Of all paths together: a few small trees that hold each other many times over make billions."""


class TooManyPaths(ValueError):
    """More than MOST_PATHS, or than MOST_PATH_BYTES of them."""


class CommitLog:
    """Commits in git's order, children before their parents, and what each of them wrote.

    A writing is (commit, path, blob), each by its number.
    """

    def __init__(self, met: Callable[[bytes], object] | None = None) -> None:
        """met: gets each path when it is met first, in the order of their numbers."""
        self._met = met
        self.names: list[bytes] = []
        self.times = array("q")
        self._authors: dict[bytes, int] = {}
        self._author_names: list[bytes] = []
        self._author_of = array("I")
        self._parents: list[bytes] = []
        self.paths: dict[bytes, int] = {}
        self._path_bytes = 0
        self.blobs: dict[bytes, int] = {}
        self._commit = array("I")
        self._path = array("I")
        self._blob = array("I")
        self._some_path = array("I")
        self._path_list: Sequence[bytes] = ()

    def read(self, chunks: Iterable[bytes]) -> None:
        """Take in what git says. Raises ValueError where it is not what was asked for, and
        TooManyPaths."""
        native = built()
        self._read_tokens(tokens(chunks if native is None else self._rest_of(chunks, native)))

    def _rest_of(self, chunks: Iterable[bytes], native: ModuleType) -> Iterator[bytes]:
        """What is left at the end, where all that is whole was taken in."""
        left = b""
        for chunk in chunks:
            left += chunk
            done, headers, new, writings = native.log(left, self.paths, self.blobs, len(self.names))
            left = left[done:]
            for header in headers:
                self._header(header)
            for path in new:
                self._count(path, len(self.paths))
            numbers = array("I", writings)
            self._commit += numbers[::3]
            self._path += numbers[1::3]
            self._blob += numbers[2::3]
        yield left

    def _read_tokens(self, said: Iterable[bytes]) -> None:
        path_follows = False
        blob = -1
        for token in said:
            if path_follows:
                path_follows = False
                if blob >= 0:
                    self.add(len(self.names) - 1, token, blob)
            elif token[:1] == b"\x01":
                self._header(token)
            else:
                entry = token.lstrip(b"\n")
                if entry:
                    blob = self._written(entry)
                    path_follows = True
        if path_follows:
            raise ValueError("the log ends within an entry")

    def read_order(self, said: bytes) -> None:
        """Take in times, names and parents, as ``git rev-list --timestamp --parents`` says them.
        Authors and writings stay unknown. Raises ValueError where it is not what was asked for."""
        for told in said.splitlines():
            when, _, line = told.partition(b" ")
            self.times.append(time_in(when))
            width = (line.find(b" ") if b" " in line else len(line)) // 2
            ids = unhexlify(line.replace(b" ", b""))
            self.names.append(ids[:width])
            self._parents.append(ids[width:])

    def _header(self, token: bytes) -> None:
        ids, when, author = token[1:].split(b"\x02", 2)
        name, _, parents = ids.partition(b" ")
        self.add_commit(
            unhexlify(name), (unhexlify(parents.replace(b" ", b"")),), time_in(when), author
        )

    def add_commit(self, name: bytes, parents: Iterable[bytes], time: int, author: bytes) -> None:
        """The next one in the order. time: of ``time_in``; author: in UTF-8 where that is known."""
        self.names.append(name)
        self._parents.append(b"".join(parents))
        self.times.append(time)
        author = author[:_LONGEST_AUTHOR]
        if author not in self._authors:
            self._authors[author] = len(self._authors)
            self._author_names.append(author)
        self._author_of.append(self._authors[author])

    def _written(self, entry: bytes) -> int:
        """The number of the blob, -1 where none was written."""
        count = len(entry) - len(entry.lstrip(b":"))
        fields = entry[count:].split(b" ")
        if count == 0 or len(fields) != 2 * count + 3:
            raise ValueError("the log holds an entry that is none")
        mode = fields[count]
        if mode == b"000000" or mode == GITLINK:
            return -1
        return self.number_of(unhexlify(fields[2 * count + 1]))

    def number_of(self, blob: bytes) -> int:
        """By its name, which is taken in if it is new."""
        return self.blobs.setdefault(blob, len(self.blobs))

    def add(self, commit: int, path: bytes, blob: int) -> None:
        """Raises TooManyPaths."""
        number = self.paths.get(path)
        if number is None:
            number = self._taken_in(path)
        self._commit.append(commit)
        self._path.append(number)
        self._blob.append(blob)

    def _taken_in(self, path: bytes) -> int:
        self._count(path, len(self.paths) + 1)
        return self.paths.setdefault(path, len(self.paths))

    def _count(self, path: bytes, paths: int) -> None:
        """paths: how many there are with this one."""
        self._path_bytes += len(path)
        if paths > MOST_PATHS or self._path_bytes > MOST_PATH_BYTES:
            raise TooManyPaths
        if self._met is not None:
            self._met(path)

    def add_object(self, path: bytes, name: bytes) -> None:
        """A blob that a ref reaches without a commit."""
        self.add(_NO_COMMIT, path, self.number_of(name))

    def writings(self) -> Iterator[tuple[int, int, int]]:
        """(commit, path, blob), newest first; a commit of -1 is none."""
        for commit, path, blob in zip(self._commit, self._path, self._blob, strict=True):
            yield (-1 if commit == _NO_COMMIT else commit), path, blob

    def places(self) -> Iterator[tuple[int, int]]:
        """(path, blob) of each writing."""
        return zip(self._path, self._blob, strict=True)

    def a_path_of(self, name: bytes) -> bytes:
        """One under which a blob was written. The first to be asked for takes long."""
        if len(self._some_path) != len(self.blobs):
            self._some_path = array("I", bytes(4 * len(self.blobs)))
            for path, blob in self.places():
                self._some_path[blob] = path
            self._path_list = self.path_names()
        return self._path_list[self._some_path[self.blobs[name]]]

    def plain(self) -> tuple[object, ...]:
        """Everything of it, as plain data."""
        return (
            self.names, self.times.tobytes(), self._author_names, self._author_of.tobytes(),
            self._parents, list(self.paths), list(self.blobs), self._commit.tobytes(),
            self._path.tobytes(), self._blob.tobytes(),
        )  # fmt: skip

    @classmethod
    def from_plain(cls, data: Any) -> CommitLog:
        log = cls()
        (log.names, times, log._author_names, author_of, log._parents, paths, blobs, commit,
         path, blob) = data  # fmt: skip
        for numbers, said in (
            (log.times, times), (log._author_of, author_of), (log._commit, commit),
            (log._path, path), (log._blob, blob),
        ):  # fmt: skip
            numbers.frombytes(said)
        log._authors = {name: number for number, name in enumerate(log._author_names)}
        log.paths = {name: number for number, name in enumerate(paths)}
        log.blobs = {name: number for number, name in enumerate(blobs)}
        return log

    def author(self, commit: int) -> bytes:
        """As it stands there, in UTF-8 where git could tell."""
        return self._author_names[self._author_of[commit]]

    def parents_of(self, commit: int) -> Sequence[bytes]:
        parents, width = self._parents[commit], len(self.names[commit])
        if len(parents) == width:
            return (parents,)
        return [parents[at : at + width] for at in range(0, len(parents), width)]

    @classmethod
    def of_order(cls, names: list[bytes], parents: list[bytes], times: array[int]) -> CommitLog:
        """Commits without authors and writings. parents: of each commit the names, joined."""
        log = cls()
        log.names, log._parents, log.times = names, parents, times
        return log

    @property
    def joined_parents(self) -> list[bytes]:
        return self._parents

    def newest(self) -> set[bytes]:
        """The names of those that are nobody's parents."""
        found = set(self.names)
        # Most have one parent.
        found.difference_update(self._parents)
        width = len(self.names[0]) if self.names else 0
        for commit, joined in enumerate(self._parents):
            if len(joined) > width:
                found.difference_update(self.parents_of(commit))
        return found

    def order(self) -> CommitLog:
        """Names, parents and times alone, which both have in common."""
        return self.of_order(self.names, self._parents, self.times)

    def path_names(self) -> Sequence[bytes]:
        return list(self.paths)

    def ancestors_of_marked(self, marked: Sequence[int]) -> dict[bytes, int]:
        """For every commit a mask: bit i is set where ``marked[i]`` is the commit itself or one of
        its ancestors. Commits without a bit are left out."""
        bit = {commit: 1 << number for number, commit in enumerate(marked)}
        width = len(self.names[0]) if self.names else 20
        masks: dict[bytes, int] = {}
        for commit in range(len(self.names) - 1, -1, -1):
            mask = bit.get(commit, 0)
            parents = self._parents[commit]
            for at in range(0, len(parents), width):
                mask |= masks.get(parents[at : at + width], 0)
            if mask:
                masks[self.names[commit]] = mask
        return masks


_NO_COMMIT: Final = 0xFFFFFFFF


def time_in(said: bytes) -> int:
    """Seconds since 1970; NO_TIME for what is none: a commit may say any number, or nothing."""
    is_time = said.lstrip(b"-").isdigit() and len(said) < _LONGEST_TIME
    return int(said) if is_time else NO_TIME


def tokens(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What stands between NULs."""
    left = b""
    for chunk in chunks:
        parts = (left + chunk).split(b"\0")
        left = parts.pop()
        yield from parts
    if left.strip(b"\n"):
        yield left
