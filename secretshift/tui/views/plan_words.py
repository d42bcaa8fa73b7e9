"""The sentences around a plan: what it adds up to, what comes next, why it cannot run. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from secretshift.execution.steps import PlannedStep, planned_steps
from secretshift.model.codec import to_data
from secretshift.model.findings import FileLocation, HistoryLocation
from secretshift.model.journeys import Consent, Looking, NoAnswer
from secretshift.model.plans import Plan
from secretshift.reports.json_text import json_text
from secretshift.reports.lines import plain
from secretshift.reports.plan_secret import gain_text
from secretshift.reports.plan_text import plan_lines
from secretshift.workflow.chosen import Replaced

from ..gate import Safe, gate, joined
from ..wording import counted, listed, no_connection, sentence
from .plan_rows import label

MOST_GAINS = 5
NO_PLAN = Safe("No plan yet: mark credentials (3) and press p. Planning only reads.")
ALL_MOVED = Safe("All chosen values are already moved: there is nothing to do. Checked just now.")


def short(plan: Plan) -> Safe:
    """What is typed to confirm a plan: the end of its id."""
    return gate(plan.id[-4:])


def credentials(plan: Plan) -> int:
    """How many values the plan stores or points at."""
    found = {secret.credential for secret in plan.secrets}
    found |= {c for function in plan.active for v in function.variables for c in v.credentials}
    return len(found)


def signs(plan: Plan) -> Mapping[str, int]:
    """How many changes of each sign a run of it would make."""
    steps = planned_steps(plan, Consent.REMOVE_PLAINTEXT)
    return Counter(step.sign for step in steps)


def summary(plan: Plan) -> Safe:
    """``Plan 7b1e: 2 credentials, 6 functions. To create 2, to change 10, to remove 6.``"""
    if plan.nothing_to_do:
        blocked = len(plan.functions) - len(plan.active)
        if blocked:
            return gate(f"Plan {short(plan)}: {_are(blocked)} blocked, so nothing can be run.")
        if plan.work:
            return gate(
                f"Plan {short(plan)}: nothing to run; "
                f"{counted(len(plan.work), 'thing')} left for a person."
            )
        return ALL_MOVED
    found = signs(plan)
    return gate(
        f"Plan {short(plan)}: {counted(credentials(plan), 'credential')}, "
        f"{counted(len(plan.active), 'function')}. To create {found.get('+', 0):,}, "
        f"to change {found.get('~', 0):,}, to remove {found.get('-', 0):,}."
    )


def nothing_left(plan: Plan) -> Safe:
    """Where a chosen value is another one now: not the same as moved."""
    said = summary(plan)
    return gate(f"Plan {short(plan)}: nothing to run.") if said == ALL_MOVED else said


def replaced_sentence(found: Sequence[Replaced]) -> Safe:
    """Which chosen values lie no more where they lay, and what can be done."""
    if any(one.other for one in found):
        then = "3 shows what is there now; mark it there and press p."
    else:
        then = "Nothing was written there."
    return joined((replaced_words(found), then), " ")


def replaced_words(found: Sequence[Replaced]) -> Safe:
    """Which chosen values lie no more where they lay, and what lies there now."""
    parts = [_replaced(one) for one in found[:2]]
    more = len(found) - 2
    if more > 0:
        parts.append(f"So it is with {counted(more, 'more place')}.")
    return gate(" ".join(parts), limit=1000)


def _replaced(one: Replaced) -> str:
    location = one.location
    if isinstance(location, FileLocation):
        return f"{location.path} no longer holds the value that was chosen."
    if isinstance(location, HistoryLocation):
        return f"The git history of {location.path} no longer holds the value that was chosen."
    where = f"{location.variable} of {location.function}"
    if one.other:
        return f"{where} holds another value now ({label(one.other)}) than the one that was chosen."
    return f"{where} no longer holds the value that was chosen."


def _are(number: int) -> str:
    return f"{counted(number, 'function')} {'is' if number == 1 else 'are'}"


def counts(plan: Plan) -> tuple[int, int]:
    """Blocked functions, and warnings of those that can run."""
    blocked = len(plan.functions) - len(plan.active)
    return blocked, sum(len(function.warnings) for function in plan.active)


def attention(plan: Plan, next_key: str) -> Safe:
    """What needs a look before a run. next_key: the key that leads there."""
    blocked, warnings = counts(plan)
    parts = [
        f"{counted(blocked, 'blocker')} ⊘" if blocked else "",
        f"{counted(warnings, 'warning')} ▲" if warnings else "",
        f"{counted(len(plan.work), 'thing')} for a person ◌" if plan.work else "",
        f"{len(plan.errors):,} not read ?" if plan.errors else "",
    ]
    said = "  ".join(part for part in parts if part)
    return gate(f"{said}  ({next_key}: next)" if said else "Nothing is blocked.")


LEGEND = Safe("+ create  ~ change  - remove  × left out  ═ point of no return")


def reading(progress: Mapping[str, Looking]) -> Safe:
    """What is looked at now, while a plan is made."""
    parts = [
        f"{event.unit} {event.done:,} of {event.total:,}"
        if event.total
        else f"{event.done:,} {event.unit} of {event.source}"
        for event in list(progress.values())[-2:]
    ]
    return gate(f"Reading: {', '.join(parts) or 'what is there now'}. Nothing is written.")


def silent(silences: Iterable[NoAnswer]) -> Safe:
    return gate(
        f"{no_connection(silences)} It is asked again by itself; S stops. Nothing is written."
    )


def not_runnable(plan: Plan | None, *, read_only: bool, busy: bool) -> Safe:
    """Why R cannot start it, and what can be done; "" if it can."""
    if plan is None:
        return NO_PLAN
    if read_only:
        return Safe(
            "Read-only: nothing is run from here. The plan can be written to a file (w) and run "
            "elsewhere; the setting tui.read_only (0) ends this."
        )
    if busy:
        return Safe("Something is still at work. R works as soon as it is done.")
    if not plan.nothing_to_do:
        return Safe("")
    blocked = [function for function in plan.functions if function.blocked]
    if blocked:
        first = blocked[0]
        why = first.blockers[0]
        hint = f" {sentence(why.hint)}" if why.hint else ""
        return gate(
            f"Nothing can be run: {_are(len(blocked))} blocked. {first.function.name}: "
            f"{sentence(why.text)}{hint}",
            limit=1000,
        )
    return Safe("Nothing to run: what is left is a person's to do, or left out.")


def wide(plan: Plan, production: Collection[str]) -> tuple[str, ...]:
    """Why a run of this plan has to be confirmed by its name; none where it need not."""
    reasons = []
    if len(plan.active) > 1:
        reasons.append(f"it changes {counted(len(plan.active), 'function')}")
    shared = [f.function.name for f in plan.active if f.sharing]
    if shared:
        verb = "shares its role" if len(shared) == 1 else "share their role"
        reasons.append(f"{_some(shared)} {verb} with other functions")
    places = {f.function.place.account for f in plan.active} | {
        s.place.account for s in plan.secrets
    }
    marked = sorted(places & set(production))
    if marked:
        reasons.append(f"{listed(marked)} is marked as production")
    return tuple(reasons)


def _some(names: Sequence[str]) -> str:
    more = len(names) - 3
    return f"{', '.join(names[:3])} and {more:,} more" if more > 0 else listed(names)


def sheet_lines(plan: Plan, reasons: Sequence[str]) -> tuple[Safe, ...]:
    """What a run will do, that it can be taken back, and why it asks."""
    found = Counter(step.change for step in planned_steps(plan, Consent.REMOVE_PLAINTEXT))
    layered, swapped = found.get("remove-plaintext", 0), found.get("swap-reference", 0)
    made = sum(1 for secret in plan.secrets if secret.action != "reuse")
    grants = found.get("grant-read", 0)
    parts = [counted(made, "secret") if made else "", counted(grants, "grant") if grants else ""]
    lines = [
        f"It makes {listed([part for part in parts if part], 'no secret')} in "
        f"{_places(plan)}, and points {counted(len(plan.active), 'function')} at "
        f"them: {_some([function.function.name for function in plan.active])}."
        if plan.active
        else f"It makes {counted(made, 'secret')} in {_places(plan)}."
    ]
    if layered:
        lines.append(
            f"Plaintext is removed from {counted(layered, 'function')}: from each only after it "
            "has proved that it gets exactly this value from the secret. Until then it answers "
            "from the plaintext, as now."
        )
    if swapped:
        lines.append(
            f"{counted(swapped, 'function')} without room for both forms: one write replaces the "
            "plaintext by the reference, after a twin got exactly this value. Where the proof "
            "after it fails, the plaintext comes back at once."
        )
    if layered or swapped:
        lines.append(
            "“Keep the plaintext for now” stops before any is removed; a later run removes it."
        )
    lines.append(
        "Every step can be undone (U), also half-way. Nothing is rotated: the old value keeps "
        "working."
    )
    lines += gains(plan)
    blocked, warnings = counts(plan)
    if blocked:
        lines.append(f"{_are(blocked)} blocked and stays as it is now.")
    if warnings:
        lines.append(f"{counted(warnings, 'warning')} ▲ to have read: n on the plan leads there.")
    if reasons:
        lines.append(f"It asks because {listed(reasons)}.")
    return tuple(gate(line, limit=1000) for line in lines)


def gains(plan: Plan) -> list[str]:
    """Who may read each secret afterwards and could not see its value before."""
    found = [(secret.name, text) for secret in plan.secrets if (text := gain_text(secret))]
    lines = [f"{name}: {text}." for name, text in found[:MOST_GAINS]]
    if len(found) > MOST_GAINS:
        more = counted(len(found) - MOST_GAINS, "more secret", "more secrets")
        lines.append(f"{more} with somebody who gains: Enter on the plan's secrets says who.")
    return lines


def _places(plan: Plan) -> str:
    """``AWS 111122223333 (eu-central-1 and us-east-1)``, account by account."""
    found: dict[tuple[str, str], set[str]] = {}
    for place in (*(f.function.place for f in plan.active), *(s.place for s in plan.secrets)):
        found.setdefault((place.cloud, place.account), set()).add(place.region)
    return listed(
        f"{cloud.upper()} {account} ({listed(sorted(regions))})"
        for (cloud, account), regions in sorted(found.items())
    )


FORMS: Final = (".json", ".md")


def written(plan: Plan, form: str) -> str:
    """The plan as a file: JSON that ``migrate --plan`` takes, or Markdown for a person."""
    if form == ".md":
        text = plain(plan_lines(plan))
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"# Plan {gate(plan.id)}\n\n{fence}text\n{text}{fence}\n"
    return json_text(to_data(plan))


def removes(plan: Plan) -> bool:
    """Whether a run of it would remove plaintext at all."""
    return any(function.way == "layer" for function in plan.active)


def steps_by_key(plan: Plan) -> Mapping[str, PlannedStep]:
    return {step.key: step for step in planned_steps(plan, Consent.REMOVE_PLAINTEXT)}
