"""What screens show: frozen, without values, every text through the gate already.

Named tuples: a dataclass takes seven times as long to make, and these are made at every start.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from .gate import Safe

EMPTY = Safe("")


class Cell(NamedTuple):
    """A piece of a row. token: what the text means (see ``themes.TOKENS``), "" for plain."""

    text: Safe
    token: str = ""


class Column(NamedTuple):
    """width: in cells, None shares what is left; hide_below: not drawn in narrower lists; wrap: in
    a list that wraps, what is too long takes more lines (the last column's always does)."""

    name: str
    title: str = ""
    width: int | None = None
    right: bool = False
    hide_below: int = 0
    wrap: bool = False


class Row(Protocol):
    """What a list asks of a row.

    sign: name of a glyph before the row, "" for the mark; search: folded text for the filter;
    shared: the same, of which there is one text for many rows; depth, parent: place in a tree;
    foldable: has rows under it; note: shown under the row while the cursor is on it;
    needs_person: ``n`` stops here; token: of the sign; whole: the first cell takes the whole
    width, without columns: a heading, a sentence. Cells and note are asked for only when the row
    is drawn.
    """

    @property
    def id(self) -> str: ...
    @property
    def cells(self) -> tuple[Cell, ...]: ...
    @property
    def search(self) -> str: ...
    @property
    def shared(self) -> str: ...
    @property
    def sign(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def depth(self) -> int: ...
    @property
    def parent(self) -> str: ...
    @property
    def foldable(self) -> bool: ...
    @property
    def note(self) -> Safe: ...
    @property
    def needs_person(self) -> bool: ...
    @property
    def whole(self) -> bool: ...


class RowView(NamedTuple):
    """A ``Row`` whose parts are all there."""

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
    shared: str = ""


class FrameView(NamedTuple):
    """The answers that stand on every screen: what comes next, what was changed until now, how to
    go back."""

    next: Safe
    cloud: Safe
    back: Safe


class NoticeView(NamedTuple):
    """An empty state, an error or a part that failed: what is so, what it means, what to do."""

    token: str
    what: Safe
    hint: Safe = EMPTY
