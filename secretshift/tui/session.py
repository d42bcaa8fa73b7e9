"""What the interface knows at this moment: one object for all screens, no widget and no thread.

Only the screen's own thread touches it. Values are in ``scanned`` alone, whose snapshots planning
reads; nothing of it is drawn.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import CredentialId, Finding, ScanReport, SourceError
from secretshift.model.journeys import (
    Event,
    Found,
    Looking,
    NoAnswer,
    Note,
    NotRead,
    Reading,
    SourceFound,
    Step,
)
from secretshift.model.sources import FoundSource

if TYPE_CHECKING:
    from secretshift.execution.run import Failure
    from secretshift.execution.steps import PlannedStep
    from secretshift.model.plans import Plan
    from secretshift.settings import Settings
    from secretshift.state.records import RunRecord
    from secretshift.workflow.chosen import Places, Replaced
    from secretshift.workflow.credentials import CredentialRow
    from secretshift.workflow.doctor import Check
    from secretshift.workflow.migrate import MigrateResult
    from secretshift.workflow.plan import Edit
    from secretshift.workflow.proof import ProofResult
    from secretshift.workflow.scan import ScanResult
    from secretshift.workflow.services import Services, Sources
    from secretshift.workflow.undo import UndoResult

LOG_LINES = 10_000
ENDED = frozenset({"done", "failed", "skipped", "undone", "kept"})


@dataclass(slots=True)
class StepState:
    """How far one change is. began, ended: the clock's seconds."""

    key: str
    change: str
    target: str
    text: str
    state: str = "wait"
    proof: str = ""
    began: float = 0.0
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class LogLine:
    time: datetime
    who: str
    text: str
    level: str = "info"


@dataclass(slots=True)
class RunState:
    """A run, a resume or an undo at work, or looked at afterwards. mode: one of those words.

    steps: every change by key, planned ones first; plan: what is carried out; logged: lines that
    ever came to the log, which keeps the newest; held: changes that were in force when it began,
    by key; already: how many steps were done by then; silent: what does not answer, by its name;
    not_undone: what a former undo of it left, and why; keeps: it began by keeping the plaintext.
    """

    mode: str
    plan: Plan | None = None
    run: str = ""
    steps: dict[str, StepState] = field(default_factory=dict)
    log: deque[LogLine] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    logged: int = 0
    began: float = 0.0
    ended: float = 0.0
    stopping: bool = False
    result: MigrateResult | UndoResult | None = None
    error: SecretshiftError | None = None
    undo_of_steps: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    already: int = 0
    silent: dict[str, NoAnswer] = field(default_factory=dict)
    not_undone: tuple[Failure, ...] = ()
    keeps: bool = False

    @property
    def over(self) -> bool:
        return self.result is not None or self.error is not None

    @property
    def done(self) -> int:
        return sum(1 for step in self.steps.values() if step.state in ENDED)

    def in_force(self) -> dict[str, str]:
        """Key -> change, of all that is made and not taken back."""
        found = dict(self.held)
        for step in self.steps.values():
            if step.state == "undone":
                found.pop(step.key, None)
            elif step.state == "done":
                found[step.key] = step.change
        return found

    def counts(self) -> dict[str, int]:
        """Change -> how many of it are in force."""
        return dict(Counter(self.in_force().values()))

    def goes_on(self, before: RunState) -> None:
        """What the same run had done when it was left, here or in its journal."""
        self.held = before.in_force()
        for key, step in before.steps.items():
            if key in self.steps and step.state == "done":
                self.steps[key] = replace(step, text=self.steps[key].text)
        self.already = self.done

    def take(self, step: Step, at: float, now: datetime) -> None:
        """A change moved on."""
        key = step.key or f"{step.change}:{step.target}"
        state = self.steps.get(key)
        if state is None:
            state = self.steps[key] = StepState(key, step.change, step.target, step.text)
        if step.state == "started":
            state.state, state.began, state.ended = "work", at, 0.0
        else:
            state.state = step.state
            state.ended = at
            state.began = state.began or at
        state.proof = step.proof or state.proof
        if step.state == "failed":
            state.proof = step.text
        self.note(LogLine(now, step.target, step.text, step.state))

    def hear(self, silence: NoAnswer, now: datetime) -> None:
        """A cloud is silent or answers again; the log has the beginning and the end."""
        level = "warning" if silence.state == "waiting" else "info"
        if level == "info" or silence.where not in self.silent:
            self.note(LogLine(now, silence.where, silence.sentence, level))
        keep(self.silent, silence)

    def note(self, line: LogLine) -> None:
        self.log.append(line)
        self.logged += 1


def keep(silent: dict[str, NoAnswer], silence: NoAnswer) -> None:
    """Only what is waited for."""
    if silence.state == "waiting":
        silent[silence.where] = silence
    else:
        silent.pop(silence.where, None)


@dataclass(slots=True)
class Session:
    """See the module. closely: function that a plan reads -> state and reason of its Reading."""

    here: Path
    settings: Settings
    services: Services | None = None
    problem: SecretshiftError | None = None
    sources: dict[str, FoundSource] = field(default_factory=dict)
    chosen: set[str] = field(default_factory=set)
    every_region: bool | None = None
    looked: bool = False
    asked: Sources | None = None
    scanned: ScanResult | None = None
    report: ScanReport | None = None
    scanned_at: datetime | None = None
    live: list[Finding] = field(default_factory=list)
    not_read: list[SourceError] = field(default_factory=list)
    progress: dict[str, Looking] = field(default_factory=dict)
    reading: dict[str, Looking] = field(default_factory=dict)
    closely: dict[str, tuple[str, str]] = field(default_factory=dict)
    silent: dict[str, NoAnswer] = field(default_factory=dict)
    scan_error: SecretshiftError | None = None
    rows: tuple[CredentialRow, ...] = ()
    listed: ScanReport | None = None
    marks: set[str] = field(default_factory=set)
    edits: dict[CredentialId, Edit] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    plan: Plan | None = None
    planned_for: tuple[str, ...] = ()
    planned_places: Places = field(default_factory=dict)
    replaced: tuple[Replaced, ...] = ()
    plan_error: SecretshiftError | None = None
    run: RunState | None = None
    proof: ProofResult | None = None
    runs: tuple[RunRecord, ...] = ()
    stopped_runs: frozenset[str] = frozenset()
    checks: dict[str, Check] = field(default_factory=dict)
    plugins: tuple[tuple[str, str, str], ...] = ()
    settings_before: list[tuple[str, bool | int | str | None]] = field(default_factory=list)
    notes: deque[Note] = field(default_factory=lambda: deque(maxlen=200))

    def take_scan(self, events: Sequence[tuple[float, Event]]) -> None:
        for _, event in events:
            if isinstance(event, Looking):
                self.progress[event.source] = event
            elif isinstance(event, NoAnswer):
                keep(self.silent, event)
            elif isinstance(event, Found):
                self.live.extend(event.findings)
            elif isinstance(event, NotRead):
                self.not_read.append(event.error)
            elif isinstance(event, Note):
                self.notes.append(event)

    def take_plan(self, events: Sequence[tuple[float, Event]]) -> None:
        for _, event in events:
            if isinstance(event, Looking):
                self.reading[event.source] = event
            elif isinstance(event, Reading):
                self.closely |= dict.fromkeys(event.functions, (event.state, event.why))
            elif isinstance(event, NoAnswer):
                keep(self.silent, event)
            elif isinstance(event, Note):
                self.notes.append(event)

    def take_sources(self, events: Sequence[tuple[float, Event]]) -> None:
        for _, event in events:
            if isinstance(event, SourceFound):
                known = event.source.id in self.sources
                before = self.sources.get(event.source.id)
                self.sources[event.source.id] = event.source
                news = not known or (before is not None and not before.ready)
                if event.source.ready and news:
                    self.chosen.add(event.source.id)

    def take_run(self, events: Sequence[tuple[float, Event]], now: datetime) -> None:
        run = self.run
        if run is None:
            return
        for at, event in events:
            if isinstance(event, Step):
                run.take(event, at, now)
            elif isinstance(event, NoAnswer):
                run.hear(event, now)
            elif isinstance(event, Note):
                run.note(LogLine(now, "", event.text, event.level))

    def begin_run(
        self, mode: str, plan: Plan, steps: Sequence[PlannedStep], at: float, run: str = ""
    ) -> RunState:
        """run: the one that is gone on with or undone, "" for a new one."""
        before = self.run
        self.run = RunState(
            mode=mode,
            plan=plan,
            steps={
                step.key: StepState(step.key, step.change, step.target, step.text) for step in steps
            },
            began=at,
            undo_of_steps={step.key: step.undo for step in steps},
            run=run,
        )
        if run and before is not None and before.run == run:
            self.run.goes_on(before)
        self.proof = None
        return self.run

    @property
    def unread(self) -> int:
        """Places that the last scan could not read."""
        return len(self.report.errors) if self.report is not None else 0
