"""Lines fitted to a terminal keep every word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from secretshift.reports.lines import Style, line, plain
from secretshift.reports.wrapping import wrapped

# The narrowest line holds the deepest indent and the longest of these words.
words = st.lists(st.text("abcdefgh-/:", min_size=1, max_size=26), min_size=1, max_size=40)


@given(words, st.integers(0, 12), st.integers(40, 120))
def test_no_word_is_lost_cut_or_moved(text, indent, width):
    made = line(" " * indent + " ".join(text))
    rows = plain(wrapped([made], width)).split("\n")
    assert " ".join(rows).split() == text
    assert all(len(row) <= width for row in rows)


def test_the_rest_hangs_under_the_text():
    rows = plain(wrapped([line("    size  " + "word " * 20)], 40)).splitlines()
    assert len(rows) > 1
    assert all(row.startswith("      word") for row in rows[1:])


def test_a_rule_is_cut_and_keeps_its_words():
    rows = plain(wrapped([line("─" * 60, " undo until here ", "─" * 60)], 60)).splitlines()
    assert len(rows) == 1 and len(rows[0]) <= 60 and "undo until here" in rows[0]


def test_styles_stay_with_their_words():
    made = line(("red " * 30, Style.BAD), ("green " * 30, Style.GOOD))
    for row in wrapped([made], 50):
        for span in row:
            if "red" in span.text:
                assert span.style is Style.BAD
            if "green" in span.text:
                assert span.style is Style.GOOD


def test_a_long_word_stays_whole():
    arn = "arn:aws:secretsmanager:" + "x" * 90
    assert arn in plain(wrapped([line("policy ", arn)], 40))
