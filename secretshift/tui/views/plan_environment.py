"""The environment of a function in a plan: before, after, and its size. Values are masked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from secretshift.changes.swap_reference import adding, removing
from secretshift.model.plans import FunctionPlan, Plan, VariablePlan
from secretshift.reports.plan_function import sizes_sentence
from secretshift.resolver.protocol import (
    ARN_SUFFIX,
    CHAINED_WRAPPER_VARIABLE,
    LIST_VARIABLE,
    TEMPLATE_SUFFIX,
)

from ..gate import Safe, gate
from ..wording import counted, listed
from .plan_policy import arn_of
from .plan_rows import About, Names, Rows, leave_key, of_function

_SIGNS: Final = {"adds": "add", "changes": "change"}
_MARKS: Final = {"adds": "+", "changes": "~"}


def environment(
    rows: Rows,
    function: FunctionPlan,
    row: str,
    variables: Sequence[VariablePlan],
) -> None:
    kept = sum(1 for item in function.environment if item.change == "keeps")
    unchanged = f", {counted(kept, 'variable')} unchanged" if kept else ""
    env = f"{row}/environment"
    rows.change(
        env,
        of_function("environment", function, adding(function).key),
        "environment",
        f"{sizes_sentence(function.sizes, at_once=function.at_once)}{unchanged} "
        "(Enter: before and after)",
        sign="change",
        token="change",
        parent=row,
        foldable=True,
    )
    for variable in variables:
        _reference(rows, function, env, variable)
    for item in function.environment:
        if item.change in _SIGNS:
            sign = _SIGNS[item.change]
            rows.whole(
                f"{env}/{item.name}",
                of_function("environment", function),
                (item.name, ""),
                (f" {added(function, item.name)}".rstrip(), "faint"),
                sign=sign,
                token=sign,
                parent=env,
                depth=2,
            )


def _reference(rows: Rows, function: FunctionPlan, env: str, variable: VariablePlan) -> None:
    names = {secret.key: secret.name for secret in rows.plan.secrets}
    key = f", key {variable.json_key}" if variable.json_key else ""
    made = ", put together from its keys" if variable.template else ""
    stays = "stays until the proof" if function.way == "layer" else "stays until the code reads it"
    stays = "stays until a twin got it" if function.at_once else stays
    rows.whole(
        f"{env}/{variable.name}",
        About("variable", function=function, leave=leave_key(function, variable.name)),
        (variable.name, "strong"),
        (f" {rows.names.masked(variable.credentials)} ", "secret"),
        (f"{stays}; then from {names.get(variable.secret, 'its secret')}{key}{made}", ""),
        parent=env,
        depth=2,
    )


def plaintext(
    rows: Rows,
    function: FunctionPlan,
    row: str,
    variable: VariablePlan,
) -> None:
    mask = rows.names.masked(variable.credentials)
    who = "a twin" if function.at_once else "the function"
    rows.change(
        f"{row}/plaintext/{variable.name}",
        About(
            "plaintext",
            function=function,
            leave=leave_key(function, variable.name),
            step=removing(function).key,
        ),
        "plaintext",
        f"{variable.name} {mask}, once {who} has got exactly this value",
        sign="remove",
        token="remove",
        parent=row,
    )


def added(function: FunctionPlan, name: str) -> str:
    """What a variable of ours says; "" where that is not known."""
    own = {variable.name: variable for variable in function.variables}
    base = own.get(name.removesuffix(ARN_SUFFIX))
    if base is not None and name.endswith(ARN_SUFFIX):
        key = f", with the key {base.json_key}" if base.json_key else ""
        return f"the ARN of its secret{key}"
    if name.removesuffix(TEMPLATE_SUFFIX) in own and name.endswith(TEMPLATE_SUFFIX):
        return "how it is put together from the keys of the secret"
    if name == LIST_VARIABLE:
        return f"the names that the resolver sets, with {listed(list(own))}"
    if name == CHAINED_WRAPPER_VARIABLE:
        return "the wrapper that was there before; the resolver starts it"
    if name == "AWS_LAMBDA_EXEC_WRAPPER":
        return "starts the resolver"
    return ""


def before_and_after(plan: Plan, function: FunctionPlan, names: Names) -> tuple[Safe, ...]:
    """The whole environment as it is and as it will be."""
    lines = ["Now"]
    lines += [f"    {v.name} = {names.masked(v.credentials)}" for v in function.variables]
    others = _others(function)
    lines += [f"    {others}"] if others else []
    lines.append("Afterwards")
    lines += _after(plan, function)
    lines += [f"    {others}, as now"] if others else []
    return tuple(gate(line, limit=2000) for line in lines)


def _after(plan: Plan, function: FunctionPlan) -> Iterator[str]:
    for variable in function.variables:
        if function.way == "layer":
            yield f"  - {variable.name}: removed; the function gets it from the secret as it starts"
        else:
            yield f"    {variable.name}: stays until a person has changed the code"
    secrets = {secret.key: secret for secret in plan.secrets}
    arns = {
        f"{v.name}{ARN_SUFFIX}": arn_of(function.policy, secrets[v.secret])
        for v in function.variables
        if v.secret in secrets
    }
    for item in function.environment:
        if item.change in _MARKS:
            said = added(function, item.name)
            yield f"  {_MARKS[item.change]} {item.name}{f': {said}' if said else ''}"
            if arns.get(item.name):
                yield f"      {arns[item.name]}"


def _others(function: FunctionPlan) -> str:
    """Variables that no change concerns; of them the plan knows the names alone."""
    own = {variable.name for variable in function.variables}
    kept = [i.name for i in function.environment if i.change == "keeps" and i.name not in own]
    return f"{counted(len(kept), 'other')}: {', '.join(kept)}" if kept else ""
