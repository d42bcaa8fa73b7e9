"""What a person can do with the rows of Credentials: decide, plan, reveal, copy, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import CredentialId, Finding, FunctionLocation
from secretshift.model.secret_value import SecretValue
from secretshift.planning.edits import Edit
from secretshift.reports.verification import question
from secretshift.workflow.credentials import CredentialRow, Status

from ..gate import Safe, gate
from ..overlays.confirm import Confirm
from ..overlays.decide import LONGEST, Answer, Decide
from ..overlays.destination import Destination, Wish
from ..overlays.export import Export
from ..overlays.reveal import Reveal
from ..views import credentials as views
from ..views.credential_order import credential_of
from ..views.detail import few
from ..widgets.rowlist import RowList
from ..wording import listed

if TYPE_CHECKING:
    from secretshift.workflow.services import Verifier
    from secretshift.workflow.verify import VerifyPlan

    from ..app import SecretshiftApp
    from ..session import Session

IN_BROWSER = (
    "No value is shown in a browser: what it draws stays in its memory, and its extensions can "
    "read it. Open the interface in a terminal to look at one."
)
READ_ONLY = (
    "Read-only: no value is shown, since the journal would have to keep that it was. "
    "0 switches read-only off."
)
MADE_UP = "The values of the demo are made up: nobody gave them out."
NOT_SENT = "Read-only: no value is sent to anybody. 0 switches read-only off."
LOW = "such a value is never moved unattended, whatever is decided."


class Listing(Protocol):
    """The list that they act on.

    known: every row by the credential's id; cursor: the credential under the cursor; finding: the
    place that Reveal is about.
    """

    @property
    def the_app(self) -> SecretshiftApp: ...
    @property
    def session(self) -> Session: ...
    @property
    def rows(self) -> RowList: ...
    @property
    def known(self) -> Mapping[str, CredentialRow]: ...
    @property
    def cursor(self) -> CredentialRow | None: ...
    @property
    def finding(self) -> Finding | None: ...


class CredentialActions:
    """What the keys do that act on credentials. edited: called when a destination changed."""

    def __init__(self, at: Listing, edited: Callable[[], None]) -> None:
        self._at, self._edited = at, edited
        self._changed: list[tuple[CredentialId, Edit | None] | None] = []
        """What u takes back: a destination as it was before, or None for a decision."""

    def chosen(self) -> list[CredentialRow]:
        """The marked ones; the one under the cursor where none is marked."""
        marked = [self._at.known[one] for one in self._at.session.marks if one in self._at.known]
        if marked:
            order = {one: at for at, one in enumerate(self._at.known)}
            return sorted(marked, key=lambda row: order[row.credential.id])
        row = self._at.cursor
        return [row] if row is not None else []

    # Plan

    def plan(self) -> None:
        self.plan_for(self.chosen())

    def plan_for(self, rows: Sequence[CredentialRow]) -> None:
        """Make a plan for these, and say what is not among it."""
        chosen = views.to_plan(rows, self._at.session.settings.plan.min_confidence)
        if chosen.said:
            self._at.the_app.say(chosen.said, "warning")
        if chosen.ids:
            self._at.the_app.acts.plan(chosen.ids)
            self._at.the_app.goto("plan")

    # Decide

    def decide(self) -> None:
        self._ask_decision(self.chosen())

    def _ask_decision(
        self, rows: Sequence[CredentialRow], before: Answer | None = None, problem: str = ""
    ) -> None:
        if not rows:
            return
        lines = []
        if before is None and len(rows) == 1 and rows[0].decision is not None:
            made = rows[0].decision
            before = Answer(made.choice, gate(made.reason, LONGEST), made.until)
            lines.append(gate(views.decision_words(rows[0]), 700))
        low = sum(1 for row in rows if row.status is Status.LOOK)
        if low:
            verb = "is" if low == 1 else "are"
            many = f"{low:,} of them {verb} of low" if len(rows) > 1 else "Low"
            lines.append(Safe(f"{many} confidence: {LOW}"))
        what = views.named(rows[0]) if len(rows) == 1 else gate(views.kinds_of(rows), 300)
        today = self._at.the_app.now().astimezone().date()
        sheet = Decide(what, today, lines=lines, before=before, problem=gate(problem))
        self._at.the_app.push_sheet(sheet, partial(self._decided, rows))

    def _decided(self, rows: Sequence[CredentialRow], answer: Answer | None) -> None:
        if answer is None:
            return

        def failed(error: SecretshiftError) -> None:
            """Nothing that was typed is lost, but for a reason that holds a value."""
            kept = Answer(
                answer.choice,
                "" if error.code == "value-in-reason" else answer.reason,
                answer.until,
            )
            self._changed.remove(None)
            self._ask_decision(rows, kept, f"Not decided: {error.what}.")

        self._changed.append(None)
        ids = [row.credential.id for row in rows]
        self._at.the_app.acts.decide(ids, answer.choice, answer.reason, answer.until, failed)

    def take_back(self) -> None:
        last = self._changed.pop() if self._changed else None
        if last is None:
            self._at.the_app.acts.take_back()
            return
        credential, before = last
        self._edit(credential, before)
        self._at.the_app.say("The destination is as it was before.")

    # Destination

    def destination(self) -> None:
        row = self._at.cursor
        if row is None:
            return
        from secretshift.workflow.plan import check_name

        known = self._at.known
        before = self._at.session.edits.get(row.credential.id)
        places = dict.fromkeys(
            f"{at.region} of {at.account}"
            for at in (f.location for f in row.credential.findings)
            if isinstance(at, FunctionLocation)
        )
        where = listed(few(list(places))) if places else "the region that a plan is asked for"
        sheet = Destination(
            views.named(row),
            gate(f"AWS Secrets Manager in {where}", 300),
            check_name,
            proposed=gate(views.planned_name(self._at.session.plan, row), 200),
            siblings=[views.named(known[one]) for one in row.siblings if one in known],
            before=Wish(before.name, before.shape) if before is not None else None,
        )
        self._at.the_app.push_sheet(sheet, partial(self._wished, row.credential.id))

    def _wished(self, credential: CredentialId, wish: Wish | None) -> None:
        if wish is None:
            return
        before = self._at.session.edits.get(credential)
        after = Edit(credential, wish.name, wish.shape) if wish != Wish() else None
        if after == before:
            return
        self._changed.append((credential, before))
        self._edit(credential, after)
        self._at.the_app.say("Kept for the next plan (p). u takes it back.")

    def _edit(self, credential: CredentialId, edit: Edit | None) -> None:
        if edit is None:
            self._at.session.edits.pop(credential, None)
        else:
            self._at.session.edits[credential] = edit
        self._edited()

    # Reveal, copy, write

    def reveal(self) -> None:
        row, finding = self._at.cursor, self._at.finding
        if row is None or finding is None:
            return
        if self._at.the_app.browser:
            self._at.the_app.say(IN_BROWSER, "warning")
            return
        if self._at.the_app.read_only:
            self._at.the_app.say(READ_ONLY, "warning")
            return
        seconds = self._at.session.settings.tui.reveal_seconds
        if seconds < 1:
            self._at.the_app.say("Showing values is switched off (tui.reveal_seconds).", "warning")
            return

        def read(
            came: Callable[[SecretValue], None], failed: Callable[[SecretshiftError], None]
        ) -> None:
            self._at.the_app.acts.reveal(finding, came, failed)

        sheet = Reveal(
            views.named(row),
            gate(views.place(finding.location), 200),
            gate(self._at.the_app.acts.who(), 80),
            seconds,
            read,
        )
        self._at.the_app.push_sheet(sheet)

    def ask(self) -> None:
        """Whether the chosen ones still work: first whom that would ask."""
        app = self._at.the_app
        findings = [
            finding
            for row in self.chosen()
            if row.status is not Status.MOVED
            for finding in row.credential.findings
        ]
        if app.demo or app.read_only:
            app.say(MADE_UP if app.demo else NOT_SENT, "warning")
        elif findings:
            app.acts.issuers(findings, self._whom, self._not_known)

    def _whom(self, found: tuple[VerifyPlan, Verifier]) -> None:
        plan, verifier = found
        if not plan.questions:
            reasons = dict.fromkeys(one.reason for one in plan.not_checked.values())
            self._at.the_app.say(gate(f"Nobody is asked: {'; '.join(reasons)}."), "warning")
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._at.the_app.acts.ask_issuers(plan, verifier)

        lines = [gate(line, 400) for line in question(plan.groups, len(plan.not_checked))]
        self._at.the_app.push_sheet(
            Confirm("Ask the issuers", lines, Safe("send"), "send"), answered
        )

    def _not_known(self, error: SecretshiftError) -> None:
        self._at.the_app.say(gate(f"Nobody is asked: {error.what}."), "warning")

    def copy(self, place: Safe | None) -> None:
        """place: of the detail, to copy in place of the row."""
        row = self._at.cursor
        if row is None:
            return
        self._at.the_app.copy_to_clipboard(place or views.masked_line(row))
        self._at.the_app.say("Copied, with the value masked.")

    def write(self) -> None:
        """What is shown after the filter, as the command line writes it."""
        ids = dict.fromkeys(credential_of(view.id) for view in self._at.rows.shown)
        rows = [self._at.known[one] for one in ids if one]
        from secretshift.reports.findings_text import SUFFIXES, findings_text

        report = views.report_of(rows, self._at.session.report)
        today = self._at.the_app.now().astimezone().date()
        decided = {
            row.credential.id: row.decision
            for row in rows
            if row.decision is not None and row.decision.in_force(today)
        }
        kinds, here = self._at.the_app.acts.kinds(), self._at.session.here

        def text(suffix: str) -> str:
            return findings_text(report, SUFFIXES[suffix], kinds, here, decided)

        self._at.the_app.push_sheet(
            Export(
                "secretshift-credentials.csv",
                text,
                forms=tuple(SUFFIXES),
                what=gate(views.kinds_of(rows), 300),
            )
        )
