"""Decisions about credentials, as lines, JSON data and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from secretshift.model.decisions import Decision

from .findings_csv import cell
from .lines import Line, Style, counted, line

SCHEMA: Final = 1
COLUMNS: Final = ("credential", "choice", "until", "in_force", "reason", "who", "time")


def decision_data(decision: Decision, today: date) -> dict[str, Any]:
    """The fingerprint stays in the workspace."""
    return {
        "credential": decision.credential,
        "choice": decision.choice.value,
        "until": decision.until,
        "in_force": decision.in_force(today),
        "reason": decision.reason,
        "who": decision.who,
        "time": _stamp(decision.time),
    }


def decisions_data(decisions: Iterable[Decision], today: date) -> dict[str, Any]:
    """What ``docs/reference/schemas/decisions.json`` describes, and no other key."""
    return {"schema": SCHEMA, "decisions": [decision_data(one, today) for one in decisions]}


def decided_data(
    decisions: Iterable[Decision], taken_back: Iterable[str], today: date
) -> dict[str, Any]:
    """What ``docs/reference/schemas/decided.json`` describes: the outcome of one ``decide``."""
    return {**decisions_data(decisions, today), "taken_back": list(taken_back)}


def decisions_csv(decisions: Iterable[Decision], today: date) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in decisions:
        data = decision_data(one, today)
        data["in_force"] = "yes" if data["in_force"] else "no"
        writer.writerow([cell(data[column]) for column in COLUMNS])
    return text.getvalue()


def decisions_lines(
    decisions: Mapping[str, Decision] | Iterable[Decision], today: date
) -> list[Line]:
    """A block each: the credential with what was decided, and who did when."""
    found = list(decisions.values() if isinstance(decisions, Mapping) else decisions)
    if not found:
        return [line("Nothing is decided in this workspace")]
    lines: list[Line] = []
    for one in found:
        ran_out = () if one.in_force(today) else ((" (ran out)", Style.WARNING),)
        until = f" until {one.until}" if one.until else ""
        lines.append(line((one.credential, Style.STRONG), f"  {one.choice.value}{until}", *ran_out))
        if one.reason:
            lines.append(line(f"    {one.reason}"))
        lines.append(line((f"    by {one.who or 'nobody named'}, {_stamp(one.time)}", Style.FAINT)))
    lines.append(line((counted(len(found), "decision"), Style.STRONG)))
    return lines


def decided_lines(decisions: Iterable[Decision], taken_back: Iterable[str]) -> list[Line]:
    """What one ``decide`` came to."""
    lines = [
        line("  ", ("✓", Style.GOOD), f" {one.credential}  {one.sentence}") for one in decisions
    ]
    lines += [line("  ", ("✓", Style.GOOD), f" {one}  taken back") for one in taken_back]
    if not lines:
        return [line("Nothing was decided about that")]
    return [*lines, line("Undo with: secretshift decide --take-back --last")]


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
