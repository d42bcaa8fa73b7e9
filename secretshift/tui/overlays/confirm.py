"""A wide step is confirmed by typing its name; Enter alone answers nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from ..gate import Safe
from ..viewmodels import EMPTY
from ..widgets.text import Text
from ..wording import not_the_word
from .sheet import Sheet


class Confirm(Sheet[bool]):
    """Answers True only if exactly ``word`` was typed and Enter pressed, or the button used.

    title, lines: what will happen, what will not, how to go back; verb: on the button.
    """

    DEFAULT_CSS = """
    Confirm .line { margin: 0 0 1 0; }
    Confirm .asked { height: auto; }
    Confirm Input { width: 1fr; }
    Confirm #wrong { display: none; color: $ss-warn; }
    """

    def __init__(self, title: str, lines: Sequence[Safe], word: Safe, verb: str) -> None:
        super().__init__()
        self._title, self._lines, self._word, self._verb = title, tuple(lines), word, verb

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content(self._title)
            for line in self._lines:
                yield Text(line, classes="line")
            yield Text(
                Content("Type ")
                + Content.styled(self._word, "bold")
                + Content(f" to {self._verb}:")
            )
            yield Input(id="word")
            yield Text(EMPTY, id="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._verb.capitalize(), id="go", compact=True, disabled=True)

    def on_mount(self) -> None:
        self.query_one("#word", Input).focus()

    @on(Input.Changed, "#word")
    def _typed(self, event: Input.Changed) -> None:
        self.query_one("#go", Button).disabled = event.value.strip() != self._word
        self.query_one("#wrong").display = False

    @on(Input.Submitted, "#word")
    def _entered(self, event: Input.Submitted) -> None:
        if event.value.strip() == self._word:
            self.dismiss(True)
        else:
            self.query_one("#wrong", Text).show(not_the_word(self._word))
            self.query_one("#wrong").display = True

    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        if self.query_one("#word", Input).value.strip() == self._word:
            self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(False)

    def action_cancel(self) -> None:
        self.dismiss(False)
