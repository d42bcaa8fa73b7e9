"""What is to happen to one credential or to many, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from secretshift.model.decisions import Choice

from ..gate import Safe, in_field
from ..viewmodels import EMPTY, Cell, Column, RowView
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .sheet import Sheet

LONGEST: Final = 500
CHOICES: Final = (
    (Choice.MOVE, "move", "take it with the next plan"),
    (Choice.ACCEPTED, "accepted", "it stays where it is, for good or until a day"),
    (Choice.FALSE_POSITIVE, "false positive", "it is no credential"),
    (Choice.REFUSED, "refused", "whoever gave it out refuses it already"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    choice: Choice
    reason: str = ""
    until: str = ""


def problem_of(answer: Answer, today: date) -> str:
    """Why this is no decision yet, as a sentence; "" if it is one."""
    if answer.choice is not Choice.MOVE and not answer.reason.strip():
        return "A value that stays where it is needs a reason, for whoever comes next."
    if len(answer.reason) > LONGEST:
        return f"The reason has {len(answer.reason):,} characters; {LONGEST} is the most."
    if not answer.until:
        return ""
    try:
        day = date.fromisoformat(answer.until)
    except ValueError:
        day = None
    if day is None or day.isoformat() != answer.until:
        return "The day is written as in 2026-12-31."
    return "That day is over already." if day < today else ""


class Decide(Sheet[Answer]):
    """what: the credentials in words; lines: what else is to know; before: what is filled in."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]
    DEFAULT_CSS = """
    Decide .line { margin: 0 0 1 0; }
    Decide RowList { height: 4; background: $panel; margin: 0 0 1 0; }
    Decide .field { height: 1; }
    Decide .name { width: 14; color: $ss-faint; }
    Decide Input { width: 1fr; }
    Decide #problem { color: $ss-warn; height: auto; }
    Decide.-short .line, Decide.-short RowList { margin: 0; }
    """

    def __init__(
        self,
        what: Safe,
        today: date,
        *,
        lines: Sequence[Safe] = (),
        before: Answer | None = None,
        problem: Safe = EMPTY,
    ) -> None:
        super().__init__()
        self._what, self._today, self._told = what, today, tuple(lines)
        self._before = before or Answer(Choice.MOVE)
        self._problem = problem
        self._said_of: Answer | None = self._before

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content("Decide")
            sheet.border_subtitle = Content("Esc changes nothing")
            sheet.can_focus = False
            yield Text(self._what)
            for line in self._told:
                yield Text(line, classes="line")
            yield RowList([Column("name", "", 16), Column("meaning", "")], id="choices")
            with Horizontal(classes="field"):
                yield Text(Safe("Reason"), classes="name")
                yield Input(in_field(self._before.reason), id="reason", max_length=LONGEST)
            with Horizontal(classes="field"):
                yield Text(Safe("Until"), classes="name")
                yield Input(
                    in_field(self._before.until),
                    id="until",
                    placeholder="2026-12-31, or nothing for good",
                )
            yield Text(self._problem, id="problem")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Decide", id="go", compact=True)

    def on_mount(self) -> None:
        choices = self._choices
        choices.replace(
            RowView(choice.value, (Cell(Safe(name)), Cell(Safe(meaning), "faint")))
            for choice, name, meaning in CHOICES
        )
        choices.move_to(self._before.choice.value)
        choices.focus()
        self._follow()

    @property
    def _choices(self) -> RowList:
        return self.query_one("#choices", RowList)

    @property
    def answer(self) -> Answer:
        choice = Choice(self._choices.cursor_id or Choice.MOVE.value)
        until = self.query_one("#until", Input).value.strip()
        return Answer(
            choice,
            self.query_one("#reason", Input).value.strip(),
            until if choice is Choice.ACCEPTED else "",
        )

    def _follow(self) -> None:
        """The button is there when it is a decision; the day only with an acceptance."""
        answer = self.answer
        accepted = answer.choice is Choice.ACCEPTED
        self.query_one("#until", Input).disabled = not accepted
        self.query_one("#go", Button).disabled = bool(problem_of(answer, self._today))

    @on(RowList.CursorMoved, "#choices")
    @on(Input.Changed)
    def _changed(self) -> None:
        """What was said of another answer no longer holds; filling the fields in is no answer."""
        if self.answer != self._said_of:
            self._said_of = None
            self.query_one("#problem", Text).show(EMPTY)
        self._follow()

    @on(RowList.Opened, "#choices")
    def _next(self) -> None:
        self.query_one("#reason", Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        answer = self.answer
        problem = problem_of(answer, self._today)
        if problem:
            self._said_of = answer
            self.query_one("#problem", Text).show(Safe(problem))
            return
        self.dismiss(answer)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.action_cancel()
