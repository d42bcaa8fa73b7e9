"""Who can read a value before and after it moves: a move can widen that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from secretshift.model.plans import Readers, Readership, SecretPlan
from secretshift.model.ports import Grant

from .inputs import Case, Onlookers

NAMED = 50
"""How many are named in a plan; the rest is counted."""


def readership(secret: SecretPlan, holders: Sequence[Case], onlookers: Onlookers) -> Readership:
    """holders: the functions whose environment holds the value.

    A right to the secret's customer key is not asked for, so that more are named than can read it,
    and never fewer. Of those who could see it before, only the sure ones do not gain.
    """
    audience, style = onlookers.audience, onlookers.style
    if audience is None:
        return Readership(unseen=onlookers.unseen)
    ways = [
        way
        for case in holders
        for way in style.ways_to_see(case.snapshot.ref, case.snapshot.kms_key)
    ]
    before = audience.who_may(ways)
    target = secret.arn or style.foreseen(secret.place, secret.name)
    after = audience.who_may([style.questions(secret.place, "", [Grant(target)])])
    return Readership(
        _readers(before.possible),
        _readers(after.possible),
        _readers(after.possible - before.sure),
    )


def _readers(names: Iterable[str]) -> Readers:
    found = sorted(names)
    return Readers(len(found), tuple(found[:NAMED]))
