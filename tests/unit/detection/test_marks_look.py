"""The native look for marks says the same as looking for each of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from secretshift.detection.engines.marks_look import MarksLook
from secretshift.detection.grammars import placed
from secretshift.detection.grammars.marks import Table
from secretshift.detection.named_places import EVERY_MARK, named, sought
from secretshift.detection.names import small
from secretshift.detection.paths import file_sense

_LOOK = MarksLook()
TEXTS = st.lists(st.sampled_from(EVERY_MARK) | st.text(max_size=8), max_size=20).map("".join)


@given(TEXTS)
def test_every_mark_of_a_text_is_told_and_no_other(text: str) -> None:
    lowered = small(text)
    assert _LOOK.of(lowered) == sought([mark for mark in EVERY_MARK if mark in lowered])


def test_each_mark_is_known_by_its_letters() -> None:
    for mark in EVERY_MARK:
        assert mark in {*_LOOK.of(mark).worth, *_LOOK.of(mark).placed}
        assert mark == small(mark), "what is looked for in small letters has no other"


@given(TEXTS)
def test_what_is_found_does_not_depend_on_it(text: str) -> None:
    file = file_sense("a.yaml")
    assert named(text, file, marks_of=_LOOK.of) == named(text, file)


def test_every_row_of_every_table_can_be_reached() -> None:
    assert set(placed.EVERY_MARK) <= set(EVERY_MARK)


def test_a_table_gives_each_row_once_and_in_its_order() -> None:
    rows = (("a", "b"), ("c",), ("b",))
    table = Table(rows, lambda row: row)
    assert table.worth(["b", "a"]) == [rows[0], rows[2]]
    assert table.worth([]) == []
    assert table.marks == ("a", "b", "c")
