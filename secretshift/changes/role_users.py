"""Who would gain if a grant were the whole role's, looked at once more before it is.

The plan names the functions that it saw. Since then, or in a region that nobody looked at, there
may be more; the role itself does not tell who uses it.
"""

from __future__ import annotations

from secretshift.model.errors import Moved, Refused
from secretshift.model.plans import FunctionPlan

from .context import RunContext

HINT = "Allow it by name with plan.grant_to_role and plan again, or give the function its own role"


def check_consent(function: FunctionPlan) -> None:
    """Raises Refused unless the plan lets the whole role read what this function reads."""
    if not function.fallback.allowed:
        raise Refused(
            "The plan does not let the whole role read it",
            resource=str(function.function),
            hint=HINT,
            code="role-grant-refused",
        )


def check_users(ctx: RunContext, function: FunctionPlan) -> None:
    """Nothing uses the role that the plan does not name.

    Raises Refused where the plan forbids it, or where somebody may use it whom nobody could see
    and it was not allowed by name; Moved where the plan does not know of a function.
    """
    check_consent(function)
    users = ctx.role_users(function)
    place = function.function.place
    known = {str(function.function), *function.sharing}
    known |= {f"{place.region}/{twin}" for twin in ctx.twins}
    others = [name for name in users.functions if name not in known]
    if others:
        raise Moved(
            f"The plan does not say that {', '.join(others[:5])} would gain the secret",
            resource=function.role,
            hint="Plan again with the regions of all functions that use the role, or give the "
            "function its own",
            code="role-shared",
        )
    if users.unseen and function.fallback.decision != "named":
        raise Refused(
            f"What else uses the role could not be seen: {', '.join(users.unseen[:3])}",
            resource=function.role,
            hint=HINT,
            code="role-unseen",
        )
