"""A credential as a row of the list, which may have a hundred thousand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from secretshift.model.findings import Confidence, FunctionLocation, HistoryLocation
from secretshift.reports.exposure import head_words
from secretshift.workflow.credentials import CredentialRow

from ..gate import Safe, gate
from ..glyphs import SIGNS
from ..viewmodels import EMPTY, Cell
from .credentials import decision_words, label, needs_person, short_mask, state_of, where


@dataclass(frozen=True, slots=True)
class ListedCredential:
    """A ``Row``. What is drawn is made when it is drawn: kept for every row, it would take half
    of the memory."""

    row: CredentialRow
    id: str
    search: str
    shared: str
    needs_person: bool
    depth: int = 0
    parent: str = ""

    sign: ClassVar[str] = ""
    token: ClassVar[str] = ""
    foldable: ClassVar[bool] = False
    whole: ClassVar[bool] = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        row = self.row
        credential = row.credential
        sign, token, word = state_of(row)
        reason = credential.findings[0].reasons[:1] if credential.findings else ()
        return (
            _cell(row.title, ""),
            _cell(short_mask(credential.masked), "secret"),
            Cell(label(credential.id), "faint"),
            _number(row.functions),
            _number(row.versions),
            _number(row.files + row.past),
            Cell(where(row)),
            _cell(credential.confidence.value, _SURE[credential.confidence]),
            _cell(reason[0] if reason else "", "faint"),
            _cell(f"{SIGNS[sign].unicode} {word}", token),
        )

    @property
    def note(self) -> Safe:
        row = self.row
        reasons = row.credential.findings[0].reasons if row.credential.findings else ()
        sure = f"{row.credential.confidence.value} confidence"
        why = f": {', '.join(reasons)}" if reasons else ""
        decided = f" {decision_words(row)}" if row.decision is not None else ""
        return gate(f"{where(row)}. {sure}{why}.{decided}", 300)

    def under(self, id: str, parent: str) -> ListedCredential:  # noqa: A002
        """The same as a row of a group."""
        return ListedCredential(
            self.row, id, self.search, self.shared, self.needs_person, 1, parent
        )


def row_view(row: CredentialRow) -> ListedCredential:
    """One value as a row of the list."""
    return ListedCredential(row, row.credential.id, *search_texts(row), needs_person(row))


_SURE: Final = {Confidence.HIGH: "", Confidence.MEDIUM: "", Confidence.LOW: "unknown"}


@lru_cache(maxsize=8192)
def _cell(text: str, token: str) -> Cell:
    """Cells that many rows have in common are one object."""
    return Cell(gate(text), token)


@lru_cache(maxsize=8192)
def _number(number: int) -> Cell:
    return Cell(Safe(f"{number:,}") if number else EMPTY)


def search_texts(row: CredentialRow) -> tuple[str, str]:
    """What the filter looks at, never drawn: the row's own words, and those that many have."""
    credential = row.credential
    own: dict[str, None] = dict.fromkeys((label(credential.id), credential.id))
    shared: dict[str, None] = dict.fromkeys(
        (
            row.title,
            credential.masked,
            f"kind:{credential.kind}",
            f"status:{row.status.value.replace(' ', '-')}",
            f"confidence:{credential.confidence.value}",
        )
    )
    if row.decision is not None:
        shared[row.decision.reason] = None
    for finding in credential.findings:
        at = finding.location
        if isinstance(at, FunctionLocation):
            own[f"function:{at.function}"] = own[f"variable:{at.variable}"] = None
            shared[f"region:{at.region}"] = shared[f"account:{at.account}"] = None
        else:
            own[f"file:{at.path}"] = shared[f"repository:{at.root}"] = None
        if isinstance(at, HistoryLocation):
            own[f"commit:{at.first_commit}"] = own[f"commit:{at.last_commit}"] = None
            shared[f"author:{at.author}"] = None
            shared[f"history:{head_words(at).replace(' ', '-')}"] = None
    return "\n".join(own).casefold(), _folded("\n".join(shared))


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    """One object for all rows that have it in common."""
    return text.casefold()
