"""Plan: what a run would change, in full, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.widget import Widget

from secretshift.model.journeys import Consent
from secretshift.model.plans import Plan

from ..actions import PLAN, SCAN, WRITES, sentence_of
from ..gate import Safe, gate, joined
from ..keymap import bindings
from ..overlays.explain import Explain
from ..overlays.export import Export
from ..overlays.run_plan import RunPlan
from ..viewmodels import EMPTY, FrameView, RowView
from ..views import plan_words as words
from ..views.plan import PlanView, plan_view
from ..views.plan_explain import explain
from ..views.plan_reading import newest_reading, reading_rows
from ..views.plan_rows import COLUMNS, WIDE, About, Names, names_of
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .base import BaseScreen

LEGEND_FROM = 20
"""Lines of the window from which on the signs are explained in one of them."""


class PlanScreen(BaseScreen):
    """A tree: functions, or credentials, with their changes; then what lies behind the line."""

    NAME = "plan"
    FOOTER = ("open", "leave-out", "run", "stop", "group", "check", "write", "next-open")
    LABELS: ClassVar[Any] = {"check": "again"}
    FOCUS = "#plan"
    TOPICS = frozenset({"plan", "credentials", "runs"})
    BINDINGS: ClassVar[list[Any]] = bindings("open")
    DEFAULT_CSS = """
    PlanScreen #summary { text-style: bold; padding: 0 1; height: auto; }
    PlanScreen #attention { padding: 0 1; height: auto; }
    PlanScreen #legend { padding: 0 1; color: $ss-faint; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_credential = False
        self._view = PlanView((), {}, frozenset())
        self._drawn: tuple[object, ...] = ()
        self._seen: set[str] = set()
        self._planned_for: tuple[str, ...] = ()
        self._turned = ""
        self._followed = ""

    def middle(self) -> Iterable[Widget]:
        yield Text(id="summary")
        yield Text(id="attention")
        yield Text(words.LEGEND, id="legend")
        yield RowList(COLUMNS, wrap=True, id="plan")

    @property
    def _rows(self) -> RowList:
        return self.query_one("#plan", RowList)

    @property
    def _names(self) -> Names:
        return names_of(self.session.rows, self.session.report)

    @property
    def _busy(self) -> bool:
        return self.the_app.bridge.busy(PLAN)

    @property
    def _plan(self) -> Plan | None:
        """The plan that may be shown: none from before an error."""
        return self.session.plan if self.session.plan_error is None else None

    # Drawing

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.tell, self.TOPICS)

    def draw(self, topics: frozenset[str]) -> None:
        summary, attention = self._head()
        self.query_one("#summary", Text).show(summary)
        legend = self._plan is not None and self.size.height >= LEGEND_FROM
        together = self.size.width >= WIDE and bool(attention)
        if legend and together and not self._busy:
            attention = joined((attention, words.LEGEND), "     ")
        self.query_one("#attention", Text).show(attention)
        self.query_one("#attention").display = bool(attention)
        self.query_one("#legend").display = legend and not together
        self._draw_rows()

    def _head(self) -> tuple[Safe, Safe]:
        session = self.session
        if self._busy:
            made = session.plan is not None and session.plan_error is None
            first = Safe("The plan is made anew." if made else "The plan is being made.")
            if session.silent:
                return first, words.silent(session.silent.values())
            return first, words.reading(session.reading)
        if session.plan_error is not None:
            if session.plan_error.code == "interrupted":
                return Safe("Stopped: no plan was made. c reads again."), EMPTY
            return Safe("No plan could be made. c reads again."), sentence_of(session.plan_error)
        if session.plan is None:
            return words.NO_PLAN, EMPTY
        shown = self.the_app.keymap.shown("next-open")
        if not session.replaced:
            return words.summary(session.plan), words.attention(session.plan, shown)
        said = words.replaced_sentence(session.replaced)
        if session.plan.nothing_to_do:
            return words.nothing_left(session.plan), said
        return words.summary(session.plan), joined((words.attention(session.plan, shown), said))

    def _draw_rows(self) -> None:
        plan, session = self._plan, self.session
        if not self.is_mounted:
            return
        if plan is None and self._busy:
            # No row of theirs is about anything yet.
            self._drawn, self._view = (), PlanView((), {}, frozenset())
            self._rows.replace(reading_rows(session.closely))
            self._follow()
            return
        self._followed = ""
        width = self._rows.size.width or self.size.width
        left_out = frozenset(session.left_out)
        key = (plan, session.rows, session.report, left_out, self._by_credential, width)
        same = len(key) == len(self._drawn) and all(
            a is b or a == b for a, b in zip(key[3:], self._drawn[3:], strict=True)
        )
        if same and all(a is b for a, b in zip(key[:3], self._drawn[:3], strict=True)):
            return
        self._drawn = key
        if plan is None:
            self._view = PlanView((), {}, frozenset())
        else:
            self._view = plan_view(
                plan,
                names=self._names,
                left_out=left_out,
                by_credential=self._by_credential,
                width=width,
            )
        if session.planned_for != self._planned_for:
            # Another choice of credentials is another plan: nothing of the former is kept.
            self._planned_for = session.planned_for
            self._seen.clear()
            self._rows.forget()
        new = self._view.folded - self._seen
        self._seen |= {row.id for row in self._view.rows if row.foldable}
        self._rows.fold_many(new)
        self._rows.replace(self._view.rows)
        if self._turned and not self._busy:
            self._to_turned()

    def _follow(self) -> None:
        """The cursor goes along with what is read, until a person puts it on another row."""
        newest = newest_reading(self.session.closely)
        with_it = not self._followed or self._rows.cursor_id in (self._followed, newest)
        if newest and with_it and self._rows.move_to(newest):
            self._followed = newest

    def frame(self) -> FrameView:
        plan, app = self._plan, self.the_app
        back = Safe("Esc: Credentials. Nothing to undo.")
        if self._busy:
            return FrameView(
                Safe("Making a plan only reads: nothing is written to a cloud or a file."),
                EMPTY,
                back,
            )
        if plan is None:
            return FrameView(
                Safe("3 shows the credentials; Space marks, p makes a plan."), EMPTY, back
            )
        if plan.nothing_to_do:
            held = any(function.blocked for function in plan.functions)
            text = "What is blocked says why and what can be done (Enter). c reads again."
            done = "3 shows the credentials. c reads again."
            return FrameView(Safe(text if held else done), EMPTY, back)
        if app.read_only:
            return FrameView(
                Safe("Read-only: nothing can be run from here. w writes the plan to a file."),
                EMPTY,
                back,
            )
        return FrameView(
            Safe(
                "R runs it: each step is proved before the next and can be undone. Before R "
                "nothing is written, and nothing is rotated."
            ),
            EMPTY,
            back,
        )

    def can(self, action: str) -> bool:
        if action == "back":
            return True
        if action == "stop":
            return self._busy
        if action == "check":
            known = self.session.plan or self.session.plan_error or self.session.planned_for
            return bool(known) and not self.the_app.bridge.busy(PLAN, SCAN)
        if action == "run":
            return not self._why_not
        if self._plan is None:
            return False
        if action == "leave_out":
            return not self._busy and bool(self._leave)
        return True

    @property
    def _why_not(self) -> Safe:
        """Why R cannot start a run now; "" if it can."""
        app = self.the_app
        busy = app.bridge.busy(PLAN, *WRITES)
        return words.not_runnable(self._plan, read_only=app.read_only, busy=busy)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # R always answers, if only with what stands against it.
        return True if action == "run" else super().check_action(action, parameters)

    def label(self, name: str) -> str:
        if name == "leave-out" and self._leave in self.session.left_out:
            return "put back"
        if name == "group":
            return "by function" if self._by_credential else "by credential"
        return super().label(name)

    @property
    def _about(self) -> About | None:
        return self._view.about.get(self._rows.cursor_id)

    @property
    def _leave(self) -> str:
        about = self._about
        return about.leave if about is not None else ""

    @on(RowList.CursorMoved)
    def _moved(self) -> None:
        self.draw_keys()

    # Keys

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        about, plan = self._view.about.get(event.id), self._plan
        if about is None or plan is None:
            return
        found = explain(plan, about, self._names)
        if found is not None:
            self.the_app.push_sheet(Explain(found.title, found.lines, found.code))
        else:
            self._rows.toggle_fold()

    def action_open(self) -> None:
        """Where there is no row: to where plans are made."""
        self.the_app.goto("credentials")

    def action_why(self) -> None:
        self._rows.action_open()

    def action_next_open(self) -> None:
        self._to_open(1)

    def action_former_open(self) -> None:
        self._to_open(-1)

    def _to_open(self, step: int) -> None:
        """The next row that needs a person, also one in a folded part."""
        rows = self._view.rows
        at = next((n for n, row in enumerate(rows) if row.id == self._rows.cursor_id), 0)
        for offset in range(1, len(rows) + 1):
            row = rows[(at + step * offset) % len(rows)]
            if row.needs_person:
                self._unfold(row)
                self._rows.move_to(row.id)
                return
        self.the_app.say("Nothing here needs a person.")

    def _unfold(self, row: RowView) -> None:
        parents = {known.id: known for known in self._view.rows if known.foldable}
        above = parents.get(row.parent)
        while above is not None:
            self._rows.fold(above.id, False)
            above = parents.get(above.parent)

    def action_group(self) -> None:
        self._by_credential = not self._by_credential
        self._draw_rows()
        self.draw_keys()

    def action_check(self) -> None:
        self.the_app.acts.plan(anew=True)

    def action_stop(self) -> None:
        self.the_app.acts.stop()

    def action_leave_out(self) -> None:
        key = self._leave
        if not key or self._busy:
            return
        name = _named(key)
        out = key not in self.session.left_out
        self._turned = key
        self.the_app.acts.leave_out(key)
        text = "is left out and stays as it is. x puts it back." if out else "is put back."
        self.the_app.say(gate(f"{name} {text}"))

    def _to_turned(self) -> None:
        """To what was left out or put back last, so that x again takes that back and nothing
        else."""
        found = [row for row in self._view.rows if self._view.about[row.id].leave == self._turned]
        found.sort(key=lambda row: self._view.about[row.id].part != "left-out")
        self._turned = ""
        if found:
            self._unfold(found[0])
            self._rows.move_to(found[0].id)

    def action_write(self) -> None:
        plan = self._plan
        if plan is not None:
            text = partial(words.written, plan)
            self.the_app.push_sheet(Export(f"plan-{plan.id}.json", text, forms=words.FORMS))

    def action_run(self) -> None:
        plan, app = self._plan, self.the_app
        why = self._why_not
        if why or plan is None:
            app.say(why, "warning")
            return
        reasons = words.wide(plan, self.session.settings.tui.production)
        if not reasons and self.session.runs and not words.gains(plan):
            self._start(plan, Consent.REMOVE_PLAINTEXT)
            return
        sheet = RunPlan(
            gate(f"Run plan {words.short(plan)}"),
            words.sheet_lines(plan, reasons),
            word=words.short(plan) if reasons else EMPTY,
            keeps=words.removes(plan),
        )

        def answered(consent: Consent | None) -> None:
            if consent is not None:
                self._start(plan, consent)

        app.push_sheet(sheet, answered)

    def _start(self, plan: Plan, consent: Consent) -> None:
        self.the_app.acts.run(plan, consent)
        self.the_app.goto("run")


def _named(key: str) -> str:
    """``billing-api`` or ``STRIPE_KEY of billing-api``."""
    arn, _, variable = key.partition("|")
    name = arn.rsplit(":", 1)[-1]
    return f"{variable} of {name}" if variable else name
