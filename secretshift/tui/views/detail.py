"""One credential in full: where it lies, what is around it, what happened to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import (
    Confidence,
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
)
from secretshift.model.functions import LATEST
from secretshift.planning.edits import Edit
from secretshift.reports.exposure import SHORT, head_words, span, version
from secretshift.workflow.context import ContextLine
from secretshift.workflow.credentials import CredentialRow, Status
from secretshift.workflow.moments import Moment, MomentKind

from ..gate import Safe, gate
from ..viewmodels import Cell, RowView
from ..wording import counted, day_and_clock, listed
from .credentials import OPEN, counts, decision_words, label, named, state_of

TABS: Final = ("where", "context", "history", "siblings", "why")
MOST: Final = 300
"""Places that are listed one by one."""
MOMENTS: Final[Mapping[MomentKind, tuple[str, str]]] = {
    MomentKind.FOUND: ("warn", "warn"),
    MomentKind.DECIDED: ("todo", "todo"),
    MomentKind.TAKEN_BACK: ("undone", "faint"),
    MomentKind.SHOWN: ("unknown", "unknown"),
    MomentKind.MOVED: ("ok", "ok"),
    MomentKind.UNDONE: ("undone", "warn"),
}
"""Glyph and meaning of what can happen to a value."""


@dataclass(frozen=True, slots=True)
class Heading:
    """title and mask; the status and what is known of it in a line."""

    title: Safe
    mask: Safe
    sign: str
    token: str
    facts: Safe


def heading(row: CredentialRow) -> Heading:
    sign, token, _word = state_of(row)
    sure = f"{row.credential.confidence.value} confidence"
    return Heading(
        title=named(row),
        mask=gate(row.credential.masked, 40),
        sign=sign,
        token=token,
        facts=Safe(f"{row.status.value} · {sure} · {counts(row)}"),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether this value can be planned for by itself, and what to say of it."""

    possible: bool
    sentence: Safe


def verdict(row: CredentialRow, *, live: bool, planning: bool) -> Verdict:
    if live:
        return Verdict(False, Safe("It can be planned when the scan is over."))
    if planning:
        return Verdict(False, Safe("A scan or a plan is being made; then this one can be planned."))
    if row.status is Status.MOVED:
        return Verdict(False, Safe("It is moved already; nothing is left to do here."))
    if row.status not in OPEN:
        return Verdict(
            False, Safe("It stays by decision. d decides anew, u takes the last one back.")
        )
    if row.credential.confidence is Confidence.LOW:
        return Verdict(
            False,
            Safe("Low confidence: such a value is never moved unattended. Look, then decide (d)."),
        )
    if row.status is Status.BLOCKED:
        return Verdict(True, Safe("Something is in the way; the plan says what can be done."))
    if not row.functions:
        return Verdict(True, Safe("In no function as it is now: the plan says what is left to do."))
    return Verdict(True, Safe("A plan only reads. Nothing is changed before you run it."))


# Where


@dataclass(slots=True)
class _Spot:
    """One variable of a function, in all its versions, or one line of a file."""

    finding: Finding
    text: str
    qualifiers: list[str] = field(default_factory=list)


def where_rows(row: CredentialRow, edit: Edit | None, planned: str) -> list[RowView]:
    """Every place by account and region or repository, then where the value would go.

    planned: the secret's name in the plan at hand, "" without one.
    """
    groups: dict[str, dict[str, _Spot]] = {}
    for finding in row.credential.findings:
        name, key, text = _spot(finding.location)
        spot = groups.setdefault(name, {}).setdefault(key, _Spot(finding, text))
        if isinstance(finding.location, FunctionLocation):
            spot.qualifiers.append(finding.location.qualifier)
            if finding.location.qualifier == LATEST:
                spot.finding = finding
    rows: list[RowView] = []
    listed_now = 0
    for number, (name, spots) in enumerate(groups.items()):
        rows.append(_line(f"h:{number}", gate(name, 300), "strong"))
        for spot in spots.values():
            listed_now += 1
            if listed_now <= MOST:
                text = gate(spot.text, 300) + _qualifiers(spot.qualifiers)
                rows.append(_line(spot.finding.id, Safe(text), depth=1))
    if listed_now > MOST:
        more = counted(listed_now - MOST, "place")
        rows.append(_line("h:more", Safe(f"And {more} more; w writes all of them."), "faint"))
    if row.status in OPEN:
        rows.append(_line("h:to", Safe("Goes to"), "strong"))
        rows.append(_line("h:goes", _goes_to(row, edit, planned), depth=1))
    return rows


def _spot(at: Location) -> tuple[str, str, str]:
    """Heading, what tells places apart below it, and the words; not gated."""
    if isinstance(at, FileLocation):
        return f"files of {at.root}", f"{at.path}:{at.line}", f"{at.path} line {at.line}"
    if isinstance(at, HistoryLocation):
        text = f"{version(at)} · {head_words(at)}"
        return f"git history of {at.root}", at.path, f"{text} · {span(at)}" if span(at) else text
    cloud = at.cloud.upper() if at.cloud == "aws" else at.cloud
    return (
        f"{cloud} {at.region} · {at.account}",
        f"{at.function}|{at.variable}",
        f"{at.function} {at.variable}",
    )


def _qualifiers(qualifiers: Sequence[str]) -> str:
    versions = [q for q in qualifiers if q.isdecimal()]
    aliases = [q for q in qualifiers if q != LATEST and not q.isdecimal()]
    parts = []
    if LATEST in qualifiers:
        parts.append(LATEST)
    if versions:
        word = "version" if len(versions) == 1 else "versions"
        parts.append(f"{word} {listed(few(versions))}")
    if aliases:
        word = "alias" if len(aliases) == 1 else "aliases"
        parts.append(f"{word} {listed(few([gate(a, 40) for a in aliases]))}")
    return f" · {', '.join(parts)}" if parts else ""


def few(names: Sequence[str]) -> list[str]:
    if len(names) <= 8:
        return list(names)
    return [*names[:7], f"{len(names) - 7:,} more"]


def _goes_to(row: CredentialRow, edit: Edit | None, planned: str) -> Safe:
    if not row.functions:
        return Safe("No secret as long as no function reads it.")
    name = edit.name if edit is not None and edit.name else planned
    shape = edit.shape if edit is not None else ""
    words = {"plain": ", as plain text", "json": ", as JSON with what belongs to it"}
    called = gate(name, 200) if name else "named as the plan proposes"
    return Safe(f"AWS Secrets Manager, {called}{words.get(shape, '')} (e)")


# Context


def context_rows(title: Safe, lines: Sequence[ContextLine]) -> list[RowView]:
    """Lines with every value masked; the one of the finding is marked."""
    return [
        _line("h:context", title, "strong"),
        *(_context_line(line) for line in lines),
    ]


def _context_line(line: ContextLine) -> RowView:
    return RowView(
        id=f"l:{line.number}",
        cells=(
            Cell(Safe(f"{line.number:>4}"), "faint"),
            Cell(gate(line.text.expandtabs(4), 400), "strong" if line.here else ""),
        ),
        sign="cursor" if line.here else "",
        token="key",
        whole=True,
    )


def context_title(location: Location) -> Safe:
    if isinstance(location, FileLocation):
        return gate(f"{location.path} around line {location.line}", 300)
    if isinstance(location, HistoryLocation):
        at = f"commit {location.last_commit[:SHORT]}" if location.last_commit else "the blob"
        return gate(f"{version(location)} as of {at}", 300)
    at = "" if location.qualifier == LATEST else f" {location.qualifier}"
    return gate(f"Variables of {location.function}{at}", 300)


def problem_rows(error: SecretshiftError) -> list[RowView]:
    """What could not be read, in the place where it would stand."""
    where = f" ({error.resource})" if error.resource else ""
    rows = [_line("h:problem", gate(f"Not readable now: {error.what}{where}."), "warn")]
    if error.hint:
        rows.append(_line("h:hint", gate(f"{error.hint.rstrip('.')}.")))
    return rows


# History


def history_rows(moments: Sequence[Moment]) -> list[RowView]:
    """Newest above."""
    if not moments:
        return [_line("h:none", Safe("This workspace knows nothing of it before now."))]
    rows = []
    for number, moment in enumerate(moments[:MOST]):
        sign, token = MOMENTS[moment.kind]
        by = f" ({moment.who})" if moment.who else ""
        decided = "decided: " if moment.kind is MomentKind.DECIDED else ""
        rows.append(
            RowView(
                id=f"m:{number}",
                cells=(
                    Cell(Safe(day_and_clock(moment.time)), "faint"),
                    Cell(gate(f"{decided}{moment.text}{by}", 600)),
                ),
                sign=sign,
                token=token,
                whole=True,
            )
        )
    return rows


# Siblings and why


def sibling_rows(row: CredentialRow, known: Mapping[str, CredentialRow]) -> list[RowView]:
    """Values that would form one JSON secret with it."""
    others = [known[one] for one in row.siblings if one in known]
    if not others:
        return [
            _line("h:none", Safe("No other credential that belongs to it was found beside it.")),
            _line("h:alone", Safe("It is stored by itself, in the shape that e chooses.")),
        ]
    head = _line("h:head", Safe("One JSON secret can hold it together with (e chooses):"), "strong")
    rows = [head]
    for other in others[:MOST]:
        sign, token, word = state_of(other)
        rows.append(
            RowView(
                id=other.credential.id,
                cells=(
                    Cell(named(other)),
                    Cell(gate(other.credential.masked, 40), "secret"),
                    Cell(Safe(word), token),
                ),
                sign=sign,
                token=token,
                depth=1,
                whole=True,
            )
        )
    return [*rows, _line("h:go", Safe("Enter goes to that row."), "faint")]


def why_rows(row: CredentialRow) -> list[RowView]:
    """Why it counts as a credential, and what is best done with it."""
    credential = row.credential
    reasons = dict.fromkeys(reason for f in credential.findings for reason in f.reasons)
    rows = [_line("h:why", Safe(f"Confidence: {credential.confidence.value}"), "strong")]
    rows += [_line(f"r:{n}", gate(r, 300), depth=1) for n, r in enumerate(reasons)]
    if credential.confidence is Confidence.LOW:
        rows.append(
            _line("h:low", Safe("Such a value is never moved unattended; decide with d."), "todo")
        )
    if row.decision is not None:
        rows.append(_line("h:decision", gate(decision_words(row), 700)))
    parts = (
        ("Whether it still works", row.verification.sentence if row.verification else ""),
        ("Rotation", row.rotation),
        ("Revoke at", row.revoke_url),
        ("Better than storing it", row.instead),
        ("Read by an extension", row.extension),
    )
    for number, (name, text) in enumerate(parts):
        if text:
            rows.append(_line(f"h:p{number}", Safe(name), "strong"))
            rows.append(_line(f"p:{number}", gate(text), depth=1))
    kind = Safe(f"kind {gate(credential.kind, 80)}, {label(credential.id)} of {credential.id}")
    return [*rows, _line("h:kind", kind, "faint")]


def _line(id: str, text: Safe, token: str = "", depth: int = 0) -> RowView:  # noqa: A002
    return RowView(id=id, cells=(Cell(text, token),), depth=depth, whole=True)


def waiting_rows() -> list[RowView]:
    return [_line("h:wait", Safe("reading …"), "faint")]
