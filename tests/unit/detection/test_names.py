"""What names claim."""

from __future__ import annotations

import pytest

from secretshift.detection.names import Sense, sense, words


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
