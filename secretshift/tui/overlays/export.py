"""Writes what is shown to a file that the person names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from secretshift.model.errors import AlreadyThere, SecretshiftError

from ..gate import Safe, gate, in_field
from ..viewmodels import EMPTY
from ..widgets.text import Text
from .sheet import Sheet

if TYPE_CHECKING:
    from ..app import SecretshiftApp


class Export(Sheet[None]):
    """name: the file's proposed name, in the current folder; text: what is written, or what makes
    it from the suffix of the chosen name; forms: suffixes that it can make, the first by default.

    A file that is there is replaced only when its name is typed.
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]
    DEFAULT_CSS = """
    Export .line { margin: 0 0 1 0; }
    Export Input { width: 1fr; }
    Export #problem { color: $ss-warn; height: auto; }
    Export #again { display: none; }
    Export.-there #again { display: block; }
    """

    def __init__(
        self,
        name: str,
        text: str | Callable[[str], str],
        *,
        forms: Sequence[str] = (),
        what: Safe = EMPTY,
    ) -> None:
        super().__init__()
        self._file, self._text, self._forms, self._what = name, text, tuple(forms), what
        self._there = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content("Write to a file")
            sheet.border_subtitle = Content("Esc writes nothing")
            sheet.can_focus = False
            forms = f" The ending chooses the form: {' or '.join(self._forms)}."
            what = f"{self._what}. " if self._what else ""
            only = "No value is in it, and only you can read the file."
            said = f"{what}{only}{forms if self._forms else ''}"
            yield Text(Safe(said), classes="line")
            here = gate(self.the_app.session.here, 300)
            yield Text(Safe(f"A name without a path is a file of {here}."), classes="line")
            yield Input(in_field(self._file), id="path")
            yield Text(id="problem")
            yield Input(id="again")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Write", id="go", compact=True)

    def on_mount(self) -> None:
        self.query_one("#path", Input).focus()

    @property
    def the_app(self) -> SecretshiftApp:
        return cast("SecretshiftApp", self.app)

    @property
    def _path(self) -> Path:
        typed = self.query_one("#path", Input).value.strip()
        return Path(typed) if typed.startswith("~") else self.the_app.session.here / typed

    @property
    def _replacing(self) -> bool:
        """The name of the file that is there was typed once more."""
        typed = self.query_one("#again", Input).value.strip()
        return bool(typed) and str(self._path) == self._there and typed == self._path.name

    @on(Input.Changed, "#path")
    def _renamed(self) -> None:
        self._there = ""
        self.remove_class("-there")
        self._say("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        typed = self.query_one("#path", Input).value.strip()
        path = self._path
        if not typed:
            self._say("A file needs a name.")
            return
        if self._forms and path.suffix.lower() not in self._forms:
            self._say(f"The name ends in {' or '.join(self._forms)}.")
            return
        if self._there and not self._replacing:
            self._ask_again()
            return
        self.the_app.acts.write(
            path, self._make(path), self._written, self._failed, replace=self._replacing
        )

    def _make(self, path: Path) -> Callable[[], str]:
        text = self._text
        if isinstance(text, str):
            return partial(str, text)
        return partial(text, path.suffix.lower())

    def _written(self, path: Path) -> None:
        self.the_app.say(f"Written: {path}")
        if self.is_attached:
            self.dismiss(None)

    def _failed(self, error: SecretshiftError) -> None:
        if not self.is_attached:
            return
        if isinstance(error, AlreadyThere):
            self._there = str(self._path)
            self._ask_again()
            return
        hint = f" {error.hint.rstrip('.')}." if error.hint else ""
        self._say(f"{error.what.rstrip('.')}.{hint}")

    def _ask_again(self) -> None:
        self.add_class("-there")
        name = gate(self._path.name, 120)
        self._say(f"A file of this name is there. To replace it, type its name: {name}")
        self.query_one("#again", Input).focus()

    def _say(self, sentence: str) -> None:
        self.query_one("#problem", Text).show(gate(sentence))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.action_cancel()
