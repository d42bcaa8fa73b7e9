"""The list: what is shown, in which order, and where the cursor stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.tui.gate import gate
from secretshift.tui.viewmodels import Cell, RowView
from secretshift.tui.widgets.rowlines import Lines
from secretshift.tui.widgets.rowlist import RowList
from secretshift.tui.widgets.roworder import RowOrder

from .stage import stage

NAMES = st.text(alphabet="abc ", min_size=1, max_size=6)


def row(name: str, text: str = "", parent: str = "") -> RowView:
    return RowView(
        name, (Cell(gate(text or name)),), search=(text or name).casefold(), parent=parent
    )


def shown(order: RowOrder) -> list[str]:
    return [order.rows[at].id for at in order.shown]


@given(st.lists(NAMES, max_size=30), st.lists(NAMES, max_size=30), NAMES)
def test_rows_that_come_later_are_filtered_like_those_that_were_there(first, later, query):
    whole, grown = RowOrder(), RowOrder()
    rows = [row(f"r{n}", text) for n, text in enumerate([*first, *later])]
    whole.replace(rows)
    whole.filter(query)
    grown.replace(rows[: len(first)])
    grown.filter(query)
    grown.append(rows[len(first) :])
    assert shown(whole) == shown(grown)
    words = query.casefold().split()
    assert shown(whole) == [r.id for r in rows if all(w in r.search for w in words)]


@given(st.lists(NAMES, max_size=30), st.lists(NAMES, min_size=1, max_size=5))
def test_typing_a_filter_letter_by_letter_is_the_same_as_pasting_it(texts, queries):
    rows = [row(f"r{n}", text) for n, text in enumerate(texts)]
    typed = RowOrder()
    typed.replace(rows)
    for query in queries:
        for end in range(len(query) + 1):
            typed.filter(query[:end])
        pasted = RowOrder()
        pasted.replace(rows)
        pasted.filter(query)
        assert shown(typed) == shown(pasted)


@given(st.lists(NAMES, max_size=20), st.booleans())
def test_sorting_loses_nothing_and_none_brings_the_first_order_back(texts, reverse):
    order = RowOrder()
    rows = [row(f"r{n}", text) for n, text in enumerate(texts)]
    order.replace(rows)
    before = shown(order)
    order.sort(lambda r: r.search, reverse=reverse)
    found = [order.get(name).search for name in shown(order)]
    assert found == sorted((r.search for r in rows), reverse=reverse)
    order.sort(None)
    assert shown(order) == before


def test_a_row_that_fits_brings_its_parents_and_a_folded_parent_hides_its_rows():
    order = RowOrder()
    order.replace([row("g1"), row("a", "alpha", "g1"), row("g2"), row("b", "beta", "g2")])
    order.filter("beta")
    assert shown(order) == ["g2", "b"]
    order.filter("")
    order.fold("g1", True)
    assert shown(order) == ["g1", "g2", "b"]


def test_an_update_changes_a_row_in_its_place_and_adds_new_ones_at_the_end():
    order = RowOrder()
    order.replace([row("a"), row("b")])
    order.update([row("a", "other"), row("c")])
    assert shown(order) == ["a", "b", "c"]
    assert order.get("a").search == "other"


@given(st.lists(st.integers(1, 4), min_size=1, max_size=30), st.data())
def test_every_line_belongs_to_exactly_one_row(heights, data):
    cursor = data.draw(st.integers(0, len(heights) - 1))
    note = data.draw(st.integers(0, 3))
    for sizes in (heights, None):
        lines = Lines()
        lines.measure(len(heights), sizes, cursor, note)
        expected = [
            (at, sub)
            for at, height in enumerate(sizes or [1] * len(heights))
            for sub in range(height + (note if at == cursor else 0))
        ]
        assert [lines.locate(n) for n in range(lines.total)] == expected
        for at in range(len(heights)):
            top, height = lines.span(at)
            assert lines.locate(top) == (at, 0)
            assert lines.locate(top + height - 1)[0] == at


@pytest.mark.parametrize("children", [5, 60])
async def test_what_unfolds_at_the_edge_of_the_window_is_scrolled_into_it(tmp_path, children):
    async with stage(tmp_path, screen="plan") as there:
        rows = there.app.screen.query_one(RowList)
        room = rows.size.height
        rows.replace(
            [
                *(row(f"above {number}") for number in range(room - 1)),
                row("parent")._replace(foldable=True),
                *(row(f"child {n}", parent="parent")._replace(depth=1) for n in range(children)),
                *(row(f"below {number}") for number in range(room)),
            ]
        )
        rows.fold("parent")
        rows.move_to("parent")
        await there.pilot.pause()
        assert "parent" in there.text and "below 0" not in there.text, "it is the last line"
        await there.press("l")
        seen = there.text
        assert "parent" in seen and rows.cursor_id == "parent"
        fitting = min(children, room - 1)
        assert f"child {fitting - 1}" in seen and f"child {fitting}" not in seen
        before = rows.scroll_offset.y
        await there.press("h")
        await there.press("enter")
        assert rows.cursor_id == "parent" and rows.scroll_offset.y <= before
