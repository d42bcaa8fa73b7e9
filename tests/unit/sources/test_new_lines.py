"""Which lines count as new."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.sources.new_lines import new_lines, overlaps


def fresh(before: str, after: str) -> set[int]:
    return {n for first, last in new_lines(before, after) for n in range(first, last + 1)}


def test_lines_that_were_added_changed_and_moved():
    assert new_lines("a\nb\nc\n", "a\nb\nc\n") == ()
    assert new_lines("a\nc\n", "a\nb\nc\n") == ((2, 2),)
    assert new_lines("a\nb\nc\n", "a\nB\nc\nd\ne\n") == ((2, 2), (4, 5))
    assert new_lines("", "a\nb") == ((1, 2),)
    assert new_lines("a\nb\nc\nd", "b\nc\nd\na") == ((4, 4),)
    assert new_lines("a\nb", "") == ((1, 1),)


def test_what_is_taken_away_makes_nothing_new():
    assert new_lines("a\nb\nc\n", "a\nc\n") == ()
    assert new_lines("a\n", "a") == ()


def test_a_changed_line_ending_makes_nothing_new():
    assert new_lines("a\nb\n", "a\r\nb\r\n") == ()
    assert new_lines("key", "key\nmore\n") == ((2, 3),)


def test_of_equal_lines_it_is_the_added_one_or_both():
    assert fresh("x\ny\n", "x\nx\ny\n") & {1, 2}
    assert 3 not in fresh("x\ny\n", "x\nx\ny\n")


TEXTS = st.lists(st.sampled_from("abcdefg"), max_size=25).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_what_is_old_stands_in_the_earlier_text_in_the_same_order(before, after):
    """So a line that came in is never taken for an old one."""
    new = fresh(before, after)
    kept = [text for n, text in enumerate(after.split("\n"), 1) if n not in new]
    rest = iter(before.split("\n"))
    assert all(text in rest for text in kept)
    for _, last in (ranges := new_lines(before, after)):
        assert not any(first == last + 1 for first, _ in ranges)


@settings(max_examples=40, deadline=None)
@given(text=st.lists(st.integers(), unique=True, max_size=30), at=st.integers(0, 30))
def test_one_line_put_in_is_the_one_that_is_new(text, at):
    lines = [str(n) for n in text]
    changed = [*lines[:at], "put in", *lines[at:]]
    assert new_lines("\n".join(lines) + "\n", "\n".join(changed) + "\n") == (
        (min(at, len(lines)) + 1,) * 2,
    )


def test_texts_made_to_be_slow_are_not():
    many = 60_000
    before = "\n".join(["{", "}"] * many)
    began = time.monotonic()
    new_lines(before, "\n".join(["}", "{", ""] * many))
    new_lines("\n".join(map(str, range(many))), "\n".join(map(str, range(many, 0, -1))))
    assert time.monotonic() - began < 5


def test_overlaps():
    ranges = ((2, 3), (7, 9))
    touched = [n for n in range(1, 12) if overlaps(ranges, n, n)]
    assert touched == [2, 3, 7, 8, 9]
    assert overlaps(ranges, 4, 7) and overlaps(ranges, 1, 20) and not overlaps(ranges, 4, 6)
    assert not overlaps((), 1, 5)
