"""What happens where the condition on the function's ARN is what denies the reading. Pure.

The grant can be the whole role's then. That gives the secret to whatever else uses the role, so
it is done unasked only where nothing else does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from secretshift.model.plans import Fallback, PlanNote
from secretshift.model.ports import Grant, PolicyGrants

from .inputs import Case

SETTING = "plan.grant_to_role"
_OTHERWISE = f"Allow it by name with {SETTING}, or give the function a role of its own"


@dataclass(frozen=True, slots=True)
class Decision:
    fallback: Fallback
    blockers: tuple[PlanNote, ...] = ()
    warnings: tuple[PlanNote, ...] = ()


def decide(case: Case, way: str, grants: Sequence[Grant], named: Collection[str]) -> Decision:
    """grants: what the function will read; named: functions for which it was allowed."""
    present = case.style.grants_in(case.policy) if case.policy else None
    allowed = case.snapshot.ref.name in named
    if present is not None and present.of_role:
        return _standing(case, present, grants, allowed=allowed)
    if way != "layer":
        return Decision(Fallback())
    if case.no_twin:
        text = "would refuse: without a twin nothing tells whether the condition is what denies it"
        return Decision(Fallback("refuse", text=text))
    who, what = _others(case), _secrets(grants)
    if not who and not allowed:
        text = "would fall back to the role: no other function uses it"
        return Decision(Fallback("role", text=text))
    if not allowed:
        text = f"would refuse: the role is shared by {who}, which would gain {what}; allow it by "
        return Decision(Fallback("refuse", text=f"{text}name with {SETTING}"))
    # By name it is done even where somebody may use the role whom the run cannot see.
    who = who or "whatever uses it where nobody could look"
    warning = PlanNote(
        "grant-to-role",
        f"If the condition on its ARN denies the reading, its role gets the grant: {who} would "
        f"gain {what}",
        f"Take it out of {SETTING}, or give the function a role of its own",
    )
    text = f"would fall back to the role, as {SETTING} allows: {who} would gain {what}"
    return Decision(Fallback("named", text=text), warnings=(warning,))


def _standing(
    case: Case, present: PolicyGrants, grants: Sequence[Grant], *, allowed: bool
) -> Decision:
    """The grant is the role's already: an earlier run proved that it works in no other way."""
    who, what = _others(case), _secrets(grants)
    text = "the grant is the whole role's already, and stays so"
    if not who:
        decision = "named" if allowed else "role"
        return Decision(Fallback(decision, True, f"{text}: no other function uses it"))
    warning = PlanNote(
        "grant-of-role",
        f"Its grant is the whole role's: {who} may read what it reads",
        "Give the function a role of its own",
    )
    fallback = Fallback("named" if allowed else "refuse", True, f"{text}, for {who} as well")
    gained = [grant for grant in grants if grant.secret not in present.secrets]
    if allowed or not gained:
        return Decision(fallback, warnings=(warning,))
    blocker = PlanNote(
        "grant-of-role",
        f"Its grant is the whole role's, so {who} would gain {what}",
        _OTHERWISE,
    )
    return Decision(fallback, blockers=(blocker,), warnings=(warning,))


def _others(case: Case) -> str:
    """Who else uses the role, "" if nobody does; not to know counts as somebody."""
    unseen = () if case.facts.sharing_known else ("whatever could not be listed",)
    return ", ".join((*case.facts.sharing, *unseen))


def _secrets(grants: Sequence[Grant]) -> str:
    return "the secret" if len(grants) == 1 else "the secrets"
