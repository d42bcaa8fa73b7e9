"""Text from outside, made harmless: the one function that everything shown goes through.

A function, a file or a cloud's answer can carry escape sequences that move the cursor, retitle the
window or fill the clipboard, line breaks that fake lines of ours, and bidirectional overrides that
turn the order of characters round. None of it is removed in silence: two names that differ must
look different, so it is shown as the escape that one would type.
"""

from __future__ import annotations

from typing import Final

MAX_LENGTH: Final = 2000
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x00": "\\0"}


def safe(text: str, *, limit: int = MAX_LENGTH) -> str:
    """One line of printable characters, at most ``limit`` of them.

    Everything that Unicode does not call printable (control and format characters, separators
    other than the space, unassigned code points, lone surrogates) is shown as its escape.
    """
    cut = text[: limit + 1]
    shown = cut if cut.isprintable() else "".join(map(_visible, cut))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # A byte of a file name that is no UTF-8, as Python carries it.
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
