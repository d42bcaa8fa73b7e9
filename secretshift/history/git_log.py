"""git's log, read while something else is done."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ..model.journeys import CancelToken
from ..sources.git_command import bounded, start_git
from . import commits
from .commits import CommitLog, TooManyPaths

_CHUNK: Final = 1 << 18
_AHEAD: Final = 32
"""Pieces of the log that wait to be read: 8 MiB."""


def all_of_it(folder: Path, *, unreachable: bool) -> subprocess.Popen[bytes]:
    """The log of whatever a ref reaches, and with unreachable of what one reached once. Raises
    what ``start_git`` raises."""
    which = ("--all", "--reflog") if unreachable else ("--all",)
    return bounded(start_git(folder, *commits.ARGUMENTS, *which))


class GitLog:
    """git's log, taken from its pipe while something else is done, as far as _AHEAD allows."""

    def __init__(self, git: subprocess.Popen[bytes]) -> None:
        """git: of ``all_of_it``."""
        self._git = git
        self._chunks: queue.Queue[bytes] = queue.Queue(_AHEAD)
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def __enter__(self) -> GitLog:
        return self

    def __exit__(self, *_about: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing of it is left, whether it was read or not."""
        self._git.kill()
        for _chunk in self._taken():
            pass
        self._thread.join()
        self._git.wait()

    def _take(self) -> None:
        assert self._git.stdin is not None and self._git.stdout is not None
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

    def read(
        self, cancel: CancelToken, met: Callable[[bytes], object] | None = None
    ) -> CommitLog | None:
        """All of it; None where git broke off. met: as of ``CommitLog``. Raises TooManyPaths and
        Interrupted."""
        log = CommitLog(met)
        try:
            log.read(self._taken(cancel))
        except TooManyPaths:
            raise
        except ValueError:
            self._git.kill()
            for _chunk in self._taken():
                pass
            self._git.wait()
            return None
        return log if self._git.wait() == 0 else None
