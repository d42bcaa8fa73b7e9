"""A table of forms, each of which says by its place in a line what a literal is, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .. import names
from .literals import Assignment, literal
from .marks import Table


class Form(NamedTuple):
    """marks: one of them is in the line, in small letters; pattern: with a group ``value``, and
    another, ``name``, where the line names it; said: what it is where no name stands there; swept:
    what points at such lines in the first pass over histories, "" where another expression does."""

    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    said: str = ""
    swept: str = ""


def table(forms: Sequence[Form]) -> Table[Form]:
    """The forms, by their marks."""
    return Table(forms, lambda form: form.marks)


def assignments(
    forms: Table[Form], line: str, there: Iterable[str], begin: int
) -> Iterator[Assignment]:
    """What the forms find in one line that begins at an offset. there: the marks that it holds."""
    for form in forms.worth(there):
        for found in form.pattern.finditer(line):
            name = form.said or found["name"].strip("*$@")
            if names.sense(name).telling:
                yield _held(found, name, begin)


def _held(found: re.Match[str], name: str, begin: int) -> Assignment:
    start, end = found.span("value")
    value = found["value"]
    if value.lstrip("bB")[:1] in ('"', "'", "`") and len(value) > 2:
        item = literal(name, value, begin + start)
    else:
        item = Assignment(name, value, begin + start, begin + end, True)
    return item._replace(placed=True)
