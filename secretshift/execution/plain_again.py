"""Which variables lie in plain again, and since when, from the journal.

The record of a function's references says both: what is to be put back before the write, and what
was put back after it. What a killed process had written is found by the next attempt.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .journaling import ChangeRecord, Journal

ANNOUNCED, CONFIRMED = "puts_back", "plain_since"


@dataclass(frozen=True, slots=True)
class PlainAgain:
    """A value that left a function and was put back. since: UTC, of the write that did it."""

    function: str
    variable: str
    since: datetime


def plain_again(records: Iterable[ChangeRecord]) -> tuple[PlainAgain, ...]:
    """What the undo of a run, or a last proof that failed, put back in plain."""
    return tuple(
        PlainAgain(record.target, name, datetime.fromisoformat(when))
        for record in records
        for name, when in sorted(_times(record.after, CONFIRMED).items())
    )


def announce(journal: Journal, record: ChangeRecord, names: Iterable[str], when: datetime) -> None:
    """Before the write: these variables are about to be put back."""
    times = {**_times(record.before, ANNOUNCED), **dict.fromkeys(names, when.isoformat())}
    _write(journal, record, before={**record.before, ANNOUNCED: times})


def confirm(journal: Journal, record: ChangeRecord, present: Container[str]) -> None:
    """After the write: what was announced and is there was put back. present: names of variables
    that the function has now."""
    known = _times(record.after, CONFIRMED)
    announced = _times(record.before, ANNOUNCED)
    times = {**known, **{name: when for name, when in announced.items() if name in present}}
    if times != known:
        _write(journal, record, after={**record.after, CONFIRMED: times})


def _times(data: Mapping[str, object], key: str) -> dict[str, str]:
    times = data.get(key)
    return {str(k): str(v) for k, v in times.items()} if isinstance(times, dict) else {}


def _write(
    journal: Journal,
    record: ChangeRecord,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    journal.write(
        record.run,
        record.key,
        type=record.type,
        target=record.target,
        state="undoing",
        before=before,
        after=after,
    )
