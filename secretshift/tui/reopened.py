"""A former run as the run view shows it, from its journal. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secretshift.execution.steps import planned_steps
from secretshift.model.journeys import Consent

from .run_state import LogLine, RunState, StepState

if TYPE_CHECKING:
    from secretshift.workflow.runs import RunDetail

_STATES = {"started": "work", "planned": "wait", "undoing": "work"}


def reopened(detail: RunDetail) -> RunState:
    """mode: ``former``; times are the journal's, in seconds since the epoch."""
    undo = {s.key: s.undo for s in planned_steps(detail.plan, Consent.REMOVE_PLAINTEXT)}
    texts = {s.key: s.text for s in planned_steps(detail.plan, Consent.REMOVE_PLAINTEXT)}
    state = RunState(mode="former", plan=detail.plan, run=detail.record.id, undo_of_steps=undo)
    state.keeps = detail.keeps
    if detail.record.status == "partly-undone":
        state.not_undone = detail.failures
    state.began = detail.record.started.timestamp()
    state.ended = (detail.record.ended or detail.record.started).timestamp()
    errors = {entry.key: entry.error for entry in detail.entries}
    for change in detail.changes:
        state.steps[change.key] = StepState(
            key=change.key,
            change=change.type,
            target=change.target,
            text=texts.get(change.key, f"{change.type} {change.target}"),
            state=_STATES.get(change.state, change.state),
            proof=errors.get(change.key, ""),
        )
    for entry in detail.entries:
        step = state.steps.get(entry.key)
        at = entry.time.timestamp()
        if step is not None:
            step.began = step.began or at
            step.ended = at
        text = texts.get(entry.key, entry.key)
        level = _STATES.get(entry.state, entry.state)
        tail = f": {entry.error}" if entry.error else ""
        state.note(LogLine(entry.time, entry.target, text + tail, level))
    return state
