"""Let one function read exactly its secrets, and prove it by simulation.

One inline policy a function, with the function's ARN as a condition, so that a shared role gives
nothing to its other functions. Where that condition is what denies the reading, `grant_role`
leaves it out. Source: AWS Lambda developer guide, page
`permissions-source-function-arn`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.model.errors import Refused
from secretshift.model.plans import FunctionPlan

from .context import RunContext
from .granting import expected_grants, grant_gone, narrow_grants, of_role, write_grants


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
        if self.function.fallback.standing:
            return f"Let {self.target} read {what}; the grant is its whole role's already"
        return f"Let {self.target} read {what}, and nothing else"

    def intent(self, ctx: RunContext, _earlier: Mapping[str, object]) -> Mapping[str, object]:
        """whole_role: this run relies on a grant that is not bound to the function, so that the
        undo of another run leaves it so."""
        return {
            "whole_role": of_role(ctx, self.function),
            "role": self.function.role,
            "policy": self.function.policy_name,
            "grants": [grant.secret for grant in ctx.grants(self.function)],
        }

    def apply(self, ctx: RunContext, _intent: Mapping[str, object]) -> Mapping[str, object]:
        write_grants(ctx, self.function, ctx.grants(self.function))
        wait_until_simulated(ctx, self.function)
        return {"simulated": "allowed"}


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
    """The policy holds every grant that the function needs, and names no other function.

    A grant to the whole role that this run wrote and did not prove is bound to the function again.
    """
    present = expected_grants(ctx, function)
    if present is None or {grant.secret for grant in ctx.grants(function)} - present.secrets:
        raise grant_gone(function)
    if not of_role(ctx, function) and present.functions != (function.function.arn,):
        narrow_grants(ctx, function)


def denial(ctx: RunContext, function: FunctionPlan, *, by_anybody: bool = False) -> str:
    """Why a simulation denies the reading, "" if it allows it.

    by_anybody: asks as whatever runs as the role, which is how it is asked for the whole role's
    grant anyway.
    """
    region = ctx.of(function)
    caller = "" if by_anybody or of_role(ctx, function) else function.function.arn
    questions = region.references.questions(function.function.place, caller, ctx.grants(function))
    answers = region.access.simulate(function.role, questions)
    denied = [answer for answer in answers if not answer.allowed]
    return f"{denied[0].question.action}, {denied[0].why or 'denied'}" if denied else ""


def wait_until_simulated(
    ctx: RunContext, function: FunctionPlan, *, by_anybody: bool = False, steady: bool = False
) -> None:
    """IAM is eventually consistent. Source: IAM user guide, `troubleshoot_general`.

    steady: until it was allowed for a while without a break, where no twin finds out by reading.
    """
    until = ctx.deadline(ctx.patience.grant)
    long_enough = ctx.deadline(ctx.patience.steady if steady else 0.0)
    while True:
        why = denial(ctx, function, by_anybody=by_anybody)
        if not why and ctx.now() >= long_enough:
            return
        if why:
            long_enough = ctx.deadline(ctx.patience.steady if steady else 0.0)
        if why and ctx.now() >= until:
            raise Refused(
                f"The grant is in place but a simulation still denies it: {why}",
                resource=function.function.arn,
                hint="Look for a permissions boundary, an organisation policy or a resource policy",
                code="grant-denied",
            )
        ctx.wait()
