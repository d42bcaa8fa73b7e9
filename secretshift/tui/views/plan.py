"""A plan as a tree of rows: by function or by credential, then what lies behind the line. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from secretshift.model.plans import FunctionPlan, Plan
from secretshift.reports.plan_text import order

from ..viewmodels import RowView
from ..wording import counted, listed
from . import plan_function
from .plan_rows import LINE, About, Names, Rows, label, sentence

UNFOLDED: Final = 3
"""Plans of up to so many functions are shown with all their rows."""
_LINE_TEXT: Final = " point of no return: everything above can be undone "


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
    if not plan.nothing_to_do:
        _order(rows)
        _behind_the_line(rows)
    _work(rows)
    _stays(rows)
    _unread(rows)
    _not_searched(rows)
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


def _order(rows: Rows) -> None:
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


def _behind_the_line(rows: Rows) -> None:
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


def _work(rows: Rows) -> None:
    work = rows.plan.work
    if not work:
        return
    rows.whole(
        "work",
        About("heading"),
        ("Left for a person", "strong"),
        (f" {len(work):,}", "faint"),
        foldable=True,
    )
    for number, item in enumerate(work):
        where = ", ".join(item.where[:2]) + (f" +{len(item.where) - 2}" if item.where[2:] else "")
        title = rows.names.title(item.credential, item.kind)
        rows.whole(
            f"work/{item.code}/{item.credential}/{number}",
            About("work", work=item),
            (title, "strong"),
            (f" {item.masked} {label(item.credential)} ", "secret"),
            (f"{where}: {sentence(item.text)}", ""),
            sign="todo",
            token="todo",
            parent="work",
            depth=1,
            needs_person=True,
        )


def _stays(rows: Rows) -> None:
    """What was decided to stay where it is."""
    notes = rows.plan.not_moved
    if not notes:
        return
    rows.whole(
        "stays",
        About("heading"),
        ("Stays, as it was decided", "strong"),
        (f" {len(notes):,}", "faint"),
        foldable=True,
    )
    rows.folded.add("stays")
    for number, note in enumerate(notes):
        where = ", ".join(note.where[:2]) + (f" +{len(note.where) - 2}" if note.where[2:] else "")
        rows.whole(
            f"stays/{note.credential}/{number}",
            About("sentence", sentence=note.text),
            (rows.names.title(note.credential, note.kind), "strong"),
            (f" {note.masked} {label(note.credential)} ", "secret"),
            (f"{where}: {sentence(note.text)}", ""),
            parent="stays",
            depth=1,
        )


def _unread(rows: Rows) -> None:
    """What could not be read: its functions are missing in this plan."""
    errors = rows.plan.errors
    if not errors:
        return
    rows.whole(
        "errors",
        About("heading"),
        ("Not read", "strong"),
        (f" {len(errors):,}: what lies there is missing in this plan", "unknown"),
        foldable=True,
        sign="unknown",
        token="unknown",
    )
    for number, error in enumerate(errors):
        rows.whole(
            f"errors/{error.source}/{error.code}/{number}",
            About("error", error=error),
            (f"{error.source}: ", "strong"),
            (f"{sentence(error.what)} {sentence(error.hint)}".strip(), ""),
            sign="unknown",
            token="unknown",
            parent="errors",
            depth=1,
            needs_person=True,
        )


def _not_searched(rows: Rows) -> None:
    _sentences(rows, "not-searched", "Not searched", rows.plan.not_searched)


def _sentences(rows: Rows, row: str, title: str, sentences: Iterable[str]) -> None:
    found = list(sentences)
    if not found:
        return
    rows.whole(
        row,
        About("heading"),
        (title, "strong"),
        (f" {len(found):,}", "faint"),
        foldable=True,
    )
    rows.folded.add(row)
    for number, text in enumerate(found):
        rows.whole(
            f"{row}/{number}",
            About("sentence", sentence=text),
            (sentence(text), "faint"),
            parent=row,
            depth=1,
        )
