"""Which sorts of files there are in a history, as far as their paths say."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from ..detection.candidate import Place
from ..detection.grammars.credential_files import is_netrc, is_pgpass, is_relays
from ..detection.paths import file_form, file_sense, has_captions, is_example
from .commits import CommitLog

_NAMELESS: Final = (0,)


def whole_form(path: str) -> str:
    """Which sort of file it is if any line of it may depend on any other, else ""."""
    if path.endswith(".ipynb"):
        return "ipynb"
    if is_pgpass(path):
        return "pgpass"
    if path.endswith("userlist.txt"):
        return "userlist"
    if is_relays(path):
        return "relays"
    return "netrc" if is_netrc(path) else ""


class Sorts:
    """Of paths, one after the other: while git still tells of the next ones.

    samples: a path of each sort; bits: by number of a path, that of its sort."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._examples: list[bool] = []
        self._others: list[bool] = []
        self.samples: list[str] = []
        self.bits: list[int] = []
        self._number_of(b"")

    def add(self, path: bytes) -> None:
        self.bits.append(1 << self._number_of(path))

    def _number_of(self, path: bytes) -> int:
        """There are far less than 64."""
        text = os.fsdecode(path)
        # An example is only less sure, which is judged at the end.
        key = file_form(text), has_captions(text), whole_form(text)
        number = self._numbers.setdefault(key, len(self._numbers))
        if number == len(self.samples):
            self.samples.append(text)
            self._examples.append(False)
            self._others.append(False)
        if not (self._examples[number] and self._others[number]):
            example = is_example(text)
            if example and not self._examples[number]:
                # What counts in tests alone is met too; each path is judged at the end.
                self.samples[number] = text
            self._examples[number] |= example
            self._others[number] |= not example
        return number

    @property
    def mixed(self) -> list[int]:
        """Those of which some paths are examples and others are not."""
        both = zip(self._examples, self._others, strict=True)
        return [number for number, one in enumerate(both) if all(one)]


class FileClasses:
    """Files that the detector takes for the same sort, as far as their paths say."""

    def __init__(
        self, log: CommitLog, samples: list[str], masks: array[int], mixed: Iterable[int]
    ) -> None:
        """samples: a path of each sort, the first of which is also that of blobs without one;
        masks: by number of a blob the sorts of its paths, a bit for each; mixed: those of ``Sorts``
        of which it says so."""
        self.samples, self.masks, self.mixed = samples, masks, frozenset(mixed)
        self._log = log
        self._tuples: dict[int, tuple[int, ...]] = {}

    @classmethod
    def of_log(cls, log: CommitLog, sorts: Sorts | None = None) -> FileClasses:
        """sorts: of its paths, as far as they are known."""
        sorts = Sorts() if sorts is None else sorts
        for path in islice(log.paths, len(sorts.bits), None):
            sorts.add(path)
        bits = sorts.bits
        masks = array("Q", bytes(8 * len(log.blobs)))
        for path_number, blob in log.places():
            masks[blob] |= bits[path_number]
        return cls(log, sorts.samples, masks, sorts.mixed)

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
            return _NAMELESS
        mask = self.masks[blob]
        known = self._tuples.get(mask)
        if known is None:
            known = tuple(kind for kind in range(64) if mask >> kind & 1) or _NAMELESS
            self._tuples[mask] = known
        return known
