"""Former runs: what they did, going on with one, undoing one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from secretshift.model.errors import SecretshiftError
from secretshift.model.journeys import Consent
from secretshift.model.plans import Plan
from secretshift.reports.lines import plain
from secretshift.reports.runs import run_lines
from secretshift.state.records import fold
from secretshift.workflow.runs import RunDetail
from secretshift.workflow.services import Services

from ..gate import gate
from ..views.refused import Refused, hinted, refused
from ..views.run import again_lines, short, undo_lines
from ..views.runs import resumable, undoable
from ..wording import counted, day_and_clock
from .moving import Moving
from .talk import Talk

if TYPE_CHECKING:
    from secretshift.workflow.undo import UndoRequest

SHOWN = 50
"""Runs that are offered, the newest; all of them are in ``secretshift runs``."""


class FormerRuns:
    """Only what is possible with a run is offered."""

    def __init__(self, talk: Talk, services: Services, moving: Moving) -> None:
        self._talk, self._services, self._moving = talk, services, moving

    def begin(self) -> None:
        from secretshift.workflow.runs import runs, show

        found = runs(self._services)
        if not found:
            self._talk.say("No runs in this workspace.")
            return
        labels = [
            gate(
                f"{run.id}, began {day_and_clock(run.started)}, {run.status}, "
                f"{counted(run.changes, 'change')}"
            )
            for run in found[:SHOWN]
        ]
        at = self._talk.choose("Which run?", [*labels, "Back"])
        if at < len(labels):
            self._one(show(self._services, found[at].id))

    def _one(self, detail: RunDetail) -> None:
        record, talk = detail.record, self._talk
        choices = ["Say everything", "What was proved and what is left"]
        acting = not self._services.settings.tui.read_only
        if acting and resumable(record.status, detail.stopped):
            choices.append("Go on with it")
        if acting and undoable(record.status, detail.stopped):
            choices.append("Undo it")
        choices.append("Back")
        if not acting:
            talk.say("Read-only: it is looked at, nothing is changed.")
        answer = choices[talk.choose(gate(f"Run {record.id}."), choices)]
        if answer == "Say everything":
            self._say(detail)
        elif answer == "Go on with it":
            self._go_on(record.id, keeps=detail.keeps)
        elif answer == "Undo it":
            self._undo(record.id, detail.plan, self._former_refusal(detail))
        elif answer != "Back":
            self._moving.proof(record.id)

    def _say(self, detail: RunDetail) -> None:
        shown = run_lines(
            detail.record,
            detail.plan,
            fold(detail.entries),
            detail.entries,
            stopped=detail.stopped,
            in_plain=detail.in_plain,
        )
        self._talk.lines(plain(shown).splitlines())

    def _go_on(self, run: str, *, keeps: bool) -> None:
        """keeps: it began by keeping the plaintext, which is then the first choice."""
        from secretshift.workflow.migrate import resume

        self._talk.say("Everything is read again first; what is done is not done again.")
        self._talk.say("Each plaintext is removed only after the proof for its function.")
        ways = [
            ("Go on; plaintext is removed after proof", Consent.REMOVE_PLAINTEXT),
            ("Go on, but keep the plaintext for now", Consent.SWITCH),
        ]
        if keeps:
            self._talk.say("It began by keeping the plaintext.")
            ways.reverse()
        at = self._talk.choose("How?", [*(text for text, _ in ways), "No"])
        if at == len(ways) or not self._talk.agreed(short(run), "go on with it"):
            return
        try:
            with self._talk.cancellable("Finishing the change in hand, then stopping.") as cancel:
                result = resume(
                    self._services,
                    run,
                    ways[at][1],
                    self._talk.heard,
                    cancel,
                    concurrency=self._services.settings.migrate.concurrency,
                )
        except SecretshiftError as error:
            self._moving.stopped(error)
        else:
            self._moving.outcome(result)

    @staticmethod
    def _former_refusal(detail: RunDetail) -> Refused | None:
        if detail.record.status != "partly-undone":
            return None
        return refused(detail.plan, detail.failures)

    def _undo(self, run: str, plan: Plan, allow: Refused | None) -> None:
        """allow: what the undo before was refused for."""
        from secretshift.workflow.undo import UndoRequest

        concurrency = self._services.settings.migrate.concurrency
        request = UndoRequest(run, concurrency=concurrency)
        if allow is not None:
            choice = self._allowed(run, allow)
            if choice is None:
                return
            if choice:
                request = UndoRequest(run, allow.rotated, concurrency, allow.deleted)
                self._carry_out(request, plan)
                return
        self._talk.lines(undo_lines(None, run, [str(f.function) for f in plan.active]))
        if self._talk.agreed(short(run), "undo it"):
            self._carry_out(request, plan)

    def _allowed(self, run: str, allow: Refused) -> bool | None:
        """Whether to do what was refused; None for no undo."""
        self._talk.lines(again_lines(run, allow))
        choice = self._talk.choose("Undo it?", ("Allow that and undo", "Try without", "No"))
        if choice == 2:
            return None
        if choice == 1:
            return False
        return True if self._talk.agreed(allow.word, "allow that and undo") else None

    def _carry_out(self, request: UndoRequest, plan: Plan) -> None:
        from secretshift.workflow.undo import undo

        try:
            with self._talk.cancellable("Finishing the change in hand, then stopping.") as cancel:
                result = undo(self._services, request, self._talk.heard, cancel)
        except SecretshiftError as error:
            self._moving.stopped(error)
            return
        self._moving.outcome(replace(result, failures=hinted(result.failures)))
        allow = refused(plan, result.failures)
        if allow is None:
            return
        if (allow.rotated and not request.accept_rotated) or (
            allow.deleted and not request.restore_deleted
        ):
            self._undo(request.run, plan, allow)
