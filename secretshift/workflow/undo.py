"""Take a run back."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from secretshift.execution.plain_again import PlainAgain, plain_again
from secretshift.execution.put_back import Allowed
from secretshift.execution.rights import check_accounts
from secretshift.execution.run import Failure
from secretshift.execution.undo import nothing_left, take_back
from secretshift.logs import bind_run
from secretshift.model.codec import from_data
from secretshift.model.errors import ExitCode
from secretshift.model.journeys import CancelToken, Emit
from secretshift.model.plans import Plan

from .failures import keep_failures
from .left_twins import clear_left_twins
from .line import line_watched
from .migrate import UNDO_NOTE, context, profiles_of, reopened
from .services import Services


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """run: id or beginning of one; accept_rotated: put a rotated secret's current value back;
    restore_deleted: restore a secret of ours that is scheduled for deletion, to read it."""

    run: str
    accept_rotated: bool = False
    concurrency: int = 4
    restore_deleted: bool = False


@dataclass(frozen=True, slots=True)
class UndoResult:
    """restored: functions that hold their plaintext again; in_plain: the variables that had lost
    it, and since when they have it again; kept: what stays, and why."""

    run: str
    status: str
    restored: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False
    in_plain: tuple[PlainAgain, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.INCOMPLETE if self.failures else ExitCode.DONE


def undo_preview(services: Services, run: str) -> tuple[str, Plan, bool]:
    """The run's id, its plan, and whether there is anything to undo."""
    journal = services.journal()
    record = journal.run(run)
    plan = from_data(Plan, journal.plan(record.id), "the journaled plan")
    return record.id, plan, not nothing_left(journal, record.id)


def undo(services: Services, request: UndoRequest, emit: Emit, cancel: CancelToken) -> UndoResult:
    """Put every function of the run back as it was before, as far as this run changed it."""
    run, plan, something = undo_preview(services, request.run)
    journal = services.journal()
    allowed = Allowed(request.accept_rotated, request.restore_deleted)
    if not something:
        return UndoResult(run, "nothing to do", in_plain=plain_again(journal.changes(run)))
    clouds = services.clouds(profiles_of(journal.request(run)))
    with ExitStack() as around:
        around.enter_context(line_watched(clouds, emit, services.patience.silence))
        check_accounts(plan, [cloud.caller() for cloud in clouds])
        around.enter_context(journal.hold(run))
        around.enter_context(bind_run(run))
        journal.reopen(run)
        journal.note(
            run,
            UNDO_NOTE,
            {"accept_rotated": allowed.rotated, "restore_deleted": allowed.deleted},
        )
        ctx = context(services, run, plan, clouds, emit, cancel)
        clear_left_twins(ctx, journal, reopened(services, clouds, emit, cancel))
        outcome = take_back(ctx, journal, request.concurrency, allowed)
        if outcome.interrupted:
            status = "interrupted"
        else:
            status = "partly-undone" if outcome.failures else "undone"
        keep_failures(journal, run, outcome.failures)
        journal.end(run, status)
    return UndoResult(
        run=run,
        status=status,
        restored=tuple(outcome.moved),
        kept=tuple(outcome.kept),
        failures=tuple(outcome.failures),
        interrupted=outcome.interrupted,
        in_plain=plain_again(journal.changes(run)),
    )
