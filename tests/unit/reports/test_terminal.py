"""Nothing from outside reaches a terminal as anything but printable characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.reports.json_text import json_text
from secretshift.reports.lines import Span, Style, line, plain
from secretshift.reports.terminal import MAX_LENGTH, safe

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("orders-api", "orders-api"),
        ("Bestellungen-Größe 注文", "Bestellungen-Größe 注文"),
        ("•→✗─", "•→✗─"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\x1b]0;title\x07", "a\\x1b]0;title\\x07"),
        ("a\x1b]52;c;aGk=\x1b\\", "a\\x1b]52;c;aGk=\\x1b\\"),
        ("a\x9b2J", "a\\x9b2J"),
        ("a\nb", "a\\nb"),
        ("a\rb", "a\\rb"),
        ("a\tb", "a\\tb"),
        ("a\x00b", "a\\0b"),
        ("a\x08\x7f", "a\\x08\\x7f"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("a\u00a0b\u3000", "a\\xa0b\\u3000"),
        ("a\U000e0041", "a\\U000e0041"),
        ("a\udcff", "a\\xff"),
        ("a\ud800", "a\\ud800"),
    ],
)
def test_what_is_shown(name, shown):
    assert safe(name) == shown


@given(ANY_TEXT)
def test_whatever_comes_in_only_printable_characters_come_out(text):
    shown = safe(text)
    assert shown.isprintable()
    shown.encode("utf-8")
    assert safe(shown) == shown


@given(ANY_TEXT)
def test_a_span_cannot_be_made_of_anything_else(text):
    assert Span(text, Style.BAD).text.isprintable()
    assert plain([line(text, (text, Style.ADD))]).count("\n") == 1


def test_a_name_without_end_has_one():
    assert len(safe("x" * 10_000_000)) == MAX_LENGTH
    assert len(safe("\x1b" * 10_000_000)) == MAX_LENGTH
    assert safe("abcdef", limit=4) == "abc…"


@given(ANY_TEXT)
def test_json_is_harmless_and_says_the_same(text):
    import json

    written = json_text({"name": text})
    assert json.loads(written) == {"name": text}
    assert written.replace("\n", "").isprintable()
    written.encode("utf-8")
