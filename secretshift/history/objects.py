"""Every blob of a repository, each accounted for once: packs, loose objects, alternates.

What is built in a way that is not read here is read through ``git cat-file``; what even git
cannot read is an error with the object's name, never skipped in silence.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from pathlib import Path
from typing import Final

from ..model.errors import Refused
from ..sources.git_command import PIPE_BYTES, run_git, start_git
from .packs import NO_STRUCTURE, Damaged, Pack, Structure, Unsupported

_HEX: Final = frozenset("0123456789abcdef")
_LONGEST_HEAD: Final = 64
_MOST_ALTERNATES: Final = 100
_PIECE: Final = 65536
_CACHE: Final = "core.deltaBaseCacheLimit=16m"
"""Of each git that is asked for blobs; it would take 96 MB, and there is one beside every process.
Source: git-config(1)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """root: what the user calls the repository: its work tree, or its own folder if it is bare;
    objects: its folder of objects and those that it borrows from; partial: some objects were
    left with the server."""

    root: Path
    objects: tuple[Path, ...]
    hash_bytes: int
    shallow: bool
    partial: bool


def facts_of(folder: Path) -> Facts:
    """Raises NotFound (``no-repository``) and what else ``run_git`` raises."""
    answer = run_git(
        folder, "rev-parse", "--path-format=absolute", "--show-object-format",
        "--is-shallow-repository", "--is-bare-repository", "--is-inside-git-dir",
        "--git-common-dir", "--git-path", "objects",
    ).output.decode("utf-8", "surrogateescape").splitlines()  # fmt: skip
    if len(answer) != 6:
        raise Refused(
            "The repository's path cannot be read",
            resource=str(folder),
            hint="Move it to a folder whose name has no line break",
            code="git-failed",
        )
    form, shallow, bare, inside, common, objects = answer
    if bare == "true" or inside == "true":
        root = Path(common)
    else:
        top = run_git(folder, "rev-parse", "--show-toplevel").output.removesuffix(b"\n")
        root = Path(os.fsdecode(top))
    folders = (Path(objects), *_alternates(folder))
    return Facts(
        root=root,
        objects=folders,
        hash_bytes=32 if form == "sha256" else 20,
        shallow=shallow == "true",
        partial=any(_holds_promises(one) for one in folders),
    )


def _alternates(folder: Path) -> Iterator[Path]:
    said = run_git(folder, "count-objects", "-v").output
    found = [
        line[len(b"alternate: ") :] for line in said.splitlines() if line[:11] == b"alternate: "
    ]
    for line in found[:_MOST_ALTERNATES]:
        yield Path(os.fsdecode(line))


def _holds_promises(objects: Path) -> bool:
    try:
        return any(path.suffix == ".promisor" for path in (objects / "pack").iterdir())
    except OSError:
        return False


class Objects:
    """The blobs of a repository: packs that are read here, loose objects, and whatever is left.

    damaged: indexes of packs that cannot be read here, of which git may still read something;
    without_index: packs that nobody can read; is_broken: git could not list what is left.
    """

    def __init__(
        self, folder: Path, facts: Facts, known: Mapping[str, Structure] | None = None
    ) -> None:
        """known: by name of a pack's index how it is built."""
        self._folder = folder
        known = known or {}
        self.packs: list[Pack] = []
        self._unread: list[Path] = []
        self.damaged: list[Path] = []
        self.is_broken = False
        for index in _files(facts.objects, "*.idx"):
            try:
                self.packs.append(Pack(index, facts.hash_bytes, known.get(str(index))))
            except Unsupported:
                self._unread.append(index)
            except (Damaged, OSError, ValueError, IndexError):
                self._unread.append(index)
                self.damaged.append(index)
        self.without_index = [
            pack
            for pack in _files(facts.objects, "*.pack")
            if not pack.with_suffix(".idx").exists()
        ]
        # The largest first: what is in two packs is taken from the first.
        self.packs.sort(key=lambda pack: -pack.count)
        self.loose: list[Path] = list(_loose(facts.objects, facts.hash_bytes))

    def repeated(self, pack: int, name: bytes) -> bool:
        """Whether a pack before this one has the object too."""
        return any(one.holds(name) for one in self.packs[:pack])

    def lacks(self, names: Iterable[bytes]) -> list[bytes]:
        """Those that are nowhere in the repository."""
        missing = set(names)
        missing.difference_update(
            bytes.fromhex(path.parent.name + path.name) for path in self.loose
        )
        missing.difference_update(self.left_over)
        for pack in self.packs:
            missing.difference_update(pack.names())
        return sorted(missing)

    @cached_property
    def left_over(self) -> list[bytes]:
        """Names of the blobs that no pack and no file that can be read here has."""
        names = [
            pack.name_of(number)
            for pack in self.packs
            for stranger in pack.strangers
            for number in pack.members(stranger)
        ]
        if self._unread:
            names += self._of_unread_packs()
        return names

    def _of_unread_packs(self) -> Iterator[bytes]:
        loose = {bytes.fromhex(path.parent.name + path.name) for path in self.loose}
        git = start_git(
            self._folder, "cat-file", "--batch-all-objects", "--unordered",
            "--batch-check=%(objectname) %(objecttype)",
        )  # fmt: skip
        said, _ = git.communicate()
        self.is_broken = git.returncode != 0
        for line in said.splitlines():
            name, _, kind = line.partition(b" ")
            if kind == b"blob":
                raw = bytes.fromhex(name.decode("ascii"))
                if raw not in loose and not self.repeated(len(self.packs), raw):
                    yield raw


class Stored:
    """Which names a repository has an object of, told without git: of one that is not there, git
    would ask the server of a partial clone, and end, since it may not."""

    def __init__(self, facts: Facts) -> None:
        self._packs: list[Pack] = []
        self._is_sure = True
        for index in _files(facts.objects, "*.idx"):
            try:
                self._packs.append(Pack(index, facts.hash_bytes, NO_STRUCTURE))
            except (Unsupported, Damaged, OSError, ValueError, IndexError):
                self._is_sure = False
        paths = _loose(facts.objects, facts.hash_bytes)
        self._loose = {bytes.fromhex(path.parent.name + path.name) for path in paths}

    def may_have(self, name: bytes) -> bool:
        """True also where that cannot be told."""
        return (
            not self._is_sure
            or name in self._loose
            or any(pack.holds(name) for pack in self._packs)
        )


def _files(folders: Sequence[Path], pattern: str) -> Iterator[Path]:
    for folder in folders:
        try:
            yield from sorted((folder / "pack").glob(pattern))
        except OSError:
            continue


def _loose(folders: Sequence[Path], hash_bytes: int) -> Iterator[Path]:
    for folder in folders:
        for fan in _inside(folder, 2):
            yield from _inside(fan, 2 * hash_bytes - 2)


def _inside(folder: Path, length: int) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if len(p.name) == length and _is_hex(p.name))
    except OSError:
        return []


def _is_hex(name: str) -> bool:
    return not set(name) - _HEX


def loose_blob(path: Path, limit: int) -> bytes | int | None:
    """A loose object's content, None if it is no blob, its size if that is over the limit.

    Raises Damaged, and OSError for what is no file that can be read: whoever asks for that may wait
    for ever. Source: gitrepository-layout(5), zlib of ``type size NUL content``.
    """
    if not path.is_file():
        raise OSError(errno.EINVAL, "no file")
    inflate = zlib.decompressobj()
    try:
        with path.open("rb") as file:
            packed = file.read(_PIECE)
            content = inflate.decompress(packed, _LONGEST_HEAD)
            head, nul, _rest = content.partition(b"\0")
            kind, _, size = head.partition(b" ")
            if not nul or not size.isdigit():
                raise Damaged
            if kind != b"blob":
                return None
            if int(size) > limit:
                return int(size)
            wanted = len(head) + 1 + int(size)
            parts = [content]
            got = len(content)
            waiting = inflate.unconsumed_tail
            while got < wanted:
                if not waiting:
                    waiting = file.read(_PIECE)
                    if not waiting:
                        raise Damaged
                part = inflate.decompress(waiting, wanted - got + 1)
                waiting = inflate.unconsumed_tail
                parts.append(part)
                got += len(part)
    except zlib.error:
        raise Damaged from None
    if got != wanted:
        raise Damaged
    return b"".join(parts)[len(head) + 1 :]


class GitReader:
    """Asks ``git cat-file`` for objects, one after the other. Close it; it starts anew if asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._git: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        if self._git is not None:
            assert self._git.stdin is not None and self._git.stdout is not None
            with contextlib.suppress(OSError):
                self._git.stdin.close()
            self._git.stdout.close()
            self._git.kill()
            self._git.wait()
            self._git = None

    def blob(self, name: bytes, limit: int) -> bytes | int | None:
        """The content, the size where that is over the limit, None if it is no blob.

        Raises Damaged where git cannot read it, and Unavailable where git cannot be started.
        """
        kind, content = self.read(name, limit)
        return content if kind == b"blob" else None

    def read(self, name: bytes, limit: int) -> tuple[bytes, bytes | int]:
        """What sort of object it is, and its content, or the size where that is over the limit.
        Raises as ``blob``."""
        try:
            head, content = self._answer(name, limit)
        except (OSError, ValueError):
            # What git is at now is unknown; the next one is asked of another.
            self.close()
            raise Damaged from None
        if not head:
            raise Damaged
        return head, content

    def _answer(self, name: bytes, limit: int) -> tuple[bytes, bytes | int]:
        """Kind and content, or nothing. Raises OSError, and ValueError for half an answer.

        A second name is asked with the first, one that there is not: of a damaged object git may
        say less than it announced, and whoever waits for the rest waits for ever. No ref can have
        that name, so that git looks for none. Source: git-check-ref-format(1).
        """
        mark = b"..none-" + secrets.token_hex(8).encode("ascii")
        self._ask(name.hex().encode("ascii") + b"\n" + mark + b"\n")
        end = mark + b" missing\n"
        pipe = self._pipe
        head = pipe.readline()
        fields = head.split()
        if len(fields) != 3 or not fields[2].isdigit():
            if not head or pipe.readline() != end:
                raise ValueError
            return b"", 0
        size = int(fields[2])
        left = size + 1 + len(end)
        parts: list[bytes] = []
        last = b""
        while left:
            part = pipe.read1(min(left, PIPE_BYTES))
            left -= len(part)
            last = part[-len(end) :] if len(part) >= len(end) else (last + part)[-len(end) :]
            if size <= limit:
                parts.append(part)
            if not part or (left and last == end):
                raise ValueError
        if last != end:
            raise ValueError
        if size > limit:
            return fields[1], size
        return fields[1], b"".join(parts)[:size]

    @property
    def _pipe(self) -> BufferedReader:
        assert self._git is not None and isinstance(self._git.stdout, BufferedReader)
        return self._git.stdout

    def _ask(self, names: bytes) -> None:
        if self._git is None:
            self._git = start_git(self._folder, "-c", _CACHE, "cat-file", "--batch")
        assert self._git.stdin is not None
        self._git.stdin.write(names)
        self._git.stdin.flush()
