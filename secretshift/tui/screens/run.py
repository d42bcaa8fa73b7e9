"""Run: every change with its live state, and the log below it. Undo and resume look the same."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from secretshift.model.journeys import Consent
from secretshift.model.plans import Plan

from ..gate import Safe
from ..overlays.confirm import Confirm
from ..overlays.explain import Explain
from ..overlays.run_plan import RunPlan
from ..overlays.undo_again import UndoAgain
from ..run_state import RunState
from ..viewmodels import FrameView
from ..views import run as views
from ..views.plan_words import removes
from ..views.refused import Refused
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .base import BaseScreen


class RunScreen(BaseScreen):
    """See the module."""

    NAME = "run"
    FOOTER = ("open", "stop", "run", "check", "undo", "follow", "filter", "next-pane", "why")
    LABELS: ClassVar[Any] = {
        "next-pane": "log",
        "why": "what happened",
        "run": "go on",
        "check": "plan again",
        "filter": "filter log",
    }
    FOCUS = "#changes"
    TOPICS = frozenset({"run"})
    BINDINGS: ClassVar[list[Any]] = [
        Binding("tab", "next_pane", "changes or log", show=False),
        Binding("shift+tab", "next_pane", "changes or log", show=False),
    ]
    DEFAULT_CSS = """
    RunScreen #headline { text-style: bold; padding: 0 1; height: auto; }
    RunScreen #outcome { padding: 0 1; height: auto; }
    RunScreen #changes { height: 2fr; }
    RunScreen #log { height: 1fr; border-top: solid $ss-faint; }
    RunScreen #search { display: none; height: 1; border: none; padding: 0 1; }
    RunScreen.-short #log { display: none; }
    RunScreen.-short.-log #log { display: block; border-top: none; }
    RunScreen.-short.-log #changes { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawn: RunState | None = None
        self._logged = 0
        self._following = True
        self._placed = ""

    def middle(self) -> Iterable[Widget]:
        yield Text(id="headline")
        yield Text(id="outcome")
        yield RowList(views.CHANGES, id="changes")
        yield Input(placeholder="filter the log", id="search", compact=True)
        yield RowList(views.LOG, id="log")

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        """Times go on although no event comes."""
        run = self.session.run
        if run is not None and not run.over and run.mode != "former" and self.is_current:
            now = self.the_app.clock()
            self.query_one("#headline", Text).show(views.headline(run, now))
            working = [s for s in run.steps.values() if s.state == "work"]
            self._changes.update_rows(views.step_row(run, step, now) for step in working)

    @property
    def _changes(self) -> RowList:
        return self.query_one("#changes", RowList)

    @property
    def _log(self) -> RowList:
        return self.query_one("#log", RowList)

    def draw(self, topics: frozenset[str]) -> None:
        run = self.session.run
        if run is None:
            said = Safe("No run yet. Make a plan: 3, then p, then R.")
            self.query_one("#headline", Text).show(said)
            self.query_one("#outcome", Text).show(Safe(""))
            self._changes.replace(())
            self._log.replace(())
            self._drawn = None
            return
        now = self.the_app.clock()
        if run is not self._drawn:
            self._drawn, self._logged = run, 0
            self._log.replace(())
            self._changes.replace(views.rows(run, now))
        else:
            self._changes.update_rows(views.rows(run, now))
        self._draw_log(run)
        self.query_one("#headline", Text).show(views.headline(run, now))
        token, sentence = views.outcome(run, acting=not self.the_app.read_only)
        outcome = self.query_one("#outcome", Text)
        outcome.show(Safe(f"{self.the_app.glyphs(token)} {sentence}"))
        if self._following and not run.over:
            self._follow(run)

    def _draw_log(self, run: RunState) -> None:
        new = min(run.logged - self._logged, len(run.log))
        if new <= 0:
            return
        lines = list(islice(run.log, len(run.log) - new, None))
        self._log.append(views.log_rows(lines, run.logged - new))
        self._logged = run.logged
        if self._following:
            self._log.action_last()

    def _follow(self, run: RunState) -> None:
        working = [step.key for step in run.steps.values() if step.state == "work"]
        if working:
            self._placed = working[0]
            self._changes.move_to(working[0])

    def frame(self) -> FrameView:
        run = self.session.run
        back = Safe("Esc: Plan. A run goes on.")
        if run is None:
            return FrameView(Safe("3 shows the credentials; p there makes a plan."), Safe(""), back)
        if not run.over and run.mode != "former":
            return FrameView(
                Safe(
                    "Each change is proved before the next one. No function is without its value "
                    "at any moment."
                ),
                Safe(""),
                back,
            )
        if run.mode == "former":
            return FrameView(
                Safe("Enter shows what was proved. U undoes this run."), Safe(""), Safe("8: Runs.")
            )
        return FrameView(
            Safe("Enter shows the proof and what is left for you to do."),
            Safe(""),
            Safe("Esc: Plan."),
        )

    def can(self, action: str) -> bool:
        run = self.session.run
        if action == "back":
            return True
        if run is None:
            return False
        live = not run.over and run.mode != "former"
        writes = not self.the_app.read_only and not self.the_app.bridge.busy("run", "undo")
        if action == "stop":
            return live and not run.stopping
        if action == "run":
            return writes and bool(run.run) and _unfinished(run)
        if action == "undo":
            return writes and bool(run.run) and not views.taken_back(run)
        if action == "check":
            busy = self.the_app.bridge.busy()
            return bool(self.session.planned_for and views.failures(run)) and not busy
        return True

    # Keys

    def action_next_pane(self) -> None:
        log = self._log
        if self.has_class("-short"):
            self.toggle_class("-log")
        target = self._changes if log.has_focus else log
        self.call_after_refresh(target.focus)

    def action_zoom(self) -> None:
        self.toggle_class("-log")

    def action_follow(self) -> None:
        self._following = not self._following
        self._placed = ""
        self.the_app.say("Following." if self._following else "Not following; f follows again.")

    def action_filter(self) -> None:
        if self.has_class("-short"):
            self.add_class("-log")
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    @on(Input.Changed, "#search")
    def _filtered(self, event: Input.Changed) -> None:
        self._log.filter(event.value)

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        self._log.focus()

    def action_back(self) -> None:
        search = self.query_one("#search", Input)
        if search.display:
            search.value = ""
            search.display = False
            self._changes.focus()
            return
        super().action_back()

    def action_next_open(self) -> None:
        self._changes.next_open(1)

    def action_former_open(self) -> None:
        self._changes.next_open(-1)

    @on(RowList.CursorMoved, "#changes")
    def _moved(self) -> None:
        """Who moves the cursor away from where following put it looks at something else."""
        if self._placed and self._changes.cursor_id != self._placed:
            self._following = False

    @on(RowList.Opened, "#changes")
    def _opened(self) -> None:
        run = self.session.run
        if run is not None and (run.over or run.mode == "former") and run.run:
            self.the_app.goto("proof")
            return
        self.action_why()

    def action_why(self) -> None:
        run = self.session.run
        if run is None:
            return
        step = run.steps.get(self._changes.cursor_id)
        if step is not None:
            self.the_app.push_screen(Explain("This change", views.step_lines(run, step)))
        elif views.failures(run):
            self.the_app.push_screen(
                Explain("What happened", views.failure_lines(views.failures(run)))
            )

    def action_stop(self) -> None:
        self.the_app.acts.stop()

    def action_run(self) -> None:
        """Go on with the run that is shown."""
        run = self.session.run
        if run is None or run.plan is None:
            return
        ask_resume(self, run.run, run.plan, keeps=run.keeps)

    def action_check(self) -> None:
        """Plan again what failed, from what is there now."""
        self.the_app.acts.plan(anew=True)
        self.the_app.goto("plan")

    def action_undo(self) -> None:
        run = self.session.run
        if run is not None:
            ask_undo(self, run.run, run)


def ask_resume(screen: BaseScreen, run_id: str, plan: Plan, *, keeps: bool) -> None:
    """The sheet before a run goes on. keeps: it began by keeping the plaintext, and Enter does
    not go further than that."""

    def answered(consent: Consent | None) -> None:
        if consent is not None:
            screen.the_app.acts.resume(run_id, plan, consent)
            screen.the_app.goto("run")

    sheet = RunPlan(
        Safe("Go on with a run"),
        views.resume_lines(run_id, keeps=keeps),
        word=views.short(run_id),
        keeps=removes(plan),
        asked="the end of the run's name, to go on",
        enter=Consent.SWITCH if keeps else Consent.REMOVE_PLAINTEXT,
    )
    screen.the_app.push_sheet(sheet, answered)


def ask_undo(screen: BaseScreen, run_id: str, run: RunState | None) -> None:
    """The undo sheet: says that the values lie in plain again, and asks for the run's name."""
    plan = run.plan if run is not None else None
    if plan is None:
        return
    allow = views.consent_for(run) if run is not None and run.run == run_id else None
    if allow is not None:
        _ask_again(screen, run_id, plan, allow)
        return
    functions = [str(function.function) for function in plan.active]

    def answered(yes: bool | None) -> None:
        if yes:
            screen.the_app.acts.undo(run_id, plan)
            screen.the_app.goto("run")

    lines = views.undo_lines(run, run_id, functions)
    screen.the_app.push_sheet(
        Confirm("Undo a run", lines, views.short(run_id), "undo it"), answered
    )


def _ask_again(screen: BaseScreen, run_id: str, plan: Plan, allow: Refused) -> None:
    """The sheet of an undo that was refused for want of consent."""

    def answered(allowed: bool | None) -> None:
        if allowed is None:
            return
        screen.the_app.acts.undo(
            run_id,
            plan,
            accept_rotated=allowed and allow.rotated,
            restore_deleted=allowed and allow.deleted,
        )
        screen.the_app.goto("run")

    lines = views.again_lines(run_id, allow)
    screen.the_app.push_sheet(UndoAgain(lines, views.short(run_id), allow.word), answered)


def _unfinished(run: RunState) -> bool:
    if run.mode == "undo":
        return False
    if run.error is not None:
        return True
    if run.result is not None:
        return run.result.interrupted or bool(run.result.failures)
    return run.mode == "former" and any(s.state in ("work", "failed") for s in run.steps.values())
