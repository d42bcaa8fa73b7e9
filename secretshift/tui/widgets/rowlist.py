"""Any list, long or short: rows with columns, a cursor, marks, a filter, folding.

Drawn line by line with small caches: the standard widgets take seconds for 100,000 rows and
block the keyboard while rows arrive. Nothing here waits for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.actions import SkipAction
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..cells import fitted, flowed, wrapped
from ..gate import Safe
from ..glyphs import Glyphs
from ..keymap import bindings
from ..themes import TOKENS
from ..viewmodels import EMPTY, Cell, Column, Row
from .rowlines import Lines
from .roworder import RowOrder

_CACHE = 512
_STRONG = Style(bold=True)


class RowList(ScrollView, can_focus=True):
    """See the module. markable: rows carry marks; wrap: long last cells take several lines."""

    BINDINGS: ClassVar[list[Any]] = bindings(
        "down", "up", "first", "last", "page-down", "page-up", "fold", "unfold", "open"
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rowlist--cursor",
        "rowlist--title",
        *(f"rowlist--{token}" for token in TOKENS),
    }
    DEFAULT_CSS = (
        """
    RowList {
        height: 1fr;
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
    }
    RowList > .rowlist--cursor { background: $ss-cursor; }
    RowList:ansi > .rowlist--cursor { text-style: reverse; }
    RowList:nocolor > .rowlist--cursor { text-style: reverse; }
    RowList > .rowlist--title { color: $ss-faint; text-style: underline; }
    """
        + "\n".join(
            f"RowList > .rowlist--{token} {{ color: $ss-{token}; }}"
            for token in TOKENS
            if token not in ("strong", "line", "faint")
        )
        + """
    RowList > .rowlist--strong { color: $ss-strong; text-style: bold; }
    RowList > .rowlist--line { color: $ss-line; text-style: bold; }
    RowList > .rowlist--faint { color: $ss-faint; }
    """
    )

    class CursorMoved(Message):
        """The cursor came to rest on another row."""

        def __init__(self, rows: RowList, id: str) -> None:  # noqa: A002
            super().__init__()
            self.rows, self.id = rows, id

        @property
        def control(self) -> RowList:
            return self.rows

    class Opened(CursorMoved):
        """Enter or a double click on a row."""

    class Marked(Message):
        def __init__(self, rows: RowList) -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> RowList:
            return self.rows

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        markable: bool = False,
        wrap: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self.markable = markable
        self.wrap = wrap
        self._order = RowOrder()
        self._lines = Lines()
        self._cursor = 0
        self.marks: set[str] = set()
        self._noted = True
        self._painted = 0
        self._notice: tuple[Safe, ...] = ()
        self._styles: dict[tuple[str, int], Style] = {}
        self._cache: dict[tuple[int, int, bool, int], list[list[Segment]]] = {}

    # What is in it

    def set_notice(self, *sentences: Safe) -> None:
        """What is drawn where no row is shown."""
        if sentences != self._notice:
            self._notice = sentences
            self.refresh()

    def set_noted(self, noted: bool) -> None:
        """Whether the row under the cursor has its note below it."""
        if noted != self._noted:
            self._noted = noted
            self._redraw()

    def set_columns(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._redraw()

    def replace(self, rows: Iterable[Row]) -> None:
        """Other rows; cursor, marks, filter and folds stay with their rows."""
        keep = self.cursor_id
        self._order.replace(rows)
        self.marks = {one for one in self.marks if self._order.get(one) is not None}
        self._settle(keep)

    def forget(self) -> None:
        """No rows, folds or marks; what comes next is a list of its own."""
        self._order = RowOrder()
        self.marks.clear()
        self._settle("")

    def append(self, rows: Iterable[Row]) -> None:
        """More rows at the end; the cursor keeps its row."""
        keep, signs, former = self.cursor_id, self._signs, self.count
        self._order.append(rows)
        if self.wrap or self._order.is_tree or (keep, signs) != (self.cursor_id, self._signs):
            self._settle(keep)
            return
        # What is on the screen stays as it is; only its length is another.
        self._measure()
        if former < self.scroll_offset.y + self.size.height:
            self.refresh()

    def update_rows(self, rows: Iterable[Row]) -> None:
        """Rows of the same id change, new ones come to the end."""
        keep = self.cursor_id
        self._order.update(rows)
        self._settle(keep)

    def filter(self, query: str) -> None:
        """Only rows in whose search text every word of the query stands."""
        keep = self.cursor_id
        self._order.filter(query)
        self._settle(keep)

    def sort(self, key: Callable[[Row], Any] | None, *, reverse: bool = False) -> None:
        """None: the order in which they came."""
        keep = self.cursor_id
        self._order.sort(key, reverse=reverse)
        self._settle(keep)

    @property
    def count(self) -> int:
        """Rows that are shown."""
        return len(self._order.shown)

    @property
    def total(self) -> int:
        return len(self._order.rows)

    @property
    def shown(self) -> tuple[Row, ...]:
        return tuple(self._order.rows[i] for i in self._order.shown)

    @property
    def cursor_row(self) -> Row | None:
        if not self._order.shown:
            return None
        return self._order.rows[self._order.shown[self._cursor]]

    @property
    def cursor_id(self) -> str:
        row = self.cursor_row
        return row.id if row is not None else ""

    def move_to(self, id: str) -> bool:  # noqa: A002
        """Put the cursor on this row if it is shown."""
        position = self._order.position(id)
        if position is None:
            return False
        self._move(position)
        return True

    def row(self, id: str) -> Row | None:  # noqa: A002
        return self._order.get(id)

    # Marks

    def mark(self, id: str) -> None:  # noqa: A002
        self.marks ^= {id}
        self._redraw()
        self.post_message(self.Marked(self))

    def mark_shown(self) -> None:
        """All that is shown; when all are marked already: none."""
        shown = {row.id for row in self.shown if not row.foldable and not row.whole}
        self.marks = self.marks - shown if shown <= self.marks else self.marks | shown
        self._redraw()
        self.post_message(self.Marked(self))

    def set_marks(self, ids: Collection[str]) -> None:
        wanted = {one for one in ids if self._order.get(one) is not None}
        if wanted != self.marks:
            self.marks = wanted
            self._redraw()

    # Keys

    def action_down(self) -> None:
        self._move(self._cursor + 1)

    def action_up(self) -> None:
        self._move(self._cursor - 1)

    def action_first(self) -> None:
        self._move(0)

    def action_last(self) -> None:
        self._move(self.count - 1)

    def action_page_down(self) -> None:
        self._move(self._cursor + max(1, self.size.height - self._titled - 1))

    def action_page_up(self) -> None:
        self._move(self._cursor - max(1, self.size.height - self._titled - 1))

    def action_fold(self) -> None:
        row = self.cursor_row
        if row is None:
            return
        if row.foldable and row.id not in self._order.folded:
            self._fold(row.id, True)
        elif row.parent:
            self.move_to(row.parent)

    def action_unfold(self) -> None:
        row = self.cursor_row
        if row is not None and row.foldable:
            self._fold(row.id, False)

    def action_open(self) -> None:
        row = self.cursor_row
        if row is None:
            raise SkipAction
        self.post_message(self.Opened(self, row.id))

    def next_open(self, step: int) -> bool:
        """Move to the next row (or the one before, step -1) that needs a person."""
        shown = self._order.shown
        for offset in range(1, len(shown) + 1):
            at = (self._cursor + step * offset) % len(shown)
            if self._order.rows[shown[at]].needs_person:
                self._move(at)
                return True
        return False

    def toggle_fold(self) -> None:
        row = self.cursor_row
        if row is not None and row.foldable:
            self._fold(row.id, row.id not in self._order.folded)

    def fold_many(self, ids: Collection[str]) -> None:
        """Fold these, also such as come with the next rows."""
        if ids:
            keep = self.cursor_id
            self._order.fold_many(ids)
            self._settle(keep)

    def fold(self, id: str, folded: bool = True) -> None:  # noqa: A002
        self._fold(id, folded)

    # Mouse

    def on_click(self, event: events.Click) -> None:
        line = event.y - self._titled
        if line < 0:
            return
        at, _ = self._lines.locate(line + self.scroll_offset.y)
        if at >= self.count:
            return
        self._move(at)
        row = self.cursor_row
        if row is not None and row.foldable and event.chain == 1 and event.x < 4 + 2 * row.depth:
            self.toggle_fold()
        elif row is not None and event.chain == 2:
            self.post_message(self.Opened(self, row.id))

    # Drawing

    @property
    def _glyphs(self) -> Glyphs:
        glyphs: Glyphs = getattr(self.app, "glyphs", None) or Glyphs(unicode=True)
        return glyphs

    @property
    def _titled(self) -> int:
        return 1 if any(column.title for column in self._columns) else 0

    def _fold(self, id: str, folded: bool) -> None:  # noqa: A002
        keep = self.cursor_id
        self._order.fold(id, folded)
        self._settle(keep)
        if not folded and id == keep:
            self.call_after_refresh(self._show_unfolded)

    def _show_unfolded(self) -> None:
        """What came out of the row under the cursor, as far as there is room below that row."""
        if not self.count:
            return
        row, last = self.cursor_row, self._cursor
        shown, rows = self._order.shown, self._order.rows
        while last + 1 < self.count and row and rows[shown[last + 1]].depth > row.depth:
            last += 1
        (top, _), (below, height) = self._lines.span(self._cursor), self._lines.span(last)
        room = max(1, self.size.height - self._titled)
        self.scroll_to_region(Region(0, top, 1, min(below + height - top, room)))

    def _settle(self, keep: str) -> None:
        """After rows, order or filter changed: the cursor keeps its row if it is still shown."""
        position = self._order.position(keep) if keep else None
        last = max(0, self.count - 1)
        self._cursor = position if position is not None else min(self._cursor, last)
        self._redraw()
        if self.cursor_id != keep:
            self.post_message(self.CursorMoved(self, self.cursor_id))
        self.call_after_refresh(self._show_cursor)

    def _move(self, to: int) -> None:
        to = max(0, min(to, self.count - 1))
        if to == self._cursor or not self.count:
            return
        noted = self._note_height(self._cursor)
        self._cursor = to
        if noted or self._note_height(to):
            self._measure()
        self.refresh()
        self._show_cursor()
        self.post_message(self.CursorMoved(self, self.cursor_id))

    def _show_cursor(self) -> None:
        if not self.count:
            return
        top, height = self._lines.span(self._cursor)
        self.scroll_to_region(
            Region(0, top, 1, min(height, max(1, self.size.height - self._titled))),
            animate=False,
            force=True,
            immediate=True,
        )

    def scroll_to_region(self, region: Region, **options: Any) -> Any:
        """By whole lines; the pinned title takes one line of the window."""
        height = self.size.height - self._titled
        top = self.scroll_offset.y
        if region.y < top:
            self.scroll_to(y=region.y, animate=False, immediate=True)
        elif region.bottom > top + height:
            self.scroll_to(y=region.bottom - height, animate=False, immediate=True)

    def on_resize(self) -> None:
        self._redraw()
        self._show_cursor()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._cache.clear()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """No style of the sheet goes by the focus: asking the sheet for all of a list's styles at
        each Tab takes longer than drawing. The cursor's row alone looks otherwise."""
        self.refresh()

    def _redraw(self) -> None:
        self._cache.clear()
        self._measure()
        self.refresh()

    def _measure(self) -> None:
        width = self._width
        self._lines.measure(
            self.count,
            [self._height(at, width) for at in range(self.count)] if self.wrap else None,
            self._cursor,
            self._note_height(self._cursor),
        )
        self._grow(Size(max(0, width), self._lines.total + self._titled))

    def _grow(self, size: Size) -> None:
        """Where the list keeps its place and its scrollbar, the screen need not be laid out anew:
        rows come ten times a second while a scan is at work."""
        height = self.styles.height
        window = self.container_size.height
        stays = (
            height is not None
            and not height.is_auto
            and window > 0
            and size.width == self.virtual_size.width
            and self.show_vertical_scrollbar == (size.height > window)
        )
        if not stays:
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(RowList.virtual_size, size)
            self._scroll_update(size)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width or self.size.width

    def _note_height(self, at: int) -> int:
        if at >= self.count:
            return 0
        row = self._order.rows[self._order.shown[at]]
        if not row.note or not self._noted:
            return 0
        return len(wrapped(row.note, max(1, self._width - 4)))

    def _height(self, at: int, width: int) -> int:
        row = self._order.rows[self._order.shown[at]]
        return len(self._parts(row, width)[0])

    def _style(self, token: str, cursor: bool) -> Style:
        focused = cursor and self.has_focus
        key = (token, cursor + focused)
        if key not in self._styles:
            style = self.rich_style
            if token:
                style += self.get_component_rich_style(f"rowlist--{token}", partial=True)
            if cursor:
                style += self.get_component_rich_style("rowlist--cursor", partial=True)
            if focused and not style.reverse:
                style += _STRONG
            self._styles[key] = style
        return self._styles[key]

    def render_lines(self, crop: Region) -> list[Strip]:
        self._painted = self._width
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width = self._painted
        if self._notice and not self.count:
            return self._notice_strip(y, width)
        if self._titled and y == 0:
            return self._title_strip(width)
        line = y - self._titled + self.scroll_offset.y
        at, sub = self._lines.locate(line)
        if at >= self.count or width <= 0:
            return Strip.blank(max(0, width), self.rich_style)
        index = self._order.shown[at]
        cursor = at == self._cursor
        marked = self._order.rows[index].id in self.marks
        key = (index, cursor + (cursor and self.has_focus), marked, width)
        lines = self._cache.get(key)
        if lines is None:
            if len(self._cache) >= _CACHE:
                self._cache.clear()
            lines = self._cache[key] = self._drawn(self._order.rows[index], cursor, marked, width)
        if sub >= len(lines):
            return Strip.blank(width, self.rich_style)
        return Strip(lines[sub], width)

    def _notice_strip(self, y: int, width: int) -> Strip:
        lines = [line for text in self._notice for line in wrapped(text, max(1, width - 4))]
        text = self._glyphs.plain(f"  {lines[y - 1]}") if 0 < y <= len(lines) else ""
        return Strip([Segment(fitted(text, width), self.rich_style)], width)

    def _title_strip(self, width: int) -> Strip:
        style = self.rich_style + self.get_component_rich_style("rowlist--title", partial=True)
        lead = " " * (4 if self.markable or self._signs else 2)
        pieces = [lead]
        for column, wide in self._layout(width, len(lead)):
            pieces.append(fitted(column.title, wide, right=column.right) + " ")
        return Strip([Segment(fitted("".join(pieces), width), style)], width)

    @property
    def _signs(self) -> bool:
        return self._order.has_signs

    def _layout(self, width: int, lead: int) -> list[tuple[Column, int]]:
        """Columns that are drawn in so many cells behind the lead; flexible ones share the rest."""
        used = [column for column in self._columns if column.hide_below <= width]
        width -= lead
        fixed = sum(column.width + 1 for column in used if column.width is not None)
        flexible = sum(1 for column in used if column.width is None)
        rest = max(0, width - fixed - flexible)
        share = rest // flexible if flexible else 0
        extra = rest - share * flexible
        result = []
        for column in used:
            wide = column.width
            if wide is None:
                wide = max(4, share + extra)
                extra = 0
            result.append((column, wide))
        return result

    def _lead(self, row: Row, cursor: bool, marked: bool) -> list[tuple[str, str]]:
        glyph = self._glyphs
        lead = [(f"{glyph('cursor')} " if cursor else "  ", "")]
        lead[0] = (lead[0][0][0] + ("" if self.markable or self._signs else " "), "")
        if self.markable or self._signs:
            name = row.sign
            token = row.token
            if self.markable and marked:
                name, token = "marked", "key"
            elif self.markable and not name and not row.whole and not row.foldable:
                name = "unmarked"
            lead.append((glyph(name) if name else " ", token))
            flat = row.depth == 0 and not row.foldable
            lead.append((" " * (1 + flat * (1 + self._order.is_tree)), ""))
        if row.depth:
            lead.append(("  " * row.depth, ""))
        if row.foldable:
            folded = row.id in self._order.folded
            lead.append((glyph("folded" if folded else "unfolded") + " ", "faint"))
        return lead

    def _parts(self, row: Row, width: int) -> tuple[list[list[tuple[str, str]]], int]:
        """Lines of the row without its lead, and the lead's width."""
        lead = sum(len(text) for text, _ in self._lead(row, False, False))
        room = max(1, width - lead)
        if row.whole or not self._columns:
            return _flow(row, room, self.wrap), lead
        cells = {column.name: cell for column, cell in zip(self._columns, row.cells, strict=False)}
        layout = self._layout(width, width - room)
        while self.wrap and len(layout) > 1 and layout[-2][0].wrap and _blank(cells, layout[-1][0]):
            # A text may have the room of the empty cells behind it.
            (_, spare), (column, wide) = layout.pop(), layout.pop()
            layout.append((column, wide + 1 + spare))
        blocks: list[tuple[Sequence[str], int, str, bool]] = []
        for number, (column, wide) in enumerate(layout):
            cell = cells.get(column.name)
            text = cell.text if cell is not None else EMPTY
            several = self.wrap and (column.wrap or number == len(layout) - 1)
            broken: Sequence[str] = wrapped(text, wide) if several else [text]
            blocks.append((broken, wide, cell.token if cell is not None else "", column.right))
        lines = []
        for at in range(max((len(broken) for broken, *_ in blocks), default=1)):
            pieces: list[tuple[str, str]] = []
            for number, (broken, wide, token, right) in enumerate(blocks):
                part = fitted(broken[at] if at < len(broken) else "", wide, right=right)
                pieces.append((part + ("" if number == len(blocks) - 1 else " "), token))
            lines.append(pieces)
        return lines, lead

    def _drawn(self, row: Row, cursor: bool, marked: bool, width: int) -> list[list[Segment]]:
        plain = self._glyphs.plain
        parts, lead_width = self._parts(row, width)
        result = []
        for number, parts_of_line in enumerate(parts):
            lead = self._lead(row, cursor, marked) if number == 0 else [(" " * lead_width, "")]
            result.append(self._segments([*lead, *parts_of_line], width, cursor, plain))
        if cursor and row.note and self._noted:
            for text in wrapped(row.note, max(1, width - 4)):
                result.append(self._segments([("    ", ""), (text, "faint")], width, True, plain))
        return result

    def _segments(
        self,
        parts: Sequence[tuple[str, str]],
        width: int,
        cursor: bool,
        plain: Callable[[str], str],
    ) -> list[Segment]:
        segments = [
            Segment(plain(text), self._style(token, cursor)) for text, token in parts if text
        ]
        blank = self._style("", cursor)
        return list(Strip(segments).adjust_cell_length(width, blank))


def _flow(row: Row, width: int, wrap: bool) -> list[list[tuple[str, str]]]:
    """Cells one behind the other; broken into lines where that is wanted."""
    pieces = [(str(cell.text), cell.token) for cell in row.cells if cell.text]
    if wrap:
        return flowed(pieces, width)
    last = len(pieces) - 1
    return [
        [(text + ("" if at == last else " "), token) for at, (text, token) in enumerate(pieces)]
    ]


def _blank(cells: Mapping[str, Cell], column: Column) -> bool:
    cell = cells.get(column.name)
    return cell is None or not cell.text
