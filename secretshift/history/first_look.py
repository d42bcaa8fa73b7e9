"""What HEAD has, looked at while git still tells of the whole history: so that whoever waits soon
knows that something is found, and what is found stays if they stop."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from ..detection.promise import MOST_PROMISING, promise_of
from ..detection.sweep import Sweep
from .commits import CommitLog
from .file_classes import FileClasses
from .looking import Held, Looker, Task
from .objects import Facts, Objects, Stored

_MOST: Final = 2000
"""Files that are looked at."""
_AT_ONCE: Final = 25
_LARGEST: Final = 128 * 1024
"""Bytes of one, so that none of them keeps the search waiting."""
_LONG_INDEX: Final = 4_500_000
"""Bytes of the indexes of packs: some 150,000 objects, of which git tells for a second or more."""


def is_long(facts: Facts) -> bool:
    """Whether git will tell of the history for longer than a search takes to begin."""
    return sum(_size(index) for one in facts.objects for index in one.glob("pack/*.idx")) > (
        _LONG_INDEX
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class FirstLook:
    """log: of the files that are looked at, without a commit; held, counts: what was found until
    now, and in how much."""

    def __init__(
        self,
        folder: Path,
        facts: Facts,
        sweep: Sweep,
        limit: int,
        head: Mapping[bytes, bytes],
        stopped: Callable[[], bool],
    ) -> None:
        """head: by path the blobs of HEAD; stopped: as of ``Looker``."""
        self.log = CommitLog()
        self.held: list[Held] = []
        self.counts: Counter[str] = Counter()
        # For one that is not there, git would ask the server.
        stored = Stored(facts) if facts.partial else None
        files = (one for one in _by_promise(head) if stored is None or stored.may_have(one[1]))
        for path, blob in islice(files, _MOST):
            self.log.add_object(path, blob)
        classes = FileClasses.of_log(self.log)
        # Git is asked for each: how its packs are built takes long to read.
        objects = Objects(folder, replace(facts, objects=()))
        most = min(limit, _LARGEST)
        self._looker = Looker.of_files(folder, objects, sweep, classes, most, stopped)
        self._names = iter(list(self.log.blobs))

    def parts(self) -> Iterator[list[Held]]:
        """What a few more files hold, until all were looked at."""
        while names := list(islice(self._names, _AT_ONCE)):
            looked = self._looker.look(Task(0, names=names))
            self.held += looked.held
            # What is large here is not too large for the search itself.
            self.counts += Counter({sort: looked.counts[sort] for sort in ("blobs", "bytes")})
            yield looked.held

    def close(self) -> None:
        self._looker.close()


def _by_promise(head: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Almost always the first sort of files is enough."""
    later: list[tuple[int, bytes]] = []
    for path in head:
        promise = promise_of(os.fsdecode(path))
        if promise == MOST_PROMISING:
            yield path, head[path]
        else:
            later.append((promise, path))
    later.sort(key=lambda one: one[0])
    for _promise, path in later:
        yield path, head[path]
