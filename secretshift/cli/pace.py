"""How fast a scan reads, and how long it will take, in words."""

from __future__ import annotations

from secretshift.model.journeys import BYTES, Looking, megabytes

_SETTLED = 1.0
"""Seconds before which a rate says little."""


class Pace:
    """Of the sources of one scan, each from its first event on."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], tuple[float, int]] = {}

    def said(self, event: Looking, now: float) -> str:
        """Rate and time left, such as ``, 40 a second, 2 min left``; "" where neither is known."""
        if event.is_told_of:
            return ""
        began, before = self._first.setdefault((event.source, event.unit), (now, event.done))
        taken = now - began
        speed = (event.done - before) / taken if taken >= _SETTLED else 0.0
        if speed <= 0 or event.over:
            return ""
        left = max(0, event.total - event.done) / speed if event.total else 0.0
        return f", {rate(speed, event.unit)}" + (f", {seconds(left)} left" if left >= 1 else "")


def rate(speed: float, unit: str) -> str:
    """speed: in units a second."""
    if unit == BYTES:
        return f"{megabytes(speed)} MB a second"
    return f"{speed:,.0f} a second" if speed >= 1 else f"{speed * 60:,.0f} a minute"


def seconds(left: float) -> str:
    """A time in the largest unit that says enough."""
    if left < 90:
        return f"{left:.0f} s"
    return f"{left / 60:.0f} min" if left < 5400 else f"{left / 3600:.1f} h"
