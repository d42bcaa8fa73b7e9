"""Values that lie in plain again, as lines and as JSON data: of an undo and of a run alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from .lines import Line, Style, line, stamp


class InPlain(Protocol):
    """A variable that lost its plaintext and has it again, since a time."""

    @property
    def function(self) -> str: ...
    @property
    def variable(self) -> str: ...
    @property
    def since(self) -> datetime: ...


def in_plain_data(items: Sequence[InPlain]) -> list[dict[str, str]]:
    return [
        {"function": item.function, "variable": item.variable, "since": stamp(item.since)}
        for item in items
    ]


def in_plain_lines(items: Sequence[InPlain]) -> list[Line]:
    return [
        line(
            "  ",
            ("!", Style.WARNING),
            f" in plain {item.function} {item.variable}: again since {stamp(item.since)}",
        )
        for item in items
    ]
