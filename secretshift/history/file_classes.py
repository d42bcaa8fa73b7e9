"""Which sorts of files there are in a history, as far as their paths say."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence

from ..detection.candidate import Place
from ..detection.grammars.credential_files import is_netrc, is_pgpass
from ..detection.paths import file_sense
from .commits import CommitLog


def whole_form(path: str) -> str:
    """Which sort of file it is if any line of it may depend on any other, else ""."""
    if path.endswith(".ipynb"):
        return "ipynb"
    if is_pgpass(path):
        return "pgpass"
    if path.endswith("userlist.txt"):
        return "userlist"
    return "netrc" if is_netrc(path) else ""


class FileClasses:
    """Files that the detector takes for the same sort, as far as their paths say."""

    def __init__(self, log: CommitLog) -> None:
        self.samples: list[str] = []
        self._numbers: dict[object, int] = {}
        self._log = log
        self._masks = array("Q", bytes(8 * len(log.blobs)))
        self._tuples: dict[int, tuple[int, ...]] = {}
        self._nameless = (self._kind_of(b""),)
        kinds = array("B", (self._kind_of(path) for path in log.path_names()))
        for _commit, path, blob in log.writings():
            self._masks[blob] |= 1 << kinds[path]

    def _kind_of(self, path: bytes) -> int:
        """There are far less than 64."""
        text = os.fsdecode(path)
        sort = file_sense(text)
        # An example is only less sure, which is judged at the end.
        key = (sort.place, sort.markup, whole_form(text))
        known = self._numbers.setdefault(key, len(self._numbers))
        if known == len(self.samples):
            self.samples.append(text)
        return known

    @property
    def whole(self) -> frozenset[int]:
        """Sorts of files in which any line may depend on any other."""
        return frozenset(number for number, path in enumerate(self.samples) if whole_form(path))

    @property
    def programs(self) -> frozenset[int]:
        """Sorts of files in which a value stands in quotes."""
        return frozenset(
            number
            for number, path in enumerate(self.samples)
            if file_sense(path).place is Place.CODE
        )

    def of(self, name: bytes) -> Sequence[int]:
        blob = self._log.blobs.get(name)
        if blob is None:
            return self._nameless
        mask = self._masks[blob]
        known = self._tuples.get(mask)
        if known is None:
            known = tuple(kind for kind in range(64) if mask >> kind & 1) or self._nameless
            self._tuples[mask] = known
        return known
