"""Whether all that is left of a connection string, its fields taken out, is structure.

A value may hold credentials that no parser knows: a token in a path, a key in an option. So the
rest is read by the grammar of its form once more, and every word of it must be on a closed list.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from . import harmless
from .fields import Connection

_M = "\x00"
"""Stands for a field that the parser recognised."""

_AUTHORITY = re.compile(
    rf"(?P<scheme>[A-Za-z][^/{_M}]{{0,60}}?)://"
    rf"(?:{_M}?(?::(?:{_M}|x-oauth-basic|x-access-token|oauth2)?)?@)?"
    rf"(?:{_M}|\[{_M}\])?(?::{_M})?(?:/{_M}?)?(?:\?(?P<query>[^#]*))?"
)
_SEMICOLONS = re.compile(
    rf"jdbc:(?P<scheme>[a-z0-9:]+)://{_M}?(?:\\(?P<instance>\w+))?(?::{_M})?(?:/{_M})?;(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_DB2 = re.compile(rf"jdbc:db2://{_M}(?::{_M})?/{_M}:(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_ORACLE = re.compile(
    rf"jdbc:oracle:(?:thin|oci8?|kprb):(?:{_M}|\"{_M}\")/(?:{_M}|\"{_M}\")@"
    rf"(?://)?{_M}(?::{_M})?(?:[:/]{_M})?",
    re.IGNORECASE,
)
_ODBC_IN_URL = re.compile(
    r"(?P<scheme>[a-z0-9]+\+pyodbc):///\?(?P<query>[^#\s]*&)?odbc_connect=(?P<rest>[^#\s&]+)", re.I
)
_SERVER = re.compile(rf"(?:(?:tcp|np|lpc|admin):)?{_M}(?:\\(?P<instance>\w+))?(?:,\s*{_M})?", re.I)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'|\{([^{}]*)\}")
_KEYWORD = re.compile(r"\s*([a-z_]+)\s*=\s*('[^']*'|[^\s']*)(?=\s|\Z)")
_JAAS = re.compile(
    r"(?:kafkashaded\.|shadeddep\.)?(?:org\.apache\.kafka\.common\.security\."
    r"(?:plain\.Plain|scram\.Scram|oauthbearer\.OAuthBearer)|software\.amazon\.msk\.auth\.iam\.IAM)"
    r"LoginModule\s+(?:required|requisite|sufficient|optional)"
    rf"(?:\s+[\w.\-]+\s*=\s*(?:\"{_M}\"|'{_M}'|{_M}))+\s*;?",
    re.IGNORECASE,
)
_BEARER = re.compile(rf"(?:Authorization\s*:\s*)?(?:Bearer|Token)\s+{_M}", re.IGNORECASE)


def only_structure(text: str, connection: Connection) -> bool:
    """Whether nothing but harmless words stands around the fields; no field is looked at."""
    if _M in text:
        return False
    parts = []
    at = 0
    for field in connection.fields:
        if field.start < at:
            return False
        parts.append(text[at : field.start])
        at = field.end
    rest = _M.join([*parts, text[at:]]).strip()
    form = connection.form
    if form == "odbc" and "+pyodbc://" in rest.lower()[:60]:
        return _odbc_in_url(rest)
    if form in {"adonet", "odbc", "azure"}:
        return _pairs(rest)
    if form in {"url", "mongodb"}:
        return _url(rest)
    if form == "jdbc":
        return _jdbc(rest)
    if form == "libpq":
        return _keywords(rest)
    if form == "stackexchange":
        return _stackexchange(rest)
    patterns = {"kafka-jaas": _JAAS, "bearer": _BEARER}
    return form in patterns and patterns[form].fullmatch(rest) is not None


def _url(rest: str) -> bool:
    match = _AUTHORITY.fullmatch(rest)
    return (
        match is not None and harmless.scheme(match["scheme"]) and _query(match["query"] or "", "&")
    )


def _jdbc(rest: str) -> bool:
    if _ORACLE.fullmatch(rest) is not None:
        return True
    db2 = _DB2.fullmatch(rest)
    if db2 is not None:
        return _pairs(db2["rest"])
    properties = _SEMICOLONS.fullmatch(rest)
    if properties is not None:
        instance = properties["instance"]
        return (
            harmless.scheme(properties["scheme"])
            and (instance is None or harmless.identifier(instance))
            and _pairs(properties["rest"])
        )
    return _url(rest)


def _query(query: str, separator: str) -> bool:
    """Parameters of a URL, percent-encoded."""
    for item in query.split(separator):
        name, equals, value = item.partition("=")
        if value == _M or item == "":
            continue
        if not equals or not harmless.parameter(name, unquote_plus(value)):
            return False
    return True


def _pairs(rest: str) -> bool:
    for item in rest.split(";"):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not item.strip():
            continue
        quoted = _QUOTED.fullmatch(value)
        if quoted is not None:
            value = next(group for group in quoted.groups() if group is not None)
        server = _SERVER.fullmatch(value)
        if server is not None:
            if server["instance"] is None or harmless.identifier(server["instance"]):
                continue
            return False
        if not equals or not harmless.parameter(name, value):
            return False
    return True


def _odbc_in_url(rest: str) -> bool:
    match = _ODBC_IN_URL.fullmatch(rest)
    return (
        match is not None
        and harmless.scheme(match["scheme"])
        and _query(match["query"] or "", "&")
        and _pairs(unquote_plus(match["rest"]))
    )


def _keywords(rest: str) -> bool:
    at = 0
    while at < len(rest):
        match = _KEYWORD.match(rest, at)
        if match is None:
            return False
        value = match[2].strip("'")
        if value != _M and not harmless.parameter(match[1], value):
            return False
        at = match.end()
    return True


def _stackexchange(rest: str) -> bool:
    place, *items = rest.split(",")
    if place.strip() != f"{_M}:{_M}":
        return False
    for item in items:
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals and harmless.field("hosts", name):
            continue
        if value != _M and not (equals and harmless.parameter(name, value)):
            return False
    return True
