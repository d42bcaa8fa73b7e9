"""What a run proved, and what it leaves for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Proved(StrEnum):
    """What became of one function. LEFT_OUT: nothing was to be done to it, or nothing could."""

    MOVED = "moved"
    KEPT = "kept"
    FAILED = "failed"
    LEFT_OUT = "left out"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class FunctionProof:
    """One function of a run, or one variable that was left out of it.

    sentence: what was proved and how, or why not; time (UTC): of the newest entry about it, None
    if the run never reached it; versions_holding: published versions that keep the plaintext.
    """

    function: str
    state: Proved
    sentence: str
    time: datetime | None = None
    versions_holding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that is left for a person. id: the same for the same thing of a run, whenever it
    is asked for; done: a person said so."""

    id: str
    text: str
    hint: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class ProofResult:
    """run: its complete id; status: as the journal has it; not_searched: what its plan did not or
    could not look at."""

    run: str
    status: str
    functions: tuple[FunctionProof, ...]
    todo: tuple[Todo, ...]
    not_searched: tuple[str, ...] = ()
