"""Whether an environment has room for plaintext and references together. Pure.

Where it has not, both can be swapped in one write. That gives up the time in which the function
itself compares them, so it is done only where a person named the function and a twin can be made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from secretshift.model.plans import PlanNote, Sizes

from .inputs import Case

SETTING = "plan.swap_at_once"
_SMALLER = "Shorten or remove other variables, or move fewer at a time with --only"


@dataclass(frozen=True, slots=True)
class Room:
    """at_once: one write swaps both forms."""

    at_once: bool = False
    blockers: tuple[PlanNote, ...] = ()
    warnings: tuple[PlanNote, ...] = ()


def judge(case: Case, way: str, names: Sequence[str], sizes: Sizes, named: Collection[str]) -> Room:
    """names: of the variables to be moved; named: functions for which the swap was allowed."""
    if sizes.peak <= sizes.limit:
        return Room()
    together = f"Plaintext and reference together need {sizes.peak:,} of {sizes.limit:,} bytes"
    if way != "layer":
        return _blocked(together, _SMALLER)
    if sizes.final > sizes.limit:
        return _blocked(f"{together}, and the reference alone {sizes.final:,}", _SMALLER)
    sized = f"{together}; with the reference alone it is {sizes.final:,}"
    if case.no_twin:
        why = f"One write could swap them only after a twin, and there is none: {case.no_twin}"
        return _blocked(f"{sized}. {why}", _SMALLER)
    function = case.snapshot.ref.name
    if function not in named:
        allow = f'or let one write swap them after a twin proved it: {SETTING} = ["{function}"]'
        return _blocked(sized, f"{_SMALLER}; {allow}")
    warning = PlanNote(
        "swap-at-once",
        f"{sized}. So one write replaces the plaintext of {', '.join(names)} by the reference, "
        "once a twin proved it. The function never has both to compare, and its first "
        "environments rely on the reference; if the proof after it fails, the plaintext comes "
        "back at once",
        f"Take it out of {SETTING}, or make room for both: "
        "shorten or remove other variables, or move fewer at a time with --only",
    )
    return Room(at_once=True, warnings=(warning,))


def _blocked(text: str, hint: str) -> Room:
    return Room(blockers=(PlanNote("size", text, hint),))
