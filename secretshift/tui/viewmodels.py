"""What screens show: frozen, without values, every text through the gate already."""

from __future__ import annotations

from dataclasses import dataclass

from .gate import Safe

EMPTY = Safe("")


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a row. token: what the text means (see ``themes.TOKENS``), "" for plain."""

    text: Safe
    token: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """width: in cells, None shares what is left; hide_below: not drawn in narrower lists; wrap: in
    a list that wraps, what is too long takes more lines (the last column's always does)."""

    name: str
    title: str = ""
    width: int | None = None
    right: bool = False
    hide_below: int = 0
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a list.

    sign: name of a glyph before the row, "" for the mark; search: folded text for the filter;
    depth, parent: place in a tree; foldable: has rows under it; note: shown under the row while
    the cursor is on it; needs_person: ``n`` stops here; token: of the sign.
    """

    id: str
    cells: tuple[Cell, ...]
    search: str = ""
    sign: str = ""
    token: str = ""
    depth: int = 0
    parent: str = ""
    foldable: bool = False
    note: Safe = EMPTY
    needs_person: bool = False
    whole: bool = False
    """The first cell takes the whole width, without columns: a heading, a sentence."""


@dataclass(frozen=True, slots=True)
class FrameView:
    """The answers that stand on every screen: what comes next, what was changed until now, how to
    go back."""

    next: Safe
    cloud: Safe
    back: Safe


@dataclass(frozen=True, slots=True)
class NoticeView:
    """An empty state, an error or a part that failed: what is so, what it means, what to do."""

    token: str
    what: Safe
    hint: Safe = EMPTY
