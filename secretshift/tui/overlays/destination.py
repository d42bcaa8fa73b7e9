"""Where a value goes when it is moved: only what the next plan is made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input

from ..gate import Safe, in_field
from ..viewmodels import Cell, Column, RowView
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .sheet import Sheet


@dataclass(frozen=True, slots=True)
class Wish:
    """name: "" for the one that the plan proposes; shape: "", "plain" or "json"."""

    name: str = ""
    shape: str = ""


class Destination(Sheet[Wish]):
    """what: the credential; store: where it goes, as a fact; proposed: the plan's own name;
    siblings: what a JSON secret would hold beside it; check: what is wrong with a name."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]
    DEFAULT_CSS = """
    Destination .line { margin: 0 0 1 0; }
    Destination RowList { height: 3; background: $panel; margin: 0 0 1 0; }
    Destination .field { height: 1; }
    Destination .name { width: 8; color: $ss-faint; }
    Destination .fact { height: auto; }
    Destination .fact Text { height: auto; }
    Destination Input { width: 1fr; }
    Destination #problem { color: $ss-warn; height: auto; margin: 0 0 0 8; }
    Destination.-short .line, Destination.-short RowList,
    Destination.-short .buttons { margin: 0; }
    """

    def __init__(
        self,
        what: Safe,
        store: Safe,
        check: Callable[[str], str],
        *,
        proposed: Safe = Safe(""),  # noqa: B008  a constant
        siblings: Sequence[Safe] = (),
        before: Wish | None = None,
    ) -> None:
        super().__init__()
        self._what, self._store, self._check_name = what, store, check
        self._proposed, self._siblings = proposed, tuple(siblings)
        self._before = before or Wish()

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = Content("Destination")
            sheet.border_subtitle = Content("Esc changes nothing")
            sheet.can_focus = False
            yield Text(self._what, classes="line")
            with Horizontal(classes="fact"):
                yield Text(Safe("Store"), classes="name")
                yield Text(self._store)
            with Horizontal(classes="field"):
                yield Text(Safe("Name"), classes="name")
                yield Input(
                    in_field(self._before.name),
                    id="name",
                    placeholder=in_field(self._proposed) or "the name that the plan proposes",
                )
            yield Text(id="problem")
            yield Text(Safe("Shape"), classes="name")
            yield RowList([Column("name", "", 12), Column("meaning", "")], wrap=True, id="shapes")
            yield Text(
                Safe("This only fills the next plan. Nothing is made before you run it."),
                classes="line",
            )
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Keep", id="go", compact=True)

    def on_mount(self) -> None:
        together = f"with {', '.join(self._siblings)}" if self._siblings else "this value in a key"
        shapes = self.query_one("#shapes", RowList)
        shapes.replace(
            RowView(id, (Cell(Safe(name)), Cell(Safe(meaning), "faint")))
            for id, name, meaning in (  # noqa: A001
                ("as-proposed", "as proposed", "as this kind is best kept"),
                ("plain", "plain text", "this value alone"),
                ("json", "JSON", together),
            )
        )
        shapes.move_to(self._before.shape or "as-proposed")
        self.query_one("#name", Input).focus()

    @property
    def wish(self) -> Wish:
        shape = self.query_one("#shapes", RowList).cursor_id
        return Wish(
            self.query_one("#name", Input).value.strip(), "" if shape == "as-proposed" else shape
        )

    @property
    def _wrong(self) -> str:
        name = self.wish.name
        return self._check_name(name) if name else ""

    @on(Input.Changed, "#name")
    def _typed(self) -> None:
        wrong = self._wrong
        self.query_one("#problem", Text).show(Safe(wrong))
        self.query_one("#go", Button).disabled = bool(wrong)

    @on(Input.Submitted, "#name")
    @on(RowList.Opened, "#shapes")
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        if not self._wrong:
            self.dismiss(self.wish)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.action_cancel()
