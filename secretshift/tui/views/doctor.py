"""What the doctor found, as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ..gate import Safe, gate
from ..viewmodels import Cell, Column, RowView
from ..wording import counted, sentences

if TYPE_CHECKING:
    from secretshift.workflow.doctor import Check

COLUMNS: Final = (Column("title", "", 30), Column("text", ""))
_SIGNS: Final = {
    "ok": ("ok", "ok"),
    "warn": ("warn", "warn"),
    "fail": ("fail", "fail"),
    "unknown": ("unknown", "unknown"),
}


def rows(checks: Iterable[Check]) -> Iterable[RowView]:
    """By group, in the order in which they became known."""
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.group, []).append(check)
    for group, found in groups.items():
        bad = sum(1 for check in found if check.state in ("fail", "warn"))
        said = f"{counted(len(found), 'check')}" + (f", {bad} to look at" if bad else "")
        yield RowView(
            id=f"g:{group}",
            cells=(Cell(gate(group), "strong"), Cell(Safe(said), "faint")),
            foldable=True,
            whole=True,
            search=group.casefold(),
        )
        for check in found:
            sign, token = _SIGNS.get(check.state, ("unknown", "unknown"))
            text = sentences(check.text, check.hint) if check.hint else check.text
            yield RowView(
                id=check.id,
                cells=(
                    Cell(gate(check.title)),
                    Cell(gate(text, limit=1000), "" if sign == "ok" else token),
                ),
                search=f"{check.title} {check.text} state:{check.state}".casefold(),
                sign=sign,
                token=token,
                depth=1,
                parent=f"g:{group}",
                needs_person=check.state in ("fail", "warn"),
            )


def summary(checks: Iterable[Check], busy: bool) -> tuple[str, Safe]:
    """Meaning and sentence over it all. Unknown is not fine."""
    found = list(checks)
    states = [str(check.state) for check in found]
    fail, warn, unknown = (states.count(name) for name in ("fail", "warn", "unknown"))
    if busy:
        return "work", Safe(f"{counted(len(found), 'check')} so far; more are on their way.")
    if not found:
        return "wait", Safe(
            "c looks at this machine, the workspace and each account. It only reads."
        )
    parts = [f"{len(found) - fail - warn - unknown:,} fine"]
    parts += [f"{number:,} {word}" for number, word in _named(fail, warn, unknown) if number]
    token = "fail" if fail else "warn" if warn else "unknown" if unknown else "ok"
    return token, Safe(", ".join(parts) + ".")


def _named(fail: int, warn: int, unknown: int) -> tuple[tuple[int, str], ...]:
    return (fail, "failed"), (warn, "to look at"), (unknown, "not known")
