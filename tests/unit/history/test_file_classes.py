"""By which path each sort of file is judged while a history is searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.detection.paths import _CAPTIONS, file_sense, has_captions
from secretshift.history.file_classes import Sorts


@pytest.mark.parametrize(
    ("plain", "example"),
    [
        ("config.yml", "example/config.yml"),
        ("a.py", "tests/a.py"),
        ("b.xml", "docs/b.xml"),
        ("run.sh", "samples/run.sh"),
    ],
)
@pytest.mark.parametrize("turned", [True, False])
def test_a_sort_is_judged_as_an_example_where_it_has_one(plain, example, turned) -> None:
    """What counts only in tests would be lost otherwise."""
    sorts = Sorts()
    for path in (example, plain) if turned else (plain, example):
        sorts.add(path.encode())
    assert sorts.bits[0] == sorts.bits[1]
    assert sorts.samples[sorts.bits[0].bit_length() - 1] == example
    assert file_sense(example).example and not file_sense(plain).example


@pytest.mark.parametrize(
    ("plain", "said"),
    [("config.yml", "config/locales/de.yml"), ("a.json", "i18n/a.json"), ("b.xml", "strings.xml")],
)
@pytest.mark.parametrize("turned", [True, False])
def test_what_an_interface_says_is_a_sort_of_its_own(plain, said, turned) -> None:
    """There a word is no password; anywhere else it may be."""
    sorts = Sorts()
    for path in (said, plain) if turned else (plain, said):
        sorts.add(path.encode())
    one, other = sorts.bits
    assert one != other
    for bit in (one, other):
        sample = sorts.samples[bit.bit_length() - 1]
        assert file_sense(sample).captions == (sample == said)


WORDS = (
    "/ \\ . - _de Lang lang l10n i18n locale s translations messages resources strings RESX xml"
    " json resjson loc yml yaml go properties validationmessages a"
)
PARTS = st.lists(st.sampled_from(WORDS.split(" ")), max_size=9).map("".join)


@given(PARTS)
def test_no_caption_is_passed_over_for_a_quick_look(path: str) -> None:
    assert has_captions(path) == (_CAPTIONS.search(path.replace("\\", "/")) is not None)


def test_a_sort_is_mixed_where_some_are_examples_and_some_are_not() -> None:
    sorts = Sorts()
    assert sorts.mixed == []
    sorts.add(b"src/a.py")
    sorts.add(b"src/b.py")
    sorts.add(b"docs/readme.md")
    assert sorts.mixed == []
    sorts.add(b"tests/a.py")
    sorts.add(b"tests/c.yml")
    assert sorts.mixed == [0, 1]


@pytest.mark.parametrize(
    ("line", "plain", "example", "where"),
    [
        ('token = "new-' + 'token"\n', "src/a.py", "tests/a.py", "example"),
        ("db_password: foo" + "bar\n", "config.yml", "example/config.yml", "plain"),
    ],
)
def test_what_counts_in_the_one_or_the_other_is_found_as_either(
    detector, line, plain, example, where
) -> None:
    assert bool(detector.text(plain, line)) == (where == "plain")
    assert bool(detector.text(example, line)) == (where == "example")
    for look in (detector.text, detector.assigned, detector.amid):
        assert len(look(example, line, either=True)) == 1
        assert look(plain, line, either=True) == look(plain, line)


def test_a_setting_is_of_the_sort_of_what_has_no_path() -> None:
    sorts = Sorts()
    assert sorts.samples == [""]
    sorts.add(b"config.yml")
    assert sorts.bits == [1]
