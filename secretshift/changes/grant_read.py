"""Let one function read exactly its secrets, and prove it by simulation.

One inline policy a function, with the function's ARN as a condition, so that a shared role gives
nothing to its other functions. Source: AWS Lambda developer guide, page
`permissions-source-function-arn`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from secretshift.model.errors import AlreadyThere, Moved, NotFound, Refused
from secretshift.model.plans import FunctionPlan
from secretshift.model.ports import Grant

from .context import RunContext


@dataclass(frozen=True, slots=True)
class GrantRead:
    """The grant of one function."""

    function: FunctionPlan
    type: str = "grant-read"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.function.function.arn}"

    @property
    def target(self) -> str:
        return str(self.function.function)

    def describe(self) -> str:
        count = len({variable.secret for variable in self.function.variables})
        what = "one secret" if count == 1 else f"{count} secrets"
        return f"Let {self.target} read {what}, and nothing else"

    def intent(self, ctx: RunContext, _earlier: Mapping[str, object]) -> Mapping[str, object]:
        return {
            "role": self.function.role,
            "policy": self.function.policy_name,
            "grants": [grant.secret for grant in ctx.grants(self.function)],
        }

    def apply(self, ctx: RunContext, _intent: Mapping[str, object]) -> Mapping[str, object]:
        write_grants(ctx, self.function, ctx.grants(self.function))
        wait_until_simulated(ctx, self.function)
        return {"simulated": "allowed"}


def present_grants(
    ctx: RunContext, function: FunctionPlan
) -> tuple[tuple[str, ...], tuple[Grant, ...]] | None:
    """Functions and grants of our policy as it is now; None if there is none.

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


def write_grants(
    ctx: RunContext,
    function: FunctionPlan,
    grants: Sequence[Grant],
    *,
    also: Sequence[str] = (),
) -> None:
    """Make the policy hold these grants beside what it holds and what the function refers to.

    also: further functions for a time (a probe). Leaves the policy alone where it is right.
    """
    with ctx.role(function.role):
        present = present_grants(ctx, function)
        before = present[1] if present is not None else ()
        together = _together(grants, referred(ctx, function), before)
        if not together:
            return
        functions = (function.function.arn, *also)
        if present is not None and (set(present[0]), present[1]) == (set(functions), together):
            return
        _write(ctx, function, functions, together)


def take_grants(ctx: RunContext, function: FunctionPlan, grants: Sequence[Grant]) -> None:
    """Remove these grants from the policy, and the policy when nothing is left.

    Comes after the environment is back: what the function still refers to stays granted.
    """
    region = ctx.of(function)
    with ctx.role(function.role):
        present = present_grants(ctx, function)
        if present is None:
            return
        taken = {grant.secret for grant in grants}
        kept = tuple(grant for grant in present[1] if grant.secret not in taken)
        left = _together(kept, (), referred(ctx, function))
        if left == present[1] and present[0] == (function.function.arn,):
            return
        if not left:
            region.access.delete_policy(function.role, function.policy_name)
            return
        _write(ctx, function, (function.function.arn,), left)


def narrow_grants(ctx: RunContext, function: FunctionPlan) -> None:
    """Take every other function, a probe that is, out of the policy. Written again even where it
    looks right: a policy that was just written may be read as it was before."""
    with ctx.role(function.role):
        present = present_grants(ctx, function)
        together = _together(present[1] if present is not None else (), (), referred(ctx, function))
        if present is not None and together:
            _write(ctx, function, (function.function.arn,), together)


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


def _write(
    ctx: RunContext, function: FunctionPlan, functions: Sequence[str], grants: Sequence[Grant]
) -> None:
    region = ctx.of(function)
    document = region.references.grant_document(function.function.place, functions, grants)
    region.access.write_policy(function.role, function.policy_name, document)


def check_granted(ctx: RunContext, function: FunctionPlan) -> None:
    """The grant is there as we wrote it, for this function alone, and a simulation allows it.

    Raises Moved where somebody took it away, Refused where something else denies it.
    """
    check_written(ctx, function)
    why = denial(ctx, function)
    if why:
        raise Refused(
            f"The function may not read its secret: {why}",
            resource=function.function.arn,
            hint="The plaintext stays; allow it, then resume this run",
            code="grant-denied",
        )


def check_written(ctx: RunContext, function: FunctionPlan) -> None:
    """The policy holds every grant that the function needs, and names no other function."""
    present = present_grants(ctx, function)
    held = {grant.secret for grant in (present[1] if present is not None else ())}
    missing = {grant.secret for grant in ctx.grants(function)} - held
    if missing or present is None:
        raise Moved(
            "The grant was taken away",
            resource=f"{function.role} {function.policy_name}",
            hint="The plaintext stays; find out who removed it, then plan again",
            code="grant-gone",
        )
    if present[0] != (function.function.arn,):
        narrow_grants(ctx, function)


def denial(ctx: RunContext, function: FunctionPlan) -> str:
    """Why a simulation denies the reading, "" if it allows it."""
    region = ctx.of(function)
    questions = region.references.questions(
        function.function.place, function.function.arn, ctx.grants(function)
    )
    answers = region.access.simulate(function.role, questions)
    denied = [answer for answer in answers if not answer.allowed]
    return f"{denied[0].question.action}, {denied[0].why or 'denied'}" if denied else ""


def wait_until_simulated(ctx: RunContext, function: FunctionPlan) -> None:
    """IAM is eventually consistent. Source: IAM user guide, `troubleshoot_general`."""
    until = ctx.deadline(ctx.patience.grant)
    while why := denial(ctx, function):
        if ctx.now() >= until:
            raise Refused(
                f"The grant is in place but a simulation still denies it: {why}",
                resource=function.function.arn,
                hint="Look for a permissions boundary, an organisation policy or a resource policy",
                code="grant-denied",
            )
        ctx.wait()
