"""What the interface knows at this moment: one object for all screens, no widget and no thread.

Only the screen's own thread touches it. Values are in ``scanned`` alone, whose snapshots planning
reads; nothing of it is drawn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from secretshift.execution.steps import PlannedStep
    from secretshift.model.errors import SecretshiftError
    from secretshift.model.findings import CredentialId, Finding, ScanReport, SourceError
    from secretshift.model.journeys import Event, Looking, NoAnswer, Note
    from secretshift.model.plans import Plan
    from secretshift.model.sources import FoundSource
    from secretshift.settings import Settings
    from secretshift.state.records import RunRecord
    from secretshift.workflow.chosen import Places, Replaced
    from secretshift.workflow.credentials import CredentialRow
    from secretshift.workflow.doctor import Check
    from secretshift.workflow.plan import Edit
    from secretshift.workflow.proof import ProofResult
    from secretshift.workflow.scan import ScanResult
    from secretshift.workflow.services import Services, Sources

    from .run_state import RunState


@dataclass(slots=True)
class Session:
    """See the module. shown: findings of a scan that runs, those that are not traced yet included;
    live: the others; closely: function that a plan reads -> state and reason of its Reading;
    elsewhere: the paths of the last scan, where it is another folder's than the one that the
    interface was opened in."""

    here: Path
    settings: Settings
    services: Services | None = None
    problem: SecretshiftError | None = None
    sources: dict[str, FoundSource] = field(default_factory=dict)
    chosen: set[str] = field(default_factory=set)
    every_region: bool | None = None
    history: bool = False
    looked: bool = False
    asked: Sources | None = None
    elsewhere: tuple[str, ...] = ()
    scanned: ScanResult | None = None
    report: ScanReport | None = None
    scanned_at: datetime | None = None
    live: list[Finding] = field(default_factory=list)
    shown: list[Finding] = field(default_factory=list)
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
        from secretshift.model.journeys import Found, Looking, NoAnswer, Note, NotRead

        from .run_state import keep

        for _, event in events:
            if isinstance(event, Looking):
                self.progress[event.source] = event
                if event.over:
                    self._forget_untraced()
            elif isinstance(event, NoAnswer):
                keep(self.silent, event)
            elif isinstance(event, Found):
                if event.traced:
                    self._forget_untraced()
                    self.live.extend(event.findings)
                self.shown.extend(event.findings)
            elif isinstance(event, NotRead):
                self.not_read.append(event.error)
            elif isinstance(event, Note):
                self.notes.append(event)

    def _forget_untraced(self) -> None:
        """One history is searched after the other, and its findings come when all is traced."""
        if len(self.shown) != len(self.live):
            self.shown = list(self.live)

    def take_plan(self, events: Sequence[tuple[float, Event]]) -> None:
        from secretshift.model.journeys import Looking, NoAnswer, Note, Reading

        from .run_state import keep

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
        from secretshift.model.journeys import SourceFound

        for _, event in events:
            if isinstance(event, SourceFound):
                known = event.source.id in self.sources
                before = self.sources.get(event.source.id)
                self.sources[event.source.id] = event.source
                news = not known or (before is not None and not before.ready)
                if event.source.ready and news:
                    self.chosen.add(event.source.id)

    def take_run(self, events: Sequence[tuple[float, Event]], now: datetime) -> None:
        from secretshift.model.journeys import NoAnswer, Note, Step

        from .run_state import LogLine

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
        from .run_state import RunState, StepState

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
