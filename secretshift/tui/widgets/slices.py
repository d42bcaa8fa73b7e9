"""Long work on the screen's thread, between two keys."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from textual.timer import Timer
from textual.widget import Widget

BUDGET: Final = 0.008
"""Seconds of work at a time."""
PAUSE: Final = 0.004
"""Seconds in which keys are answered."""


class Slices:
    """Goes through an iterator a few milliseconds at a time. What is short is done at once."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._work: Iterator[object] | None = None
        self._timer: Timer | None = None

    @property
    def busy(self) -> bool:
        return self._work is not None

    def start(self, work: Iterator[object]) -> None:
        """In place of what is not done yet."""
        self.stop()
        self._work = work
        self._go()

    def stop(self) -> None:
        self._work = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _go(self) -> None:
        work = self._work
        if work is None:
            return
        until = time.perf_counter() + BUDGET
        for _ in work:
            if self._work is not work:
                return
            if time.perf_counter() >= until:
                # Again and again: of a timer that goes off once, Textual drops what a busy machine
                # makes late, and the rest would never come.
                if self._timer is None:
                    self._timer = self._widget.set_interval(PAUSE, self._go)
                return
        if self._work is work:
            self.stop()
