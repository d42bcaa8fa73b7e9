"""One credential in full, beside the list or over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from ..gate import Safe
from ..keymap import bindings
from ..viewmodels import EMPTY, RowView
from ..views.detail import TABS, Heading, Verdict
from .frame import glyphs_of
from .rowlist import RowList
from .tabs import TabLine
from .text import Text


class MoveButton(Button):
    """What Enter does in the detail. Its arrows move what lies above it."""

    BINDINGS: ClassVar[list[Any]] = bindings("down", "up", "first", "last", "page-down", "page-up")

    def __init__(self) -> None:
        super().__init__("Move this one", id="move", compact=True)

    def _on_body(self, action: str) -> None:
        body = self.screen.query_one("#body", RowList)
        getattr(body, f"action_{action}")()

    def action_down(self) -> None:
        self._on_body("down")

    def action_up(self) -> None:
        self._on_body("up")

    def action_first(self) -> None:
        self._on_body("first")

    def action_last(self) -> None:
        self._on_body("last")

    def action_page_down(self) -> None:
        self._on_body("page_down")

    def action_page_up(self) -> None:
        self._on_body("page_up")


class CredentialDetail(Vertical):
    """Heading, tabs, the chosen tab's rows, and the button that plans this one."""

    DEFAULT_CSS = """
    CredentialDetail { height: 1fr; padding: 0 0 0 1; }
    CredentialDetail #heading { height: auto; max-height: 4; }
    CredentialDetail TabLine { margin: 1 0 0 0; }
    .-short CredentialDetail TabLine { margin: 0; }
    CredentialDetail #body { height: 1fr; }
    CredentialDetail #verdict { height: auto; color: $ss-faint; }
    CredentialDetail #move {
        width: auto; min-width: 17; height: 1; border: none; padding: 0 1;
        background: $ss-cursor; color: $foreground;
    }
    CredentialDetail #move:focus { text-style: bold reverse; }
    CredentialDetail #move:disabled { color: $ss-faint; text-style: none; opacity: 1; }
    CredentialDetail #move:ansi:disabled { border: none !important; text-style: none; }
    CredentialDetail #move:ansi { text-style: bold; border: none; }
    CredentialDetail #move:ansi:focus { text-style: bold reverse; }
    CredentialDetail.-none > * { display: none; }
    """

    class Wanted(Message):
        """The button was pressed: plan for this credential alone."""

    def compose(self) -> ComposeResult:
        yield Text(id="heading")
        yield TabLine(TABS, id="tabs")
        yield RowList(wrap=True, id="body")
        yield Text(id="verdict")
        yield MoveButton()

    @property
    def tab(self) -> str:
        return self.query_one(TabLine).chosen

    @property
    def body(self) -> RowList:
        return self.query_one("#body", RowList)

    @property
    def button(self) -> Button:
        return self.query_one("#move", Button)

    def choose(self, tab: str) -> None:
        self.query_one(TabLine).choose(tab)

    def step(self, by: int) -> None:
        self.query_one(TabLine).step(by)

    def clear(self) -> None:
        """No row is under the cursor."""
        self.add_class("-none")

    def show_head(self, head: Heading, verdict: Verdict) -> None:
        """What is known without reading anything."""
        self.remove_class("-none")
        plain = glyphs_of(self.app).plain
        sign = glyphs_of(self.app)(head.sign)
        self.query_one("#heading", Text).show(
            Content.styled(plain(head.title), "bold $ss-strong")
            + Content.styled(plain(f"  {head.mask}"), "$ss-secret")
            + Content("\n")
            + Content.styled(sign, f"$ss-{head.token}")
            + Content(plain(f" {head.facts}"))
        )
        self.query_one("#verdict", Text).show(verdict.sentence)
        self.button.disabled = not verdict.possible

    def show_rows(self, rows: Iterable[RowView], at: str = "") -> None:
        """The chosen tab's rows, with the cursor on one of them."""
        body = self.body
        body.replace(rows)
        if at:
            body.move_to(at)

    def clear_rows(self, sentence: Safe = EMPTY) -> None:
        self.body.set_notice(*([sentence] if sentence else []))
        self.body.replace(())
