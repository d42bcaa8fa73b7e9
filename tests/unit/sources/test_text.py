"""Lines and columns, and patterns of paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.sources.exclusion import Exclusion
from secretshift.sources.text import Lines, decode, line_and_column, text_of


def test_line_and_column_count_from_one() -> None:
    text = "ab\n\ncd"
    assert [line_and_column(text, n) for n in range(6)] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 1),
        (3, 1),
        (3, 2),
    ]


@given(st.text(alphabet="a\n\rß", max_size=30), st.data())
def test_the_fast_way_and_the_plain_way_agree(text: str, data: st.DataObject) -> None:
    lines = Lines(text)
    offset = data.draw(st.integers(0, len(text)))
    assert lines.at(offset) == line_and_column(text, offset)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=50))
def test_utf8_text_is_decoded_as_it_is(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@given(st.binary(max_size=200))
def test_decoding_never_fails(content: bytes) -> None:
    decode(content)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a\rb\r", "a\nb\n"),
        ("ä\r\rb".encode("utf-16"), "ä\n\nb"),
        (b"a\r\nb\rc\n", "a\r\nb\rc\n"),
        (b"a\rb\n", "a\rb\n"),
        (b"a", "a"),
    ],
)
def test_a_cr_ends_a_line_where_no_lf_does(content: bytes, text: str) -> None:
    assert text_of(content) == text


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("*.js", ["a.js", "x/y/a.js"], ["a.jsx", "js"]),
        ("node_modules", ["node_modules/a/b", "x/node_modules/a"], ["node_modules2/a"]),
        ("node_modules/", ["x/node_modules/a"], []),
        ("/vendor", ["vendor/a"], ["x/vendor/a"]),
        ("docs/*.md", ["docs/a.md"], ["docs/x/a.md", "y/docs/a.md"]),
        ("docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["a.md"]),
        ("**/fixtures/**", ["fixtures/a", "x/fixtures/y/a"], ["fixtures"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("a.b", ["a.b"], ["aXb"]),
        ("new\nline*", ["new\nline\n2"], []),
    ],
)
def test_patterns(pattern: str, inside: list[str], outside: list[str]) -> None:
    exclusion = Exclusion([pattern])
    assert [p for p in inside if p not in exclusion] == []
    assert [p for p in outside if p in exclusion] == []


def test_no_pattern_excludes_nothing() -> None:
    assert "a" not in Exclusion(["", "/"]) and "" not in Exclusion([])
