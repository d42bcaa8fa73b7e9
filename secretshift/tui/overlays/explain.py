"""Why something is so, and what can be done: sentences, nothing to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from ..gate import Safe
from ..widgets.frame import glyphs_of
from ..widgets.text import Text
from .sheet import Sheet


class Explain(Sheet[None]):
    """title and paragraphs; code: text that is shown as it is, for instance a policy."""

    DEAF = False
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape,q,enter,i", "cancel", "close", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]
    DEFAULT_CSS = """
    Explain .line { margin: 0 0 1 0; }
    Explain .code { margin: 0 0 1 2; color: $ss-add; }
    """

    def __init__(self, title: Safe | str, lines: Sequence[Safe], code: Sequence[Safe] = ()) -> None:
        super().__init__()
        self._title, self._lines, self._code = title, tuple(lines), tuple(code)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content(self._title)
            sheet.border_subtitle = Content("Esc closes")
            sheet.can_focus = True
            for line in self._lines:
                yield Text(line, classes="line")
            if self._code:
                plain = glyphs_of(self.app).plain
                yield Text(Content(plain("\n".join(self._code))), classes="code")

    def on_mount(self) -> None:
        self.query_one(".sheet").focus()

    def action_scroll(self, lines: int) -> None:
        self.query_one(".sheet").scroll_relative(y=lines, animate=False)
