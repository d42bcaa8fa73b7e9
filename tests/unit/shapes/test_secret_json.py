"""The JSON that AWS's rotation functions read, and reading one key of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.model.secret_value import SecretValue
from secretshift.shapes.secret_json import compose, object_keys, read_key


def test_a_database_secret_is_as_rotation_functions_expect_it() -> None:
    secret = compose(
        [
            ("engine", "postgres"),
            ("host", "db.example.com"),
            ("username", "app"),
            ("password", SecretValue('p"ä\\')),
            ("dbname", "orders"),
            ("port", "5432"),
        ]
    )
    assert secret.reveal() == (
        '{"engine": "postgres", "host": "db.example.com", "username": "app",'
        ' "password": "p\\"ä\\\\", "dbname": "orders", "port": 5432}'
    )


@pytest.mark.parametrize("port", ["05432", " 5432", "5432 ", "+5432", "5_4", "٥٤٣٢", "", "123456"])
def test_a_port_that_would_change_stays_a_text(port: str) -> None:
    secret = compose([("port", port)])
    assert json.loads(secret.reveal()) == {"port": port}


def test_only_the_port_becomes_a_number() -> None:
    assert json.loads(compose([("password", "123456")]).reveal()) == {"password": "123456"}


@pytest.mark.parametrize("pairs", [[("a", "1"), ("a", "2")], [("", "1")]])
def test_equal_or_empty_keys_are_refused_without_a_value(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="keys of a secret") as problem:
        compose(pairs)
    assert "1" not in str(problem.value)


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_what_was_composed_is_read_again(body: dict[str, str]) -> None:
    secret = compose([(key, SecretValue(value)) for key, value in body.items()])
    assert object_keys(secret) == tuple(body)
    for key, value in body.items():
        read = read_key(secret, key)
        assert read is not None
        assert read.reveal() == value
    assert read_key(secret, "".join(body) + "x") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x"}', "x"),
        ('{"a": 5432}', "5432"),
        ('{"a": 1.10}', "1.10"),
        ('{"a": true}', None),
        ('{"a": null}', None),
        ('{"a": NaN}', None),
        ('{"a": {"b": "x"}}', None),
        ('{"a": "x", "a": "y"}', None),
        ('["a"]', None),
        ("a", None),
        ("", None),
        ("[" * 100_000, None),
    ],
)
def test_a_key_is_a_text_or_nothing(text: str, value: str | None) -> None:
    read = read_key(SecretValue(text), "a")
    assert (read.reveal() if read is not None else None) == value
