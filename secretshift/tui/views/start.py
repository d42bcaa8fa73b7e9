"""Where one could look, as rows and sentences. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ..cells import shortened
from ..gate import Safe, gate
from ..viewmodels import EMPTY, Cell, Column, RowView
from ..wording import counted, listed, sentence

if TYPE_CHECKING:
    from secretshift.model.errors import SecretshiftError
    from secretshift.model.sources import FoundSource

ADD: Final = "add"
EVERY: Final = "every-region"
HISTORY: Final = "git-history"
"""Ids of the rows that are no source."""
WIDE: Final = 110
NAME_WIDTH: Final = 24
COLUMNS: Final = (
    Column("box", "", 3),
    Column("kind", "", 6),
    Column("name", "", NAME_WIDTH, wrap=True),
    Column("detail", "", wrap=True),
    Column("text", "", wrap=True),
)
"""Of wide windows; in narrow ones a row flows over the whole width."""
KINDS: Final = {"git": "git", "folder": "folder", "aws": "AWS"}
TITLE: Final = Safe(
    "Where shall I look?  Reading only: nothing is written anywhere before you press R on a plan."
)
NOTHING: Final = Safe("No repository here and no account found. Open the demo, or add a folder.")
OPENING: Final = Safe("The workspace is being opened.")


class Regions(NamedTuple):
    """every: whether all regions are looked through; set: those of the settings, if any."""

    every: bool
    set: tuple[str, ...] = ()


def rows(
    sources: Iterable[FoundSource],
    chosen: Collection[str],
    regions: Regions,
    *,
    wide: bool,
    history: bool = False,
) -> tuple[RowView, ...]:
    """One row a source, then the git history where there is a repository and the regions where
    there is an account, then the way to add one. history: whether it is looked through."""
    found = list(sources)
    made = [_source(s, s.id in chosen, wide=wide) for s in found]
    if any(source.kind == "git" and source.ready for source in found):
        made.append(_history(ticked=history, wide=wide))
    if any(source.kind == "aws" for source in found):
        made.append(_regions(found, chosen, regions, wide=wide))
    return (*made, _adding())


def _box(ticked: bool) -> str:
    return "[x]" if ticked else "[ ]"


def _source(source: FoundSource, ticked: bool, *, wide: bool) -> RowView:
    sign, token = state(source)
    return _row(
        source.id,
        _box(ticked),
        KINDS.get(source.kind, source.kind),
        shortened(source.name, NAME_WIDTH),
        source.detail,
        readable(source),
        wide=wide,
        sign=sign,
        token=token,
        needs_person=source.checked and not source.ready,
    )


def state(source: FoundSource) -> tuple[str, str]:
    """Sign and meaning: at work, cannot be read, in part, or ready."""
    if not source.checked:
        return "work", "work"
    if not source.ready:
        return "todo", "todo"
    return ("warn", "warn") if source.cannot else ("ok", "ok")


def readable(source: FoundSource) -> str:
    """What can be read there, what cannot, and what to do about it."""
    if not source.checked:
        return "Checking…"
    parts = [f"can {source.can}" if source.can else ""]
    if source.cannot:
        parts.append(f"cannot {source.cannot}")
    said = sentence("; ".join(part for part in parts if part))
    if source.remedy:
        then = "" if source.ready else ", then c"
        said = f"{said} Do: {source.remedy.rstrip('.')}{then}"
    return said[:1].upper() + said[1:]


def _history(*, ticked: bool, wide: bool) -> RowView:
    on = "Every version of every file that a ref reaches, of each ticked repository, too."
    off = "Only the files as they are now. The tick adds every former version of them."
    return _row(
        HISTORY, _box(ticked), "", "whole git history", "", on if ticked else off, wide=wide
    )


def _regions(
    sources: Sequence[FoundSource], chosen: Collection[str], regions: Regions, *, wide: bool
) -> RowView:
    known = [len(s.regions) for s in sources if s.id in chosen and s.regions]
    most = f"{counted(max(known), 'region')} in each account" if known else "of each account"
    only = listed(regions.set) if regions.set else "the one of each login's configuration"
    text = f"{most}; without the tick only {only}." if regions.every else f"Only {only}."
    return _row(
        EVERY, _box(regions.every), "", "every region", "", text[:1].upper() + text[1:], wide=wide
    )


def _row(
    row: str,
    box: str,
    kind: str,
    name: str,
    detail: str,
    text: str,
    *,
    wide: bool,
    sign: str = "",
    token: str = "",
    needs_person: bool = False,
) -> RowView:
    meant = token if sign in ("todo", "warn") else "faint" if sign == "work" else ""
    detail = detail if wide else sentence(detail)
    cells = (
        Cell(Safe(box), "key"),
        Cell(gate(kind), "faint"),
        Cell(gate(name), "strong"),
        Cell(gate(detail), "faint"),
        Cell(gate(text, limit=1000), meant),
    )
    return RowView(
        row,
        cells if wide else _spaced(cells),
        search=f"{kind} {name} {detail} {text}".casefold(),
        sign=sign,
        token=token,
        needs_person=needs_person,
        whole=not wide,
    )


def _spaced(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """One behind the other, two blanks between them."""
    first, *more = [cell for cell in cells if cell.text]
    return (first, *(Cell(Safe(f" {cell.text}"), cell.token) for cell in more))


def _adding() -> RowView:
    text = Safe("Add a folder or an AWS profile …")
    return RowView(
        ADD, (Cell(Safe("+"), "key"), Cell(text, "key")), search=text.casefold(), whole=True
    )


class Facts(NamedTuple):
    """What the sentences of the screen depend on. scanning: a scan is at work; history: of the
    ticked repositories, too."""

    opened: bool
    problem: SecretshiftError | None
    looked: bool
    sources: tuple[FoundSource, ...]
    chosen: frozenset[str]
    scanning: bool = False
    history: bool = False


def headline(facts: Facts) -> tuple[Safe, Safe]:
    """The question, and the state where it is no usual one."""
    if facts.problem is not None:
        problem = facts.problem
        where = f" ({problem.resource})" if problem.resource else ""
        return (
            gate(f"The workspace cannot be opened: {sentence(problem.what + where)}"),
            gate(
                f"{sentence(problem.hint)} Nothing is known without it: c tries again, "
                "9 (Doctor) looks for the reason.".lstrip()
            ),
        )
    if not facts.opened:
        return TITLE, OPENING
    if facts.looked and not any(s.kind in ("git", "aws") for s in facts.sources):
        return TITLE, NOTHING
    return TITLE, EMPTY


def next_sentence(facts: Facts) -> Safe:
    """What Enter does, and what it will not do."""
    if facts.problem is not None:
        return Safe("c tries to open the workspace again. Nothing was changed.")
    if not facts.opened:
        return Safe("The places to look come here, and are checked. Looking only reads.")
    if facts.scanning:
        return Safe("A scan is at work: Enter shows it. It only reads.")
    if not facts.chosen:
        return Safe("Space ticks a place, Enter then looks there. Looking only reads.")
    ticked = [s for s in facts.sources if s.id in facts.chosen]
    files = sum(1 for s in ticked if s.path)
    accounts = len(ticked) - files
    parts = [
        counted(files, "folder") if files else "",
        counted(accounts, "account") if accounts else "",
    ]
    what = listed([part for part in parts if part])
    if facts.history and any(s.kind == "git" for s in ticked):
        what += ", and in the whole git history"
    return Safe(
        f"Enter looks for credentials in {what}. It reads, and writes nothing; it asks no "
        "provider whether a value works."
    )


def nothing_ticked(facts: Facts) -> Safe:
    """Why Enter does not look anywhere."""
    if any(source.ready for source in facts.sources):
        return Safe("No place is ticked. Space ticks the row.")
    if not facts.looked:
        return Safe("Nothing can be read yet; the checks are at work.")
    return Safe("Nothing here can be read yet. i says why, c checks again.")


def source_lines(source: FoundSource) -> tuple[Safe, ...]:
    """Everything that is known of a source."""
    said = [sentence(f"{KINDS.get(source.kind, source.kind)} {source.name}: {source.detail}")]
    if not source.checked:
        said.append("It is being checked.")
    if source.can:
        said.append(f"Can {sentence(source.can)}")
    if source.cannot:
        said.append(f"Cannot {sentence(source.cannot)}")
    if source.remedy:
        said.append(f"What to do: {source.remedy.rstrip('.')}")
        said.append("c checks it again afterwards.")
    if source.regions:
        said.append(f"{counted(len(source.regions), 'region')}: {listed(source.regions)}.")
    return tuple(gate(line, limit=1000) for line in said if line)
