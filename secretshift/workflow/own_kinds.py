"""Kinds of the user's own, tried on the examples that stand beside them, as the built-in ones are
by a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from secretshift.catalogue import Entry
from secretshift.catalogue.examples import made_up
from secretshift.detection.apart import DetectorApart
from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import Verdict
from secretshift.model.secret_value import SecretValue

_SEEDS: Final = range(3)


class Asked(Protocol):
    def environment(self, variables: Mapping[str, SecretValue], /) -> Sequence[Verdict]: ...


def unmet(entry: Entry, detector: Asked) -> Iterator[str]:
    """What its examples show to be wrong with a kind, as sentences that quote none of them. Raises
    SecretshiftError where the detector cannot be asked."""
    kind = entry.kind.id
    for sort, examples, wanted, wrong in (
        ("example", entry.examples, True, "not found"),
        ("counter-example", entry.counter_examples, False, "found"),
    ):
        for number, example in enumerate(examples, 1):
            try:
                values = [made_up(example.value, seed) for seed in _SEEDS]
            except ValueError:
                yield f"the value of {sort} {number} of {kind} is no pattern"
                continue
            if any(_is_found(kind, example.name, one, detector) is not wanted for one in values):
                yield f"{kind} is {wrong} in its own {sort} {number}"


def _is_found(kind: str, name: str, value: str, detector: Asked) -> bool:
    return any(one.kind == kind for one in detector.environment({name: SecretValue(value)}))


def misfits(
    entries: Sequence[Entry],
    opened: Asked | None,
    detectors: Sequence[Path],
    rules: Sequence[Path],
) -> Mapping[str, Sequence[str]]:
    """By file, what is wrong with its kinds. opened: None for a detector of these files, which
    run in a process of their own."""
    if opened is not None:
        return _told(entries, opened)
    files = dict.fromkeys(Path(entry.file) for entry in entries)
    made = DetectorApart(kinds=tuple(files), plugin_paths=detectors, rule_paths=rules)
    try:
        return _told(entries, made)
    finally:
        made.close()


def _told(entries: Sequence[Entry], detector: Asked) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        try:
            wrong = list(unmet(entry, detector))
        except SecretshiftError as error:
            wrong = [f"the examples of {entry.kind.id} could not be tried: {error.what}"]
        found.setdefault(entry.file, []).extend(wrong)
    return found
