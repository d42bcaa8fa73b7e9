"""What doctor found out, as lines and as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from secretshift.model.checks import Check, CheckState

from .lines import Line, Style, counted, heading, line

SCHEMA: Final = 1
_MARKS: Final = {
    CheckState.OK: ("✓", Style.GOOD),
    CheckState.WARN: ("!", Style.WARNING),
    CheckState.FAIL: ("✗", Style.BAD),
    CheckState.UNKNOWN: ("?", Style.CHANGE),
}


def check_lines(check: Check, *, begins: bool) -> list[Line]:
    """One fact; the state is a word too where it is not ok. begins: it opens a group."""
    mark, style = _MARKS[check.state]
    word = "" if check.state is CheckState.OK else f"{check.state}: "
    lines = heading(check.group) if begins else []
    lines.append(line("  ", (mark, style), f" {check.title}: ", (word, style), check.text))
    if check.hint and check.state is not CheckState.OK:
        lines.append(line(f"      do: {check.hint}"))
    return lines


def end_lines(checks: Sequence[Check], not_checked: Sequence[str]) -> list[Line]:
    """What was left out, and what it all comes to."""
    left = [line(("not looked at: ", Style.FAINT), sentence) for sentence in not_checked]
    return [(), *left, _total(checks)]


def _total(checks: Sequence[Check]) -> Line:
    counts = {state: sum(1 for c in checks if c.state is state) for state in CheckState}
    parts = [f"{counts[CheckState.OK]} ok"]
    if counts[CheckState.WARN]:
        parts.append(counted(counts[CheckState.WARN], "warning"))
    if counts[CheckState.FAIL]:
        parts.append(f"{counts[CheckState.FAIL]} failed")
    if counts[CheckState.UNKNOWN]:
        parts.append(f"{counts[CheckState.UNKNOWN]} unknown")
    style = Style.BAD if counts[CheckState.FAIL] else Style.STRONG
    return line((", ".join(parts), style))


def doctor_data(checks: Sequence[Check], not_checked: Sequence[str]) -> dict[str, Any]:
    """The documented JSON form."""
    return {
        "schema": SCHEMA,
        "checks": [
            {
                "id": check.id,
                "group": check.group,
                "title": check.title,
                "state": str(check.state),
                "text": check.text,
                "hint": check.hint,
            }
            for check in checks
        ],
        "not_checked": list(not_checked),
    }
