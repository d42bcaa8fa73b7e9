"""All changes of a run before it begins, in the order in which each function meets them.

``execution/run.py`` carries them out and journals them under the same keys; a test holds the two
together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from secretshift.changes.add_reference import AddReference
from secretshift.changes.create_secret import CreateSecret
from secretshift.changes.grant_read import GrantRead
from secretshift.changes.probe_function import ProbeFunction
from secretshift.changes.prove_match import ProveMatch
from secretshift.changes.publish_layer import PublishLayer
from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.changes.swap_reference import SwapReference, adding, writes
from secretshift.model.journeys import Consent
from secretshift.model.plans import FunctionPlan, Plan

from .journaling import Change, ChangeRecord
from .undo import OPEN

_SIGNS: Final[Mapping[str, str]] = {
    "create": "+",
    "restore": "~",
    "reuse": "?",
    "publish-layer": "+",
    "grant-read": "~",
    "probe": "?",
    "add-reference": "~",
    "prove": "?",
    "remove-plaintext": "-",
    "swap-reference": "-",
}
_UNDO: Final[Mapping[str, str]] = {
    "create": "deleted once nothing refers to it; it can be restored for a time",
    "restore": "deleted once nothing refers to it; it can be restored for a time",
    "reuse": "stays, it was there before",
    "publish-layer": "stays: a deleted layer version cannot be attached again",
    "grant-read": "this run's grant is taken out of the policy",
    "probe": "the twin is deleted as soon as it answered",
    "add-reference": "the references go, other variables stay as they are by then",
    "prove": "it changes nothing",
    "remove-plaintext": "put back, in the write that takes the references out",
    "swap-reference": "one write takes the references out and puts the plaintext back",
}

_UNDO_SIGNS: Final[Mapping[str, str]] = {
    "create-secret": "-",
    "publish-layer": "?",
    "grant-read": "~",
    "probe": "-",
    "add-reference": "~",
    "remove-plaintext": "+",
    "swap-reference": "+",
}


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One change that a run will perform.

    key: as the journal names it; change: its type; sign: ``+`` makes something, ``~`` changes
    something that is there, ``-`` removes plaintext, ``?`` only looks or proves; undo: what undo
    makes of it.
    """

    key: str
    change: str
    target: str
    text: str
    sign: str
    undo: str


def planned_steps(plan: Plan, consent: Consent) -> tuple[PlannedStep, ...]:
    """Every change, in order: secrets, layers, then one function after the other.

    Functions are worked on side by side, so only the order within one function is the run's.
    A run that finds something done already leaves its steps out, and one whose twin is denied may
    have one more, which is not planned: a grant to the whole role.
    """
    return tuple(_step(change) for change in _changes(plan, consent))


def undo_steps(plan: Plan, records: Iterable[ChangeRecord]) -> tuple[PlannedStep, ...]:
    """What an undo of the run with these records will take back or leave, in its order: left-over
    twins, environments, grants, secrets, layers. text says what becomes of it."""
    by_key = {record.key: record for record in records}
    return tuple(
        PlannedStep(
            key=change.key,
            change=change.type,
            target=change.target,
            text=f"{change.target}: {_UNDO[_word(change)]}",
            sign=_UNDO_SIGNS[change.type],
            undo="",
        )
        for change in _taken_back(plan, by_key)
    )


def _taken_back(plan: Plan, records: Mapping[str, ChangeRecord]) -> Iterator[Change]:
    def open_(change: Change) -> bool:
        return change.key in records and records[change.key].state in OPEN

    for function in plan.active:
        if open_(ProbeFunction(function)) and records[ProbeFunction(function).key].state != "done":
            yield ProbeFunction(function)
    for function in plan.active:
        if open_(adding(function)):
            yield from (c for c in reversed(writes(function)) if c.key in records)
    yield from (GrantRead(f) for f in plan.active if open_(GrantRead(f)))
    yield from (CreateSecret(secret) for secret in plan.secrets if open_(CreateSecret(secret)))
    for place in dict.fromkeys(f.function.place for f in plan.active):
        record = records.get(PublishLayer(place).key)
        if record is not None and record.after.get("arn"):
            yield PublishLayer(place)


def _changes(plan: Plan, consent: Consent) -> Iterator[Change]:
    wanted = {variable.secret for function in plan.active for variable in function.variables}
    for secret in plan.secrets:
        if secret.key in wanted or any(piece.file for piece in secret.pieces):
            yield CreateSecret(secret)
    for place in dict.fromkeys(f.function.place for f in plan.active if f.way == "layer"):
        yield PublishLayer(place)
    if consent < Consent.SWITCH:
        return
    for function in plan.active:
        yield from _of_function(function, remove=consent >= Consent.REMOVE_PLAINTEXT)


def _of_function(function: FunctionPlan, *, remove: bool) -> Iterator[Change]:
    layered = function.way == "layer"
    yield GrantRead(function)
    if layered and not function.no_twin:
        yield ProbeFunction(function)
    if function.at_once:
        if remove:
            yield SwapReference(function)
            yield ProveMatch(function, wanted="resolved")
        return
    yield AddReference(function)
    if layered and remove:
        yield ProveMatch(function)
        yield RemovePlaintext(function)
        yield ProveMatch(function, wanted="resolved")


def _step(change: Change) -> PlannedStep:
    word = _word(change)
    return PlannedStep(
        key=change.key,
        change=change.type,
        target=change.target,
        text=change.describe(),
        sign=_SIGNS[word],
        undo=_UNDO[word],
    )


def _word(change: Change) -> str:
    return change.secret.action if isinstance(change, CreateSecret) else change.type
