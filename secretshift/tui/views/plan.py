"""A plan as a tree of rows: by function or by credential, then what lies behind the line. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from secretshift.model.plans import FunctionPlan, Plan

from ..viewmodels import RowView
from ..wording import counted
from . import plan_function, plan_line, plan_rest
from .plan_rows import UNFOLDED, About, Names, Rows, label


@dataclass(frozen=True, slots=True)
class PlanView:
    """rows: the tree in its order; about: what each row is about; folded: ids that are folded
    when they are first seen."""

    rows: tuple[RowView, ...]
    about: Mapping[str, About]
    folded: frozenset[str]


def plan_view(
    plan: Plan,
    *,
    names: Names,
    left_out: Collection[str] = (),
    by_credential: bool = False,
    width: int = 80,
) -> PlanView:
    rows = Rows(plan, names, width, left_out)
    _blocked(rows)
    if by_credential:
        _by_credential(rows)
    else:
        _by_function(rows)
    _left_out(rows)
    plan_rest.instead(rows)
    if not plan.nothing_to_do:
        plan_line.run_order(rows)
        plan_line.behind(rows)
    plan_rest.work(rows)
    plan_rest.stays(rows)
    plan_rest.unread(rows)
    plan_rest.not_searched(rows)
    return PlanView(tuple(rows.rows), rows.about, frozenset(rows.folded))


def _blocked(rows: Rows) -> None:
    """First of all, in a line each; many of them under one heading."""
    blocked = [function for function in rows.plan.functions if function.blocked]
    parent = ""
    if len(blocked) > UNFOLDED:
        parent = "blocked"
        rest = "the others can run" if rows.plan.active else "nothing can run"
        rows.whole(
            parent,
            About("heading"),
            (f"{counted(len(blocked), 'function')} blocked", "block"),
            (f" nothing is written to them; {rest}", ""),
            sign="block",
            token="block",
            foldable=True,
        )
        rows.folded.add(parent)
    for function in blocked:
        _function(rows, function, fold=True, parent=parent)


def _function(rows: Rows, function: FunctionPlan, *, fold: bool, parent: str = "") -> None:
    row = function.function.arn
    plan_function.head(rows, function, row, parent, depth=1 if parent else 0)
    at = len(rows.rows)
    plan_function.body(rows, function, row)
    if parent:
        rows.deepen(at)
    if fold:
        rows.folded.add(row)


def _by_function(rows: Rows) -> None:
    active = rows.plan.active
    for number, function in enumerate(active):
        _function(rows, function, fold=number > 0 and len(active) > UNFOLDED)
    _for_files(rows)


def _for_files(rows: Rows) -> None:
    """Secrets that no function reads: what lies in files only."""
    used = {v.secret for function in rows.plan.active for v in function.variables}
    for secret in rows.plan.secrets:
        if secret.key not in used:
            plan_function.secret_row(rows, secret, f"file/{secret.key}", parent="", depth=0)


def _by_credential(rows: Rows) -> None:
    active = rows.plan.active
    fold = len(rows.plan.secrets) > UNFOLDED
    for number, secret in enumerate(rows.plan.secrets):
        row = f"secret/{secret.key}"
        readers = [f for f in active if any(v.secret == secret.key for v in f.variables)]
        title = rows.names.title(secret.credential, secret.title)
        mask = rows.names.masks.get(secret.credential, "")
        rows.whole(
            row,
            About("secret", secret=secret, step=f"create-secret:{secret.key}"),
            (title, "strong"),
            (f" {mask} {label(secret.credential)} ", "secret"),
            (f"{secret.place.region}  {counted(len(readers), 'function')}", "faint"),
            sign="change",
            token="change",
            foldable=True,
        )
        if number and fold:
            rows.folded.add(row)
        plan_function.secret_row(rows, secret, f"{row}/stored", parent=row, depth=1)
        for function in readers:
            inner = f"{row}/{function.function.arn}"
            plan_function.head(rows, function, inner, parent=row, depth=1)
            at = len(rows.rows)
            plan_function.body(rows, function, inner, only=secret.key)
            rows.deepen(at)
            rows.folded.add(inner)


def _left_out(rows: Rows) -> None:
    """Whole functions that are left out, and variables of those that have nothing else."""
    shown = {function.function.arn for function in rows.plan.active}
    for key in sorted(rows.left_out):
        arn, _, variable = key.partition("|")
        if variable and arn in shown:
            continue
        parts = arn.split(":")
        region = parts[3] if len(parts) > 6 else ""
        rows.whole(
            f"out/{key}",
            About("left-out", leave=key),
            (" ".join(part for part in (parts[-1], variable) if part), "strong"),
            (f" {region}  left out: it stays as it is. x puts it back.", "faint"),
            sign="out",
            token="wait",
        )
