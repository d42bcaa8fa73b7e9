"""The same journey as plain lines and questions, for screen readers and plain terminals.

One fact a line, numbered choices, nothing is redrawn, no sign without its word. Progress is said
only when a count has changed and ten seconds have passed. Loads no Textual.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from secretshift.model.errors import ExitCode, SecretshiftError
from secretshift.model.findings import CredentialId
from secretshift.model.journeys import CancelToken, Consent, Event, Looking, Note, SourceFound, Step
from secretshift.model.plans import Plan
from secretshift.reports.lines import plain
from secretshift.reports.plan_text import plan_lines
from secretshift.reports.runs import run_lines
from secretshift.state.records import fold
from secretshift.workflow.services import Services, Sources

from .gate import Safe, gate
from .session import ENDED
from .views import proof as proof_views
from .views.run import STATES, short, undo_lines
from .wording import counted, day_and_clock

if TYPE_CHECKING:
    from secretshift.workflow.credentials import CredentialRow
    from secretshift.workflow.migrate import MigrateResult
    from secretshift.workflow.undo import UndoResult

PAUSE: Final = 10.0


class _Leave(Exception):
    """The person leaves, or nobody answers any more."""


def converse(
    services: Services,
    here: Path,
    source: TextIO,
    out: TextIO,
    clock: Callable[[], float] = time.monotonic,
) -> ExitCode:
    """Talk until the person leaves. Expected errors are said and lead back to the questions."""
    talk = Conversation(services, here, source, out, clock)
    try:
        talk.begin()
    except _Leave:
        talk.say("Left. What was done is in the journal: secretshift runs.")
    return ExitCode.DONE


class Conversation:
    """One talk. Everything said goes through the gate or is a sentence of ours."""

    def __init__(
        self,
        services: Services,
        here: Path,
        source: TextIO,
        out: TextIO,
        clock: Callable[[], float],
    ) -> None:
        self._services = services
        self._here = here
        self._source = source
        self._out = out
        self._clock = clock
        self._said_at = 0.0
        self._said = ""
        self._lock = threading.Lock()
        self._sources: Sources | None = None

    # Talking

    def say(self, text: Safe | str = "") -> None:
        with self._lock:
            self._out.write(f"{text}\n")
            self._out.flush()

    def lines(self, lines: Iterable[Safe | str]) -> None:
        for line in lines:
            self.say(line)

    def ask(self, question: str) -> str:
        """An answer without blanks around it. Raises _Leave at the end of input."""
        self.say(question)
        answer = self._source.readline()
        if not answer:
            raise _Leave
        return answer.strip()

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """The number of a choice, from 0. q leaves."""
        self.say(question)
        for number, choice in enumerate(choices, 1):
            self.say(f"{number}: {choice}")
        while True:
            answer = self.ask("Type a number, or q to leave.")
            if answer.casefold() == "q":
                raise _Leave
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return int(answer) - 1
            self.say(f"That is none of 1 to {len(choices)}.")

    def numbers(self, answer: str, most: int) -> list[int] | None:
        """Positions from 0; None where something else was typed."""
        if answer.casefold() in ("all", "a"):
            return list(range(most))
        words = answer.replace(",", " ").split()
        if not words or not all(w.isdecimal() and 1 <= int(w) <= most for w in words):
            return None
        return sorted({int(word) - 1 for word in words})

    # The way

    def begin(self) -> None:
        self.say("secretshift, linear mode. Nothing is changed before you confirm a plan.")
        while True:
            choice = self.choose(
                "What do you want to do?",
                (
                    "Look for credentials and move them",
                    "Former runs: look, go on, undo",
                    "Doctor: what works here and what is missing",
                ),
            )
            step = (self.find, self.former_runs, self.doctor)[choice]
            try:
                step()
            except SecretshiftError as error:
                self.complain(error)

    def complain(self, error: SecretshiftError) -> None:
        self.say(gate(f"Error: {error.what}."))
        if error.resource:
            self.say(gate(f"At: {error.resource}"))
        if error.hint:
            self.say(gate(f"Do: {error.hint}."))

    def find(self) -> None:
        from secretshift.workflow.credentials import overview
        from secretshift.workflow.scan import scan

        sources = self.where()
        if sources is None:
            return
        self._sources = sources
        with self.cancellable("Stopping. What was found is kept.") as cancel:
            result = scan(self._services, sources, self.heard, cancel)
        report = result.report
        for error in report.errors:
            self.say(gate(f"Not read: {error.source}: {error.what}. {error.hint}"))
        rows = [row for row in overview(self._services, report) if row.credential.findings]
        if not rows:
            self.say("No credential was found." + (" Not all was read." if report.errors else ""))
            return
        self.tell_rows(rows)
        chosen = self.which(rows)
        if chosen:
            self.plan(sources, [row.credential.id for row in chosen])

    def where(self) -> Sources | None:
        from secretshift.workflow.sources import discover

        self.say("Looking for places to look at. This only reads.")
        found = discover(self._services, self._here, self.heard, CancelToken())
        usable = [source for source in found if source.ready]
        for source in found:
            if not source.ready:
                why = f"{source.cannot}. {source.remedy}".strip(". ")
                self.say(gate(f"Cannot be read: {source.name}: {source.detail}. {why}"))
        if not usable:
            self.say("Nothing can be read from here. Log in to an account, or go to a repository.")
            return None
        for number, source in enumerate(usable, 1):
            self.say(gate(f"{number}: {source.kind} {source.name}: {source.detail}. {source.can}"))
        picked = None
        while picked is None:
            answer = self.ask("Which of them? Numbers, or all.")
            picked = self.numbers(answer, len(usable))
        chosen = [usable[at] for at in picked]
        logins = [source for source in chosen if source.kind == "aws"]
        profiles = tuple(source.profile or "" for source in logins)
        settings = self._services.settings
        return Sources(
            paths=tuple(source.path for source in chosen if source.path),
            aws=bool(logins),
            profiles=() if profiles == ("",) else profiles,
            regions=settings.aws.regions,
            all_regions=not settings.aws.regions,
            exclude_regions=settings.aws.exclude_regions,
            exclude_paths=settings.scan.exclude,
        )

    def tell_rows(self, rows: Sequence[CredentialRow]) -> None:
        self.say(f"{counted(len(rows), 'credential')} found.")
        for number, row in enumerate(rows, 1):
            one = row.credential
            where = str(one.findings[0].location)
            more = f" and {len(one.findings) - 1} more places" if len(one.findings) > 1 else ""
            self.say(
                gate(
                    f"{number}: {row.title}, {one.masked}, {where}{more}, "
                    f"confidence {one.confidence}, {row.status}",
                    limit=1000,
                )
            )

    def which(self, rows: Sequence[CredentialRow]) -> list[CredentialRow]:
        while True:
            answer = self.ask(
                "Which shall be planned? Numbers, or all; why and a number says more; b goes back."
            )
            if answer.casefold() == "b":
                return []
            word, _, rest = answer.partition(" ")
            if word.casefold() == "why":
                for at in self.numbers(rest, len(rows)) or ():
                    self.explain(rows[at])
                continue
            picked = self.numbers(answer, len(rows))
            if picked is not None:
                return [rows[at] for at in picked]

    def explain(self, row: CredentialRow) -> None:
        self.say(gate(f"{row.title}, {row.credential.id}."))
        for finding in row.credential.findings:
            reasons = ", ".join(finding.reasons)
            self.say(gate(f"At {finding.location}: {reasons}.", limit=1000))
        for name, text in (("Rotation", row.rotation), ("Better than storing", row.instead)):
            if text:
                self.say(gate(f"{name}: {text}"))

    def plan(self, sources: Sources, ids: Sequence[CredentialId]) -> None:
        from secretshift.workflow.plan import PlanRequest, plan

        request = PlanRequest(
            sources=sources,
            min_confidence=self._services.settings.plan.min_confidence,
            only=tuple(f"credential:{name}" for name in ids),
        )
        self.say("Planning. This only reads.")
        with self.cancellable("Stopping. Nothing was written.") as cancel:
            made = plan(self._services, request, self.heard, cancel).plan
        self.lines(plain(plan_lines(made)).splitlines())
        if made.nothing_to_do:
            self.say("Nothing can be moved by this plan. The reasons are above.")
            return
        if self._services.settings.tui.read_only:
            self.say("Read-only: the plan is not carried out.")
            return
        choice = self.choose(
            "What shall happen with this plan?",
            (
                "Carry it out; plaintext is removed after proof",
                "Carry it out, but keep the plaintext for now",
                "Nothing",
            ),
        )
        if choice == 2:
            return
        consent = Consent.SWITCH if choice == 1 else Consent.REMOVE_PLAINTEXT
        name = short(made.id)
        self.say(
            f"{counted(len(made.active), 'function')} will be changed. All of it can be undone."
        )
        if self.ask(f"Type {name} to run it, or anything else for no.") == name:
            self.run(made, consent)
        else:
            self.say("Not confirmed, so nothing was changed.")

    def run(self, plan: Plan, consent: Consent) -> None:
        from secretshift.workflow.migrate import MigrateRequest, migrate

        sources = self._sources
        settings = self._services.settings
        request = MigrateRequest(
            plan,
            consent,
            profiles=sources.profiles if sources else settings.aws.profiles,
            concurrency=settings.migrate.concurrency,
        )
        with self.cancellable("Finishing the change in hand, then stopping.") as cancel:
            result = migrate(self._services, request, self.heard, cancel)
        self.outcome(result)

    def outcome(self, result: MigrateResult | UndoResult) -> None:
        self.say(gate(f"Status: {result.status}."))
        for failure in result.failures:
            self.say(gate(f"Failed: {failure.target}: {failure.what}. {failure.hint}", limit=1000))
        if result.failures:
            self.say("Nothing is broken: what failed was left as it was and still answers.")
        if result.run:
            self.proof(result.run)

    def proof(self, run: str) -> None:
        from secretshift.workflow.proof import proof

        found = proof(self._services, run)
        self.say(proof_views.summary(found)[1])
        for row in proof_views.rows(found):
            self.say(" ".join(cell.text for cell in row.cells if cell.text))

    def former_runs(self) -> None:
        from secretshift.workflow.runs import runs, show

        found = runs(self._services)
        if not found:
            self.say("No runs in this workspace.")
            return
        labels = [
            gate(f"{r.id}, began {day_and_clock(r.started)}, {r.status}, {r.changes} changes")
            for r in found[:50]
        ]
        record = found[self.choose("Which run?", labels)]
        detail = show(self._services, record.id)
        choice = self.choose(
            gate(f"Run {record.id}."),
            ("Show everything", "What was proved and what is left", "Go on with it", "Undo it"),
        )
        if choice == 0:
            shown = run_lines(
                detail.record,
                detail.plan,
                fold(detail.entries),
                detail.entries,
                stopped=detail.stopped,
                in_plain=detail.in_plain,
            )
            self.lines(plain(shown).splitlines())
        elif choice == 1:
            self.proof(record.id)
        elif self._services.settings.tui.read_only:
            self.say("Read-only: nothing is changed.")
        elif choice == 2:
            self.go_on(record.id)
        else:
            self.undo(record.id, detail.plan)

    def go_on(self, run: str) -> None:
        from secretshift.workflow.migrate import resume

        name = short(run)
        if self.ask(f"Type {name} to go on with run {run}, or anything else for no.") != name:
            return
        with self.cancellable("Finishing the change in hand, then stopping.") as cancel:
            result = resume(self._services, run, Consent.REMOVE_PLAINTEXT, self.heard, cancel)
        self.outcome(result)

    def undo(self, run: str, plan: Plan) -> None:
        from secretshift.workflow.undo import UndoRequest, undo

        self.lines(undo_lines(None, run, [str(f.function) for f in plan.active]))
        name = short(run)
        if self.ask(f"Type {name} to undo it, or anything else for no.") != name:
            self.say("Not confirmed, so nothing was changed.")
            return
        with self.cancellable("Finishing the change in hand, then stopping.") as cancel:
            result = undo(self._services, UndoRequest(run), self.heard, cancel)
        self.outcome(result)

    def doctor(self) -> None:
        from secretshift.workflow.doctor import DoctorRequest, doctor

        sources = self._sources or Sources(paths=(str(self._here),))
        with self.cancellable("Stopping.") as cancel:
            result = doctor(self._services, DoctorRequest(sources), self.heard, cancel)
        for check in result.checks:
            self.say(gate(f"{check.group}: {check.title}: {check.state}. {check.text}", limit=1000))
            if check.hint and check.state != "ok":
                self.say(gate(f"Do: {check.hint}", limit=1000))

    # Events

    def heard(self, event: Event) -> None:
        """Any thread may call it."""
        if isinstance(event, Step):
            if event.state in ENDED:
                word = STATES.get(event.state, ("", "", event.state))[2]
                proved = f" Proved: {event.proof}." if event.proof else ""
                self.say(gate(f"{word.capitalize()}: {event.text}.{proved}", limit=1000))
        elif isinstance(event, Note):
            self.say(gate(event.text, limit=1000))
        elif isinstance(event, Looking | SourceFound):
            self._progress(gate(event.sentence))

    def _progress(self, sentence: Safe) -> None:
        now = self._clock()
        if sentence != self._said and now - self._said_at >= PAUSE:
            self._said, self._said_at = sentence, now
            self.say(sentence)

    @contextmanager
    def cancellable(self, sentence: str) -> Iterator[CancelToken]:
        """Ctrl-C asks to stop where nothing is half done."""
        token = CancelToken()
        if threading.current_thread() is not threading.main_thread():
            yield token
            return

        def asked(_number: int, _frame: object) -> None:
            token.cancel()
            # The lock may be held by the very line that was interrupted.
            self._out.write(f"\n{sentence}\n")

        former = signal.signal(signal.SIGINT, asked)
        self._said_at = self._clock()
        try:
            yield token
        finally:
            signal.signal(signal.SIGINT, former)
