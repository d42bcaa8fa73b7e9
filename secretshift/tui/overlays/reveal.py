"""The one place where a value is drawn, for some seconds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from rich.cells import cached_cell_len, chop_cells
from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from secretshift.model.errors import SecretshiftError
from secretshift.model.secret_value import SecretValue

from ..gate import Safe, gate
from ..viewmodels import EMPTY
from ..widgets.text import Text
from ..wording import counted
from .sheet import Sheet

if TYPE_CHECKING:
    from ..app import SecretshiftApp

MOST_SECONDS: Final = 10
MOST_LINES: Final = 200
Read = Callable[[Callable[[SecretValue], None], Callable[[SecretshiftError], None]], None]
"""Reads the value on a thread and hands it, or why not, to one of the two."""


def printable(text: str, width: int) -> list[str]:
    """The lines of a value, in pieces of at most so many cells; control characters as escapes."""
    lines: list[str] = []
    for line in text.split("\n"):
        shown = gate(line, 10 * len(line) + 1)
        lines += chop_cells(shown, max(1, width)) or [""]
    return lines


class Value(Widget):
    """Draws a value as long as it holds one. No text of it can be selected."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"value--text"}
    DEFAULT_CSS = """
    Value { height: auto; width: 1fr; margin: 1 0; display: none; }
    Value > .value--text { color: $ss-strong; background: $ss-cursor; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._secret: SecretValue | None = None

    @property
    def shows(self) -> bool:
        return self._secret is not None

    def hold(self, secret: SecretValue) -> None:
        self._secret = secret
        self.display = True

    def drop(self) -> SecretValue | None:
        """Forget it, with everything that was made to draw it; the last one to see it is whoever
        asks here."""
        secret, self._secret = self._secret, None
        self._styles_cache.clear()
        # These two keep the texts that they were asked about.
        cached_cell_len.cache_clear()
        Segment._split_cells.cache_clear()
        self.display = False
        return secret

    def _drawn(self, width: int) -> list[str]:
        if self._secret is None:
            return []
        lines = printable(self._secret.reveal(), width)
        if len(lines) <= MOST_LINES:
            return lines
        return [*lines[: MOST_LINES - 1], f"and {len(lines) - MOST_LINES + 1:,} lines more"]

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        return len(self._drawn(width))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._drawn(width)
        style = self.rich_style
        if y >= len(lines):
            return Strip.blank(width, style)
        bright = style + self.get_component_rich_style("value--text", partial=True)
        return Strip([Segment(lines[y], bright)]).adjust_cell_length(width, style)


class Reveal(Sheet[None]):
    """Asks first; Enter reads and shows. Any key, another window, another size or another screen
    hides it. title: the credential; place: where it is read; who: for the journal."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Reveal .line { margin: 0 0 1 0; }
    Reveal #said { height: auto; }
    """

    def __init__(self, title: Safe, place: Safe, who: Safe, seconds: int, read: Read) -> None:
        super().__init__()
        self._heading, self._place, self._who = title, place, who
        self._seconds = max(1, min(seconds, MOST_SECONDS))
        self._read = read
        self._state = "asking"
        self._until = 0.0
        self._said = EMPTY

    @property
    def the_app(self) -> SecretshiftApp:
        return cast("SecretshiftApp", self.app)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content(self._heading)
            sheet.can_focus = False
            yield Text(id="said")
            yield Value()

    def on_mount(self) -> None:
        lines = (
            f"Enter reads this value again from {self._place} and shows it for "
            f"{counted(self._seconds, 'second')}; any key hides it.",
            f"The journal keeps that it was shown{f' to {self._who}' if self._who else ''}, "
            "where it was read and when; not the value.",
            "Esc shows nothing.",
        )
        self.query_one("#said", Text).show(Content("\n\n".join(self._plain(x) for x in lines)))
        self.watch(self.app, "app_focus", self._focus_moved, init=False)
        self.set_interval(0.2, self._tick)

    def _plain(self, text: str) -> str:
        return self.the_app.glyphs.plain(gate(text, 1000))

    # Keys

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self._state == "asking" and event.key == "enter":
            self._begin()
        elif self._state == "showing" and event.key == "y":
            self._state = "copying"
            self._draw()
        elif self._state == "copying" and event.key == "y":
            self._copy()
        elif self._state in ("showing", "copying", "failed") or event.key in ("escape", "q"):
            self.hide()

    def _begin(self) -> None:
        self._state = "reading"
        self._say("Reading it again …")
        self._read(self._came, self._failed)

    def _came(self, secret: SecretValue) -> None:
        """It is shown only where the person still waits for it."""
        if self._state != "reading":
            return
        if not self.is_current or not self.app.app_focus:
            self.hide()
            return
        self._state = "showing"
        self._until = self.the_app.clock() + self._seconds
        self.query_one(Value).hold(secret)
        self._draw()

    def _failed(self, error: SecretshiftError) -> None:
        if self._state != "reading":
            return
        self._state = "failed"
        where = f" ({error.resource})" if error.resource else ""
        hint = f" {error.hint.rstrip('.')}." if error.hint else ""
        self._say(f"Nothing was shown: {error.what}{where}.{hint} Any key closes this.")

    def _copy(self) -> None:
        """Through the terminal; the program's own clipboard keeps nothing of it."""
        secret = self.query_one(Value).drop()
        self.hide()
        try:
            self.app.copy_to_clipboard(secret.reveal() if secret is not None else "")
        except UnicodeEncodeError:
            self.the_app.say("It was not copied: it is not made of text alone.", "warning")
        else:
            self.the_app.say(
                "The clipboard holds the value until something else is copied.", "warning"
            )
        finally:
            self.app._clipboard = ""

    # Hiding

    def hide(self) -> None:
        """Drop the value and close."""
        self._state = "gone"
        self.query_one(Value).drop()
        self.dismiss(None)

    def _focus_moved(self, focused: bool) -> None:
        if not focused and self._state in ("reading", "showing", "copying"):
            self.hide()

    def on_resize(self) -> None:
        if self._state in ("showing", "copying"):
            self.hide()

    def on_screen_suspend(self) -> None:
        """Something lies over it: a closed sheet is not on top, so it closes when it is again."""
        self._state = "gone"
        self.query_one(Value).drop()

    def on_screen_resume(self) -> None:
        if self._state == "gone":
            self.hide()

    def action_cancel(self) -> None:
        self.hide()

    # Drawing

    def _tick(self) -> None:
        if self._state not in ("showing", "copying"):
            return
        if self.the_app.clock() >= self._until:
            self.hide()
        else:
            self._draw()

    def _draw(self) -> None:
        left = max(1, math.ceil(self._until - self.the_app.clock()))
        first = f"Hides in {left} s, or with any key."
        second = (
            "Copy it to the clipboard? Other programs can read it there. y again copies it."
            if self._state == "copying"
            else "y copies it, and asks first. That it was shown stands in the journal."
        )
        self._say(f"{first} {second}")

    def _say(self, text: str) -> None:
        said = gate(text, 1000)
        if said != self._said:
            self._said = said
            self.query_one("#said", Text).show(said)
