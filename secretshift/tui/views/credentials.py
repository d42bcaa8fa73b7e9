"""Credentials as rows and sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from secretshift.model.decisions import Choice
from secretshift.model.findings import (
    Confidence,
    CredentialId,
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
    ScanReport,
)
from secretshift.model.functions import LATEST
from secretshift.model.secret_value import MASK
from secretshift.reports.exposure import version
from secretshift.workflow.credentials import CredentialRow, Status

from ..gate import Safe, gate
from ..viewmodels import EMPTY, Column
from ..wording import counted, listed

if TYPE_CHECKING:
    from secretshift.model.plans import Plan

STATES: Final[Mapping[Status, tuple[str, str, str]]] = {
    Status.FOUND: ("warn", "warn", "found"),
    Status.LOOK: ("todo", "todo", "look"),
    Status.PLANNED: ("wait", "wait", "planned"),
    Status.MOVED: ("ok", "ok", "moved"),
    Status.REFUSED: ("ok", "ok", "refused"),
    Status.ACCEPTED: ("out", "faint", "accepted"),
    Status.FALSE_POSITIVE: ("false", "faint", "false"),
    Status.BLOCKED: ("block", "block", "blocked"),
}
"""Status -> glyph, meaning, word."""
OPEN: Final = (Status.BLOCKED, Status.FOUND, Status.LOOK, Status.PLANNED)
MASK_WIDTH: Final = 14


def columns(width: int) -> tuple[Column, ...]:
    """What a list of this width has room for. Where the places have no column of their own, each
    way to lie somewhere is counted, so that no row looks as if it lay nowhere. Files are counted
    with the paths of git histories."""
    placed = width >= 98
    return (
        Column("kind", "Kind", (26 if width >= 106 else 22) if placed else None),
        Column("value", "Value", MASK_WIDTH, hide_below=68),
        Column("label", "", 7),
        Column("functions", "Funcs", 5, right=True),
        Column("versions", "Vers", 4, right=True, hide_below=118 if placed else 0),
        Column("files", "Files", 5, right=True),
        Column("where", "Where", None, hide_below=98),
        Column("confidence", "Sure", 6, hide_below=86),
        Column("why", "Why", None, hide_below=140),
        Column("status", "Status", 10),
    )


def label(credential: str) -> Safe:
    """The short name of a value: the beginning of its fingerprint."""
    return gate(f"#{credential.removeprefix('c-')[:6]}", 7)


def named(row: CredentialRow) -> Safe:
    """``Stripe secret key #7f3a91``"""
    return Safe(f"{gate(row.title, 80)} {label(row.credential.id)}")


def planned_name(plan: Plan | None, row: CredentialRow) -> str:
    """What this plan calls the secret of the credential, "" without one."""
    secrets = plan.secrets if plan is not None else ()
    return next((s.name for s in secrets if s.credential == row.credential.id), "")


def state_of(row: CredentialRow) -> tuple[str, str, str]:
    """Glyph, meaning and word of its status; what only a person can move has the person's glyph."""
    sign, token, word = STATES[row.status]
    if row.status is Status.FOUND and needs_person(row):
        return "todo", "todo", word
    return sign, token, word


def needs_person(row: CredentialRow) -> bool:
    """Whether a plan alone does not help it."""
    if row.status in (Status.LOOK, Status.BLOCKED):
        return True
    return row.status is Status.FOUND and (not row.functions or ran_out(row))


def ran_out(row: CredentialRow) -> bool:
    """It was accepted until a day that is over."""
    decision = row.decision
    return (
        decision is not None
        and decision.choice is Choice.ACCEPTED
        and row.status not in (Status.ACCEPTED, Status.MOVED)
    )


def place(location: Location) -> str:
    """A location in a few words; not gated."""
    if isinstance(location, FileLocation):
        return f"{location.path}:{location.line}"
    if isinstance(location, HistoryLocation):
        return f"{version(location)} in git history"
    return f"{location.function} {location.variable}"


def first_finding(row: CredentialRow) -> Finding | None:
    """The place that stands for the value: a function as it is now, else a file, else any; a git
    history last."""

    def rank(finding: Finding) -> int:
        at = finding.location
        if isinstance(at, FunctionLocation):
            return 0 if at.qualifier == LATEST else 2
        return 1 if isinstance(at, FileLocation) else 3

    return min(row.credential.findings, key=rank, default=None)


def short_mask(masked: str) -> str:
    """The mask as a column has room for it: what is longer loses the prefix that is public."""
    return masked if cell_len(masked) <= MASK_WIDTH else MASK


def where(row: CredentialRow) -> Safe:
    """The place that stands for the value, and how many more there are."""
    finding = first_finding(row)
    if finding is None:
        return EMPTY
    more = len(row.credential.findings) - 1
    first = gate(place(finding.location), 200)
    return Safe(f"{first} and {more:,} more" if more else first)


def counts(row: CredentialRow) -> str:
    """``2 functions, 3 versions, 1 alias, 1 file, 2 paths in git history``"""
    others = {
        (at.account, at.region, at.function, at.qualifier)
        for at in (finding.location for finding in row.credential.findings)
        if isinstance(at, FunctionLocation) and at.qualifier != LATEST
    }
    versions = sum(1 for *_, qualifier in others if qualifier.isdecimal())
    parts = []
    if row.functions:
        parts.append(counted(row.functions, "function"))
    if versions:
        parts.append(counted(versions, "version"))
    if len(others) > versions:
        parts.append(counted(len(others) - versions, "alias", "aliases"))
    if row.files:
        parts.append(counted(row.files, "file"))
    if row.past:
        parts.append(f"{counted(row.past, 'path')} in git history")
    return ", ".join(parts) or "no place that is left"


def decision_words(row: CredentialRow) -> str:
    """What was decided, by whom and why, as a sentence; not gated."""
    decision = row.decision
    if decision is None:
        return ""
    by = f" by {decision.who}" if decision.who else ""
    over = " This day is over." if ran_out(row) else ""
    until = f" until {decision.until}" if decision.until else ""
    reason = f": {decision.reason.rstrip('.')}" if decision.reason else ""
    return f"Decided{by}: {decision.choice.value}{until}{reason}.{over}"


# What is planned, copied, written


@dataclass(frozen=True, slots=True)
class Chosen:
    """ids: what a plan is made for; said: what is not among it and why, "" if nothing."""

    ids: tuple[CredentialId, ...]
    said: Safe = EMPTY


def to_plan(rows: Sequence[CredentialRow], least: Confidence = Confidence.MEDIUM) -> Chosen:
    """What of these a plan can be about."""
    unsure = [row for row in rows if row.status in OPEN and row.credential.confidence.rank == 0]
    below = [
        row
        for row in rows
        if row.status in OPEN and 0 < row.credential.confidence.rank < least.rank
    ]
    moved = [row for row in rows if row.status is Status.MOVED]
    staying = [row for row in rows if row.status not in (*OPEN, Status.MOVED)]
    out = {row.credential.id for row in (*unsure, *below, *moved, *staying)}
    ids = tuple(row.credential.id for row in rows if row.credential.id not in out)
    parts = []
    if unsure:
        verb = "is" if len(unsure) == 1 else "are"
        parts.append(
            f"{counted(len(unsure), 'value')} of low confidence {verb} never moved unattended: "
            "look (Enter), then decide (d)."
        )
    if below:
        parts.append(
            f"{counted(len(below), 'value')} below the confidence that plan.min_confidence asks "
            f"for: {least.value}."
        )
    if staying:
        verb = "stays" if len(staying) == 1 else "stay"
        parts.append(f"{len(staying):,} {verb} by decision: d decides anew, u takes it back.")
    if moved:
        verb = "is" if len(moved) == 1 else "are"
        parts.append(f"{len(moved):,} {verb} moved already.")
    return Chosen(ids, Safe(" ".join(parts)))


def masked_line(row: CredentialRow) -> Safe:
    """A row for the clipboard."""
    parts = (named(row), gate(row.credential.masked, 40), where(row), row.status.value)
    return Safe("  ".join(part for part in parts if part))


def report_of(rows: Iterable[CredentialRow], report: ScanReport | None) -> ScanReport:
    """The findings of these rows with what the scan could not read."""
    findings = tuple(finding for row in rows for finding in row.credential.findings)
    if report is None:
        return ScanReport(findings)
    return replace(report, findings=findings)


def kinds_of(rows: Iterable[CredentialRow]) -> str:
    """``3 credentials: Stripe secret key, PostgreSQL password and 1 more``; not gated."""
    titles: dict[str, int] = {}
    number = 0
    for row in rows:
        number += 1
        titles[row.title] = titles.get(row.title, 0) + 1
    shown = [f"{n} × {title}" if n > 1 else title for title, n in titles.items()]
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} kinds more"]
    return f"{counted(number, 'credential')}: {listed(shown)}"
