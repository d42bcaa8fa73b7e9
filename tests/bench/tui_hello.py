"""The smallest Textual program that shows a text and answers a key: the measure for ours."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Hello(App[None]):
    """Counts the keys."""

    pressed = 0

    def compose(self) -> ComposeResult:
        yield Static("Hello, world. ▸ #000000")

    def on_key(self) -> None:
        self.pressed += 1
        self.query_one(Static).update(f"Hello, world. ▸ #{self.pressed:06x}")


if __name__ == "__main__":
    Hello().run()
