"""The functions that a plan reads, as rows, while it is being made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..gate import Safe, gate
from ..viewmodels import Cell, RowView

STATES: Final = {
    "wait": ("wait", "waits"),
    "reading": ("work", "reading…"),
    "read": ("ok", "read"),
    "unread": ("unknown", "not read"),
}
"""State of a Reading -> glyph and meaning, words."""


def newest_reading(closely: Mapping[str, tuple[str, str]]) -> str:
    """The row of the last function that is being read, "" where none is."""
    reading = [function for function, (state, _why) in closely.items() if state == "reading"]
    return _row(reading[-1]) if reading else ""


def _row(function: str) -> str:
    return f"reading/{function}"


def reading_rows(closely: Mapping[str, tuple[str, str]]) -> Iterator[RowView]:
    """closely: function as region/name -> state and reason."""
    for function, (state, why) in closely.items():
        token, words = STATES[state]
        region, _, name = function.partition("/")
        yield RowView(
            _row(function),
            (Cell(gate(name), "strong"), Cell(gate(f"  {region}  "), "faint"), Cell(Safe(words))),
            search=function.casefold(),
            sign=token,
            token=token,
            note=gate(why),
            whole=True,
        )
