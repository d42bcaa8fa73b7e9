"""What did not work at the last attempt of a run, kept with the run: a failure that came before
any change leaves no trace in the log of changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from secretshift.execution.run import Failure
from secretshift.model.codec import from_data, to_data

from .services import Journal

NOTE: Final = "failures"
MOST: Final = 200
LONGEST: Final = 400


def keep_failures(journal: Journal, run: str, failures: Sequence[Failure]) -> None:
    """The first of them, cut, so that they always fit; none takes those of an earlier attempt
    back."""
    kept = [
        Failure(f.target[:LONGEST], f.code, f.what[:LONGEST], f.hint[:LONGEST])
        for f in failures[:MOST]
    ]
    journal.note(run, NOTE, {"failures": to_data(kept)})


def kept_failures(journal: Journal, run: str) -> tuple[Failure, ...]:
    found = journal.notes(run).get(NOTE, {}).get("failures", [])
    return from_data(tuple[Failure, ...], found, "the failures of a run")
