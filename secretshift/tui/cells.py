"""Text measured in terminal cells: cut, padded and wrapped. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len, chop_cells, set_cell_size


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Exactly so many cells; what does not fit ends in an ellipsis."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length == width:
        return text
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    return " " * (width - length) + text if right else text + " " * (width - length)


def wrapped(text: str, width: int, *, indent: str = "") -> list[str]:
    """Lines of at most so many cells, broken between words where that is possible.

    indent: before every line but the first.
    """
    if width <= 0:
        return [""]
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    broken = textwrap.wrap(
        text, width, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True
    )
    for line in broken or [""]:
        if cell_len(line) <= width:
            lines.append(line)
        else:
            lines += chop_cells(line, width)
    return lines


def flowed(pieces: Sequence[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    """Pieces of (text, meaning) as one paragraph, broken between words; leading blanks stay."""
    lines: list[list[tuple[str, str]]] = [[]]
    room = width
    for text, token in pieces:
        for word in _words(text, width):
            length = cell_len(word)
            if length > room and lines[-1]:
                lines.append([])
                room = width
            lines[-1].append((word + " ", token))
            room -= length + 1
    return lines


def _words(text: str, width: int) -> list[str]:
    """Words of at most so many cells; blanks before the first one belong to it."""
    blanks = len(text) - len(text.lstrip(" "))
    words = text.split(" ")[blanks:] if blanks else text.split(" ")
    if words and blanks:
        words[0] = " " * blanks + words[0]
    return [part for word in words for part in (chop_cells(word, width) or [""])]


def shortened(path: str, width: int) -> str:
    """A path of at most so many cells: its middle gives way, its end stays as long as it can."""
    if cell_len(path) <= width:
        return path
    parts = path.split("/")
    first = "/".join(parts[: 2 if path.startswith("/") else 1])
    for at in range(2, len(parts)):
        told = f"{first}/…/{'/'.join(parts[at:])}"
        if cell_len(told) <= width:
            return told
    last = f"…/{parts[-1]}"
    return last if cell_len(last) <= width else fitted(path, width)
