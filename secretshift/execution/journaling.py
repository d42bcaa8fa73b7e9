"""What execution needs of a journal, and the one way in which a change is performed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from secretshift.model.errors import SecretshiftError
from secretshift.model.journeys import Step

from .proofs import proof_of

if TYPE_CHECKING:
    from secretshift.changes.context import RunContext

DONE = "done"


class ChangeRecord(Protocol):
    """The newest state of one change of a run."""

    @property
    def run(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def before(self) -> Mapping[str, object]: ...
    @property
    def after(self) -> Mapping[str, object]: ...


class Journal(Protocol):
    def write(
        self,
        run: str,
        key: str,
        *,
        type: str,  # noqa: A002
        target: str,
        state: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        error: str = "",
    ) -> None: ...
    def changes(self, run: str) -> tuple[ChangeRecord, ...]: ...
    def all_changes(
        self,
        *,
        type: str | None = None,  # noqa: A002
    ) -> tuple[ChangeRecord, ...]: ...
    def busy(self, run: str) -> bool: ...
    def end(self, run: str, status: str) -> None: ...
    def hold(self, run: str) -> AbstractContextManager[None]: ...


class Change(Protocol):
    """One step of a run."""

    @property
    def type(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def target(self) -> str: ...
    def describe(self) -> str: ...
    def intent(self, ctx: RunContext, earlier: Mapping[str, object]) -> Mapping[str, object]: ...
    def apply(self, ctx: RunContext, intent: Mapping[str, object]) -> Mapping[str, object]: ...


def perform(
    ctx: RunContext,
    journal: Journal,
    change: Change,
    earlier: Mapping[str, ChangeRecord],
    progress: tuple[int, int] = (0, 0),
) -> Mapping[str, object]:
    """Journal the intent, apply, journal the result. Raises what apply raises, journaled.

    earlier: records of a former attempt by key; what they intended is kept, so that a token or
    a probe's name stays the same.
    """
    ctx.cancel.check()
    record = earlier.get(change.key)
    intent = change.intent(ctx, record.before if record is not None else {})
    journal.write(
        ctx.run,
        change.key,
        type=change.type,
        target=change.target,
        state="started",
        before=intent,
    )
    done, total = progress
    said = change.describe()
    step = Step(change.type, change.target, "started", said, done, total, change.key)
    ctx.emit(step)
    try:
        after = change.apply(ctx, intent)
    except SecretshiftError as error:
        journal.write(
            ctx.run,
            change.key,
            type=change.type,
            target=change.target,
            state="failed",
            error=f"{error.code}: {error.what}",
        )
        ctx.emit(replace(step, state="failed", text=str(error)))
        raise
    journal.write(
        ctx.run, change.key, type=change.type, target=change.target, state=DONE, after=after
    )
    ctx.emit(replace(step, state=DONE, done=done + 1, proof=proof_of(change.type, intent, after)))
    return after
