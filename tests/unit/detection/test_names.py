"""What names claim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.detection import vocabulary
from secretshift.detection.names import Sense, may_tell, sense, words


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "dbPassword", "db-password", "db.password", "DbPassword", "dbpassword"]
)
def test_styles_of_one_name(name: str) -> None:
    assert words(name) == ("db", "password")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PASSWORD_LENGTH", Sense.HARMLESS),
        ("DB_PASSWORD_PROD", Sense.PASSWORD),
        ("PASSWORD_MYSQL", Sense.PASSWORD),
        ("API_KEY_ID", Sense.HARMLESS),
        ("PUBLIC_KEY", Sense.HARMLESS),
        ("SORT_KEY", Sense.HARMLESS),
        ("JWT_SIGNING_KEY", Sense.SIGNING_KEY),
        ("MAX_TOKENS", Sense.HARMLESS),
        ("hashed_secret", Sense.HARMLESS),
        ("MONKEY", Sense.NOTHING),
        ("COMPASS", Sense.NOTHING),
        ("BYPASS", Sense.NOTHING),
        ("motDePasse", Sense.PASSWORD),
        ("senha", Sense.PASSWORD),
    ],
)
def test_the_last_word_decides(name: str, expected: Sense) -> None:
    assert sense(name).sense is expected


_HEADS = st.sampled_from(
    sorted(
        vocabulary.PASSWORDS | vocabulary.SECRETS | vocabulary.TOKENS | vocabulary.CREDENTIALS
        | vocabulary.AUTHS | vocabulary.SALTS | vocabulary.SEEDS | vocabulary.KEYS
        | vocabulary.GLUED.keys() | {"phrase", "code", "id", "pin", "hmac", "passe", "cookie"}
        | {end[-1] for ends in vocabulary.SECRETS_BY_ANOTHER_NAME.values() for end in ends}
    )
)  # fmt: skip
_BEFORE = st.sampled_from(
    sorted(
        vocabulary.STRONG_SECRETS | vocabulary.STRONG_KEYS | vocabulary.ISSUERS
        | vocabulary.SECRETS_BY_ANOTHER_NAME.keys() | {"mot", "de", "pass", "erlang", "hashed"}
    )
)  # fmt: skip


@given(
    before=st.lists(_BEFORE, max_size=2),
    head=_HEADS,
    behind=st.lists(_BEFORE, max_size=1),
    write=st.sampled_from(
        [
            "_".join,
            "".join,
            lambda parts: "-".join(parts).upper(),
            lambda parts: "".join(part.capitalize() for part in parts),
        ]
    ),
)
@settings(max_examples=3000, deadline=None)
def test_no_name_that_tells_is_passed_over_by_the_quick_look(before, head, behind, write) -> None:
    name = write([*before, head, *behind])
    if sense(name).telling:
        assert may_tell(name)


def test_a_line_with_any_word_for_a_secret_is_looked_at() -> None:
    """The three are a part of too many other words; names that end in _pat are looked at. Others
    are looked for in what functions hold alone."""
    every = (
        vocabulary.PASSWORDS | vocabulary.SECRETS | vocabulary.TOKENS | vocabulary.CREDENTIALS
        | vocabulary.AUTHS | vocabulary.SALTS | vocabulary.SEEDS | vocabulary.KEYS
    )  # fmt: skip
    marks = vocabulary.TELLING
    assert {word for word in every if not any(mark in word for mark in marks)} == {
        *("cle", "pat", "tok"),
        *(
            "anahtar",
            "anmeldedaten",
            "anmeldung",
            "identifiants",
            "inloggegevens",
            "segreto",
            "titok",
        ),
    }
