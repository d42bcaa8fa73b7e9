"""What every journey takes beside its request: events out, a wish to stop in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from .errors import Interrupted
from .findings import Finding, SourceError
from .sources import FoundSource


class Consent(IntEnum):
    """What a journey may do without asking."""

    NOTHING = 0
    SWITCH = 1
    REMOVE_PLAINTEXT = 2


@dataclass(frozen=True, slots=True)
class Event:
    """Something a view may show. Subclasses add fields; ``sentence`` is always enough."""

    @property
    def sentence(self) -> str:
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class Step(Event):
    """A change, or a part of one, moved on. state: started, done, failed, skipped, undone, kept.

    key: of the change in the journal, and so of its PlannedStep; "" for what is no change of a
    run. proof: what was proved and how, once it is.
    """

    change: str
    target: str
    state: str
    text: str
    done: int = 0
    total: int = 0
    key: str = ""
    proof: str = ""

    @property
    def sentence(self) -> str:
        return self.text


BYTES = "bytes"
"""The unit of Looking that is shown in megabytes."""


def history_of(path: str) -> str:
    """What Looking calls the git history of a repository. path: as it was asked for."""
    return f"history of {path}"


def megabytes(number: int | float) -> str:
    """Bytes as millions of them, with as many digits as are worth reading."""
    millions = number / 1e6
    return f"{millions:,.0f}" if millions >= 10 else f"{millions:.1f}"


@dataclass(frozen=True, slots=True)
class Looking(Event):
    """A scan moved on. source: what is looked at; done and total in the unit it names (files,
    functions, bytes), 0 for a total that is not known; over: nothing more comes from this source.
    """

    source: str
    done: int
    total: int
    findings: int
    unit: str = "files"
    over: bool = False

    @property
    def is_told_of(self) -> bool:
        """Whether git still tells of the commits of a history, and none of it is read yet."""
        return self.unit == BYTES and not (self.total or self.done or self.over)

    @property
    def sentence(self) -> str:
        if self.is_told_of:
            return f"{self.source}: git tells of its commits"
        if self.unit == BYTES:
            of = "" if self.over else f" of {megabytes(self.total) if self.total else '?'}"
            return f"{self.source}: {megabytes(self.done)}{of} MB"
        if self.over:
            return f"{self.source}: {self.done} {self.unit}"
        return f"{self.source}: {self.done} of {self.total or '?'} {self.unit}"


@dataclass(frozen=True, slots=True)
class Found(Event):
    """Findings as a scan comes upon them, a few at a time. traced: whether all is known of where
    they are; else they come once more, or turn out to be none, before their history is over."""

    findings: tuple[Finding, ...]
    traced: bool = True

    @property
    def sentence(self) -> str:
        return f"{len(self.findings):,} found"


@dataclass(frozen=True, slots=True)
class NotRead(Event):
    """A source, or a part of one, could not be read; the report will have it as well."""

    error: SourceError

    @property
    def sentence(self) -> str:
        return f"{self.error.source} was not read: {self.error.what}"


@dataclass(frozen=True, slots=True)
class Reading(Event):
    """Functions that a plan is about are looked at closely. functions: as region/name; state:
    wait, reading, read, or unread where the look failed."""

    functions: tuple[str, ...]
    state: str
    why: str = ""

    @property
    def sentence(self) -> str:
        return f"{len(self.functions):,} to read" if self.state == "wait" else self.functions[0]


@dataclass(frozen=True, slots=True)
class Note(Event):
    """A sentence for the person who watches. level: info, warning."""

    text: str
    level: str = "info"

    @property
    def sentence(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class NoAnswer(Event):
    """A cloud is silent, said anew each second, or no longer. state: waiting (a request is under
    way and repeated), answered, given-up (no request is under way any more)."""

    where: str
    seconds: float
    state: str = "waiting"

    @property
    def sentence(self) -> str:
        if self.state == "waiting":
            return (
                f"No connection to {self.where} for {self.seconds:.0f} s. Nothing is broken: it is "
                "asked again by itself"
            )
        if self.state == "answered":
            return f"{self.where} answers again"
        return f"{self.where} gave no answer for {self.seconds:.0f} s and is not asked again now"


@dataclass(frozen=True, slots=True)
class SourceFound(Event):
    """A place to look at came up, or more is known of the one of that id."""

    source: FoundSource

    @property
    def sentence(self) -> str:
        return f"{self.source.name}: {self.source.detail}"


Emit = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """An ``emit`` for callers that show nothing."""


class CancelToken:
    """A wish to stop: asked for from any thread, honoured between two changes."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise Interrupted if it was asked for."""
        if self._event.is_set():
            raise Interrupted("Stopped on request", hint="Nothing is half done; resume when ready")
