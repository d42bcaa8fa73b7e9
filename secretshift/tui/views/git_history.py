"""What git's history tells of a value: who wrote it when, and who still gets it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from secretshift.model.findings import HistoryLocation
from secretshift.reports.exposure import SHORT, head_words, refs_words, version
from secretshift.workflow.credentials import CredentialRow

from ..gate import Safe, gate
from ..viewmodels import Cell, RowView
from ..wording import counted, day_and_clock

MOST: Final = 100
"""Paths that are told one by one."""


def timeline_rows(row: CredentialRow) -> list[RowView]:
    """First and last commit of each path that held it, and whether HEAD still does; the path that
    had it first comes first. Nothing where no git history holds it."""
    found = [f.location for f in row.credential.findings]
    past = sorted(
        (at for at in found if isinstance(at, HistoryLocation)),
        key=lambda at: (at.first_time or "~", at.path),
    )
    rows: list[RowView] = []
    for number, at in enumerate(past[:MOST]):
        rows.append(_heading(f"g:{number}", at))
        rows += _commits(f"g:{number}", at)
    if len(past) > MOST:
        more = counted(len(past) - MOST, "path")
        rows.append(_line("g:more", "", f"And {more} more; w writes all of them."))
    if past:
        rows.append(
            _line("g:do", "", "Whoever has a clone has it: rotate the value, then clean the past.")
        )
    return rows


def _heading(id: str, at: HistoryLocation) -> RowView:  # noqa: A002
    here = at.in_head
    token = "warn" if here else "faint"
    return RowView(
        id=id,
        cells=(
            Cell(gate(f"git: {version(at)}", 300), "strong"),
            Cell(gate(head_words(at)), token),
        ),
        sign="warn" if here else "undone",
        token=token,
        whole=True,
    )


def _commits(id: str, at: HistoryLocation) -> Iterable[RowView]:  # noqa: A002
    if not at.first_commit:
        alone = "No commit has it: the blob lies in the repository alone."
        unread = "HEAD has it. Its commits were not read: a scan that is not stopped tells them."
        yield _line(f"{id}:blob", "", unread if at.in_head else alone)
        return
    by = f" by {at.author}" if at.author else ""
    yield _line(f"{id}:first", _when(at.first_time), f"first seen: {_short(at.first_commit)}{by}")
    if at.last_commit != at.first_commit:
        yield _line(f"{id}:last", _when(at.last_time), f"last seen: {_short(at.last_commit)}")
    yield _line(f"{id}:refs", "", f"reached from {refs_words(at)}")


def _short(commit: str) -> str:
    return f"commit {commit[:SHORT]}"


def _when(time: str) -> Safe:
    """As the machine's clock shows it; what is no time stays as it is."""
    try:
        return Safe(day_and_clock(datetime.fromisoformat(time)))
    except ValueError:
        return gate(time)


def _line(id: str, time: str, text: str) -> RowView:  # noqa: A002
    return RowView(
        id=id, cells=(Cell(gate(time), "faint"), Cell(gate(text, 600))), depth=1, whole=True
    )
