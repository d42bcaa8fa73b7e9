"""Contents of git's objects, by their ids, as they are stored."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from .git_command import start_git

_PIECE: Final = 1024 * 1024


class MissingBlob(Exception):
    """The object is not on this machine, cannot be read, or is no file."""


class Blobs:
    """Reads blobs of one repository through one ``git cat-file --batch``.

    That gives what is stored: no filter, no textconv and no attribute takes part. Source:
    git-cat-file(1), 2.39.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Blobs:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._end()

    def read(self, blob: str, limit: int) -> tuple[int, bytes]:
        """Size in bytes and content; no content where it is over the limit.

        Raises MissingBlob, and what ``start_git`` raises.
        """
        asked, answers = self._pipes()
        try:
            asked.write(f"{blob}\n".encode("ascii"))
            asked.flush()
            head = answers.readline().split()
            if len(head) != 3 or head[1] != b"blob":
                # Of an object that is no blob the content follows; a new git forgets it.
                self._end()
                raise MissingBlob
            size = int(head[2])
            content = self._content(answers, size, keep=size <= limit)
        except OSError:
            self._end()
            raise MissingBlob from None
        return size, content

    def _content(self, answers: IO[bytes], size: int, *, keep: bool) -> bytes:
        kept = bytearray()
        left = size + 1
        while left:
            piece = answers.read(min(left, _PIECE))
            if not piece:
                self._end()
                raise MissingBlob
            left -= len(piece)
            if keep:
                kept += piece
        return bytes(kept[:size])

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = start_git(self._root, "cat-file", "--batch")
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None and answers is not None
        return asked, answers

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    # Something was asked of a git that had gone: it was told as missing.
                    continue
        process.wait()
