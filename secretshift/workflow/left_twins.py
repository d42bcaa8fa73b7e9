"""Twins that a killed run left behind: the next run of this workspace takes them away.

A twin's name is journaled before it is made. So a proof by a twin that began and did not end, in a
run that no process works on, may have left a function, and its ARN in the grant of another.

A grant to a whole role names no twin and is left as it is: what that run did not come to prove, its
own resume and undo take back, and a later plan may rely on it by now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from secretshift.changes.context import RunContext
from secretshift.changes.grant_role import GrantRole
from secretshift.changes.probe_function import ProbeFunction, clean_up_probe
from secretshift.execution.journaling import ChangeRecord
from secretshift.model.codec import from_data
from secretshift.model.errors import LoginExpired, NotFound, SecretshiftError
from secretshift.model.journeys import Note
from secretshift.model.plans import FunctionPlan, Plan

from .services import Journal

Reopen = Callable[[str, Plan], RunContext]
"""The context of another run of this workspace, by its id and its plan."""

GONE: Final = "interrupted: it did not come to its end; its twin is gone"
_STAYED: Final = "probe-left:"


def clear_left_twins(ctx: RunContext, journal: Journal, reopen: Reopen) -> None:
    """Delete every twin that may have been left, and take it out of its grant. ctx: of the run
    that begins or goes on, which this process holds.

    What cannot be cleared is told, and keeps nothing from going on. Raises LoginExpired.
    """
    for run in _left(journal):
        if run != ctx.run and journal.busy(run):
            continue
        try:
            with _held(ctx, journal, run):
                _clear(ctx if run == ctx.run else _other(journal, run, reopen), journal)
        except LoginExpired:
            raise
        except SecretshiftError as error:
            _tell_stays(ctx, f"of run {run}", error)


def _left(journal: Journal) -> Mapping[str, Sequence[ChangeRecord]]:
    """The proofs by a twin that have no end, by run."""
    found: dict[str, list[ChangeRecord]] = {}
    for type_ in ("probe", "grant-role"):
        for record in journal.all_changes(type=type_):
            stayed = record.state == "failed" and record.error.startswith(_STAYED)
            if record.state == "started" or stayed:
                found.setdefault(record.run, []).append(record)
    return found


def _held(ctx: RunContext, journal: Journal, run: str) -> AbstractContextManager[None]:
    return nullcontext() if run == ctx.run else journal.hold(run)


def _other(journal: Journal, run: str, reopen: Reopen) -> RunContext:
    return reopen(run, from_data(Plan, journal.plan(run), "the journaled plan"))


def _clear(ctx: RunContext, journal: Journal) -> None:
    # Read once more: until this process held the run, another one may have worked on it.
    left = {record.key: record for record in _left(journal).get(ctx.run, ())}
    for function in ctx.plan.active:
        for change in (ProbeFunction(function), GrantRole(function)):
            record = left.get(change.key)
            if record is None or not record.before.get("probe"):
                continue
            name = str(record.before["probe"])
            try:
                _clean_up(ctx, function, name)
            except LoginExpired:
                raise
            except SecretshiftError as error:
                _tell_stays(ctx, f"{name} of {change.target}", error)
                continue
            journal.write(
                ctx.run,
                change.key,
                type=change.type,
                target=change.target,
                state="failed",
                error=GONE,
            )
            ctx.emit(Note(f"{change.target}: the twin that run {ctx.run} left behind is gone"))


def _clean_up(ctx: RunContext, function: FunctionPlan, name: str) -> None:
    try:
        clean_up_probe(ctx, function, name)
    except NotFound:
        # Its role is gone, and the grant with it; the twin was deleted before that was asked.
        return


def _tell_stays(ctx: RunContext, what: str, error: SecretshiftError) -> None:
    ctx.emit(
        Note(
            f"A twin {what} may have been left behind and could not be cleared away: {error.what}. "
            "Resume or undo that run, or delete the function by hand",
            "warning",
        )
    )
