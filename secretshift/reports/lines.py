"""Styled lines: what a report is before a terminal, a picture or a file gives it a form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from .terminal import safe


class Style(StrEnum):
    """What a piece of text means. Colour is emphasis only: the text says the same without it."""

    PLAIN = ""
    ADD = "add"
    REMOVE = "remove"
    CHANGE = "change"
    GOOD = "good"
    BAD = "bad"
    WARNING = "warning"
    STRONG = "strong"
    FAINT = "faint"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line. Whatever it is made of, it holds printable characters only."""

    text: str
    style: Style = Style.PLAIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", safe(self.text))


Line = tuple[Span, ...]


def line(*parts: str | Span | tuple[str, Style]) -> Line:
    """A line of texts (plain), pairs of text and style, and spans."""
    return tuple(
        part if isinstance(part, Span) else Span(part) if isinstance(part, str) else Span(*part)
        for part in parts
    )


def indented(lines: Iterable[Line], spaces: int) -> list[Line]:
    return [(Span(" " * spaces), *spans) if spans else spans for spans in lines]


def block(text: str, spaces: int = 0, style: Style = Style.PLAIN) -> list[Line]:
    """A text of ours of several lines, each indented."""
    return indented([line((row, style)) for row in text.split("\n")], spaces)


def heading(text: str) -> list[Line]:
    return [(), line((text, Style.STRONG))]


def plain(lines: Sequence[Line]) -> str:
    """The lines without style, each ended by a line break."""
    return "".join("".join(span.text for span in spans).rstrip() + "\n" for spans in lines)


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 function``, ``2 functions``, ``1,204 files``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def stamp(time: datetime) -> str:
    """ISO 8601 in UTC, to the second: ``2025-11-24T02:26:00Z``."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
