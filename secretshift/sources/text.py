"""From the bytes of a file to its text, and from an offset in the text to a line."""

from __future__ import annotations

import codecs
from bisect import bisect_right
from typing import Final

LOOK: Final = 8192
"""Bytes at the beginning of a file that decide whether it is text."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"


def decode(content: bytes) -> str | None:
    """The text of a file, None if it is binary.

    A byte order mark decides; without one it is UTF-8, or else Latin-1, in which every byte is
    some character, so that one bad byte hides nothing. UTF-16 without a mark is recognised by
    its pattern of NULs. Binary: a NUL, or mostly control characters, in the first 8 KiB.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    head = content[:LOOK]
    if b"\0" in head:
        encoding = _unmarked_utf16(head)
        return content.decode(encoding, "replace") if encoding else None
    if len(head.translate(None, _CONTROL)) < 0.7 * len(head):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def text_of(content: bytes) -> str | None:
    """``decode``, and lines that end with a CR alone (as on a classic Mac) end with an LF instead.
    The text keeps its length, so that every offset in it stays right."""
    text = decode(content)
    if text is None or "\n" in text or "\r" not in text:
        return text
    return text.replace("\r", "\n")


def _unmarked_utf16(head: bytes) -> str:
    even, odd = head[0::2], head[1::2]
    for encoding, characters, zeros in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        mostly_ascii = zeros.count(0) > 0.9 * len(zeros) and b"\0" not in characters
        if len(zeros) > 3 and mostly_ascii:
            return encoding
    return ""


class Lines:
    """Finds line and column of many offsets of one text."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        self._starts = starts

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, in characters."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of one offset, both from 1; for many offsets of a text take Lines."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
