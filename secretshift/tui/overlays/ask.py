"""One line that a person types: a path, a name. Enter answers, Esc does not."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from ..gate import Safe, in_field
from ..viewmodels import EMPTY
from ..widgets.text import Text
from .sheet import Sheet


class Ask(Sheet[str]):
    """Answers what was typed, None for nothing.

    lines: what it is for; value: what stands there at first; said: why it was not taken the time
    before; example: what could be typed; verb: on the button.
    """

    DEFAULT_CSS = """
    Ask .line { margin: 0 0 1 0; }
    Ask #problem { color: $ss-warn; height: auto; min-height: 1; }
    """

    def __init__(
        self,
        title: Safe | str,
        lines: Sequence[Safe],
        verb: str,
        *,
        value: Safe = EMPTY,
        said: Safe = EMPTY,
        example: str = "",
    ) -> None:
        super().__init__()
        self._title, self._lines, self._verb = title, tuple(lines), verb
        self._value, self._said, self._example = value, said, example

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content(self._title)
            sheet.can_focus = False
            for line in self._lines:
                yield Text(line, classes="line")
            yield Input(
                in_field(self._value),
                placeholder=self._example,
                id="text",
                compact=True,
                select_on_focus=False,
            )
            yield Text(self._said, id="problem")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._verb, id="go", compact=True)

    def on_mount(self) -> None:
        self.query_one("#text", Input).focus()

    @on(Input.Submitted, "#text")
    @on(Button.Pressed, "#go")
    def _entered(self) -> None:
        text = self.query_one("#text", Input).value.strip()
        if text:
            self.dismiss(text)
        else:
            self.query_one("#problem", Text).show(Safe("Nothing is typed yet. Esc cancels."))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
