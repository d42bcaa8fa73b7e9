"""Foreign text on its way to the screen: the one door.

Textual lets escape sequences, bidirectional overrides and zero-width characters through every
widget, and several widgets read markup. So view models hold ``Safe`` text only, which is made
here, and widgets show it as ``Content``, which reads no markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NewType

from secretshift.reports.terminal import safe

if TYPE_CHECKING:
    from textual.content import Content

Safe = NewType("Safe", str)
"""One line of printable characters; everything else is shown as its escape."""

LIMIT: Final = 512


def gate(text: object, limit: int = LIMIT) -> Safe:
    """Any text as one harmless line of at most ``limit`` characters."""
    return Safe(safe(str(text), limit=limit))


def in_field(text: str) -> Safe:
    """What a text field may hold, since it draws that as it is: one line, at most a long path."""
    return gate((text.splitlines() or [""])[0], limit=4096)


def joined(parts: Iterable[Safe | str], between: str = "  ") -> Safe:
    """Parts that are harmless already, or words of ours, as one line."""
    return Safe(between.join(part for part in parts if part))


def content(text: Safe | str, style: str = "") -> Content:
    """As Textual shows it: literally. Linear mode comes through here without Textual."""
    from textual.content import Content

    return Content.styled(text, style) if style else Content(text)
