"""Settings, keys and plugins; what is changed is kept in the person's own file at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from ..gate import Safe
from ..overlays.newkey import NewKey
from ..viewmodels import FrameView
from ..views import settings as views
from ..widgets.rowlist import RowList
from .base import BaseScreen


class SettingsScreen(BaseScreen):
    """See the module."""

    NAME = "settings"
    FOOTER = ("open", "fold", "unfold", "take-back", "filter")
    LABELS: ClassVar[Any] = {"open": "change", "fold": "value before", "unfold": "next value"}
    FOCUS = "#settings"
    TOPICS = frozenset({"settings"})
    DEFAULT_CSS = """
    SettingsScreen #search { display: none; height: 1; border: none; padding: 0 1; }
    """

    def middle(self) -> Iterable[Widget]:
        yield Input(placeholder="filter", id="search", compact=True)
        yield ChoiceList(views.COLUMNS, wrap=True, id="settings")

    @property
    def _rows(self) -> RowList:
        return self.query_one("#settings", RowList)

    def on_mount(self) -> None:
        super().on_mount()
        self._rows.fold("h:keys")
        if self.session.services is not None:
            self.the_app.acts.plugins()

    def draw(self, topics: frozenset[str]) -> None:
        session = self.session
        self._rows.replace(views.rows(session.settings, self.the_app.keymap, session.plugins))

    def frame(self) -> FrameView:
        return FrameView(
            Safe("Enter changes a setting; it is kept in your own file at once. u takes it back."),
            Safe(""),
            Safe("Esc: back."),
        )

    def has(self, name: str) -> bool:
        return name in ("fold", "unfold") or super().has(name)

    def can(self, action: str) -> bool:
        return action != "take_back" or bool(self.session.settings_before)

    @on(RowList.Opened)
    def _opened(self) -> None:
        self.change(1)

    def change(self, step: int) -> bool:
        """Change the row under the cursor; whether it is a setting."""
        kind, _, name = self._rows.cursor_id.partition(":")
        acts = self.the_app.acts
        if kind == "s" and name in views.BY_NAME:
            acts.change_setting(name, views.next_value(self.session.settings.tui, name, step))
            return True
        if kind == "k" and step > 0:

            def answered(key: str | None) -> None:
                if key is not None:
                    acts.change_key(name, key)

            self.the_app.push_sheet(NewKey(name, self.the_app.keymap), answered)
            return True
        if kind == "h":
            self._rows.toggle_fold()
        return False

    def action_take_back(self) -> None:
        self.the_app.acts.take_setting_back()

    def action_filter(self) -> None:
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    @on(Input.Changed, "#search")
    def _filtered(self, event: Input.Changed) -> None:
        if event.value:
            self._rows.fold("h:keys", False)
        self._rows.filter(event.value)

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        self._rows.focus()

    def action_back(self) -> None:
        search = self.query_one("#search", Input)
        if search.display:
            search.value = ""
            search.display = False
            self._rows.focus()
            return
        super().action_back()


class ChoiceList(RowList):
    """Left and right change the value of a setting, and fold a heading."""

    def _screen(self) -> SettingsScreen:
        screen = self.screen
        if not isinstance(screen, SettingsScreen):
            raise TypeError("a list of settings stands on their screen")
        return screen

    def action_fold(self) -> None:
        if not self.cursor_id.startswith("s:") or not self._screen().change(-1):
            super().action_fold()

    def action_unfold(self) -> None:
        if not self.cursor_id.startswith("s:") or not self._screen().change(1):
            super().action_unfold()
