"""What detectors of the user's failed on in a history, over all processes that searched it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from ..detection.engines.failures import LONG_LINES, long_lines
from ..detection.grammars.telling import LONGEST_LINE
from ..model.findings import SourceError

Failure = tuple[str, str, int]
"""Detector, kind of the failure, and how often it came."""
_HINT: Final = "Mend it, and search again: it could have found something there"


class Failing:
    """Says it once, and not of which version: a line is in many."""

    def __init__(self) -> None:
        self._times: Counter[tuple[str, str]] = Counter()
        self._long = 0

    def add(self, failures: Iterable[Failure]) -> None:
        for detector, why, times in failures:
            if why == LONG_LINES:
                self._long += times
            else:
                self._times[detector, why] += times

    def gaps(self, root: str) -> tuple[str, ...]:
        """What they were not asked of, in sentences."""
        where = f"in the history of {root}"
        return (long_lines(self._long, LONGEST_LINE, where),) if self._long else ()

    def errors(self, root: str) -> Iterator[SourceError]:
        """One for each sort of failure of each detector; none the second time."""
        counted, self._times = self._times, Counter()
        for (detector, why), times in sorted(counted.items()):
            often = "once" if times == 1 else f"{times:,} times"
            yield SourceError(
                code="detector-failed",
                source=detector,
                what=f"The detector failed {often} in the history of {root}: {why}",
                hint=_HINT,
            )
