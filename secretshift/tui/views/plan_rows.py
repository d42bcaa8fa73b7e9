"""What a row of the plan is about, and the small parts that all its rows are made of. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from secretshift.model.findings import ScanReport, SourceError
from secretshift.model.journeys import Consent

from ..gate import Safe, gate
from ..viewmodels import EMPTY, Cell, Column, RowView
from ..wording import sentence

if TYPE_CHECKING:
    from secretshift.execution.steps import PlannedStep
    from secretshift.model.plans import (
        FunctionPlan,
        Instead,
        PersonWork,
        Plan,
        PlanNote,
        SecretPlan,
    )
    from secretshift.workflow.credentials import CredentialRow

WIDE: Final = 110
"""Cells from which on the undo sentences have a column of their own."""
COLUMNS: Final = (
    Column("kind", "", 12),
    Column("what", "", wrap=True),
    Column("undo", "", 44, hide_below=WIDE, wrap=True),
)
UNFOLDED: Final = 3
"""Plans of up to so many functions are shown with all their rows."""
LINE: Final = "line"
"""Id of the row with the point of no return."""


@dataclass(frozen=True, slots=True)
class About:
    """What a row is about, for the keys that act on it.

    part: which of the parts of a plan; leave: what ``x`` leaves out or puts back there, "" for
    nothing; step: key of the change, "" for what is none.
    """

    part: str
    function: FunctionPlan | None = None
    secret: SecretPlan | None = None
    note: PlanNote | None = None
    work: PersonWork | None = None
    instead: Instead | None = None
    error: SourceError | None = None
    sentence: str = ""
    leave: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What a person calls things: by credential, the mask and the title; by the same, how it is
    rotated."""

    masks: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    rotations: Mapping[str, str] = field(default_factory=dict)

    def title(self, credential: str, otherwise: str) -> str:
        return self.titles.get(credential, otherwise)

    def masked(self, credentials: Iterable[str]) -> str:
        """``ghp_•••••• #a79025``, of each of them."""
        return " ".join(f"{self.masks.get(c, '')} {label(c)}".strip() for c in credentials)


def names_of(rows: Iterable[CredentialRow], report: ScanReport | None) -> Names:
    found = list(rows)
    masks = {str(f.credential): f.masked for f in (report.findings if report else ())}
    masks |= {str(row.credential.id): row.credential.masked for row in found}
    return Names(
        masks,
        {str(row.credential.id): row.title for row in found},
        {str(row.credential.id): row.rotation for row in found if row.rotation},
    )


def label(credential: str) -> str:
    """The short name of a value: ``#7f3a91``."""
    return f"#{credential.removeprefix('c-')[:6]}"


def leave_key(function: FunctionPlan, variable: str = "") -> str:
    """What ``x`` leaves out: the function, or this variable of it."""
    return f"{function.function.arn}|{variable}" if variable else function.function.arn


def of_function(part: str, function: FunctionPlan, step: str = "") -> About:
    """A row of this function, which x leaves out as a whole. step: as in About."""
    return About(part, function=function, leave=leave_key(function), step=step)


def left_variables(left_out: Collection[str], arn: str) -> list[str]:
    """Variables of this function that are left out one by one."""
    parts = [key.partition("|") for key in left_out]
    return sorted(variable for name, bar, variable in parts if bar and name == arn)


class Rows:
    """Gathers the rows of one plan with what each is about."""

    def __init__(
        self, plan: Plan, names: Names, width: int, left_out: Collection[str] = ()
    ) -> None:
        self.plan, self.names, self.width = plan, names, width
        self.left_out = frozenset(left_out)
        self.wide = width >= WIDE
        self.rows: list[RowView] = []
        self.about: dict[str, About] = {}
        self.folded: set[str] = set()
        # Start and Scan take their sentences from here, long before there is a plan.
        from secretshift.execution.steps import planned_steps

        self.steps: Mapping[str, PlannedStep] = {
            step.key: step for step in planned_steps(plan, Consent.REMOVE_PLAINTEXT)
        }

    def undo(self, step: str) -> str:
        """What undo makes of a change; "" for one that changes nothing."""
        planned = self.steps.get(step)
        if planned is None or planned.change == "prove":
            return ""
        return planned.undo

    def change(
        self,
        row: str,
        about: About,
        kind: str,
        what: str,
        *,
        sign: str = "",
        token: str = "",
        parent: str = "",
        depth: int = 1,
        foldable: bool = False,
        needs_person: bool = False,
        faint: bool = False,
    ) -> None:
        """A row in columns: what it is, what happens, how it is undone."""
        undo = self.undo(about.step)
        told = gate(f"undo: {undo}") if undo else EMPTY
        said = gate(what, limit=1000)
        self._add(
            RowView(
                id=row,
                cells=(
                    Cell(gate(kind), token or "faint"),
                    Cell(said, "faint" if faint else ""),
                    Cell(told, "faint"),
                ),
                search=f"{kind} {said}".casefold(),
                sign=sign,
                token=token,
                depth=depth,
                parent=parent,
                foldable=foldable,
                note=EMPTY if self.wide else told,
                needs_person=needs_person,
            ),
            about,
        )

    def whole(
        self,
        row: str,
        about: About,
        *parts: tuple[str, str],
        sign: str = "",
        token: str = "",
        parent: str = "",
        depth: int = 0,
        foldable: bool = False,
        needs_person: bool = False,
    ) -> None:
        """A heading or a sentence over the whole width. parts: text and what it means."""
        cells = tuple(Cell(gate(text, limit=1000), meant) for text, meant in parts if text)
        self._add(
            RowView(
                id=row,
                cells=cells,
                search=" ".join(cell.text for cell in cells).casefold(),
                sign=sign,
                token=token,
                depth=depth,
                parent=parent,
                foldable=foldable,
                needs_person=needs_person,
                whole=True,
            ),
            about,
        )

    def notes(self, parent: str, about: About, notes: Sequence[PlanNote], sign: str) -> None:
        """Blockers or warnings: what is so, what to do. sign: ``block`` or ``warn``."""
        for number, note in enumerate(notes):
            self.whole(
                f"{parent}/{sign}/{number}",
                About("note", function=about.function, note=note, leave=about.leave),
                (sentence(note.text), sign),
                (sentence(note.hint), ""),
                sign=sign,
                token=sign,
                parent=parent,
                depth=1,
                needs_person=sign == "block" or bool(note.hint),
            )

    def deepen(self, first: int) -> None:
        """One step further in, from this position on."""
        self.rows[first:] = [row._replace(depth=row.depth + 1) for row in self.rows[first:]]

    def _add(self, row: RowView, about: About) -> None:
        self.rows.append(row)
        self.about[row.id] = about


def safe_lines(lines: Iterable[str]) -> tuple[Safe, ...]:
    return tuple(gate(line, limit=2000) for line in lines if line)
