"""Another key for an action: the next one that is pressed."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from secretshift.model.errors import UsageProblem

from ..gate import Safe, gate
from ..keymap import Keymap, shown
from ..widgets.text import Text
from .sheet import Sheet


class NewKey(Sheet[str | None]):
    """Answers the key's name, "" for the key that it came with, None for no change."""

    def __init__(self, action: str, keymap: Keymap) -> None:
        super().__init__()
        self._action = action
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = Content(f"Another key for {self._action}")
            now = " ".join(shown(key) for key in self._keymap.keys(self._action))
            yield Text(Safe(f"Now: {now}. Press the new key."))
            yield Text(
                Safe("Backspace brings back the key that it came with. Esc changes nothing.")
            )
            yield Text(id="problem")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
            return
        if event.key == "backspace":
            self.dismiss("")
            return
        key = event.key if len(event.key) > 1 else event.character or event.key
        try:
            Keymap({**self._keymap.remapped, self._action: key}).check()
        except UsageProblem as problem:
            said = f"{problem.what}. {problem.hint}."
            self.query_one("#problem", Text).show(gate(said))
            return
        self.dismiss(key)
