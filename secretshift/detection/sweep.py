"""A first, native pass over bytes: where is anything that the detector would look at closely?

It may point at too much, never at too little: whatever ``Detector.text`` finds stands on a line
that is pointed at. Tests hold that over the grammars of places and over real lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, Final

from . import names
from .compiled import database
from .detector import Detector
from .late import late
from .sweep_expressions import (
    ABOVE,
    ADDRESSED,
    ASSIGNED,
    BROAD,
    FAR,
    OTHERS,
    PATTERNS,
    QUOTED,
    SLOW,
)
from .sweep_narrow import COUNTS


class Why(IntEnum):
    """How closely a line has to be looked at."""

    BARE = 0
    """For what it assigns and has no quotes, which in a program is no value."""
    QUOTED = 1
    """For what it assigns to a name."""
    ADDRESSED = 2
    """For an address or a header, under any name."""
    ABOVE = 3
    """For a value whose name stands some lines above it."""
    ANYTHING = 4
    FAR = 5
    """With what may stand far from it: a key in armour, a key and its id, an object and its data."""
    SLOW = 6
    """Not at all: the rules take long here."""


_WHY: Final = (
    *(Why.BARE for _ in QUOTED),
    *(Why.QUOTED for _ in ASSIGNED),
    *(Why.ADDRESSED for _ in ADDRESSED),
    *(Why.ABOVE for _ in ABOVE),
    *(Why.ANYTHING for _ in OTHERS),
    *(Why.FAR for _ in FAR),
    *(Why.SLOW for _ in SLOW),
)
_SURE: Final = len(_WHY)
_OPENING: Final = frozenset(b"\"'\x60\\rbuRBUL@N")
"""How a literal begins in programs."""
_NAME: Final = rb"[A-Za-z_$\x80-\xff-][\w.$\x80-\xff-]{1,99}+"
_IDENTIFIER: Final = late(_NAME)
_ASSIGNABLE: Final = late(
    rb"(?<=<)" + _NAME + rb"|" + _NAME + rb"(?![ \t]{1,40}(?!As[ \t])[A-Za-z])|" + _NAME + rb"[ \t]"
)
"""A name, or with a blank behind it a word of a sentence: another word stands behind it, where else
a sign or a value would."""
_SPOKEN: Final = late(
    rb"ENV|ARG|--|\A(?:\xef\xbb\xbf)?[\s;]{0,80}password|(?:machine|login|account)\s{1,8}\S{1,200}\s{1,8}password"
)
"""Where a value may stand behind its name, with nothing else between."""
_NO_BREAK: Final = b"\xc2\xa0"
_MOST_SOUGHT: Final = 2000
_INDENTED: Final = 200
_BEFORE_VALUES: Final = b" \t\"'\x60([{=:>|,+-rbuf@$"
"""Signs that may stand before a value that has been put on a line of its own."""
_MOST_NAMES: Final = 50_000
Marked = Callable[[bytes], Iterator[tuple[int, Why]]]


class Sweep:
    """Points at places in a batch of texts. Load it before a process is forked: what it holds is
    read only, and shared. Not for several threads at once."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self._marked = _native() or _portable()
        self._telling: dict[bytes, bool] = {}

    def warm(self) -> None:
        """Load all that is used, now."""
        self.detector.load()
        list(self.points(b"x"))

    def points(self, data: bytes) -> Iterator[tuple[int, Why]]:
        """Offsets of bytes, in no order, each on a line that deserves a closer look, and why."""
        slow = False
        for point, why in self._marked(_with_plain_blanks(data)):
            if why is Why.SLOW:
                slow = True
            elif why is Why.BARE and data[point] in _OPENING:
                yield point, Why.QUOTED
            else:
                yield point, why
        for point in self.detector.format_points(data, hurry=slow):
            yield point, Why.ANYTHING
            if _begins_its_line(data, point):
                # What the rule wants before it may stand above.
                yield point, Why.ABOVE

    def tells(self, line: bytes) -> bool:
        """Whether a name on the line claims to be a secret's. What is ``QUOTED`` or ``BARE`` needs
        one."""
        known = self._telling
        form = _ASSIGNABLE if _SPOKEN.search(line) is None else _IDENTIFIER
        for name in form.findall(line):
            telling = known.get(name)
            if telling is None:
                if len(known) >= _MOST_NAMES:
                    known.clear()
                telling = known[name] = _is_telling(name)
            if telling:
                return True
        return False


def _with_plain_blanks(data: bytes) -> bytes:
    """A blank that does not break is one to the grammars; as two others, offsets stay."""
    # Two bytes are sought a hundred times slower than one, and most texts have not even that.
    at = data.find(_NO_BREAK[:1])
    for _ in range(_MOST_SOUGHT):
        if at < 0:
            return data
        if data.startswith(_NO_BREAK, at):
            break
        at = data.find(_NO_BREAK[:1], at + 1)
    return data.replace(_NO_BREAK, b"  ")


def _begins_its_line(data: bytes, point: int) -> bool:
    begin = data.rfind(b"\n", max(0, point - _INDENTED), point) + 1
    return bool(begin) and not data[begin:point].strip(_BEFORE_VALUES)


def _is_telling(name: bytes) -> bool:
    if name.endswith((b" ", b"\t")):
        return False
    text = name.decode("utf-8", "replace")
    if not names.may_tell(text):
        return False
    parts = {text}
    if "$" in text:
        parts.add(text.rsplit("$", 1)[-1])
    if not text[0].isalpha():
        parts.add(text.lstrip("$_-.").removeprefix("D"))
    return any(names.sense(part).telling for part in parts)


def _native() -> Marked | None:
    """By hyperscan, at the speed of memory; None where this machine has none."""
    try:
        compiled = database(PATTERNS)
    except ImportError:
        return None

    def marked(data: bytes) -> Iterator[tuple[int, Why]]:
        found: list[tuple[int, Why]] = []

        def on_match(number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            if number < _SURE:
                found.append((end - 1, _WHY[number]))
            elif COUNTS[number - _SURE](data, end):
                found.append((end - 1, Why.ANYTHING))

        compiled.scan(data, match_event_handler=on_match)
        yield from found

    return marked


def _portable() -> Marked:
    """The same by Python's own engine, many times slower."""
    form = _joined(*QUOTED, *ASSIGNED, *ADDRESSED, *OTHERS)
    several = [(_joined(one), counts) for one, counts in zip(BROAD, COUNTS, strict=True)]
    far = _joined(*FAR)
    above = [_joined(one) for one in ABOVE]

    def marked(data: bytes) -> Iterator[tuple[int, Why]]:
        for found in form.finditer(data):
            yield found.end() - 1, Why.ANYTHING
        for broad, counts in several:
            for found in broad.finditer(data):
                if counts(data, found.end()):
                    yield found.end() - 1, Why.ANYTHING
        for found in far.finditer(data):
            yield found.end() - 1, Why.FAR
        for form_above in above:
            at = 0
            while (span := form_above.search(data, at)) is not None:
                # Any line of it may be the one with the value, and the next may begin within it.
                for start in _line_starts(data, span.start(), span.end()):
                    yield start, Why.ABOVE
                at = span.start() + 1

    return marked


def _joined(*patterns: str) -> re.Pattern[bytes]:
    return re.compile("|".join(f"(?:{one})" for one in patterns).encode("ascii"), re.IGNORECASE)


def _line_starts(data: bytes, begin: int, end: int) -> Iterator[int]:
    yield data.rfind(b"\n", 0, begin) + 1
    while (line := data.find(b"\n", begin, end)) >= 0:
        begin = line + 1
        yield begin
