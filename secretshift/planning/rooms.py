"""Whether a role has room for the policies of all its functions. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from secretshift.changes.probe_function import PROBE_PREFIX
from secretshift.model.plans import FunctionPlan, PlanNote

from .inputs import Case

STAND_IN_PROBE = PROBE_PREFIX + "0" * 16


def keep_to_rooms(
    functions: Sequence[FunctionPlan], cases: Mapping[str, Case], rooms: Mapping[str, int]
) -> tuple[FunctionPlan, ...]:
    """Block the functions whose policy finds no room any more beside those planned before them.

    rooms: bytes left, by role; a role that is not in it is not judged.
    """
    left = dict(rooms)
    judged = []
    for function in functions:
        if function.blocked or function.role not in left:
            judged.append(function)
            continue
        room = left[function.role]
        stays, peak = _growth(function, cases[function.function.arn])
        if peak <= room:
            left[function.role] = room - stays
            judged.append(function)
            continue
        note = PlanNote(
            "policies-too-large",
            f"Its policy needs {peak} characters, and its role has room for {max(room, 0)}",
            "Make managed policies of some of the role's inline ones, or give it a role of its own",
        )
        judged.append(replace(function, blockers=(*function.blockers, note)))
    return tuple(judged)


def _growth(function: FunctionPlan, case: Case) -> tuple[int, int]:
    """By how much the role's policies grow for good, and while a twin may read as well."""
    style, place, own = case.style, function.function.place, function.function.arn
    parsed = style.grants_in(function.policy)
    if parsed is None:
        return _size(function.policy), _size(function.policy)
    before = style.grants_in(case.policy) if case.policy else None
    by_secret = {
        grant.secret: grant for grant in (*(before.grants if before else ()), *parsed.grants)
    }
    grants = tuple(by_secret.values())
    there = _size(case.policy) if before else 0
    if parsed.of_role:
        # no twin is named in it
        grown = _size(style.role_document(place, grants)) - there
        return grown, grown
    twin = own.removesuffix(function.function.name) + STAND_IN_PROBE
    beside = (own, twin) if function.way == "layer" and not function.no_twin else (own,)
    stays = _size(style.grant_document(place, (own,), grants)) - there
    peak = _size(style.grant_document(place, beside, grants)) - there
    return stays, peak


def _size(document: str) -> int:
    return len("".join(document.split()))
