"""What is left out as too short for its name, the judge would have taken for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.catalogue import loading
from secretshift.detection.candidate import Candidate, Place
from secretshift.detection.grammars.unwrap import unwrap
from secretshift.detection.judge import judge
from secretshift.detection.names import sense
from secretshift.detection.short_values import is_too_short

WORDS = (
    "key", "keys", "license", "private", "pk", "hmac", "tokens", "pat", "cache", "user", "basic",
    "secret", "id", "signing", "no", "max", "sort", "aws", "stripe", "password", "users", "cert",
    "token", "access", "api", "of",
)  # fmt: skip
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("_".join)
TEXTS = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_.-$%!#", max_size=17),
    st.text(max_size=17),
    st.sampled_from(("secret", "root", "changeme", "dXNlcjpwYXNz", "hunter2", "Winter2024!", "{}")),
)
PLACES = st.sampled_from((Place.CODE, Place.SETTING, Place.PROSE))
SIBLINGS = st.dictionaries(NAMES, st.just("AKIA" + "A1B2" * 4), max_size=2)
BOOK = loading.load()


@given(NAMES, TEXTS, PLACES, SIBLINGS, st.tuples(*[st.booleans()] * 7))
def test_what_is_too_short_is_nothing(name, text, place, siblings, said) -> None:
    if not is_too_short(text, sense(name), beside=bool(siblings)):
        return
    quoted, example, compared, placed, assigned, declared, unfilled = said
    candidate = Candidate(
        name, text, 0, len(text), place, quoted=quoted, example_path=example, compared=compared,
        placed=placed, assigned=assigned, declared=declared, unfilled=unfilled,
    )  # fmt: skip
    within = list(unwrap(candidate))
    assert within == [candidate]
    assert judge(candidate, siblings, book=BOOK) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("sort_key", "name"), ("KEY", "x"), ("cache_keys", "abc123"), ("hash_key", "a-b_c.d")],
)
def test_a_word_under_a_name_that_is_not_sure_is_too_short(name: str, text: str) -> None:
    assert is_too_short(text, sense(name)) == (sense(name).telling)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("api_key", "hunter2"),
        ("password", "x"),
        ("key", "A1B2C3D4E5F60718"),
        ("key", "user:pass"),
        ("no_token", "abc"),
        ("key", "k=v"),
    ],
)
def test_what_may_be_one_is_looked_at(name: str, text: str) -> None:
    assert not is_too_short(text, sense(name))


def test_beside_the_id_of_a_key_a_word_may_be_one() -> None:
    assert is_too_short("abcdef123", sense("key"))
    assert not is_too_short("abcdef123", sense("key"), beside=True)
