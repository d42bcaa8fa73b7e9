"""Whether what an expression of ``BROAD`` matches stands where it counts, by what is before the name.

Pure; a microsecond for each. It may say yes too often, never too seldom.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Final

from .late import late

_FAR: Final = 200
"""Bytes of a name at most, and of what stands before it."""
_LETTERS: Final = frozenset((string.ascii_letters + string.digits + "_.*-").encode())
_NAME: Final = _LETTERS | frozenset(range(0x80, 0x100))
_WHITE: Final = frozenset(b" \t")
_QUOTES: Final = frozenset(b"\"'\x60")
_AMID_A_TEXT: Final = _QUOTES | frozenset(b" \t\r\n\v\f;&?,")
_BEGINS: Final = late(
    rb"(?i)(?:\n(?:\xef\xbb\xbf)?[ \t]{0,80}(?:(?:setenv|setx|fastcgi_param|#define)[ \t]{1,8})?"
    rb"|(?:set|setq|setf|def|defvar|defonce|defparameter|defconst)[ ](?:-\w{1,4}[ ]){0,2})\Z"
)
_SENT: Final = late(rb"(?i)=(?:[a-z0-9+/_.=~-]{16}|[^\s\"'\x60&$<>{}()\\]{4,200}&\w)")


def _before_quote(data: bytes, end: int) -> bool:
    """``name "value"`` of Objective-C, Lisp and Tcl, of header files, alone on a line."""
    at = end - 1
    at -= data[at - 1] == 0x40
    while data[at - 1] in _WHITE:
        at -= 1
    begin = _begin_of_name(data, at)
    return data[begin - 1 : begin] in (b"@", b":", b"") or (
        _BEGINS.search(data, max(0, begin - _FAR), begin) is not None
    )


def _amid_a_text(data: bytes, end: int) -> bool:
    """``name=value`` as a form is sent, or in a text."""
    equals = end - 5
    begin = _begin_of_name(data, equals)
    if begin and data[begin - 1] not in _AMID_A_TEXT:
        return False
    return data[begin - 1 : begin] == b"&" or _SENT.match(data, equals) is not None


def _after_quote(data: bytes, end: int) -> bool:
    """``"name: value`` as a header is written."""
    colon = end - 7
    while data[colon] in _WHITE:
        colon -= 1
    begin = _begin_of_name(data, colon)
    return begin > 0 and data[begin - 1] in _QUOTES


def _begin_of_name(data: bytes, end: int) -> int:
    floor = max(0, end - _FAR)
    while end > floor and data[end - 1] in _NAME:
        end -= 1
    return end


COUNTS: Final[tuple[Callable[[bytes, int], bool], ...]] = (
    _before_quote, _amid_a_text, _after_quote,
)  # fmt: skip
"""One for each expression; end: behind what it matches."""
