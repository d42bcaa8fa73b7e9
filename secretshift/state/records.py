"""What the journal gives back, as frozen data. Imports no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

CHANGE_STATES: Final = frozenset(
    {"planned", "started", "done", "failed", "undoing", "undone", "kept", "skipped"}
)
"""Every state that a change can be in."""

RUNNING: Final = "running"
END_STATES: Final = frozenset({"done", "incomplete", "undone", "partly-undone", "interrupted"})
"""How a run can end."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. started, ended: UTC; ended is None while it runs (or since its process died).

    status: ``running`` or one of END_STATES; changes: how many different changes it wrote;
    label: what a person calls it, "" if nothing.
    """

    id: str
    kind: str
    started: datetime
    ended: datetime | None
    status: str
    changes: int
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the append-only log. before, after: None where this line gave none."""

    run: str
    key: str
    type: str
    target: str
    state: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    error: str
    seq: int
    time: datetime


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change as its newest entry leaves it.

    before, after: the newest that any of its entries gave, {} if none did; error: of the newest
    entry; seq and updated (UTC): of the newest entry.
    """

    run: str
    key: str
    type: str
    target: str
    state: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    error: str = ""
    seq: int = 0
    updated: datetime = datetime.min


def fold(entries: Iterable[Entry]) -> tuple[ChangeRecord, ...]:
    """The newest state of each change, in order of first appearance; entries: oldest first."""
    folded: dict[tuple[str, str], ChangeRecord] = {}
    for entry in entries:
        earlier = folded.get((entry.run, entry.key))
        before, after = entry.before, entry.after
        if earlier is not None:
            before = earlier.before if before is None else before
            after = earlier.after if after is None else after
        folded[entry.run, entry.key] = ChangeRecord(
            run=entry.run,
            key=entry.key,
            type=entry.type,
            target=entry.target,
            state=entry.state,
            before={} if before is None else before,
            after={} if after is None else after,
            error=entry.error,
            seq=entry.seq,
            updated=entry.time,
        )
    return tuple(folded.values())
