"""A process that prepares a search while this one still imports what the search needs.

Sent out by whoever knows first that everything will be searched. What becomes of it is an answer
or none: then the search prepares itself. It meets no value of a file.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import signal
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from ..model.errors import SecretshiftError
from .child import be_a_child, processes
from .git_log import all_of_it

if TYPE_CHECKING:
    from ..model.journeys import CancelToken
    from .objects import Facts
    from .preparation import Prepared

_SIZE: Final = struct.Struct(">Q")
_PARTS: Final = 4
_LOOK: Final = 0.1
_sent: Final[dict[tuple[str, bool], Forerunner]] = {}


@contextlib.contextmanager
def sent(folder: Path, *, unreachable: bool) -> Iterator[None]:
    """Have one under way, until it is taken or the block ends. Only of a process that has no other
    thread, on a machine that can do two things at once; anywhere else this does nothing."""
    name = str(folder), unreachable
    if threading.active_count() == 1 and processes() > 1:
        # What goes wrong is met once more, where it is told.
        with contextlib.suppress(SecretshiftError, OSError):
            _sent[name] = _send(folder, unreachable)
    try:
        yield
    finally:
        recall(folder, unreachable=unreachable)


def is_sent() -> bool:
    """Whether one is under way: then everything will be searched."""
    return bool(_sent)


def taken(folder: Path, *, unreachable: bool) -> Forerunner | None:
    """The one that is under way, which is the caller's from now on."""
    return _sent.pop((str(folder), unreachable), None)


def recall(folder: Path, *, unreachable: bool) -> None:
    """Nobody needs what it would say."""
    forerunner = taken(folder, unreachable=unreachable)
    if forerunner is not None:
        forerunner.close()


class Forerunner:
    def __init__(
        self, folder: Path, pid: int, pipe: BinaryIO, git: subprocess.Popen[bytes]
    ) -> None:
        self._folder, self._pid, self._pipe, self._git = folder, pid, pipe, git

    def close(self) -> None:
        """Nothing of it is left."""
        self._git.kill()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._pipe.close()
        self._git.wait()

    def is_ready(self) -> bool:
        """Whether it has told something, or ended."""
        return bool(select.select([self._pipe], [], [], 0)[0])

    def result(self, facts: Facts, cancel: CancelToken) -> Prepared | None:
        """None where it came to nothing, or git could not tell all. Raises Interrupted."""
        from .preparation import from_parts

        try:
            while not select.select([self._pipe], [], [], _LOOK)[0]:
                cancel.check()
            prepared = from_parts(self._folder, facts, self._parts())
        except (OSError, ValueError, EOFError, TypeError):
            return None
        else:
            return prepared if self._git.wait() == 0 else None
        finally:
            self.close()

    def _parts(self) -> Iterator[Any]:
        for _ in range(_PARTS):
            (size,) = _SIZE.unpack(self._read(_SIZE.size))
            yield marshal.loads(self._read(size))  # noqa: S302  our own child's

    def _read(self, size: int) -> bytes:
        data = self._pipe.read(size)
        if len(data) != size:
            raise EOFError
        return data


def _send(folder: Path, unreachable: bool) -> Forerunner:
    """git begins first: what the preparation imports takes as long as git's first commits."""
    git = all_of_it(folder, unreachable=unreachable)
    try:
        return _forked(folder, git)
    except BaseException:
        git.kill()
        git.wait()
        raise


def _forked(folder: Path, git: subprocess.Popen[bytes]) -> Forerunner:
    from ..model.journeys import CancelToken
    from .objects import facts_of
    from .preparation import Preparation, plain_parts

    parent = os.getpid()
    mine, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        for pipe in (git.stdin, git.stdout):
            if pipe is not None:
                pipe.close()
        return Forerunner(folder, pid, open(mine, "rb"), git)  # noqa: PTH123  a descriptor
    try:
        os.close(mine)
        be_a_child(parent)
        preparation = Preparation(folder, facts_of(folder), git)
        prepared = preparation.whole(CancelToken())
        if prepared is None:
            os._exit(1)
        with open(theirs, "wb") as sink:  # noqa: PTH123  a descriptor
            for part in plain_parts(prepared):
                data = marshal.dumps(part)
                sink.write(_SIZE.pack(len(data)))
                sink.write(data)
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it is, it must not run on as its parent
        # The parent prepares itself, where a defect is told with its place.
        os._exit(1)
