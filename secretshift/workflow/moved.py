"""Variables whose plaintext this program removed, as the journal tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from secretshift.changes.swap_reference import REMOVALS, removing
from secretshift.model.codec import from_data
from secretshift.model.functions import FunctionRef
from secretshift.model.plans import FunctionPlan, Plan, SecretPlan, VariablePlan

from .services import Services


@dataclass(frozen=True, slots=True)
class MovedVariable:
    """One variable of ``$LATEST`` that reads a secret now. time: of the removal (UTC)."""

    function: FunctionRef
    variable: VariablePlan
    secret: SecretPlan
    time: datetime

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Account, region, function and variable."""
        at = self.function.place
        return at.account, at.region, self.function.name, self.variable.name


def moved_variables(services: Services) -> tuple[MovedVariable, ...]:
    """By the newest word of the journal on each variable: what was undone is not among them."""
    journal = services.journal()
    plans: dict[str, Plan] = {}
    found: dict[tuple[str, str, str, str], MovedVariable] = {}
    removals = (record for type_ in REMOVALS for record in journal.all_changes(type=type_))
    records = sorted(removals, key=lambda record: record.seq)
    for record in records:
        if record.state not in ("done", "undone"):
            continue
        if record.run not in plans:
            plans[record.run] = from_data(Plan, dict(journal.plan(record.run)), "a journaled plan")
        for moved in _of(record.key, record.updated, plans[record.run]):
            found.pop(moved.place, None)
            if record.state == "done":
                found[moved.place] = moved
    return tuple(found.values())


def _of(key: str, time: datetime, plan: Plan) -> tuple[MovedVariable, ...]:
    by_key: Mapping[str, FunctionPlan] = {
        removing(function).key: function for function in plan.functions
    }
    function = by_key.get(key)
    if function is None:
        return ()
    return tuple(
        MovedVariable(function.function, variable, plan.secret(variable.secret), time)
        for variable in function.variables
    )
