"""JDBC URLs.

Sources: Microsoft, "Building the connection URL" (read 2026-11); the pages of pgJDBC, Connector/J,
MariaDB Connector/J and jTDS on URLs; Oracle, "Database URLs and Database Specifiers"; IBM, "URL
format for the IBM Data Server Driver for JDBC".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .fields import Connection, Field, assemble, make_field, plain_field
from .pairs import Pair, braced_pairs
from .urls import url_fields

_WITH_AUTHORITY = re.compile(r"\s*jdbc:([A-Za-z][A-Za-z0-9+.:\-]{0,60}?)://", re.IGNORECASE)
_ORACLE = re.compile(r"\s*jdbc:(oracle:(?:thin|oci8?|kprb)):", re.IGNORECASE)
_ORACLE_LOGIN = re.compile(
    r"""(?P<q>"?)(?P<user>[^/@"\s]+)(?P=q)/(?:"(?P<quoted>[^"]+)"|(?P<plain>[^@"\s]+))@"""
)
_ORACLE_PLACE = re.compile(
    r"(?://)?(?P<host>[A-Za-z0-9._\-]+)(?::(?P<port>[0-9]{1,5}))?(?:[:/](?P<name>[\w.$#\-]+))?"
)

_PROPERTIES = {
    "user": "username",
    "username": "username",
    "password": "password",
    "accesstoken": "token",
    "databasename": "dbname",
    "database": "dbname",
    "servername": "host",
    "server": "host",
    "portnumber": "port",
    "port": "port",
    "keystoresecret": "keystorepassword",
    "keystorepassword": "keystorepassword",
    "truststorepassword": "truststorepassword",
    "clientkeypassword": "certificatepassword",
    "sslkeystorepassword": "keystorepassword",
    "ssltruststorepassword": "truststorepassword",
}


def jdbc(text: str) -> Connection | None:
    oracle = _ORACLE.match(text)
    if oracle is not None:
        return _oracle(text, oracle.end(), oracle[1].lower())
    match = _WITH_AUTHORITY.match(text)
    if match is None:
        return None
    scheme = match[1].lower()
    if scheme in {"sqlserver", "jtds:sqlserver", "jtds:sybase"}:
        return _semicolons(text, match.end(), scheme)
    if scheme == "db2":
        return _db2(text, match.end(), scheme)
    fields = url_fields(text, match.end(), scheme if "postgresql" not in scheme else "jdbc")
    return None if fields is None else assemble("jdbc", scheme, fields)


def _semicolons(text: str, begin: int, scheme: str) -> Connection | None:
    """``//host\\instance:port;user=…;password={…}``, jTDS with ``/database`` before."""
    stop = text.find(";", begin)
    if stop < 0:
        return None
    place = text[begin:stop]
    head = re.fullmatch(r"([A-Za-z0-9._\-]*)(?:\\[\w$]+)?(?::([0-9]{1,5}))?(?:/([^/;]*))?", place)
    if head is None:
        return None
    fields = [
        plain_field(key, head[group], begin + head.start(group))
        for group, key in ((1, "host"), (2, "port"), (3, "dbname"))
        if head[group]
    ]
    return _with_properties(text, stop + 1, scheme, fields)


def _db2(text: str, begin: int, scheme: str) -> Connection | None:
    """``//host:port/database:user=…;password=…;``"""
    head = re.compile(r"([A-Za-z0-9._\-]+)(?::([0-9]{1,5}))?/([^:;/]+):").match(text, begin)
    if head is None:
        return None
    fields = [
        plain_field(key, head[group], head.start(group))
        for group, key in ((1, "host"), (2, "port"), (3, "dbname"))
        if head[group]
    ]
    return _with_properties(text, head.end(), scheme, fields)


def _with_properties(text: str, begin: int, scheme: str, fields: list[Field]) -> Connection | None:
    pairs = braced_pairs(text, begin)
    if pairs is None:
        return None
    return assemble("jdbc", scheme, [*fields, *_properties(pairs)])


def _properties(pairs: list[Pair]) -> Iterator[Field]:
    for pair in pairs:
        key = _PROPERTIES.get(pair.name)
        if key is not None:
            yield make_field(key, pair.decoded, pair.spelled, pair.start)


def _oracle(text: str, begin: int, scheme: str) -> Connection | None:
    """``user/password@…``; a password with ``@`` must stand in quotes, else it has two readings."""
    login = _ORACLE_LOGIN.match(text, begin)
    if login is None:
        return None
    fields = [plain_field("username", login["user"], login.start("user"))]
    for group in ("quoted", "plain"):
        if login[group]:
            fields.append(plain_field("password", login[group], login.start(group)))
    rest = text[login.end() :].rstrip()
    if "@" in rest:
        return None
    place = _ORACLE_PLACE.fullmatch(rest)
    if place is not None:
        fields.extend(
            plain_field(key, place[group], login.end() + place.start(group))
            for group, key in (("host", "host"), ("port", "port"), ("name", "dbname"))
            if place[group]
        )
    return assemble("jdbc", scheme, fields)
