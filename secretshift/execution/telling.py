"""Tells what becomes of each change while a run is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from secretshift.changes.context import RunContext
from secretshift.changes.swap_reference import REMOVALS, writes
from secretshift.model.errors import SecretshiftError
from secretshift.model.journeys import Step
from secretshift.model.plans import FunctionPlan

from .journaling import Change, ChangeRecord


def tell(ctx: RunContext, change: Change, state: str, text: str, proof: str = "") -> None:
    ctx.emit(Step(change.type, change.target, state, text, key=change.key, proof=proof))


class Environment:
    """The changes of one function's environment, which one write takes back."""

    def __init__(
        self,
        ctx: RunContext,
        function: FunctionPlan,
        records: Mapping[str, ChangeRecord],
        progress: tuple[int, int],
    ) -> None:
        self._ctx = ctx
        self._function = function
        self._records = records
        self._progress = progress

    def started(self) -> None:
        self._each("started", f"Put {self._name} back", "")

    def gone(self) -> None:
        self._each("undone", f"{self._name} is gone, so there is nothing to put back", "")

    def failed(self, error: SecretshiftError) -> None:
        self._each("failed", str(error), "")

    def undone(self) -> None:
        for change in self._changes():
            if change.type in REMOVALS:
                self._one(change, "undone", f"{self._name} has its plaintext again", "read back")
            else:
                self._one(change, "undone", f"{self._name} is as before this run", "read back")

    @property
    def _name(self) -> str:
        return str(self._function.function)

    def _changes(self) -> Iterator[Change]:
        for change in reversed(writes(self._function)):
            if change.key in self._records:
                yield change

    def _each(self, state: str, text: str, proof: str) -> None:
        for change in self._changes():
            self._one(change, state, text, proof)

    def _one(self, change: Change, state: str, text: str, proof: str) -> None:
        done, total = self._progress
        done += state not in ("started", "failed")
        step = Step(change.type, change.target, state, text, done, total, change.key, proof)
        self._ctx.emit(step)
