"""The bar with the time that is left. Imported only where a person watches a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.table import Column
from rich.text import Text

from secretshift.model.journeys import (
    BYTES,
    Emit,
    Event,
    Found,
    Looking,
    NoAnswer,
    Note,
    NotRead,
    Reading,
    Step,
    megabytes,
)
from secretshift.reports.terminal import safe

from .pace import Pace
from .progress import ENDED, no_answer

MAX_BARS = 8
WIDTH = 60
_WIDE, _MEDIUM = 120, 100
"""Columns of a terminal from which on there is room for a long bar, and for a short one."""
_BESIDE = 50
"""Columns of what stands beside a name: amount, rate and time left."""
_SHORTEST = 16


@contextlib.contextmanager
def bar(total: int) -> Iterator[Emit]:
    """total: steps of the run, 0 for a journey that only looks."""
    console = Console(stderr=True, file=sys.stderr, markup=False, highlight=False, emoji=False)
    progress = Progress(
        *columns(console.width),
        console=console,
        redirect_stdout=False,
        redirect_stderr=False,
        transient=True,
    )
    with progress:
        yield _Bars(progress, total).show


def columns(width: int) -> tuple[ProgressColumn, ...]:
    """What stands beside each other in the row of a task, each on one line. width: of the
    terminal; the bar is the first that a narrow one goes without."""
    bar = _bar_width(width)
    return (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        *([BarColumn(bar_width=bar)] if bar else []),
        _Amount(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[pace]}", markup=False, table_column=Column(no_wrap=True)),
    )


def _bar_width(width: int) -> int:
    """0 where there is no room for one."""
    return 24 if width >= _WIDE else 10 if width >= _MEDIUM else 0


class _Amount(ProgressColumn):
    """How much of how much, in the task's unit."""

    def render(self, task: Task) -> Text:
        unit = task.fields.get("unit", "")
        if unit == BYTES and not (task.total or task.completed):
            return Text("(git tells of commits)")
        if unit == BYTES:
            of = f"/{megabytes(task.total)}" if task.total else ""
            return Text(f"{megabytes(task.completed)}{of} MB")
        total = f"{task.total:,.0f}" if task.total is not None else "?"
        return Text(f"{task.completed:,.0f}/{total}")


class _Bars:
    """One bar for the steps, and one a source while it is read."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._sources: dict[str, TaskID] = {}
        self._silent: dict[str, TaskID] = {}
        self._total = total
        self._done = 0
        self._steps: TaskID | None = None
        self._pace = Pace()

    def show(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, Step):
                self._step(event)
            elif isinstance(event, Looking):
                self._looking(event)
            elif isinstance(event, NoAnswer):
                self._silence(event)
            elif not isinstance(event, Found | NotRead | Reading):
                self._print(event.sentence, warning=isinstance(event, Note) and event.level != "")

    def _step(self, event: Step) -> None:
        if self._steps is None:
            self._steps = self._progress.add_task("", total=self._total or None, pace="")
        if event.state in ENDED:
            self._done += 1
            self._total = max(self._total, self._done) if self._total else 0
        if event.state == "failed":
            self._print(f"✗ {event.sentence}", warning=True)
        self._progress.update(
            self._steps,
            description=safe(event.sentence, limit=WIDTH),
            completed=self._done,
            total=self._total or None,
        )

    def _looking(self, event: Looking) -> None:
        if event.over and not event.done:
            # An empty region would push a full one out.
            return
        key = f"{event.source} {event.unit}"
        found = f", {event.findings:,} found" if event.findings else ""
        unit = "" if event.unit == BYTES else f" {event.unit}"
        said = f"{self._shortened(event.source, f'{unit}{found}')}{unit}{found}"
        pace = self._pace.said(event, self._progress.get_time()).removeprefix(", ")
        if key not in self._sources:
            if len(self._sources) >= MAX_BARS:
                oldest = next(iter(self._sources))
                self._progress.remove_task(self._sources.pop(oldest))
            self._sources[key] = self._progress.add_task(said, total=None, unit=event.unit, pace="")
        self._progress.update(
            self._sources[key],
            description=said,
            completed=event.done,
            total=event.total or None,
            pace=pace,
        )

    def _shortened(self, source: str, behind: str) -> str:
        """The end of a name says more than its beginning, and what is behind it most."""
        width = self._progress.console.width
        room = min(WIDTH, width - _bar_width(width) - _BESIDE) - len(behind)
        room = max(_SHORTEST, room)
        shown = safe(source)
        return shown if len(shown) <= room else f"…{shown[1 - room :]}"

    def _silence(self, event: NoAnswer) -> None:
        """The whole sentence once, and the seconds as long as it lasts."""
        task = self._silent.get(event.where)
        if event.state != "waiting" and task is not None:
            self._progress.remove_task(self._silent.pop(event.where))
        if task is None or event.state != "waiting":
            said = "".join(span.text for span in no_answer(event))
            self._print(said, warning=event.state == "waiting")
        if event.state == "waiting":
            if task is None:
                task = self._silent[event.where] = self._progress.add_task("", total=None, pace="")
            short = f"no connection for {event.seconds:.0f} s: {event.where}"
            self._progress.update(task, description=safe(short, limit=WIDTH))

    def _print(self, sentence: str, *, warning: bool) -> None:
        style = "yellow" if warning else ""
        self._progress.console.print(Text(safe(sentence), style=style), soft_wrap=True)
