"""Earlier runs, as lines and as JSON data: the list, and one of them with its log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from secretshift.model.plans import Plan

from .findings_table import not_searched_lines
from .in_plain import InPlain, in_plain_data, in_plain_lines
from .lines import Line, Style, counted, heading, line, stamp
from .plan_text import summary
from .whole_roles import whole_role_lines, whole_roles

SCHEMA = 1
_STATES = {
    "done": Style.GOOD,
    "undone": Style.GOOD,
    "failed": Style.BAD,
    "incomplete": Style.BAD,
    "partly-undone": Style.BAD,
    "interrupted": Style.WARNING,
    "running": Style.WARNING,
    "started": Style.WARNING,
    "undoing": Style.WARNING,
    "kept": Style.WARNING,
}


class Run(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def started(self) -> datetime: ...
    @property
    def ended(self) -> datetime | None: ...
    @property
    def status(self) -> str: ...
    @property
    def changes(self) -> int: ...
    @property
    def label(self) -> str: ...


class Change(Protocol):
    """A change as its newest entry leaves it."""

    @property
    def key(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def updated(self) -> datetime: ...


class Entry(Protocol):
    """A line of the log."""

    @property
    def seq(self) -> int: ...
    @property
    def time(self) -> datetime: ...
    @property
    def key(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def error(self) -> str: ...


def runs_data(runs: Sequence[Run]) -> dict[str, Any]:
    return {"schema": SCHEMA, "runs": [_run_data(run) for run in runs]}


def runs_lines(runs: Sequence[Run]) -> list[Line]:
    """A table, newest first."""
    if not runs:
        return [line("This workspace has no runs yet")]
    lines = [line((f"{'RUN':<24}{'STARTED':<22}{'STATUS':<15}{'CHANGES':>7}  LABEL", Style.STRONG))]
    for run in runs:
        status = (f"{run.status:<15}", _STATES.get(run.status, Style.PLAIN))
        lines.append(
            line(f"{run.id:<24}{stamp(run.started):<22}", status, f"{run.changes:>7}  {run.label}")
        )
    return lines


def run_data(
    run: Run,
    plan: Plan,
    changes: Sequence[Change],
    entries: Sequence[Entry],
    *,
    stopped: bool,
    in_plain: Sequence[InPlain],
) -> dict[str, Any]:
    """stopped: it says running, but no process works on it any more; in_plain: what got its
    plaintext back."""
    return {
        "schema": SCHEMA,
        "run": {**_run_data(run), "kind": run.kind, "label": run.label, "stopped": stopped},
        "plan": {
            "id": plan.id,
            "created": plan.created,
            "secrets": [secret.name for secret in plan.secrets],
            "functions": [str(function.function) for function in plan.active],
            "blocked": [str(f.function) for f in plan.functions if f.blocked],
            "not_searched": list(plan.gaps),
        },
        "changes": [
            {
                "key": change.key,
                "type": change.type,
                "target": change.target,
                "state": change.state,
                "error": change.error,
                "updated": stamp(change.updated),
            }
            for change in changes
        ],
        "in_plain": in_plain_data(in_plain),
        "granted_to_role": whole_roles(plan, changes),
        "log": [
            {
                "seq": entry.seq,
                "time": stamp(entry.time),
                "key": entry.key,
                "state": entry.state,
                "error": entry.error,
            }
            for entry in entries
        ],
    }


def run_lines(
    run: Run,
    plan: Plan,
    changes: Sequence[Change],
    entries: Sequence[Entry],
    *,
    stopped: bool,
    in_plain: Sequence[InPlain],
) -> list[Line]:
    ended = f", ended {stamp(run.ended)}" if run.ended else ""
    status = "stopped half-way: no process works on it" if stopped else run.status
    lines = [
        line(("Run ", Style.STRONG), run.id, (f"  {run.label}" if run.label else "")),
        line(f"  {status}; began {stamp(run.started)}{ended}"),
        line(f"  {summary(plan)}"),
    ]
    if changes:
        lines += heading(counted(len(changes), "change").capitalize())
    for change in changes:
        state = (f"{change.state:<8}", _STATES.get(change.state, Style.PLAIN))
        lines.append(line("  ", state, f" {change.type:<17} {change.target}"))
        if change.error:
            lines.append(line(f"           {change.error}"))
    if in_plain:
        lines += heading("In plain again")
        lines += in_plain_lines(in_plain)
    roles = whole_roles(plan, changes)
    if roles:
        lines += heading("Granted to the whole role")
        lines += whole_role_lines(plan, roles)
    lines += not_searched_lines(plan.gaps)
    if entries:
        lines += heading("Log")
    for entry in entries:
        error = f"  {entry.error}" if entry.error else ""
        lines.append(
            line((f"  {stamp(entry.time)}  ", Style.FAINT), f"{entry.state:<8} {entry.key}{error}")
        )
    if stopped or run.status in ("interrupted", "incomplete"):
        lines += [(), line(f"Go on with: secretshift resume {run.id}")]
    if run.status != "undone":
        lines += [line(f"Undo with:  secretshift undo {run.id}")]
    return lines


def _run_data(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "started": stamp(run.started),
        "ended": stamp(run.ended) if run.ended is not None else None,
        "status": run.status,
        "changes": run.changes,
    }
