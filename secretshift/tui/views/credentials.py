"""Credentials as rows and sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from secretshift.model.decisions import Choice
from secretshift.model.findings import (
    Confidence,
    Credential,
    CredentialId,
    FileLocation,
    Finding,
    FunctionLocation,
    Location,
    ScanReport,
)
from secretshift.workflow.credentials import CredentialRow, Status

from ..gate import Safe, gate
from ..glyphs import SIGNS
from ..viewmodels import EMPTY, Cell, Column, RowView
from ..wording import counted, listed

SORTS: Final = ("risk", "kind", "where", "status")
GROUPS: Final = ("credential", "function", "repository")
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
_KIND, _WHERE = 0, 6
_BEHIND: Final = "@"
"""Between a credential's id and the number of the group in which the row stands."""


def columns(width: int) -> tuple[Column, ...]:
    """What a list of this width has room for."""
    return (
        Column("kind", "Kind", 22 if width >= 98 else None),
        Column("value", "Value", 14, hide_below=66),
        Column("label", "", 7),
        Column("functions", "Funcs", 5, right=True),
        Column("versions", "Vers", 4, right=True, hide_below=112),
        Column("files", "Files", 5, right=True),
        Column("where", "Where", None, hide_below=98),
        Column("confidence", "Sure", 6, hide_below=76),
        Column("why", "Why", None, hide_below=140),
        Column("status", "Status", 10),
    )


def label(credential: str) -> Safe:
    """The short name of a value: the beginning of its fingerprint."""
    return gate(f"#{credential.removeprefix('c-')[:6]}", 7)


def named(row: CredentialRow) -> Safe:
    """``Stripe secret key #7f3a91``"""
    return Safe(f"{gate(row.title, 80)} {label(row.credential.id)}")


def row_view(row: CredentialRow) -> RowView:
    """One value as a row of the list."""
    credential = row.credential
    sign, token, word = state_of(row)
    reason = credential.findings[0].reasons[:1] if credential.findings else ()
    return RowView(
        id=credential.id,
        cells=(
            _cell(row.title, ""),
            _cell(credential.masked, "secret"),
            Cell(label(credential.id), "faint"),
            _number(row.functions),
            _number(row.versions),
            _number(row.files),
            Cell(where(row)),
            _cell(credential.confidence.value, _SURE[credential.confidence]),
            _cell(reason[0] if reason else "", "faint"),
            _cell(f"{SIGNS[sign].unicode} {word}", token),
        ),
        search=search_text(row),
        note=_note(row),
        needs_person=needs_person(row),
    )


_SURE: Final = {Confidence.HIGH: "", Confidence.MEDIUM: "", Confidence.LOW: "unknown"}


@lru_cache(maxsize=8192)
def _cell(text: str, token: str) -> Cell:
    """Cells that many rows have in common are one object."""
    return Cell(gate(text), token)


@lru_cache(maxsize=8192)
def _number(number: int) -> Cell:
    return Cell(Safe(f"{number:,}") if number else EMPTY)


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
    return f"{location.function} {location.variable}"


def where(row: CredentialRow) -> Safe:
    """The first place, and how many more there are."""
    findings = row.credential.findings
    if not findings:
        return EMPTY
    more = len(findings) - 1
    first = gate(place(findings[0].location), 200)
    return Safe(f"{first} and {more:,} more" if more else first)


def counts(row: CredentialRow) -> str:
    """``2 functions, 3 versions, 1 file``"""
    parts = []
    if row.functions:
        parts.append(counted(row.functions, "function"))
    if row.versions:
        parts.append(counted(row.versions, "version"))
    if row.files:
        parts.append(counted(row.files, "file"))
    return ", ".join(parts) or "no place that is left"


def _note(row: CredentialRow) -> Safe:
    reasons = row.credential.findings[0].reasons if row.credential.findings else ()
    sure = f"{row.credential.confidence.value} confidence"
    why = f": {', '.join(reasons)}" if reasons else ""
    decided = f" {decision_words(row)}" if row.decision is not None else ""
    return gate(f"{where(row)}. {sure}{why}.{decided}", 300)


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


def search_text(row: CredentialRow) -> str:
    """What the filter looks at; never drawn."""
    credential = row.credential
    words: dict[str, None] = dict.fromkeys(
        (
            row.title,
            label(credential.id),
            credential.id,
            credential.masked,
            f"kind:{credential.kind}",
            f"status:{row.status.value.replace(' ', '-')}",
            f"confidence:{credential.confidence.value}",
        )
    )
    if row.decision is not None:
        words[row.decision.reason] = None
    for finding in credential.findings:
        words.update(_place_words(finding.location))
    return "\n".join(words).casefold()


def _place_words(location: Location) -> dict[str, None]:
    if isinstance(location, FunctionLocation):
        texts = (
            f"function:{location.function}",
            f"variable:{location.variable}",
            f"region:{location.region}",
            f"account:{location.account}",
        )
        return dict.fromkeys(texts)
    return dict.fromkeys((f"file:{location.path}", f"repository:{location.root}"))


# Order and groups


def sort_key(sort: str, row: CredentialRow, view: RowView) -> str:
    """What a row is sorted by; rows of one key stay in the order of their risk."""
    if sort == "status":
        return _BY_STATUS[row.status]
    return view.cells[_KIND if sort == "kind" else _WHERE].text


_BY_STATUS: Final = {
    status: str(number)
    for number, status in enumerate(
        (
            Status.BLOCKED,
            Status.LOOK,
            Status.FOUND,
            Status.PLANNED,
            Status.ACCEPTED,
            Status.REFUSED,
            Status.FALSE_POSITIVE,
            Status.MOVED,
        )
    )
}


def credential_of(row_id: str) -> CredentialId:
    """The credential of a row, "" for a heading of a group."""
    return CredentialId("" if row_id.startswith("g:") else row_id.partition(_BEHIND)[0])


def group_keys(row: CredentialRow, by: str) -> tuple[tuple[str, str], ...]:
    """Groups in which the row stands: what tells one from the other, and its name; not gated."""
    found: dict[str, str] = {}
    for finding in row.credential.findings:
        at = finding.location
        if by == "function" and isinstance(at, FunctionLocation):
            key = f"{at.account}|{at.region}|{at.function}"
            found[key] = f"{at.function}  {at.region} {at.account}"
        elif by == "repository" and isinstance(at, FileLocation):
            found[at.root] = at.root
    if found:
        return tuple(found.items())
    return (("", "in files only" if by == "function" else "in functions only"),)


def grouped(
    rows: Sequence[CredentialRow], views: Mapping[str, RowView], by: str, *, at_a_time: int = 500
) -> Iterator[list[RowView]]:
    """Headings with their rows, in order; an empty batch from time to time while it sorts them."""
    groups: dict[str, tuple[str, list[str]]] = {}
    for number, row in enumerate(rows):
        for key, name in group_keys(row, by):
            groups.setdefault(key, (name, []))[1].append(row.credential.id)
        if number % at_a_time == at_a_time - 1:
            yield []
    batch: list[RowView] = []
    for number, (key, (name, ids)) in enumerate(groups.items()):
        parent = f"g:{key}"
        batch.append(
            RowView(
                id=parent,
                cells=(
                    Cell(gate(name, 200), "strong"),
                    Cell(Safe(counted(len(ids), "credential")), "faint"),
                ),
                foldable=True,
                whole=True,
            )
        )
        for credential in ids:
            batch.append(_under(views[credential], f"{credential}{_BEHIND}{number}", parent))
            if len(batch) >= at_a_time:
                yield batch
                batch = []
    yield batch


def _under(view: RowView, id: str, parent: str) -> RowView:  # noqa: A002
    return RowView(
        id=id,
        cells=view.cells,
        search=view.search,
        depth=1,
        parent=parent,
        note=view.note,
        needs_person=view.needs_person,
    )


# While a scan runs


class _Group:
    """Findings of one value until now."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.functions: set[tuple[str, ...]] = set()
        self.versions: set[tuple[str, ...]] = set()
        self.files: set[tuple[str, str]] = set()

    def add(self, finding: Finding) -> None:
        self.findings.append(finding)
        at = finding.location
        if isinstance(at, FileLocation):
            self.files.add((at.root, at.path))
        elif at.qualifier == "$LATEST":
            self.functions.add((at.account, at.region, at.function))
        else:
            self.versions.add((at.account, at.region, at.function, at.qualifier))


class Live:
    """Rows of a scan that is not over."""

    def __init__(self) -> None:
        self._groups: dict[CredentialId, _Group] = {}
        self._taken = 0

    def behind(self, findings: Sequence[Finding]) -> bool:
        return self._taken != len(findings)

    def restarted(self, findings: Sequence[Finding]) -> bool:
        """Whether these are of another scan than before."""
        return len(findings) < self._taken

    def take(
        self, findings: Sequence[Finding], titles: Mapping[str, str], most: int = 500
    ) -> list[CredentialRow]:
        """The rows that the next findings change. titles: kind -> what a person calls it."""
        changed: dict[CredentialId, _Group] = {}
        for finding in findings[self._taken : self._taken + most]:
            group = self._groups.setdefault(finding.credential, _Group())
            group.add(finding)
            changed[finding.credential] = group
        self._taken = min(len(findings), self._taken + most)
        return [_live_row(group, titles) for group in changed.values()]


def _live_row(group: _Group, titles: Mapping[str, str]) -> CredentialRow:
    best = max(group.findings, key=lambda finding: finding.confidence.rank)
    low = best.confidence is Confidence.LOW
    return CredentialRow(
        credential=Credential(
            id=best.credential,
            fingerprint=best.fingerprint,
            kind=best.kind,
            confidence=best.confidence,
            masked=best.masked,
            findings=tuple(group.findings),
        ),
        title=titles.get(best.kind, best.kind),
        status=Status.LOOK if low else Status.FOUND,
        decision=None,
        functions=len(group.functions),
        versions=len(group.versions),
        files=len(group.files),
    )


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
    return ScanReport(findings, report.errors, report.not_searched, report.counts)


def findings_text(report: ScanReport, suffix: str) -> str:
    """As CSV or JSON, as the command writes it."""
    if suffix == ".json":
        from secretshift.reports.findings_json import findings_data
        from secretshift.reports.json_text import json_text

        return json_text(findings_data(report))
    from secretshift.reports.findings_csv import findings_csv

    return findings_csv(report)


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
