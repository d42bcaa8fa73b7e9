"""Names of kinds of one's own mean what Python's own engine says, in bounded time."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.catalogue import load
from secretshift.catalogue.name_forms import LONGEST_NAME, Unknown, name_forms
from secretshift.catalogue.names import normalised
from secretshift.model.errors import UsageProblem

from .test_loading import ACME, toml, written

_LETTERS = st.sampled_from(["A", "B", "_", ".", "[AB]", "[^A]", "[A-Z_]", r"\d", r"\w", r"\b"])
_ENDS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "{,2}", "*?", "+?"])
_EXPRESSIONS = st.recursive(
    st.builds(str.__add__, _LETTERS.filter(lambda one: one != r"\b"), _ENDS) | _LETTERS,
    lambda part: st.one_of(
        st.builds("{}{}".format, part, part),
        st.builds("({}|{})".format, part, part),
        st.builds("(?:{}A){}".format, part, _ENDS),
        st.builds("({}B){}".format, part, _ENDS),
        st.builds("(?!{})".format, part),
        st.builds("(?={})".format, part),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(_EXPRESSIONS, st.lists(st.text("AB_1", min_size=1, max_size=7), min_size=4, max_size=8))
def test_they_mean_what_the_usual_engine_says(expression: str, names: list[str]) -> None:
    try:
        forms = name_forms([expression])
    except Unknown as unknown:
        assert "repeats" in str(unknown)
        return
    for name in names:
        assert forms.fullmatch(name) is (re.fullmatch(expression, name) is not None), name


@pytest.mark.parametrize(
    "expression",
    [
        "(?i)acme_[k-l]ey", "(?<=A)CME|ACME(?<!B)", "(?<!A)ACME(?<=ME)", "[]A]+", "[-A]{4}",
        "A(?P<more>CM)E", "^ACME$", r"\AACME\Z", r"[\w-]+", r"A\-?CME", "A{", "A{}", "(?a)ACME",
        "(?:(A)C)ME",
    ],
)  # fmt: skip
def test_so_do_rarer_signs(expression: str) -> None:
    for name in ("ACME", "CME", "ACM", "ACME_KEY", "AAAA", "A", "AB"):
        found = re.fullmatch(expression, name) is not None
        assert name_forms([expression]).fullmatch(name) is found, name


def test_every_name_of_the_catalogue_could_be_of_ones_own() -> None:
    entries = load().entries
    examples = [one.name for entry in entries for one in (*entry.examples, *entry.counter_examples)]
    names = [normalised(one) for one in examples[::7]]
    for entry in entries:
        for expression in entry.kind.names:
            forms = name_forms([expression])
            found = [re.fullmatch(expression, name) is not None for name in names]
            assert [forms.fullmatch(name) for name in names] == found, expression


@pytest.mark.parametrize(
    "expression", ["(A+)+B", "((A|AA)+)+B", ".*.*.*.*.*.*.*.*.*B", "(.+_)?(A|A)*B", "(A?){300}B"]
)
def test_what_the_usual_engine_never_ends_with_is_told_at_once(
    tmp_path: Path, expression: str
) -> None:
    kinds = load([written(tmp_path, toml({**ACME, "names": [expression]}))])
    began = time.monotonic()
    found = kinds.by_name("A" * (LONGEST_NAME - 1))
    assert time.monotonic() - began < 1
    assert found is None or found.id != "acme-key"
    own = kinds.by_name("AAAB")
    assert own is not None and own.id == "acme-key"


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("(((A+)+)+)+B", "repeats what is itself repeated"),
        ("(?!.*(A+)+B)A", "repeats what is itself repeated"),
        (r"(A)\1", r"holds \1"),
        ("(?>A)B", "group of a sort"),
        ("A++B", "forbids to go back"),
        ("(" * 60 + "A" + ")" * 60, "brackets"),
        ("A" * 3000, "more than 2,000 characters"),
        ("A{2}{3}", "no regular expression"),
        ("A{99999999999999999999}", "no regular expression"),
    ],
)
def test_what_cannot_be_bounded_is_refused_with_file_and_kind(
    tmp_path: Path, expression: str, why: str
) -> None:
    with pytest.raises(UsageProblem) as told:
        load([written(tmp_path, toml({**ACME, "names": [expression]}))])
    assert why in told.value.what and "acme-key" in told.value.what
    assert told.value.resource.endswith("acme.toml") and told.value.exit_code == 2


def test_a_name_beyond_all_measure_is_none(tmp_path: Path) -> None:
    kinds = load([written(tmp_path, toml({**ACME, "names": ["X.*"]}))])
    own = kinds.by_name("X" * LONGEST_NAME)
    assert own is not None and own.id == "acme-key"
    longer = kinds.by_name("X" * (LONGEST_NAME + 1))
    assert longer is None or longer.id != "acme-key"
