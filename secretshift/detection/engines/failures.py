"""What drop-in detectors failed on, counted, so that one sentence each says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple


class Problem(NamedTuple):
    """A plugin that could not be loaded or run: where it is and why, without any scanned text.
    ran: it was loaded, and failed on something that it was asked of."""

    plugin: str
    reason: str
    ran: bool = False


class Asked(NamedTuple):
    """What a detector was asked of. path: of its file; number: of the line; variable: its name,
    where it is none of a file."""

    path: str = ""
    number: int = 0
    variable: str = ""

    def __str__(self) -> str:
        if self.variable:
            return f"the variable {self.variable}"
        line = f"line {self.number}" if self.number else "a line"
        return f"{line} of {self.path}" if self.path else "a line"


@dataclass(slots=True)
class _Counted:
    first: Asked
    times: int = 0


LONG_LINES: Final = "a line that is too long"
"""In place of a kind of failure, and of no detector: they were not asked."""


class Failures:
    """Of one process. One sort of failure of one detector is one problem, however often it comes."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], _Counted] = {}
        self._long: _Counted | None = None

    def pass_over(self, asked: Asked) -> None:
        """Count a line that is too long to ask of it."""
        self._long = self._long or _Counted(asked)
        self._long.times += 1

    def not_asked(self, longest: int) -> tuple[str, ...]:
        """A sentence on those lines. longest: characters of one that is not among them."""
        if self._long is None:
            return ()
        return (long_lines(self._long.times, longest, f"first {self._long.first}"),)

    def add(self, detector: str, why: str, asked: Asked) -> None:
        """why: the kind of the failure."""
        self._counted.setdefault((detector, why), _Counted(asked)).times += 1

    def taken(self) -> list[tuple[str, str, int]]:
        """Detector, kind and number of what came since this was asked last; no problems any more."""
        counted, self._counted = self._counted, {}
        long, self._long = self._long, None
        found = [(detector, why, one.times) for (detector, why), one in counted.items()]
        return found if long is None else [*found, ("", LONG_LINES, long.times)]

    def problems(self) -> tuple[Problem, ...]:
        return tuple(
            Problem(detector, _sentence(one, why), ran=True)
            for (detector, why), one in self._counted.items()
        )


def long_lines(times: int, longest: int, where: str) -> str:
    """What to say of so many. where: in brackets."""
    lines = "1 line" if times == 1 else f"{times:,} lines"
    return (
        f"{lines} of more than {longest:,} characters: of those only detectors of your own were "
        f"asked that go by a denylist alone ({where})"
    )


def _sentence(one: _Counted, why: str) -> str:
    """Without its subject."""
    if one.times == 1:
        return f"failed on {one.first} and passed it over: {why}"
    return f"failed {one.times:,} times, first on {one.first}, and passed those over: {why}"
