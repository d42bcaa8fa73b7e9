"""The values of a Kubernetes Secret, which stand in base64 below ``data``.

Source: Kubernetes documentation, "Secrets".
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from typing import Final

from ..late import late
from .literals import Assignment

KIND: Final = late(r"(?m)^(?:- )?[ ]{0,8}[\"']?kind[\"']?:[ ]{0,4}[\"']?Secret[\"']?[ ]{0,4},?\r?$")
_DATA: Final = late(r"(?m)^(?P<indent>[ ]{0,12})[\"']?data[\"']?:[ ]{0,4}\{?[ ]{0,4}\r?\n")
_ENTRY: Final = late(
    r"(?P<indent>[ ]{1,20})[\"']?(?P<name>[\w.-]{1,120})[\"']?:[ ]{0,4}(?P<q>[\"']?)"
    r"(?P<value>[A-Za-z0-9+/]{2,60000}={0,2})(?P=q)[ ]{0,4},?\r?(?:\n|$)"
)
_OTHER: Final = late(r"[ ]{0,40}(?:#[^\n]{0,400})?\r?\n")
_DOCUMENT: Final = late(r"(?m)^---")


def values(text: str) -> Iterator[Assignment]:
    """Every text that a Secret holds, decoded, under its key; what is binary is left out."""
    if "Secret" not in text:
        return
    starts = [0, *(found.start() for found in _DOCUMENT.finditer(text)), len(text)]
    for begin, end in itertools.pairwise(starts):
        if KIND.search(text, begin, end) is None:
            continue
        for block in _DATA.finditer(text, begin, end):
            yield from _entries(text, block.end(), end, len(block["indent"]))


def _entries(text: str, at: int, end: int, outer: int) -> Iterator[Assignment]:
    while at < end:
        found = _ENTRY.match(text, at, end)
        if found is None:
            blank = _OTHER.match(text, at, end)
            if blank is None:
                return
            at = blank.end()
            continue
        if len(found["indent"]) <= outer:
            return
        plain = _decoded(found["value"])
        if plain:
            yield Assignment(found["name"], plain, found.start("value"), found.end("value"), True)
        at = found.end()


def _decoded(value: str) -> str:
    try:
        plain = base64.b64decode(value, validate=True).decode("utf-8")
    except ValueError:
        return ""
    return plain.rstrip("\r\n") if plain.replace("\n", "").replace("\r", "").isprintable() else ""
