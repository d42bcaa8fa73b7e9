"""A long text in pieces, so that a look at it can end early and offsets stay cheap; and without what
costs the rules much and is taken apart by grammars of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..late import late

MOST_RAW: Final = 6_000
"""Matches of one text, those that do not count included: some 30 µs each."""
SIZE: Final = 128 * 1024
"""Characters of a piece, about."""
OVERLAP: Final = 1024
"""Characters that two pieces share, so that what spans a line end is whole in one of them."""
_MANY: Final = 200
_ADDRESS: Final = late(rb"://(?=[^:/@\s'\"`]{0,128}:[^/@\s'\"`]{1,256}@(?!bitbucket|git[.-]))")
_STORAGE: Final = ((b"torage", b"todage"), (b"TORAGE", b"TODAGE"))


@dataclass
class Ration:
    """left: matches that may still be looked at; spent: whether some were left out."""

    left: int = sys.maxsize
    spent: bool = False

    def take(self, matches: int) -> None:
        self.left -= matches


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The pieces, each with its offset; a short text is one."""
    size = len(text)
    if size <= 2 * SIZE:
        yield 0, text
        return
    begin = 0
    while begin < size:
        end = min(size, begin + SIZE)
        cut = text.rfind("\n", end - SIZE // 4, end) + 1 if end < size else size
        end = cut or end
        start = max(0, begin - OVERLAP)
        yield start, text[start:end]
        begin = end


def hurried(data: bytes) -> bytes:
    """The same, of the same length, for who asks only where something is: without the word behind
    which a rule that does not count looks at every name of a storage account, which takes six
    times as long as all the others. No rule that counts asks for the word."""
    for word, other in _STORAGE:
        data = data.replace(word, other)
    return data


def quietened(data: bytes) -> bytes:
    """The same, of the same length, where many private keys or addresses with a password stand:
    the rules for them are none of those that count, and one match costs 30 µs and more."""
    if data.count(b"-----BEGIN") > _MANY:
        data = data.replace(b"-----BEGIN", b"=====BEGIN")
    if data.count(b"://") > _MANY:
        data = _ADDRESS.sub(b":__", data)
    return data
