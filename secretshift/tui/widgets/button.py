"""A button of one line."""

from __future__ import annotations

from textual.widgets import Button


class PlainButton(Button, inherit_css=False):
    """Looks as Textual's compact one. Reading the styles of that one, whose frames and variants no
    button of ours has, takes as long as those of a whole screen."""

    DEFAULT_CSS = """
    PlainButton {
        width: auto;
        min-width: 10;
        height: 1;
        line-pad: 1;
        text-align: center;
        content-align: center middle;
        text-style: bold;
        color: $button-foreground;
        background: $surface;
        pointer: pointer;
    }
    PlainButton:focus { text-style: bold underline reverse; background-tint: $foreground 5%; }
    PlainButton:hover { background: $surface-darken-1; }
    PlainButton.-active { background: $surface; tint: $background 30%; }
    """
