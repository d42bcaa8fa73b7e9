"""Grants that are a whole role's and not one function's, as a run's report shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from secretshift.model.plans import Plan

from .lines import Line, Style, line

HELD = ("done", "kept")


class Change(Protocol):
    """A change as its newest entry leaves it."""

    @property
    def type(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def state(self) -> str: ...


def whole_roles(plan: Plan, changes: Sequence[Change]) -> list[str]:
    """Functions whose whole role may read their secrets by this run: it made the grant so, or
    found it so and relies on it."""
    found = {str(f.function) for f in plan.functions if f.fallback.standing}
    return sorted(
        {
            change.target
            for change in changes
            if change.state in HELD
            and (
                change.type == "grant-role"
                or (change.type == "grant-read" and change.target in found)
            )
        }
    )


def whole_role_lines(plan: Plan, names: Sequence[str]) -> list[Line]:
    """One line for each, with who else uses the role as far as the plan knows."""
    sharing = {str(function.function): function.sharing for function in plan.functions}
    lines = []
    for name in names:
        others = ", ".join(sharing.get(name, ()))
        also = f", {others} as well" if others else ""
        text = f" {name}: its whole role may read the secret{also}"
        lines.append(line("  ", ("!", Style.WARNING), text))
    return lines
