"""The lines around a finding, with every secret masked, the neighbours' too."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from secretshift.model.findings import FileLocation, FunctionLocation, HistoryLocation, Location
from secretshift.model.secret_value import MASK

from .masking import masked_lines
from .reread import blob_text, file_text, gone, variables_of
from .services import Services

MOST_AROUND: Final = 100


@dataclass(frozen=True, slots=True)
class ContextLine:
    """number: from 1; text: a line without any value; here: the finding is in this one.

    text comes from outside: whoever shows it makes it printable first.
    """

    number: int
    text: str
    here: bool


def context(services: Services, location: Location, *, around: int = 4) -> tuple[ContextLine, ...]:
    """Lines around the finding, of the file or of its version in a git history, or all variables
    of the function, read again.

    Raises Moved where the place is gone, SecretshiftError where it cannot be read.
    """
    around = max(0, min(around, MOST_AROUND))
    if isinstance(location, FunctionLocation):
        return _variables(services, location)
    if isinstance(location, HistoryLocation):
        return _lines(services, location, blob_text(location), around)
    return _lines(services, location, file_text(services, location), around)


def _lines(
    services: Services, location: FileLocation | HistoryLocation, text: str, around: int
) -> tuple[ContextLine, ...]:
    count = text.count("\n") + 1
    if not 1 <= location.line <= count:
        raise gone(os.fspath(Path(location.root, location.path)))
    first, last = max(1, location.line - around), min(count, location.line + around)
    sightings = services.detector.sightings(location.path, text)
    return tuple(
        ContextLine(number, row, number == location.line)
        for number, row in enumerate(masked_lines(text, sightings, first, last), first)
    )


def _variables(services: Services, location: FunctionLocation) -> tuple[ContextLine, ...]:
    """Names only: which of the values are harmless is nobody's guess here."""
    names = tuple(variables_of(services, location))
    if location.variable not in names:
        raise gone(str(location))
    return tuple(
        ContextLine(number, f"{name}={MASK}", name == location.variable)
        for number, name in enumerate(names, 1)
    )
