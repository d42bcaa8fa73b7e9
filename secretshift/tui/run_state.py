"""A run as the interface follows it: its changes, its log, who is silent. No widget, no thread."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from secretshift.model.errors import SecretshiftError
from secretshift.model.journeys import NoAnswer, Step

if TYPE_CHECKING:
    from secretshift.execution.run import Failure
    from secretshift.model.plans import Plan
    from secretshift.workflow.migrate import MigrateResult
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
