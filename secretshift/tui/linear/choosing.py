"""What was found, what each is, and what is to happen to it."""

from __future__ import annotations

from collections.abc import Sequence

from secretshift.model.decisions import Choice
from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import CredentialId, HistoryLocation, ScanReport
from secretshift.planning.edits import Edit
from secretshift.reports.exposure import exposure_words
from secretshift.workflow.credentials import CredentialRow
from secretshift.workflow.services import Services, Sources

from ..gate import gate
from ..views.proof import not_searched_words
from ..wording import counted, day_and_clock
from .moving import Moving
from .talk import Talk

CHOICES = (
    (Choice.MOVE, "It is moved with the next plan"),
    (Choice.ACCEPTED, "It stays where it is, for good or until a day"),
    (Choice.FALSE_POSITIVE, "It is no credential"),
    (Choice.REFUSED, "Whoever gave it out refuses it already"),
    (None, "The decision about it is taken back"),
)
NO_VALUE = (
    "No value is said in linear mode: a screen reader may speak it and keep it. "
    "secretshift reveal shows one."
)


class Choosing:
    """The list of credentials, by number."""

    def __init__(self, talk: Talk, services: Services, moving: Moving) -> None:
        self._talk, self._services, self._moving = talk, services, moving
        self._edits: dict[CredentialId, Edit] = {}

    def scan(self, sources: Sources) -> None:
        from secretshift.workflow.scan import scan

        with self._talk.cancellable("Stopping. What was found is kept.") as cancel:
            result = scan(self._services, sources, self._talk.heard, cancel)
        if result.interrupted:
            self._talk.say("Stopped on request, so not all was read.")
        self.report(sources, result.report)

    def report(self, sources: Sources, report: ScanReport) -> None:
        talk = self._talk
        for error in report.errors:
            talk.say(gate(f"Not read: {error.source}: {error.what}. {error.hint}"))
        for sentence in not_searched_words(report.not_searched):
            talk.say(sentence)
        rows = self._rows(report)
        if not rows:
            talk.say("No credential was found." + (" Not all was read." if report.errors else ""))
            return
        self._tell(rows)
        choices = (
            "Plan some of them; a plan changes nothing",
            "Say more about one: where, why, around it, its history",
            "Decide about some, with a reason",
            "Name and shape of the secret for one",
            "Take the last decision back",
            "Say the list again",
            "Back",
        )
        while True:
            at = talk.choose("What shall happen with the credentials?", choices)
            if at == len(choices) - 1:
                return
            try:
                self._step(at, sources, report)
            except SecretshiftError as error:
                talk.complain(error)

    def _step(self, at: int, sources: Sources, report: ScanReport) -> None:
        rows = self._rows(report)
        if at == 0:
            chosen = [rows[n] for n in self._talk.pick("Which shall be planned?", len(rows))]
            if chosen:
                ids = [row.credential.id for row in chosen]
                edits = [self._edits[i] for i in ids if i in self._edits]
                self._moving.plan(sources, ids, edits, report.findings)
        elif at == 1:
            for number in self._talk.pick("Which ones?", len(rows)):
                self._explain(rows[number])
            self._talk.say(NO_VALUE)
        elif at == 2:
            self._decide(rows)
        elif at == 3:
            self._name(rows)
        elif at == 4:
            self._take_back()
        else:
            self._tell(rows)

    def _rows(self, report: ScanReport) -> list[CredentialRow]:
        from secretshift.workflow.credentials import overview

        return [row for row in overview(self._services, report) if row.credential.findings]

    def _tell(self, rows: Sequence[CredentialRow]) -> None:
        self._talk.say(f"{counted(len(rows), 'credential')} found.")
        for number, row in enumerate(rows, 1):
            one = row.credential
            where = str(one.findings[0].location)
            more = len(one.findings) - 1
            others = f" and {counted(more, 'more place')}" if more else ""
            decided = f", decided: {row.decision.reason}" if row.decision is not None else ""
            self._talk.say(
                gate(
                    f"{number}: {row.title}, {one.masked}, {where}{others}, "
                    f"confidence {one.confidence}, {row.status}{decided}",
                    limit=1000,
                )
            )

    def _explain(self, row: CredentialRow) -> None:
        from secretshift.workflow.context import context
        from secretshift.workflow.moments import moments

        talk = self._talk
        talk.say(gate(f"{row.title}, {row.credential.id}."))
        for finding in row.credential.findings:
            reasons = ", ".join(finding.reasons)
            talk.say(gate(f"At {finding.location}: {reasons}.", limit=1000))
            if isinstance(finding.location, HistoryLocation):
                past = exposure_words(finding.location)
                talk.say(gate(f"That is git history: {past}.", limit=1000))
        for name, text in (
            ("Whether it still works", row.verification.sentence if row.verification else ""),
            ("Rotation", row.rotation),
            ("Revoke at", row.revoke_url),
            ("Better than storing", row.instead),
        ):
            if text:
                talk.say(gate(f"{name}: {text}"))
        for moment in moments(self._services, row.credential.id):
            talk.say(gate(f"{day_and_clock(moment.time)}: {moment.text}", limit=1000))
        place = row.credential.findings[0].location
        talk.say(gate(f"Around {place}, every value masked:"))
        try:
            for line in context(self._services, place):
                here = "here: " if line.here else ""
                talk.say(gate(f"line {line.number}: {here}{line.text}", limit=1000))
        except SecretshiftError as error:
            talk.complain(error)

    def _decide(self, rows: Sequence[CredentialRow]) -> None:
        from secretshift.workflow.decisions import DecideRequest, decide

        talk = self._talk
        chosen = [rows[at] for at in talk.pick("About which ones?", len(rows))]
        if not chosen:
            return
        choice, _ = CHOICES[talk.choose("What is decided?", [text for _, text in CHOICES])]
        reason = until = ""
        if choice is not None:
            reason = talk.ask("Why? One line, without any value.")
        if choice is Choice.ACCEPTED:
            until = talk.ask("Until which day, as in 2026-12-31? Nothing is for good.")
        ids = tuple(row.credential.id for row in chosen)
        decide(self._services, DecideRequest(ids, choice, reason, until))
        talk.say(f"Decided for {counted(len(ids), 'credential')}. It can be taken back.")

    def _take_back(self) -> None:
        from secretshift.workflow.decisions import take_back_last

        ids = take_back_last(self._services)
        said = f"Taken back for {counted(len(ids), 'credential')}." if ids else "No decision yet."
        self._talk.say(said)

    def _name(self, rows: Sequence[CredentialRow]) -> None:
        from secretshift.workflow.plan import check_name

        talk = self._talk
        for at in talk.pick("For which ones?", len(rows)):
            row = rows[at]
            name = talk.ask(gate(f"Name for {row.title}? Nothing for the one the plan proposes."))
            problem = check_name(name) if name else ""
            if problem:
                talk.say(gate(f"Not kept: {problem}"))
                continue
            shapes = (
                "As it is best for its kind",
                "This value alone, as text",
                "An object with what belongs to it",
            )
            shape = ("", "plain", "json")[talk.choose("In which shape?", shapes)]
            self._edits[row.credential.id] = Edit(row.credential.id, name, shape)
            talk.say("Kept for the next plan. Nothing is made before a plan is carried out.")
