"""Lines fitted to a terminal: broken at spaces, the rest indented under where the text began."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .lines import Line, Span

NARROWEST = 40
_WORDS = re.compile(r" *[^ ]+")
_RULE = re.compile(r"(─+)")


def wrapped(lines: Iterable[Line], width: int) -> list[Line]:
    """Every line at most ``width`` characters, where its words allow it.

    A word that is longer than the line stays whole, so that it can be copied; a rule is cut short.
    """
    width = max(width, NARROWEST)
    return [part for spans in lines for part in _fit(spans, width)]


def _fit(spans: Line, width: int) -> list[Line]:
    length = sum(len(span.text) for span in spans)
    if length <= width:
        return [spans]
    text = "".join(span.text for span in spans)
    if "─" in text:
        return _fit_rule(spans, length - width)
    hang = " " * min(len(text) - len(text.lstrip(" ")) + 2, width // 2)
    result: list[Line] = []
    row: list[Span] = []
    used = 0
    for word in _words(spans):
        size = len(word.text)
        if row and used + size > width:
            if not word.text.strip():
                continue
            result.append(tuple(row))
            row, used = [Span(hang)], len(hang)
            word = Span(word.text.lstrip(" "), word.style)
            size = len(word.text)
        row.append(word)
        used += size
    result.append(tuple(row))
    return result


def _words(spans: Line) -> Iterator[Span]:
    """Words with the spaces before them. Two spans that touch without a space are one word: its
    parts follow each other and are kept together by the first."""
    for span in spans:
        rest = span.text
        for match in _WORDS.finditer(rest):
            yield Span(match[0], span.style)
        tail = rest[len(rest.rstrip(" ")) :]
        if tail and tail != rest:
            yield Span(tail, span.style)
        elif tail:
            yield Span(rest, span.style)


def _fit_rule(spans: Line, excess: int) -> list[Line]:
    """Take the excess off the rules, evenly; keep the words."""
    rules = sum(len(match[0]) for span in spans for match in _RULE.finditer(span.text))
    if rules - excess < 2:
        return [spans]
    keep = (rules - excess) / rules
    return [
        tuple(
            Span(_RULE.sub(lambda match: "─" * int(len(match[0]) * keep), span.text), span.style)
            for span in spans
        )
    ]
