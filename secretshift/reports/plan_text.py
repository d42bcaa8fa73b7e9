"""A plan for a person, printed as plans for infrastructure are: ``+`` comes, ``-`` goes, ``~``
changes, ``✗`` blocks, ``!`` warns. Names and sizes only: a plan holds no value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from secretshift.model.plans import FunctionPlan, Instead, NotMoved, PersonWork, Plan

from .findings_table import error_lines, not_searched_lines
from .lines import Line, Style, block, counted, heading, line
from .plan_function import condition_lines, function_lines, note_lines
from .plan_secret import action_word, gain_lines, secret_lines

RULE = "─" * 24
MAX_PLACES = 8


def plan_lines(plan: Plan) -> list[Line]:
    """The whole plan."""
    lines = [line(("Plan ", Style.STRONG), plan.id, (f"  made {plan.created}", Style.FAINT))]
    if plan.secrets:
        lines += heading("Secrets")
        for secret in plan.secrets:
            lines += secret_lines(secret)
    if plan.functions:
        lines += heading("Functions")
        for number, function in enumerate(plan.functions):
            lines += [()] if number else []
            lines += function_lines(plan, function)
    lines += _left_out(plan)
    lines += instead_lines(plan.instead)
    if not plan.nothing_to_do:
        lines += heading("Order")
        lines += [line(f"  {i}. {step}") for i, step in enumerate(order(plan), 1)]
        lines += point_of_no_return()
    lines += work_lines(plan.work)
    lines += not_moved_lines(plan.not_moved)
    lines += error_lines(plan.errors)
    lines += not_searched_lines(plan.not_searched)
    lines += [(), line((summary(plan), Style.STRONG))]
    return lines


def brief_lines(plan: Plan, *, keep_plaintext: bool = False) -> list[Line]:
    """What a person has to know before saying yes; ``secretshift plan`` shows the rest."""
    lines = [line(("Plan ", Style.STRONG), plan.id)]
    for secret in plan.secrets:
        lines.append(
            line("  ", *action_word(secret.action), f" secret {secret.name} ({secret.place})")
        )
        lines += gain_lines(secret)
    for function in plan.functions:
        mark = ("✗", Style.BAD) if function.blocked else ("~", Style.CHANGE)
        names = ", ".join(variable.name for variable in function.variables)
        what = (
            "blocked, stays as it is"
            if function.blocked
            else f"{names}: {_outcome(function, keep_plaintext)}"
        )
        lines.append(
            line("  ", mark, f" function {function.function.name} ", f"({_region(function)})")
        )
        if function.blocked or names:
            lines.append(line(f"      {what}"))
        if not function.blocked and (function.fallback.allowed or function.fallback.standing):
            lines += condition_lines(function)
        lines += note_lines(function)
    if plan.left_out:
        lines.append(line(f"  left out, stays as it is: {', '.join(plan.left_out)}"))
    if plan.work:
        lines.append(line(f"  {counted(len(plan.work), 'thing')} left for a person"))
    if plan.not_moved:
        lines.append(line(f"  {_stay(plan)}"))
    if plan.instead:
        lines.append(line(f"  {_needless(plan)}: secretshift plan says how"))
    if not plan.nothing_to_do:
        lines += point_of_no_return()
    lines += error_lines(plan.errors)
    lines += not_searched_lines(plan.not_searched)
    lines.append(line((summary(plan), Style.STRONG)))
    return lines


def order(plan: Plan) -> Iterable[str]:
    """The steps of the run, in words, in the order in which they happen."""
    active = plan.active
    layered = [function for function in active if function.way == "layer"]
    yield "read every value again and check every right, for the run and for its undo"
    made = [secret for secret in plan.secrets if secret.action != "reuse"]
    if made:
        yield f"{counted(len(made), 'secret')}: write, read back, compare"
    if layered:
        places = {function.function.place for function in layered}
        yield f"publish the resolver layer in {counted(len(places), 'region')}, if it is not there"
    if active:
        yield "for each function: allow it, and only it, to read its secrets"
    twins = [function for function in layered if not function.no_twin]
    if twins:
        each = "each function" if len(twins) == len(layered) else counted(len(twins), "function")
        yield f"for {each} with the layer: a throw-away twin reads them the same way"
    swapped = [function for function in layered if function.at_once]
    beside = len(active) - len(swapped)
    if beside:
        each = counted(beside, "function") if swapped else "each function"
        yield f"for {each}: put the references beside the plaintext, in one write"
    if len(layered) > len(swapped):
        yield "prove that the function got exactly these values"
        yield "remove the plaintext, in one write"
        yield "prove again; where that fails, the plaintext comes back"
    if swapped:
        which = f"{counted(len(swapped), 'function')} without room for both forms"
        yield f"for {which}: replace the plaintext by the references, in one write"
        yield "prove it at once; where that fails, the plaintext comes back"


def point_of_no_return() -> list[Line]:
    """The line after which nothing can be taken back. No step of ours lies beyond it."""
    return [
        (),
        line((f"{RULE} undo until here: secretshift undo RUN {RULE}", Style.STRONG)),
        line(
            "after this line nothing can be undone: (nothing in this run; "
            "rotating at the provider would be)"
        ),
    ]


def work_lines(work: Iterable[PersonWork]) -> list[Line]:
    """What only a person can do, with the code that would do it."""
    lines: list[Line] = []
    for item in work:
        lines.append(
            line(
                "  ",
                (f"{item.kind}", Style.STRONG),
                f"  {item.confidence.value}  {item.masked}  ",
                (item.credential, Style.FAINT),
            )
        )
        lines += _places(item.where)
        lines.append(line(f"    do: {item.text}"))
        if item.snippet:
            lines += block(item.snippet, 8, Style.FAINT)
    return [*heading("Left for a person"), *lines] if lines else []


def instead_lines(offers: Iterable[Instead]) -> list[Line]:
    """Credentials that need not be stored, and what would take their place."""
    lines: list[Line] = []
    for offer in offers:
        lines.append(
            line(
                "  ",
                (offer.title, Style.STRONG),
                f"  {offer.masked}  ",
                (offer.credential, Style.FAINT),
            )
        )
        lines += _places(offer.where)
        lines.append(line(f"    instead: {offer.text}"))
    if not lines:
        return []
    out = "to go that way, leave it out of this plan: --leave-out FUNCTION:VARIABLE"
    return [*heading("Better than storing"), *lines, line((f"  {out}", Style.FAINT))]


def _places(where: Sequence[str]) -> list[Line]:
    lines = [line(f"    {place}") for place in where[:MAX_PLACES]]
    if len(where) > MAX_PLACES:
        lines.append(line(f"    and {counted(len(where) - MAX_PLACES, 'more place')}"))
    return lines


def not_moved_lines(notes: Iterable[NotMoved]) -> list[Line]:
    """What stays because a person decided so."""
    lines: list[Line] = []
    for note in notes:
        lines.append(
            line(
                "  ",
                (note.kind, Style.STRONG),
                f"  {note.masked}  ",
                (note.credential, Style.FAINT),
                f"  {note.text}",
            )
        )
        lines += _places(note.where)
    if not lines:
        return []
    change = "change it with: secretshift decide CREDENTIAL --take-back"
    return [*heading("Stays, as it was decided"), *lines, line((f"  {change}", Style.FAINT))]


def _needless(plan: Plan) -> str:
    """``2 credentials need not be stored``"""
    number = len(plan.instead)
    return f"{counted(number, 'credential')} {'needs' if number == 1 else 'need'} not be stored"


def _stay(plan: Plan) -> str:
    """``2 credentials stay, as decided``"""
    number = len(plan.not_moved)
    return f"{counted(number, 'credential')} {'stays' if number == 1 else 'stay'}, as decided"


def summary(plan: Plan) -> str:
    """``Plan: 2 secrets to create, 3 functions to change, 1 blocked, …``"""
    actions = [secret.action for secret in plan.secrets]
    blocked = len(plan.functions) - len(plan.active)
    parts = [f"{counted(actions.count('create'), 'secret')} to create"]
    parts += [f"{actions.count('reuse'):,} to use again"] if "reuse" in actions else []
    parts += [f"{actions.count('restore'):,} to restore"] if "restore" in actions else []
    parts.append(f"{counted(len(plan.active), 'function')} to change")
    parts += [f"{blocked:,} blocked"] if blocked else []
    parts += [f"{len(plan.left_out):,} left out"] if plan.left_out else []
    parts += [f"{counted(len(plan.work), 'thing')} left for a person"] if plan.work else []
    parts += [_stay(plan)] if plan.not_moved else []
    parts += [f"{counted(len(plan.errors), 'source')} not read"] if plan.errors else []
    nothing = "Nothing to do. " if plan.nothing_to_do else ""
    return f"{nothing}Plan: {', '.join(parts)}"


def _left_out(plan: Plan) -> list[Line]:
    if not plan.left_out:
        return []
    rows = [line("  ", ("×", Style.FAINT), f" {name} stays as it is") for name in plan.left_out]
    return [*heading("Left out"), *rows]


def _outcome(function: FunctionPlan, keep_plaintext: bool) -> str:
    if keep_plaintext and function.at_once:
        return "the plaintext stays, without a reference: there is no room for both"
    if function.at_once:
        return "from the secret, plaintext and reference swapped in one write after a twin"
    if keep_plaintext:
        return "reference beside the plaintext, which stays"
    if function.way == "layer":
        return "from the secret, plaintext removed once it is proved"
    return "reference beside the plaintext, which stays until the code reads it"


def _region(function: FunctionPlan) -> str:
    return function.function.place.region
