"""Former runs as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ..gate import Safe, gate
from ..viewmodels import Cell, Column, RowView
from ..wording import counted, day_and_clock

if TYPE_CHECKING:
    from secretshift.state.records import RunRecord

COLUMNS: Final = (
    Column("id", "Run", 22),
    Column("when", "Began", 16, hide_below=70),
    Column("state", "State", 33),
    Column("changes", "Changes", 8, right=True, hide_below=92),
    Column("label", "Label", hide_below=100),
)
_STATES: Final = {
    "done": ("ok", "ok", "complete"),
    "undone": ("undone", "ok", "undone, read back"),
    "incomplete": ("todo", "todo", "not complete"),
    "partly-undone": ("todo", "todo", "partly undone"),
    "interrupted": ("todo", "todo", "stopped on request"),
    "running": ("work", "work", "at work"),
}
DIED: Final = ("fail", "fail", "left half-way, nobody works on it")
RESUMABLE: Final = frozenset({"interrupted", "incomplete"})


def rows(runs: Iterable[RunRecord], stopped: frozenset[str]) -> Iterable[RowView]:
    """Newest first, as the journal gives them. stopped: say running, but no process works on
    them."""
    for run in runs:
        sign, token, word = _STATES.get(run.status, ("unknown", "unknown", run.status))
        if run.id in stopped:
            sign, token, word = DIED
        yield RowView(
            id=run.id,
            cells=(
                Cell(gate(run.id), "strong"),
                Cell(Safe(day_and_clock(run.started))),
                Cell(gate(word), token),
                Cell(Safe(f"{run.changes:,}")),
                Cell(gate(run.label), "faint"),
            ),
            search=f"{run.id} {run.label} {word} {run.kind} state:{run.status}".casefold(),
            sign=sign,
            token=token,
            note=Safe(
                f"Began {day_and_clock(run.started)}, {counted(run.changes, 'change')}. "
                f"{_can(run.status, run.id in stopped)}"
            ),
            needs_person=run.id in stopped or run.status in RESUMABLE | {"partly-undone"},
        )


def resumable(status: str, died: bool) -> bool:
    return died or status in RESUMABLE


def undoable(status: str, died: bool) -> bool:
    return died or status not in ("undone", "running")


def _can(status: str, died: bool) -> str:
    parts = []
    if resumable(status, died):
        parts.append("R goes on with it.")
    if undoable(status, died):
        parts.append("U undoes it.")
    return " ".join(parts) or "Nothing is left to do with it."
