"""Before the first write: every value can be read, and every right that the run and its undo need
is there."""

from __future__ import annotations

from collections.abc import Sequence

from secretshift.changes.context import RunContext
from secretshift.model.errors import Refused, SecretshiftError
from secretshift.model.plans import FunctionPlan, Plan
from secretshift.model.ports import Caller, Region


def check_accounts(plan: Plan, callers: Sequence[Caller]) -> None:
    """Every ARN of the plan belongs to an account and partition of whoever runs it."""
    known = {(caller.account, caller.partition) for caller in callers}
    for function in plan.functions:
        arn = function.function.arn.split(":")
        place = function.function.place
        fits = len(arn) >= 6 and arn[1] == place.partition and arn[4] == place.account
        if not fits or (place.account, place.partition) not in known:
            raise Refused(
                "The plan is for another account than this login",
                resource=function.function.arn,
                hint="Log in to that account, or plan again with this one",
                code="other-account",
            )
        role = function.role.split(":")
        if function.way != "none" and (len(role) < 6 or role[4] != place.account):
            raise Refused(
                "The function runs as a role of another account",
                resource=function.role,
                code="other-account",
            )


def check_rights(ctx: RunContext, function: FunctionPlan) -> None:
    """Raise Refused naming the first right that whoever runs the program lacks."""
    region = ctx.of(function)
    secrets = [ctx.secrets()[variable.secret] for variable in function.variables]
    questions = region.references.rights(
        function.function,
        role=function.role,
        layer=ctx.layer.name if function.way == "layer" else "",
        secrets=[(secret.name, secret.kms_key) for secret in secrets],
        event=function.function.name in ctx.events,
    )
    denied = [answer for answer in region.access.caller_may(questions) if not answer.allowed]
    if denied:
        asked = denied[0].question
        raise Refused(
            f"You lack {asked.action}, which the run or its undo needs",
            resource=asked.resource,
            hint=f"{len(denied)} of {len(questions)} rights are missing; docs/reference/"
            "permissions.md lists all",
            code="rights",
        )


def check_values(ctx: RunContext, function: FunctionPlan) -> None:
    """Read every value that this function's secrets are made of. Raises Moved, Unavailable."""
    for key in dict.fromkeys(variable.secret for variable in function.variables):
        secret = ctx.secrets()[key]
        if key in ctx.arns:
            continue
        stored = existing_value(ctx, function)
        if key not in stored:
            ctx.compose(secret)


def existing_value(ctx: RunContext, function: FunctionPlan) -> frozenset[str]:
    """Keys of secrets of this function that exist already with the expected content."""
    region: Region = ctx.of(function)
    found = set()
    for variable in function.variables:
        secret = ctx.secrets()[variable.secret]
        if secret.action != "reuse":
            continue
        try:
            version = region.secrets.read(secret.arn)
        except SecretshiftError as error:
            raise Refused(
                "A secret of ours that the plan uses cannot be read",
                resource=secret.arn,
                hint=error.hint or "Plan again",
                code="secret-unreadable",
            ) from None
        if ctx.fingerprint(version.value) == secret.fingerprint:
            found.add(secret.key)
    return frozenset(found)
