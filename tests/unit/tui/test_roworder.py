"""Which rows a filter lets through, while rows come and letters are taken back."""

from __future__ import annotations

from secretshift.tui.viewmodels import RowView
from secretshift.tui.widgets.roworder import RowOrder


def rows(*names: str) -> list[RowView]:
    return [RowView(id=name, cells=(), search=name) for name in names]


def shown(order: RowOrder) -> list[str]:
    return [order.rows[at].id for at in order.shown]


def test_rows_that_come_while_a_filter_stands_are_there_when_it_gets_shorter_again():
    order = RowOrder()
    order.replace(rows("ab", "ac", "b"))
    order.filter("a")
    order.filter("ab")
    order.append(rows("abc", "ad", "c"))
    assert shown(order) == ["ab", "abc"]
    order.filter("a")
    assert shown(order) == ["ab", "ac", "abc", "ad"]
    order.filter("")
    assert shown(order) == ["ab", "ac", "b", "abc", "ad", "c"]


def test_rows_that_change_are_looked_at_anew():
    order = RowOrder()
    order.replace(rows("a", "b"))
    order.filter("x")
    order.filter("a")
    order.update([RowView(id="b", cells=(), search="x")])
    order.filter("x")
    assert shown(order) == ["b"]


def test_a_row_is_found_where_it_is_shown_in_any_order():
    order = RowOrder()
    order.replace(rows("c1", "b", "a1"))
    order.filter("1")
    assert [order.position(one) for one in ("c1", "b", "a1")] == [0, None, 1]
    order.sort(lambda row: row.id)
    order.append(rows("d1"))
    assert [order.position(one) for one in ("a1", "c1", "d1", "b")] == [0, 1, 2, None]
