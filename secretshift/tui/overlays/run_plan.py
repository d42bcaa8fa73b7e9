"""The sheet before a run: what will be changed, that it can be taken back, and how far to go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from secretshift.model.journeys import Consent

from ..gate import Safe
from ..viewmodels import EMPTY
from ..widgets.text import Text
from ..wording import not_the_word
from .sheet import Sheet


class RunPlan(Sheet[Consent]):
    """Answers how far the run may go, None for not at all.

    word: what has to be typed first, "" where the run is not wide; keeps: whether there is a
    choice to keep the plaintext for now; asked: what the word is and does; enter: what Enter in
    the field answers.
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("pagedown", "scroll(5)", show=False),
        Binding("pageup", "scroll(-5)", show=False),
    ]
    DEFAULT_CSS = """
    RunPlan .line { margin: 0 0 1 0; }
    RunPlan.-short .line { margin: 0; }
    RunPlan Input { width: 1fr; }
    RunPlan #wrong { display: none; color: $ss-warn; }
    RunPlan .buttons { height: auto; }
    """

    def __init__(
        self,
        title: Safe,
        lines: Sequence[Safe],
        *,
        word: Safe,
        keeps: bool,
        asked: str = "the end of the plan's name, to run it",
        enter: Consent = Consent.REMOVE_PLAINTEXT,
    ) -> None:
        super().__init__()
        self._title, self._lines, self._word, self._keeps = title, tuple(lines), word, keeps
        self._asked, self._enter = asked, enter

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content(self._title)
            sheet.can_focus = False
            for line in self._lines:
                yield Text(line, classes="line")
            if self._word:
                yield Text(
                    Content("Type ")
                    + Content.styled(self._word, "bold")
                    + Content(f", {self._asked}:")
                )
                yield Input(id="word", compact=True)
                yield Text(EMPTY, id="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                if self._keeps:
                    yield Button(
                        "Keep the plaintext for now",
                        id="keep",
                        compact=True,
                        disabled=bool(self._word),
                    )
                yield Button("Run", id="go", compact=True, disabled=bool(self._word))

    def on_mount(self) -> None:
        self.query_one("#word" if self._word else "#cancel").focus()

    def action_scroll(self, lines: int) -> None:
        self.query_one(".sheet").scroll_relative(y=lines, animate=False)

    @property
    def _agreed(self) -> bool:
        return not self._word or self.query_one("#word", Input).value.strip() == self._word

    @on(Input.Changed, "#word")
    def _typed(self) -> None:
        self.query_one("#wrong").display = False
        for button in self.query(Button):
            if button.id != "cancel":
                button.disabled = not self._agreed

    @on(Input.Submitted, "#word")
    def _entered(self) -> None:
        if not self._agreed:
            self.query_one("#wrong", Text).show(not_the_word(self._word))
            self.query_one("#wrong").display = True
        self._answer(self._enter)

    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        self._answer(Consent.REMOVE_PLAINTEXT)

    @on(Button.Pressed, "#keep")
    def _keep(self) -> None:
        self._answer(Consent.SWITCH)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    def _answer(self, consent: Consent) -> None:
        if self._agreed:
            self.dismiss(consent)
