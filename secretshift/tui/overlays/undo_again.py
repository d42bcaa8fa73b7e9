"""An undo that was refused: once more without consent, or with it. Each has a word of its own."""

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


class UndoAgain(Sheet[bool]):
    """Answers whether to do what was refused, None for no undo at all.

    lines: what is in the way and what would be done; plainly, allowed: what is typed for an undo
    without it and with it.
    """

    DEFAULT_CSS = """
    UndoAgain .line { margin: 0 0 1 0; }
    UndoAgain.-short .line { margin: 0; }
    UndoAgain Input { width: 1fr; }
    UndoAgain #wrong { display: none; color: $ss-warn; }
    UndoAgain .buttons { height: auto; }
    """

    def __init__(self, lines: Sequence[Safe], plainly: Safe, allowed: Safe) -> None:
        super().__init__()
        self._lines, self._plainly, self._allowed = tuple(lines), plainly, allowed

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content("Undo a run: it was refused")
            sheet.can_focus = False
            for line in self._lines:
                yield Text(line, classes="line")
            yield Text(
                Content("Type ")
                + Content.styled(self._allowed, "bold")
                + Content(" to allow that and undo, or ")
                + Content.styled(self._plainly, "bold")
                + Content(" to try again without:")
            )
            yield Input(id="word", compact=True)
            yield Text(EMPTY, id="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Try again without", id="plainly", compact=True, disabled=True)
                yield Button("Allow and undo", id="allowed", compact=True, disabled=True)

    def on_mount(self) -> None:
        self.query_one("#word", Input).focus()

    @property
    def _typed(self) -> str:
        return self.query_one("#word", Input).value.strip()

    @on(Input.Changed, "#word")
    def _changed(self) -> None:
        self.query_one("#plainly", Button).disabled = self._typed != self._plainly
        self.query_one("#allowed", Button).disabled = self._typed != self._allowed
        self.query_one("#wrong").display = False

    @on(Input.Submitted, "#word")
    @on(Button.Pressed, "#plainly")
    @on(Button.Pressed, "#allowed")
    def _entered(self) -> None:
        if self._typed in (self._plainly, self._allowed):
            self.dismiss(self._typed == self._allowed)
            return
        wrong = self.query_one("#wrong", Text)
        wrong.show(not_the_word(Safe(f"{self._allowed} or {self._plainly}")))
        wrong.display = True

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
