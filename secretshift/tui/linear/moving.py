"""A plan in words, its run, and what was proved."""

from __future__ import annotations

from collections.abc import Sequence

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import CredentialId, Finding
from secretshift.model.journeys import Consent
from secretshift.model.plans import Plan
from secretshift.planning.edits import Edit
from secretshift.reports.lines import plain
from secretshift.reports.plan_text import plan_lines
from secretshift.workflow.chosen import places_of, replaced
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.plan import PlanResult
from secretshift.workflow.services import Services, Sources
from secretshift.workflow.undo import UndoResult

from ..gate import gate
from ..views import proof as proof_views
from ..views.plan_words import gains, replaced_words
from ..views.run import short
from ..wording import counted
from .talk import Talk

GO_ON = "What was done is in the journal. Former runs, in the first menu, goes on or undoes it."


class Moving:
    """From a choice to the proof."""

    def __init__(self, talk: Talk, services: Services) -> None:
        self._talk, self._services = talk, services

    def plan(
        self,
        sources: Sources,
        ids: Sequence[CredentialId],
        edits: Sequence[Edit] = (),
        found: Sequence[Finding] = (),
    ) -> None:
        """found: those of the scan from which a person chose."""
        talk, places = self._talk, places_of(ids, found, {})
        left_out: set[str] = set()
        named: dict[str, str] = {}
        while True:
            result = self._made(sources, ids, edits, left_out)
            made = result.plan
            named |= {f.function.arn: str(f.function) for f in made.active}
            talk.lines(plain(plan_lines(made)).splitlines())
            if others := replaced(places, result.scanned):
                talk.say(replaced_words(others))
            if made.nothing_to_do and not left_out:
                talk.say("Nothing can be moved by this plan. The reasons are above.")
                return
            if self._services.settings.tui.read_only:
                talk.say("Read-only: the plan is not carried out.")
                return
            choice = talk.choose(
                "What shall happen with this plan?",
                (
                    "Carry it out; plaintext is removed after proof",
                    "Carry it out, but keep the plaintext for now",
                    "Leave a function out, or put it back, and plan again",
                    "Nothing",
                ),
            )
            if choice == 2:
                self._leave_out(named, left_out)
                continue
            if choice < 2 and not made.nothing_to_do:
                consent = Consent.SWITCH if choice == 1 else Consent.REMOVE_PLAINTEXT
                self._confirm(made, consent, sources.profiles)
            elif choice < 2:
                talk.say("Nothing is left in this plan, so nothing was changed.")
            return

    def _made(
        self,
        sources: Sources,
        ids: Sequence[CredentialId],
        edits: Sequence[Edit],
        left_out: set[str],
    ) -> PlanResult:
        from secretshift.workflow.plan import PlanRequest, plan

        request = PlanRequest(
            sources=sources,
            min_confidence=self._services.settings.plan.min_confidence,
            only=tuple(f"credential:{name}" for name in ids),
            edits=tuple(edits),
            left_out=tuple(sorted(left_out)),
        )
        self._talk.say("Planning. This only reads.")
        with self._talk.cancellable("Stopping. Nothing was written.") as cancel:
            return plan(self._services, request, self._talk.heard, cancel)

    def _leave_out(self, named: dict[str, str], left_out: set[str]) -> None:
        arns = list(named)
        for number, arn in enumerate(arns, 1):
            state = "left out" if arn in left_out else "in the plan"
            self._talk.say(gate(f"{number}: {named[arn]}: {state}"))
        for at in self._talk.pick("Which of them change?", len(arns)):
            left_out ^= {arns[at]}

    def _confirm(self, plan: Plan, consent: Consent, profiles: tuple[str, ...]) -> None:
        many = counted(len(plan.active), "function")
        self._talk.say(f"{many} will be changed. All of it can be undone.")
        self._talk.lines(gate(sentence, limit=1000) for sentence in gains(plan))
        if self._talk.agreed(short(plan.id), "run it"):
            self._run(plan, consent, profiles)

    def _run(self, plan: Plan, consent: Consent, profiles: tuple[str, ...]) -> None:
        from secretshift.workflow.migrate import MigrateRequest, migrate

        concurrency = self._services.settings.migrate.concurrency
        request = MigrateRequest(plan, consent, profiles=profiles, concurrency=concurrency)
        try:
            with self._talk.cancellable("Finishing the change in hand, then stopping.") as cancel:
                result = migrate(self._services, request, self._talk.heard, cancel)
        except SecretshiftError as error:
            self.stopped(error)
        else:
            self.outcome(result)

    def stopped(self, error: SecretshiftError) -> None:
        """The run ended by an error: nothing is lost, and where it goes on."""
        self._talk.complain(error)
        self._talk.say("Every function still answers with what it has.")
        self._talk.say(GO_ON)

    def outcome(self, result: MigrateResult | UndoResult) -> None:
        talk = self._talk
        talk.say(gate(f"Status: {result.status}."))
        for failure in result.failures:
            talk.say(gate(f"Failed: {failure.target}: {failure.what}. {failure.hint}", limit=1000))
        if result.failures:
            talk.say("Nothing is broken: what failed was left as it was and still answers.")
        if result.interrupted:
            talk.say("Stopped on request. Nothing is half done.")
            talk.say(GO_ON)
        if result.run:
            self.proof(result.run)

    def proof(self, run: str) -> None:
        """What was proved, and what is left for a person, who may say that it is done."""
        from secretshift.workflow.proof import proof, tick

        talk = self._talk
        found = proof(self._services, run)
        talk.say(proof_views.summary(found)[1])
        for function in found.functions:
            talk.say(proof_views.function_words(function))
        for sentence in proof_views.not_searched_words(found.not_searched):
            talk.say(sentence)
        if not found.todo:
            return
        talk.say(f"{counted(len(found.todo), 'thing')} for you to do:")
        for number, todo in enumerate(found.todo, 1):
            state = "done" if todo.done else "open"
            talk.say(gate(f"{number}, {state}: {todo.text} {todo.hint}".rstrip(), limit=1000))
        for at in talk.pick("Which of them have you done, or not after all?", len(found.todo)):
            todo = found.todo[at]
            tick(self._services, run, todo.id, done=not todo.done)
            talk.say(gate(f"Kept as {'open' if todo.done else 'done'}: {todo.text}"))
