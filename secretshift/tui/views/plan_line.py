"""The order of a run and what lies behind the point of no return. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from secretshift.model.plans import Plan
from secretshift.reports.plan_text import order

from ..wording import counted, listed, sentence
from .plan_rows import LINE, UNFOLDED, About, Rows, label

_LINE_TEXT: Final = " point of no return: everything above can be undone "


def run_order(rows: Rows) -> None:
    rows.whole(
        "order",
        About("order"),
        ("The order of the run", "strong"),
        (" each step is proved before the next one", "faint"),
        foldable=True,
    )
    rows.folded.add("order")
    for number, step in enumerate(order(rows.plan), 1):
        rows.whole(
            f"order/{number}",
            About("order", sentence=step),
            (f"{number}. {step}", ""),
            parent="order",
            depth=1,
        )


def behind(rows: Rows) -> None:
    """What nothing of ours does: no step of a run lies behind the line."""
    room = max(0, rows.width - len(_LINE_TEXT) - 6)
    left = min(room, 24) // 2
    rows.whole(
        LINE,
        About("line"),
        (f"{'═' * left}{_LINE_TEXT}{'═' * max(2, room - left)}", "line"),
    )
    moved = _moved(rows.plan)
    rows.whole(
        "rotate",
        About("line"),
        (f"{counted(len(moved), 'credential')} to rotate", "strong"),
        (" at the issuer, by a person: nothing of this program crosses the line", ""),
        sign="todo",
        token="todo",
        foldable=True,
    )
    if len(moved) > UNFOLDED:
        rows.folded.add("rotate")
    for credential, title in moved.items():
        mask = f"{rows.names.masks.get(credential, '')} {label(credential)}".strip()
        rows.whole(
            f"rotate/{credential}",
            About("rotate", sentence=credential),
            (rows.names.title(credential, title), "strong"),
            (f" {mask} ", "secret"),
            (_waits(rows, credential), ""),
            parent="rotate",
            depth=1,
        )
    for function in rows.plan.active:
        if function.versions:
            rows.whole(
                f"versions/{function.function.arn}",
                About("versions", function=function),
                (f"delete {function.function.name} {', '.join(function.versions)}", "strong"),
                (" published versions that keep the plaintext; only you can, once unused", ""),
                sign="todo",
                token="todo",
            )


def _moved(plan: Plan) -> Mapping[str, str]:
    """Credentials that this plan stores, with the titles of their kinds, in the plan's order."""
    found = {secret.credential: secret.title for secret in plan.secrets}
    for function in plan.active:
        for variable in function.variables:
            for credential in variable.credentials:
                found.setdefault(credential, variable.kind)
    return found


def _waits(rows: Rows, credential: str) -> str:
    """Whether the old value may be rotated once this plan is carried out."""
    holds = [
        function.function.name
        for function in rows.plan.functions
        if any(credential in variable.credentials for variable in function.variables)
        and (function.blocked or function.way != "layer")
    ]
    if holds:
        return f"Not yet: after this run {listed(holds)} would still hold the old value."
    return sentence(rows.names.rotations.get(credential, ""))
