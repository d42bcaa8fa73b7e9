"""The policy of one function on its role: read, written, narrowed and taken back.

It is bound to the function by a condition on its ARN, or it is the whole role's. Which of the two
it has to be, plan and journal say; what IAM shows has to agree, and where it does not nothing is
written. So no grant is widened or narrowed by the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from secretshift.model.errors import AlreadyThere, Moved, NotFound, Refused
from secretshift.model.plans import FunctionPlan
from secretshift.model.ports import Grant, PolicyGrants

from .context import RunContext
from .role_users import check_consent, check_users

LOOKS = 5
"""How often to look whether IAM shows by now what was written just before."""


def present_grants(ctx: RunContext, function: FunctionPlan) -> PolicyGrants | None:
    """What our policy grants as it is now; None if there is none.

    Raises AlreadyThere for a document under our name that we did not write.
    """
    region = ctx.of(function)
    document = region.access.read_policy(function.role, function.policy_name)
    if document is None:
        return None
    parsed = region.references.grants_in(document)
    if parsed is None:
        raise AlreadyThere(
            "A policy under our name holds something that we did not write",
            resource=f"{function.role} {function.policy_name}",
            hint="Look at it, and rename or remove it by hand",
        )
    return parsed


def of_role(ctx: RunContext, function: FunctionPlan) -> bool:
    """Whether the grant has to be the whole role's: it was when the plan was made, or this run
    proved that it works in no other way."""
    return function.fallback.standing or function.function.arn in ctx.role_proved


def expected_grants(ctx: RunContext, function: FunctionPlan) -> PolicyGrants | None:
    """The same as `present_grants`, in the form that plan and journal say.

    IAM may answer with a policy as it was some seconds ago, so another form is looked at again for
    a while. Raises Moved where it stays.
    """
    until = ctx.deadline(ctx.patience.grant)
    while True:
        present = present_grants(ctx, function)
        problem = _unexpected(ctx, function, present)
        if problem is None:
            return present
        if ctx.now() >= until:
            raise problem
        ctx.wait()


def _unexpected(
    ctx: RunContext, function: FunctionPlan, present: PolicyGrants | None
) -> Moved | None:
    where = f"{function.role} {function.policy_name}"
    if of_role(ctx, function):
        if present is None:
            return grant_gone(function)
        if present.of_role:
            return None
        return Moved(
            "The grant was bound to the function again, and it was proved for the whole role only",
            resource=where,
            hint="Find out who did it, then plan again",
            code="grant-narrowed",
        )
    if present is None or not present.of_role or function.function.arn in ctx.role_tried:
        return None
    return Moved(
        "The grant is the whole role's by now, and the plan does not know of it",
        resource=where,
        hint="Plan again; if nobody wants it so, delete that policy by hand first",
        code="grant-widened",
    )


def grant_gone(function: FunctionPlan) -> Moved:
    return Moved(
        "The grant was taken away",
        resource=f"{function.role} {function.policy_name}",
        hint="The plaintext stays; find out who removed it, then plan again",
        code="grant-gone",
    )


def write_grants(
    ctx: RunContext,
    function: FunctionPlan,
    grants: Sequence[Grant],
    *,
    also: Sequence[str] = (),
) -> None:
    """Make the policy hold these grants beside what it holds and what the function refers to.

    also: further functions for a time (a probe); where the grant is the role's they have it
    anyway. Leaves the policy alone where it is right.
    """
    with ctx.role(function.role):
        present = expected_grants(ctx, function)
        before = present.grants if present is not None else ()
        together = _together(grants, referred(ctx, function), before)
        if not together:
            return
        if of_role(ctx, function):
            if any(grant.secret not in _held_by_role(present) for grant in together):
                check_users(ctx, function)
            _write_for_role(ctx, function, together, present)
            return
        functions = {function.function.arn, *also}
        if present is not None and (set(present.functions), present.grants) == (
            functions,
            together,
        ):
            return
        _write_bound(ctx, function, together, also=also)


def widen_grants(ctx: RunContext, function: FunctionPlan) -> None:
    """Leave the condition on the function out. Raises Refused unless the plan allows it, Moved
    where the grant is gone."""
    with ctx.role(function.role):
        present = present_grants(ctx, function)
        if present is None:
            raise grant_gone(function)
        together = _together(ctx.grants(function), referred(ctx, function), present.grants)
        _write_for_role(ctx, function, together, present)


def bind_grants(ctx: RunContext, function: FunctionPlan) -> None:
    """Put the condition on the function back, with what the policy grants otherwise."""
    with ctx.role(function.role):
        present = _wide_at_last(ctx, function)
        together = _together(present.grants if present is not None else (), referred(ctx, function))
        if together:
            _write_bound(ctx, function, together)


def _wide_at_last(ctx: RunContext, function: FunctionPlan) -> PolicyGrants | None:
    """The same as `present_grants` where the grant was just the whole role's: an answer of IAM
    from before that would lead to the wrong form, so it is looked at some times."""
    present = present_grants(ctx, function)
    for _ in range(LOOKS):
        if present is not None and present.of_role:
            break
        ctx.wait()
        present = present_grants(ctx, function)
    return present


def take_grants(ctx: RunContext, function: FunctionPlan, grants: Sequence[Grant]) -> bool:
    """Remove these grants from the policy, and the policy when nothing is left.

    Comes after the environment is back: what the function still refers to stays granted, in the
    form that the policy has. To bind it now would close what the condition was proved to deny.
    Returns whether something of the whole role's is left.
    """
    region = ctx.of(function)
    with ctx.role(function.role):
        look = _wide_at_last if of_role(ctx, function) else present_grants
        present = look(ctx, function)
        if present is None:
            return False
        taken = {grant.secret for grant in grants}
        kept = tuple(grant for grant in present.grants if grant.secret not in taken)
        left = _together(kept, (), referred(ctx, function))
        if not left:
            region.access.delete_policy(function.role, function.policy_name)
            return False
        wide = present.of_role and function.function.arn not in ctx.role_tried
        functions = () if wide else (function.function.arn,)
        if left != present.grants or present.functions != functions:
            write = _write_wide if wide else _write_bound
            write(ctx, function, left)
        return wide


def narrow_grants(ctx: RunContext, function: FunctionPlan) -> None:
    """Take every other function, a probe that is, out of the policy. Written again even where it
    looks right: a policy that was just written may be read as it was before.

    A policy of the whole role names no function. It is left as it is, unless this run wrote it
    and did not come to prove it: then the condition comes back.
    """
    if of_role(ctx, function):
        return
    with ctx.role(function.role):
        present = present_grants(ctx, function)
        if present is None:
            return
        if present.of_role and function.function.arn not in ctx.role_tried:
            return
        together = _together(present.grants, (), referred(ctx, function))
        if together:
            _write_bound(ctx, function, together)


def _together(*groups: Sequence[Grant]) -> tuple[Grant, ...]:
    """One grant for each secret; the first group that names it says under which key."""
    by_secret: dict[str, Grant] = {}
    for group in groups:
        for grant in group:
            by_secret.setdefault(grant.secret, grant)
    return tuple(by_secret[secret] for secret in sorted(by_secret))


def referred(ctx: RunContext, function: FunctionPlan) -> tuple[Grant, ...]:
    """Grants that a run of ours gave this function and that it still refers to.

    IAM may answer with a policy as it was some seconds ago; journal and references together tell
    what must not be lost. A reference alone grants nothing: whoever may configure a function
    could list any secret there, so its text is not even asked about.
    """
    journaled = ctx.granted(function.function.arn)
    region = ctx.of(function)
    try:
        snapshot = region.functions.read(function.function)
    except NotFound:
        return ()
    named = {
        region.references.secret_of(reference)
        for reference in region.references.all_present(snapshot)
    }
    own = {grant.secret: grant for grant in ctx.known_grants(function)}
    grants = []
    for secret in sorted(named & journaled):
        if secret in own:
            grants.append(own[secret])
            continue
        try:
            info = region.secrets.describe(secret)
        except Refused:
            continue
        if info is not None and info.deletion is None:
            grants.append(Grant(info.arn, info.kms_key))
    return tuple(grants)


def _held_by_role(present: PolicyGrants | None) -> frozenset[str]:
    return present.secrets if present is not None and present.of_role else frozenset()


def _write_for_role(
    ctx: RunContext,
    function: FunctionPlan,
    grants: Sequence[Grant],
    present: PolicyGrants | None,
) -> None:
    """What the role may not read yet needs the plan's consent."""
    if any(grant.secret not in _held_by_role(present) for grant in grants):
        check_consent(function)
    elif present is not None and tuple(grants) == present.grants:
        return
    _write_wide(ctx, function, grants)


def _write_wide(ctx: RunContext, function: FunctionPlan, grants: Sequence[Grant]) -> None:
    region = ctx.of(function)
    document = region.references.role_document(function.function.place, grants)
    region.access.write_policy(function.role, function.policy_name, document)


def _write_bound(
    ctx: RunContext, function: FunctionPlan, grants: Sequence[Grant], *, also: Sequence[str] = ()
) -> None:
    region = ctx.of(function)
    functions = (function.function.arn, *also)
    document = region.references.grant_document(function.function.place, functions, grants)
    region.access.write_policy(function.role, function.policy_name, document)
