"""Whatever the password is: it is found exactly, and the template gives the same text, or none."""

from __future__ import annotations

import json
import time
from urllib.parse import quote, quote_plus

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from secretshift.resolver.protocol import render
from secretshift.shapes.connection import LONGEST, Connection, parse
from secretshift.shapes.template import template_for

NASTY = "aB1 %+@:/?#[]{}'\"\\;=,&$|<>^`~!*()._-äß€中🔑"
printable = st.characters(exclude_categories=("C", "Z"))
secrets = st.text(st.one_of(st.sampled_from(NASTY), printable), min_size=1, max_size=24)
users = st.text(st.one_of(st.sampled_from("ab1@:/%+{}ä"), printable), min_size=1, max_size=12)
hosts = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,8}){0,3}", fullmatch=True)
hosts = st.one_of(hosts, st.sampled_from(["[::1]", "[2001:db8::7]", "127.0.0.1"]))
ports = st.integers(1, 65535).map(str)
names = st.text(st.sampled_from("abcXYZ019_-ä {}%"), min_size=1, max_size=10).filter(str.strip)
schemes = st.sampled_from(
    ["postgresql", "postgres+asyncpg", "mysql", "amqps", "mongodb+srv", "redis", "clickhouse"]
)


thorough = settings(max_examples=150, deadline=None)


def encoded(text: str) -> str:
    return quote(text, safe="")


def found(text: str) -> Connection:
    connection = parse(text)
    assert connection is not None, "not understood"
    return connection


def text_of(connection: Connection, key: str) -> str | None:
    field = connection.field(key)
    return field.text.reveal() if field is not None else None


def holds(text: str, connection: Connection) -> bool:
    """Check every template of this text; whether there is one with all fields taken out."""
    for field in connection.fields:
        assert 0 <= field.start <= field.end <= len(text)
    everything = [field.key for field in connection.fields]
    last = None
    for taken in (["password"], ["password", "username"], everything):
        keys = {key: f"k_{key}" for key in taken if key in everything}
        last = template_for(text, connection, keys)
        if last is None:
            continue
        secret = connection.secret
        stored = {keys[f.key]: f.text.reveal() for f in connection.fields if f.key in keys}
        assert render(last, stored) == text
        other = "N0t-" + secret.text.reveal() + "-it"
        changed = render(last, {**stored, keys[connection.secret_key]: other})
        assert changed != text
    return last is not None


@thorough
@given(schemes, users, secrets, hosts, ports, names)
def test_url(scheme: str, user: str, secret: str, host: str, port: str, name: str) -> None:
    text = f"{scheme}://{encoded(user)}:{encoded(secret)}@{host}:{port}/{encoded(name)}?connect_timeout=1"
    connection = found(text)
    assert text_of(connection, "password") == secret
    assert text_of(connection, "username") == user
    assert text_of(connection, "host") == host.strip("[]")
    assert text_of(connection, "port") == port
    assert text_of(connection, "vhost" if scheme == "amqps" else "dbname") == name
    holds(text, connection)


@thorough
@given(schemes, st.from_regex(r"[a-z][a-z0-9_.-]{0,8}", fullmatch=True), secrets, hosts)
def test_a_password_written_as_it_is_is_found_exactly_or_not_at_all(
    scheme: str, user: str, secret: str, host: str
) -> None:
    assume("%" not in secret)
    text = f"{scheme}://{user}:{secret}@{host}/orders"
    connection = parse(text)
    if connection is not None:
        assert text_of(connection, "password") == secret
        assert text_of(connection, "username") == user
        holds(text, connection)


@thorough
@given(users, secrets, hosts, st.booleans())
def test_query(user: str, secret: str, host: str, jdbc: bool) -> None:
    start = "jdbc:postgresql" if jdbc else "postgresql"
    text = f"{start}://{host}/orders?ssl=true&user={encoded(user)}&password={encoded(secret)}"
    connection = found(text)
    assert text_of(connection, "password") == secret
    assert text_of(connection, "username") == user
    holds(text, connection)


@thorough
@given(users, secrets, hosts, st.sampled_from("'\""))
def test_ado_net_quoted(user: str, secret: str, host: str, mark: str) -> None:
    def quoted(text: str) -> str:
        return mark + text.replace(mark, mark * 2) + mark

    host = host.strip("[]").replace(":", ".")
    text = f"Server={host};User Id={quoted(user)};Password={quoted(secret)};Database=orders"
    connection = found(text)
    assert text_of(connection, "password") == secret
    assert text_of(connection, "username") == user
    assert text_of(connection, "host") == host
    if mark in secret:
        assert template_for(text, connection, {"password": "p"}) is None
    holds(text, connection)


@thorough
@given(secrets)
def test_ado_net_plain(secret: str) -> None:
    assume(";" not in secret and secret[0] not in "'\"=" and secret == secret.strip())
    text = f"Data Source=db.example.com;Pwd={secret};uid=u"
    assert text_of(found(text), "password") == secret
    holds(text, found(text))


@thorough
@given(secrets)
def test_odbc(secret: str) -> None:
    text = "Driver={FreeTDS};Server=h;UID=u;PWD={" + secret.replace("}", "}}") + "};Encrypt=yes"
    assert text_of(found(text), "password") == secret
    holds(text, found(text))


@thorough
@given(secrets)
def test_odbc_inside_a_url(secret: str) -> None:
    inner = "DRIVER={FreeTDS};SERVER=h;UID=u;PWD={" + secret.replace("}", "}}") + "}"
    text = f"mssql+pyodbc:///?odbc_connect={quote_plus(inner)}"
    connection = parse(text)
    if secret.isascii():
        assert connection is not None
    if connection is not None:
        assert text_of(connection, "password") == secret
        holds(text, connection)


@thorough
@given(secrets)
def test_sql_server_jdbc(secret: str) -> None:
    inside = "{" + secret.replace("}", "}}") + "}"
    text = f"jdbc:sqlserver://h:1433;databaseName=d;user=u;password={inside};encrypt=true"
    assert text_of(found(text), "password") == secret
    holds(text, found(text))


@thorough
@given(users, secrets)
def test_libpq(user: str, secret: str) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    text = f"host=h user={quoted(user)} password={quoted(secret)} dbname=orders"
    assert text_of(found(text), "password") == secret
    assert text_of(found(text), "username") == user
    holds(text, found(text))


@thorough
@example("0", "\\0")
@given(users, secrets)
def test_jaas(user: str, secret: str) -> None:
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    text = f"{module} required username={quoted(user)} password={quoted(secret)};"
    connection = parse(text)
    assert connection is not None
    assert text_of(connection, "password") == secret
    assert text_of(connection, "username") == user
    holds(text, connection)


@thorough
@given(st.text(st.sampled_from(NASTY + "abc:/@;=\n\t "), max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    for start in (
        "",
        "postgres://",
        "jdbc:sqlserver://",
        "jdbc:oracle:thin:",
        "Server=h;Pwd=",
        "a=",
    ):
        connection = parse(start + text)
        if connection is not None:
            holds(start + text, connection)


@thorough
@given(secrets, secrets)
def test_a_second_credential_never_stays_behind(first: str, second: str) -> None:
    text = f"postgresql://u:{encoded(first)}@h/db?sslpassword={encoded(second)}"
    connection = found(text)
    assert template_for(text, connection, {"password": "p"}) is None
    both = template_for(text, connection, {"password": "p", "sslpassword": "s"})
    if both is not None:
        assert render(both, {"p": first, "s": second}) == text


@thorough
@given(secrets)
def test_a_secret_that_stands_elsewhere_too_is_not_left_there(secret: str) -> None:
    text = f"mysql://u:{encoded(secret)}@h/db?comment={encoded(secret)}"
    assert template_for(text, found(text), {"password": "p"}) is None


def test_a_very_long_text_is_not_looked_at() -> None:
    text = "postgres://u:" + "x" * LONGEST + "@h/db"
    assert parse(text) is None


PIECES = ("a=", "a ", " ", "'", "\\'", "a;", ",a:1", "@", "{", "}}", '"', "a=';", "/", "%4", "a&")
STARTS = (
    "",
    "postgres://u:",
    "host=h ",
    "Server=h;",
    "a:1,",
    "Basic ",
    "x.LoginModule required ",
    "mssql+pyodbc:///?",
    "jdbc:sqlserver://h;",
    "jdbc:oracle:thin:",
    "AccountKey=a;",
)


def test_hostile_texts_take_no_time() -> None:
    """A careless expression is quadratic or worse in one of these, and takes minutes."""
    before = time.process_time()
    for start in STARTS:
        for piece in PIECES:
            parse((start + piece * LONGEST)[:LONGEST])
    assert time.process_time() - before < 10
