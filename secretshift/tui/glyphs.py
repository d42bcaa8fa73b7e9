"""The signs of the interface: a glyph, its ASCII form and its word, one cell wide each.

Colour says nothing that a glyph or a word does not say too.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from typing import Final, NamedTuple


class Sign(NamedTuple):
    """unicode and ascii: what is drawn; word: what it means, for the legend and linear mode."""

    unicode: str
    ascii: str
    word: str


SIGNS: Final[Mapping[str, Sign]] = {
    "ok": Sign("✔", "v", "proven"),
    "work": Sign("◐", "~", "in progress"),
    "wait": Sign("·", ".", "next"),
    "todo": Sign("◌", "o", "needs a person"),
    "warn": Sign("▲", "W", "warning"),
    "block": Sign("⊘", "X", "blocked"),
    "fail": Sign("✖", "F", "failed"),
    "unknown": Sign("?", "?", "not known"),
    "false": Sign("✕", "x", "false positive"),
    "marked": Sign("●", "*", "marked"),
    "unmarked": Sign("○", "-", "not marked"),
    "undone": Sign("↩", "<", "undone"),
    "cursor": Sign("▸", ">", "cursor"),
    "folded": Sign("▸", "+", "folded"),
    "unfolded": Sign("▾", "-", "unfolded"),
    "out": Sign("×", "x", "left out"),
    "add": Sign("+", "+", "create"),
    "change": Sign("~", "~", "change"),
    "remove": Sign("-", "-", "remove"),
    "known": Sign("◇", "?", "known when run"),
    "line": Sign("═", "=", "point of no return"),
    "rule": Sign("─", "-", ""),
    "bar": Sign("█", "#", ""),
    "rest": Sign("░", ".", ""),
    "dot": Sign("•", "*", ""),
    "arrow": Sign("→", ">", ""),
    "sep": Sign("·", "|", ""),
    "check": Sign("✔", "x", "chosen"),
}


class Glyphs:
    """The signs in one alphabet."""

    def __init__(self, *, unicode: bool) -> None:
        self.unicode = unicode

    def __call__(self, name: str) -> str:
        sign = SIGNS[name]
        return sign.unicode if self.unicode else sign.ascii

    def plain(self, text: str) -> str:
        """A sentence of ours or a mask in this alphabet."""
        if self.unicode:
            return text
        return text.translate(_TO_ASCII)

    def key(self, text: str) -> str:
        """The name of a key in this alphabet: an arrow is a word where it is no sign."""
        return text if self.unicode else self.plain(text.translate(_ARROW_KEYS))


_TO_ASCII: Final = str.maketrans(
    {
        **{sign.unicode: sign.ascii for sign in SIGNS.values() if sign.unicode != sign.ascii},
        "✗": "x",
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "‹": "<",
        "›": ">",
        "…": "...",
        "–": "-",
        "“": '"',
        "”": '"',
        "’": "'",
        "│": "|",
    }
)

_ARROW_KEYS: Final = str.maketrans({"←": "Left", "→": "Right", "↑": "Up", "↓": "Down"})


def choose(setting: str) -> Glyphs:
    """setting: ``unicode``, ``ascii`` or ``auto``, which asks the locale."""
    if setting == "auto":
        name = locale.getpreferredencoding(False).lower().replace("-", "")
        return Glyphs(unicode=name == "utf8" and os.environ.get("TERM") != "linux")
    return Glyphs(unicode=setting == "unicode")
