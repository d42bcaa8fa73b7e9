"""When there is no template: rather none than a wrong one."""

from __future__ import annotations

import dataclasses

import pytest

from secretshift.model.secret_value import SecretValue
from secretshift.shapes.connection import Connection, Field, parse
from secretshift.shapes.template import template_for

TEXT = "postgresql://app:s3cret@db.example.com:5432/orders"


def connection() -> Connection:
    found = parse(TEXT)
    assert found is not None
    return found


def test_the_user_may_stay_or_go() -> None:
    assert (
        template_for(TEXT, connection(), {"password": "password"})
        == "postgresql://app:{password|urlencode}@db.example.com:5432/orders"
    )
    assert (
        template_for(TEXT, connection(), {"password": "p", "username": "u", "port": "port"})
        == "postgresql://{u|urlencode}:{p|urlencode}@db.example.com:{port}/orders"
    )


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"username": "username"},
        {"password": "password", "token": "token"},
        {"password": "pass|word"},
        {"password": "{"},
        {"password": ""},
        {"password": "same", "username": "same"},
    ],
)
def test_keys_that_do_not_work_give_none(keys: dict[str, str]) -> None:
    assert template_for(TEXT, connection(), keys) is None


def test_a_user_that_equals_the_password_must_go_too() -> None:
    text = "postgresql://admin:admin@h/db"
    found = parse(text)
    assert found is not None
    assert template_for(text, found, {"password": "p"}) is None
    assert template_for(text, found, {"password": "p", "username": "u"}) is not None


def test_a_connection_of_another_text_gives_none() -> None:
    assert template_for(TEXT.replace("s3cret", "other1"), connection(), {"password": "p"}) is None


def test_a_field_with_a_wrong_filter_gives_none() -> None:
    found = connection()
    fields = tuple(
        dataclasses.replace(field, filters=("base64",)) if field.is_secret else field
        for field in found.fields
    )
    wrong = dataclasses.replace(found, fields=fields)
    assert template_for(TEXT, wrong, {"password": "p"}) is None


def test_overlapping_fields_give_none() -> None:
    field = Field("password", SecretValue("s3cret"), 17, 23)
    other = Field("username", SecretValue("s3cret"), 17, 23)
    overlapping = Connection("url", "postgresql", (field, other), "password")
    assert template_for(TEXT, overlapping, {"password": "p", "username": "u"}) is None


@pytest.mark.parametrize(
    "text",
    [
        "postgres://u:p%2fw1@h/db",  # lower case hexadecimal digits
        "https://h/x?password=a+b1",  # a plus sign for a blank
        "Server=h;User Id=u;Password='it''s';",
        "Basic dXNlcjpwYXNzdzByZA==",
    ],
)
def test_a_spelling_that_no_filter_gives_is_stored_whole(text: str) -> None:
    found = parse(text)
    assert found is not None
    assert found.secret.filters == ("?",)
    assert template_for(text, found, {"password": "p"}) is None


def test_nothing_prints_a_value() -> None:
    assert "s3cret" not in repr(connection())
    assert "s3cret" not in str(connection().fields)
