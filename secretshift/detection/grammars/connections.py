"""Forms of one line that hold a password or a key and are no URL: data sources of Go and Oracle,
headers of services, proxies as their sellers give them out. Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ..candidate import Evidence
from ..late import late


class Held(NamedTuple):
    """The span of what is secret within the text, and what the form says of it."""

    start: int
    end: int
    evidence: Evidence = Evidence.CONNECTION
    scheme: str = ""
    host: str = ""
    kind: str = ""


_GO: Final = late(
    r"[^\s:/@\"']{1,100}:(?P<password>[^\s\"']{1,200})@(?:tcp6?|unix)\((?P<host>[^()\s]{0,200})\)/"
)
"""A data source name of Go's MySQL driver: ``user:password@tcp(host:port)/name``."""
_GO_IN_URL: Final = late(r"[a-z][a-z0-9+]{1,20}://" + _GO.pattern)
_ORACLE_EASY: Final = late(
    r"[A-Za-z][\w$#]{0,60}/(?P<password>[^\s/@:\"']{3,60})@"
    r"(?://(?P<far>[\w.-]{1,100})(?::\d{2,5})?|(?P<near>[\w.-]{1,100}):\d{2,5})/[\w.$-]{1,60}"
)
"""Oracle's easy connect: ``user/password@//host:port/service``."""
_ORACLE_ALIAS: Final = late(
    r"[A-Za-z][\w$#]{0,60}/(?P<password>[^\s/@:\"']{3,60})@[A-Za-z][\w.$-]{1,60}"
)
"""``user/password@alias``, as tools of Oracle take it."""
_ORACLE_THIN: Final = late(r"jdbc:oracle:\w{2,8}:[^/@\s]{1,100}/(?P<password>[^@\s\"']{1,200})@")
_CONNECTS: Final = frozenset(
    (
        "ora",
        "oracle",
        "oci",
        "conn",
        "connection",
        "connect",
        "connexion",
        "conexion",
        "verbindung",
        "tns",
        "dsn",
        "db",
        "database",
        "sqlplus",
    )
)
_KEY: Final = late(
    r"(?i)(?:genie ?key|ssws|api-?key|bot|zoho-oauthtoken|klaviyo-api-key|deepl-auth-key|splunk"
    r"|accesskey|key|token token=|oauth|app|sso-key|esa|apitoken)(?:[ =]|:[ ]?)(?P<key>[\w.=+/~:-]{16,400})"
)
"""What services want before a key in a header, where it is neither ``Bearer`` nor ``Basic``."""
_PROXY: Final = late(
    r"(?P<host>[\w-]{1,60}(?:\.[\w-]{1,60}){1,6}):\d{2,5}:[^\s:,;]{2,100}:(?P<password>[^\s:,;]{3,100})"
)


_USERS: Final = late(r"[\w.@+-]{1,60}:(?P<password>[^\s:,;\"'{}<>]{6,40})(?:[,;\s]+|$)")
_ELEMENT: Final = late(
    r"<(?:\w{1,20}:)?(?P<name>\w{0,30}(?:[Pp]assword|[Ss]ecret|[Tt]oken|[Aa]pi[Kk]ey))"
    r"(?:\s[^<>]{0,300})?>\s{0,20}(?P<value>[^<>\s]{3,400})\s{0,20}</"
)


def behind_a_scheme(text: str) -> Held | None:
    """``mysql://user:password@tcp(host:port)/name``, as tools take it that go by the scheme."""
    found = _GO_IN_URL.match(text)
    if found is None:
        return None
    return Held(*found.span("password"), scheme="mysql", host=found["host"].partition(":")[0])


def held_in(text: str, words: tuple[str, ...]) -> Held | None:
    """What the whole text holds, if it has one of these forms. words: of the name that it stands
    under, which must speak of a connection where the form does not."""
    if found := _KEY.fullmatch(text):
        return Held(*found.span("key"), evidence=Evidence.HEADER, kind="bearer-token")
    if (found := _ORACLE_ALIAS.fullmatch(text)) and not _CONNECTS.isdisjoint(words):
        return Held(*found.span("password"), scheme="oracle")
    if found := _GO.match(text):
        return Held(*found.span("password"), scheme="mysql", host=found["host"].partition(":")[0])
    if found := _ORACLE_EASY.fullmatch(text):
        host = found["far"] or found["near"]
        return Held(*found.span("password"), scheme="oracle", host=host)
    if found := _ORACLE_THIN.match(text):
        return Held(*found.span("password"), scheme="oracle")
    return None


_BETWEEN: Final = " \t\r\n\v\f,;"


def proxies(text: str) -> list[Held]:
    """``host:port:user:password``, one or several and nothing else."""
    if text.count(":") < 3 or _PROXY.match(text.lstrip(_BETWEEN)) is None:
        return []
    found = list(_PROXY.finditer(text))
    if re.sub(r"[\s,;]+", "", _PROXY.sub("", text)):
        return []
    return [
        Held(*one.span("password"), Evidence.PAIR, host=one["host"], kind="basic-auth")
        for one in found
    ]


def passwords_of_users(text: str) -> list[tuple[int, int]]:
    """Spans of the passwords of ``user:password;user:password``, and of nothing else."""
    found = list(_USERS.finditer(text))
    whole = bool(found) and "".join(one[0] for one in found) == text
    return [one.span("password") for one in found] if whole else []


def elements(text: str) -> list[tuple[str, int, int]]:
    """Name and span of each element of XML that says by its name that it holds a secret."""
    if not text.startswith("<") or "</" not in text:
        return []
    return [(one["name"], *one.span("value")) for one in _ELEMENT.finditer(text[:20_000])]
