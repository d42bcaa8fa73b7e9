"""What the journal knows of grants to whole roles, and what an undo makes of them."""

from __future__ import annotations

from collections.abc import Mapping

from secretshift.changes.context import RunContext
from secretshift.changes.grant_read import GrantRead
from secretshift.changes.grant_role import GrantRole
from secretshift.changes.granting import of_role
from secretshift.model.plans import FunctionPlan

from .journaling import ChangeRecord, Journal
from .telling import tell

PROVED = ("done", "kept")
UNPROVED = ("started", "failed")
GONE = ("undone", "skipped")


def remember(ctx: RunContext, journal: Journal, records: Mapping[str, ChangeRecord]) -> None:
    """Take from the journal which grants this run made the whole role's, proved or not. One that
    another run proved since is that run's."""
    for function in ctx.plan.active:
        record = records.get(GrantRole(function).key)
        if record is None:
            continue
        if record.state in PROVED:
            ctx.role_proved.add(function.function.arn)
        elif record.state in UNPROVED and not _others_rely(ctx, journal, function):
            ctx.role_tried.add(function.function.arn)


def of_roles(ctx: RunContext) -> list[str]:
    """The functions of this run whose whole role may read what they read."""
    return sorted(str(f.function) for f in ctx.plan.active if of_role(ctx, f))


def _others_rely(ctx: RunContext, journal: Journal, function: FunctionPlan) -> bool:
    """Whether another run proved its grant for the whole role, or found it so and went on."""
    role, read = GrantRole(function).key, GrantRead(function).key
    return any(
        record.run != ctx.run and record.key == role and record.state in PROVED
        for record in journal.all_changes(type="grant-role")
    ) or any(
        record.run != ctx.run
        and record.key == read
        and record.before.get("whole_role") is True
        and record.state not in GONE
        for record in journal.all_changes(type="grant-read")
    )


def end(
    ctx: RunContext,
    journal: Journal,
    records: Mapping[str, ChangeRecord],
    function: FunctionPlan,
    *,
    kept: bool,
) -> None:
    """Journal what became of this run's own grant to the role. Comes before the same of its grant
    to the function, which is what makes an undo look here again."""
    change = GrantRole(function)
    record = records.get(change.key)
    if record is None or record.state in GONE:
        return
    stays = kept and record.state in PROVED
    state = "kept" if stays else "undone"
    journal.write(ctx.run, change.key, type=change.type, target=change.target, state=state)
    text = (
        f"What the whole role of {change.target} may read {'stays' if stays else 'is taken back'}"
    )
    tell(ctx, change, state, text)
