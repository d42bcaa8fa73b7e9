"""What a person can do with the rows of Credentials: decide, plan, reveal, copy, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import CredentialId, Finding, FunctionLocation
from secretshift.model.secret_value import SecretValue
from secretshift.planning.edits import Edit
from secretshift.workflow.credentials import CredentialRow, Status

from ..actions import PLAN, SCAN
from ..gate import Safe, gate
from ..overlays.decide import LONGEST, Answer, Decide
from ..overlays.destination import Destination, Wish
from ..overlays.export import Export
from ..overlays.reveal import Reveal
from ..views import credentials as views
from ..views.credential_order import credential_of
from ..views.detail import few
from ..widgets.rowlist import RowList
from ..wording import listed
from .base import BaseScreen

IN_BROWSER = (
    "No value is shown in a browser: what it draws stays in its memory, and its extensions can "
    "read it. Open the interface in a terminal to look at one."
)
READ_ONLY = (
    "Read-only: no value is shown, since the journal would have to keep that it was. "
    "0 switches read-only off."
)
LOW = "such a value is never moved unattended, whatever is decided."


class CredentialActions(BaseScreen):
    """The keys that act on credentials."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: list[tuple[CredentialId, Edit | None] | None] = []
        """What u takes back: a destination as it was before, or None for a decision."""

    @property
    def rows(self) -> RowList:
        raise NotImplementedError

    @property
    def known(self) -> Mapping[str, CredentialRow]:
        """Every row by the credential's id."""
        raise NotImplementedError

    @property
    def cursor(self) -> CredentialRow | None:
        """The credential under the cursor."""
        raise NotImplementedError

    @property
    def finding(self) -> Finding | None:
        """The place that Context and Reveal are about."""
        raise NotImplementedError

    @property
    def live(self) -> bool:
        """The rows come from a scan that is at work."""
        raise NotImplementedError

    @property
    def open(self) -> bool:
        """The detail has the focus; in a narrow window it lies over the list."""
        raise NotImplementedError

    def chosen(self) -> list[CredentialRow]:
        """The marked ones; the one under the cursor where none is marked."""
        marked = [self.known[one] for one in self.session.marks if one in self.known]
        if marked:
            order = {one: at for at, one in enumerate(self.known)}
            return sorted(marked, key=lambda row: order[row.credential.id])
        return [self.cursor] if self.cursor is not None else []

    def planned_name(self, row: CredentialRow) -> str:
        """What the plan at hand calls the secret of this credential, "" without one."""
        plan = self.session.plan
        if plan is None:
            return ""
        names = [s.name for s in plan.secrets if s.credential == row.credential.id]
        return names[0] if names else ""

    # Plan

    def action_plan(self) -> None:
        self.plan_for(self.chosen())

    def plan_for(self, rows: Sequence[CredentialRow]) -> None:
        """Make a plan for these, and say what is not among it."""
        chosen = views.to_plan(rows, self.session.settings.plan.min_confidence)
        if chosen.said:
            self.the_app.say(chosen.said, "warning")
        if chosen.ids:
            self.the_app.acts.plan(chosen.ids)
            self.the_app.goto("plan")

    # Decide

    def action_decide(self) -> None:
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
        today = self.the_app.now().astimezone().date()
        sheet = Decide(what, today, lines=lines, before=before, problem=gate(problem))
        self.the_app.push_sheet(sheet, partial(self._decided, rows))

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
        self.the_app.acts.decide(ids, answer.choice, answer.reason, answer.until, failed)

    def action_take_back(self) -> None:
        last = self._changed.pop() if self._changed else None
        if last is None:
            self.the_app.acts.take_back()
            return
        credential, before = last
        self._edit(credential, before)
        self.the_app.say("The destination is as it was before.")

    # Destination

    def action_destination(self) -> None:
        row = self.cursor
        if row is None:
            return
        from secretshift.workflow.plan import check_name

        before = self.session.edits.get(row.credential.id)
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
            proposed=gate(self.planned_name(row), 200),
            siblings=[views.named(self.known[one]) for one in row.siblings if one in self.known],
            before=Wish(before.name, before.shape) if before is not None else None,
        )
        self.the_app.push_sheet(sheet, partial(self._wished, row.credential.id))

    def _wished(self, credential: CredentialId, wish: Wish | None) -> None:
        if wish is None:
            return
        before = self.session.edits.get(credential)
        after = Edit(credential, wish.name, wish.shape) if wish != Wish() else None
        if after == before:
            return
        self._changed.append((credential, before))
        self._edit(credential, after)
        self.the_app.say("Kept for the next plan (p). u takes it back.")

    def _edit(self, credential: CredentialId, edit: Edit | None) -> None:
        if edit is None:
            self.session.edits.pop(credential, None)
        else:
            self.session.edits[credential] = edit
        self.edited()

    def edited(self) -> None:
        """A destination changed: show it."""

    # Reveal, copy, write

    def action_reveal(self) -> None:
        row, finding = self.cursor, self.finding
        if row is None or finding is None:
            return
        if self.the_app.browser:
            self.the_app.say(IN_BROWSER, "warning")
            return
        if self.the_app.read_only:
            self.the_app.say(READ_ONLY, "warning")
            return
        seconds = self.session.settings.tui.reveal_seconds
        if seconds < 1:
            self.the_app.say("Showing values is switched off (tui.reveal_seconds).", "warning")
            return

        def read(
            came: Callable[[SecretValue], None], failed: Callable[[SecretshiftError], None]
        ) -> None:
            self.the_app.acts.reveal(finding, came, failed)

        sheet = Reveal(
            views.named(row),
            gate(views.place(finding.location), 200),
            gate(self.the_app.acts.who(), 80),
            seconds,
            read,
        )
        self.the_app.push_sheet(sheet)

    def action_copy(self) -> None:
        row = self.cursor
        if row is None:
            return
        self.app.copy_to_clipboard(self.copied(row))
        self.the_app.say("Copied, with the value masked.")

    def copied(self, row: CredentialRow) -> Safe:
        return views.masked_line(row)

    def action_write(self) -> None:
        """What is shown after the filter, as the command line writes it."""
        ids = dict.fromkeys(credential_of(view.id) for view in self.rows.shown)
        rows = [self.known[one] for one in ids if one]
        report = views.report_of(rows, self.session.report)
        self.the_app.push_sheet(
            Export(
                "secretshift-credentials.csv",
                partial(views.findings_text, report),
                forms=(".csv", ".json"),
                what=gate(views.kinds_of(rows), 300),
            )
        )

    # What is possible now

    def can(self, action: str) -> bool:
        if not self.is_mounted or action == "back":
            return True
        if action == "open":
            return self.opens
        if self.typing:
            return False
        session = self.session
        ready = session.services is not None
        row = self.cursor
        if action == "plan":
            return ready and bool(self.chosen_any) and not self.the_app.bridge.busy(SCAN, PLAN)
        if action == "decide":
            return ready and bool(self.chosen_any) and not self.live
        if action == "reveal":
            return ready and row is not None and row.status is not Status.MOVED
        if action in ("destination", "copy"):
            return row is not None
        if action == "take_back":
            return ready and bool(self.known)
        if action == "group":
            return bool(self.known) and not self.live
        if action in ("former_tab", "next_tab"):
            return row is not None and (self.wide or self.open)
        if action == "zoom":
            return self.wide
        if action == "why":
            return row is not None or session.report is not None
        return bool(self.known)

    @property
    def chosen_any(self) -> bool:
        return bool(self.session.marks) or self.cursor is not None

    @property
    def opens(self) -> bool:
        """Whether Enter does something."""
        return True

    @property
    def typing(self) -> bool:
        """Letters are text now."""
        return False

    @property
    def wide(self) -> bool:
        """There is room for list and detail."""
        return self.has_class("-wide")
