"""Whether anything in a text is worth to be judged: of a large work tree, few files are."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

from ..model.findings import Sighting, Verdict
from ..model.secret_value import SecretValue
from .candidate import Place
from .detector import Detector
from .engines.failures import Problem
from .paths import FileSense, file_sense
from .spots import NAME_FAR, is_plain, spot_of, text_of
from .sweep import Sweep, Why
from .whole_files import whole_form

_MOST_KNOWN: Final = 50_000
_LARGEST: Final = 1_000_000
"""Characters of a text; a longer one is judged, within the bounds that judging has."""
_MOST_TRIED: Final = 2000
_CLOSE: Final = 10
"""Lines of a text that are judged by themselves, of those that are looked at closely one for ten:
where there are more, it takes no longer to judge all of it."""
_WORTH: Final = 1_000_000
"""Characters of texts that are judged before the sieve is loaded, which takes as long."""


class Sieve:
    """A text holds nothing where none of the lines that the sweep points at does, each judged by
    itself, with what it may lean on: which is many times quicker than to judge all of it. It may
    let pass too much, never too little: tests hold that over the grammars of places.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector, self._sweep = detector, Sweep(detector)
        self._known: dict[int, bool] = {}

    def may_hold(self, path: str, text: str) -> bool:
        """Whether ``Detector.text`` may find something in it."""
        if len(text) > _LARGEST or whole_form(path):
            # Of some files any line may depend on any other.
            return True
        data = b"\n" + text.encode("utf-8", "surrogatepass") + b"\n"
        sense = file_sense(path)
        in_program = sense.place is Place.CODE
        up_to, closest, above = -1, Why.BARE, False
        left = _MOST_TRIED
        for point, why in sorted(self._sweep.points(data)):
            if point < up_to and why <= closest and (above or why is not Why.ABOVE):
                continue
            if why is Why.FAR:
                # What belongs together may stand anywhere.
                return True
            if why is Why.BARE and in_program and is_plain(data, point, len(data)):
                continue
            spot = spot_of(data, point, 0, len(data), why, cut=False)
            if spot.amid:
                # Of a line without an end only what stands around telling words is read, which are
                # others in the whole of it.
                near = data[max(spot.begin, point - NAME_FAR) : point + 1]
                if why > Why.QUOTED or self._sweep.tells(near):
                    return True
                continue
            if point >= up_to:
                up_to, closest, above = spot.up_to, why, why is Why.ABOVE
            else:
                closest, above = max(closest, why), above or why is Why.ABOVE
            left -= _CLOSE if why >= Why.ANYTHING else 1
            if left < 0 or self._finds(path, sense, data[spot.begin : spot.end], why):
                return True
        return False

    def _finds(self, path: str, sense: FileSense, spot: bytes, why: Why) -> bool:
        if why <= Why.QUOTED and not self._sweep.tells(spot):
            return False
        if why >= Why.ANYTHING:
            return bool(self._detector.text(path, text_of(spot)[0]))
        key = hash((sense, spot))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = bool(self._detector.assigned(path, text_of(spot)[0]))
        return known


class SievingDetector:
    """Answers as its detector does, and sooner where there are many texts: those that hold nothing
    are not judged. Where detectors of the user's are asked, all is: they may go by anything."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._sieve: Sieve | None = None
        self._judged = 0
        self._busy = threading.Lock()
        self._passed_over = ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._detector.problems

    @property
    def not_asked(self) -> tuple[str, ...]:
        return self._detector.not_asked

    def environment(self, variables: Mapping[str, SecretValue]) -> tuple[Verdict, ...]:
        return self._detector.environment(variables)

    def sightings(self, path: str, text: str) -> tuple[Sighting, ...]:
        return self._detector.sightings(path, text)

    def text(self, path: str, text: str) -> tuple[Verdict, ...]:
        self._passed_over = ""
        if self._is_worth() and not self._may_hold(path, text):
            self._passed_over = path
            return ()
        self._judged += len(text)
        return self._detector.text(path, text)

    def left_out(self, path: str) -> str:
        """As of ``Detector``, of what was looked at last."""
        return "" if path == self._passed_over else self._detector.left_out(path)

    def _is_worth(self) -> bool:
        return self._judged >= _WORTH and not self._detector.asks_others

    def _may_hold(self, path: str, text: str) -> bool:
        # It is not for several threads at once; whoever comes second judges.
        if not self._busy.acquire(blocking=False):
            return True
        try:
            if self._sieve is None:
                self._sieve = Sieve(self._detector)
            return self._sieve.may_hold(path, text)
        finally:
            self._busy.release()
