"""Events of a journey, shown: a bar where a person watches, plain lines everywhere else."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from secretshift.model.journeys import (
    Consent,
    Emit,
    Event,
    Found,
    Looking,
    NoAnswer,
    Note,
    NotRead,
    Reading,
    Step,
    ignore,
)
from secretshift.model.plans import Plan
from secretshift.reports.lines import Line, Style, line
from secretshift.workflow.line import Told

from .pace import Pace
from .screen import Screen, is_terminal

ENDED: Final = frozenset({"done", "failed", "skipped", "undone", "kept"})
MAX_LINES: Final = 200
SECONDS: Final = 5.0

_MARKS: Final = {
    "done": ("✓", Style.GOOD),
    "undone": ("✓", Style.GOOD),
    "failed": ("✗", Style.BAD),
    "kept": ("=", Style.CHANGE),
    "skipped": ("=", Style.FAINT),
}


@contextlib.contextmanager
def watching(screen: Screen, verbosity: int, total: int = 0) -> Iterator[Emit]:
    """An ``emit`` for one journey. total: steps that are expected, 0 if that is not known."""
    if screen.quiet:
        yield ignore
    elif is_terminal(sys.stderr) and screen.coloured(sys.stderr):
        from .progress_bar import bar

        with bar(total) as emit:
            yield emit
    else:
        yield PlainProgress(screen, verbosity, total)


def steps_of(plan: Plan, *, remove: bool) -> int:
    """How many steps a run of this plan has. remove: whether the plaintext goes."""
    from secretshift.workflow.steps import planned_steps

    return len(planned_steps(plan, Consent.REMOVE_PLAINTEXT if remove else Consent.SWITCH))


def no_answer(event: NoAnswer) -> Line:
    """What a silence of the cloud means for who waits."""
    if event.state != "waiting":
        return line(event.sentence)
    return line(("! ", Style.WARNING), f"{event.sentence}. Ctrl-C stops where nothing is half done")


class PlainProgress:
    """One line a finished step, up to a bound; then one now and then. Any thread may call it."""

    def __init__(
        self,
        screen: Screen,
        verbosity: int = 0,
        total: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screen = screen
        self._verbosity = verbosity
        self._total = total
        self._clock = clock
        self._lock = threading.Lock()
        self._last = clock()
        self._lines = 0
        self._done = 0
        self._silence = Told()
        self._pace = Pace()

    def __call__(self, event: Event) -> None:
        with self._lock:
            for shown in self._lines_for(event):
                self._screen.tell(shown)

    def _lines_for(self, event: Event) -> Iterator[Line]:
        if isinstance(event, Note):
            mark = ("! ", Style.WARNING) if event.level == "warning" else ("", Style.PLAIN)
            yield line(mark, event.sentence)
        elif isinstance(event, Step):
            yield from self._step(event)
        elif isinstance(event, NoAnswer):
            if self._silence.worth(event):
                yield no_answer(event)
        elif isinstance(event, Found | NotRead | Reading):
            # The report has the first two; the count of the third comes beside it.
            return
        elif isinstance(event, Looking):
            said = self._pace.said(event, self._clock())
            if self._due():
                yield line(f"{event.sentence}{said}")
        elif self._few():
            yield line(event.sentence)

    def _step(self, event: Step) -> Iterator[Line]:
        if event.state not in ENDED:
            if self._verbosity > 0 and self._few():
                yield line(f"  … {event.sentence}")
            return
        self._done += 1
        if event.state == "failed" or self._few():
            yield line("  ", _MARKS[event.state], f" {event.sentence}")
        elif self._due():
            yield line(f"  {self._done:,} of {max(self._total, self._done):,} steps")

    def _few(self) -> bool:
        self._lines += 1
        return self._lines <= MAX_LINES

    def _due(self) -> bool:
        now = self._clock()
        if now - self._last < SECONDS:
            return False
        self._last = now
        return True
