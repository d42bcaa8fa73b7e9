"""Opens what lies beneath a folder, and nothing that a link or a name leads out of it."""

from __future__ import annotations

import errno
import os
import stat
from types import TracebackType
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class OutOfTree(Exception):
    """A name that would lead out of the folder."""


class Link(Exception):
    """A symbolic link stands at the name or on the way to it."""


class Special(Exception):
    """No regular file: a FIFO, a device, a socket, a folder."""


class Beneath:
    """A root folder, held open; every step below it is taken without following a link.

    Where the methods raise OSError, a caller takes errno and strerror and no more.
    """

    def __init__(self, root: str) -> None:
        # The root itself was named by the user and may be a link.
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._last: tuple[tuple[str, ...], int] | None = None

    def __enter__(self) -> Beneath:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._forget()
        os.close(self._root)

    def read(self, path: str, limit: int) -> tuple[int, bytes]:
        """Size of a regular file in bytes, and its content, at most limit + 1 bytes of it.

        Raises OutOfTree, Link, Special or OSError.
        """
        *folders, name = _parts(path)
        parent = self._folder(tuple(folders))
        # Looked at before it is opened: opening a device can already do something.
        _must_be_regular(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
        try:
            descriptor = os.open(name, _FILE, dir_fd=parent)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise Link from None
            raise
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123  a descriptor
            found = os.fstat(file.fileno())
            _must_be_regular(found.st_mode)
            if found.st_size > limit:
                return found.st_size, b""
            content = bytearray()
            while len(content) <= limit:
                piece = file.read(limit + 1 - len(content))
                if not piece:
                    break
                content += piece
            return max(found.st_size, len(content)), bytes(content)

    def list(self, path: str) -> list[tuple[str, bool]]:
        """Names in a folder ("" is the root) and whether each is a folder itself, sorted.

        Raises OutOfTree, Link or OSError.
        """
        descriptor = self._folder(tuple(_parts(path)) if path else ())
        with os.scandir(descriptor) as entries:
            return sorted((e.name, e.is_dir(follow_symlinks=False)) for e in entries)

    def _folder(self, parts: tuple[str, ...]) -> int:
        if not parts:
            return self._root
        if self._last is not None and self._last[0] == parts:
            return self._last[1]
        self._forget()
        here = self._root
        try:
            for part in parts:
                try:
                    below = os.open(part, _FOLDER, dir_fd=here)
                except OSError as error:
                    if error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(part, here):
                        raise Link from None
                    raise
                if here != self._root:
                    os.close(here)
                here = below
        except BaseException:
            if here != self._root:
                os.close(here)
            raise
        self._last = (parts, here)
        return here

    def _forget(self) -> None:
        if self._last is not None:
            os.close(self._last[1])
            self._last = None


def _parts(path: str) -> list[str]:
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise OutOfTree
    return parts


def _is_link(name: str, folder: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def _must_be_regular(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise Link
    if not stat.S_ISREG(mode):
        raise Special
