"""In which order credentials stand, and in which groups. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from secretshift.model.findings import (
    CredentialId,
    FileLocation,
    FunctionLocation,
    HistoryLocation,
)
from secretshift.workflow.credentials import CredentialRow, Status

from ..gate import Safe, gate
from ..viewmodels import Cell, Row, RowView
from ..wording import counted
from .credential_row import ListedCredential
from .credentials import where

SORTS: Final = ("risk", "kind", "where", "status")
GROUPS: Final = ("credential", "function", "repository")
_BEHIND: Final = "@"
"""Between a credential's id and the number of the group in which the row stands."""


def sort_key(sort: str, row: CredentialRow) -> str:
    """What a row is sorted by; rows of one key stay in the order of their risk."""
    if sort == "status":
        return _BY_STATUS[row.status]
    return gate(row.title) if sort == "kind" else where(row)


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
        elif by == "repository" and isinstance(at, FileLocation | HistoryLocation):
            found[at.root] = at.root
    if found:
        return tuple(found.items())
    return (("", "in files only" if by == "function" else "in functions only"),)


def grouped(
    rows: Sequence[CredentialRow],
    views: Mapping[str, ListedCredential],
    by: str,
    *,
    at_a_time: int = 500,
) -> Iterator[list[Row]]:
    """Headings with their rows, in order; an empty batch from time to time while it sorts them."""
    groups: dict[str, tuple[str, list[str]]] = {}
    for number, row in enumerate(rows):
        for key, name in group_keys(row, by):
            groups.setdefault(key, (name, []))[1].append(row.credential.id)
        if number % at_a_time == at_a_time - 1:
            yield []
    batch: list[Row] = []
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
            batch.append(views[credential].under(f"{credential}{_BEHIND}{number}", parent))
            if len(batch) >= at_a_time:
                yield batch
                batch = []
    yield batch
