"""From what is known of a candidate to an entry of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from secretshift.model.kinds import Kind
from secretshift.model.secret_value import MASK
from secretshift.shapes.connection import Connection

from . import vocabulary
from .candidate import Candidate, Evidence
from .late import late
from .names import NameSense, Sense, words


class KindBook(Protocol):
    """What detection needs of the catalogue."""

    def get(self, kind_id: str, /) -> Kind | None: ...

    def by_rule(self, rule_id: str, /) -> Kind | None: ...

    def by_name(self, variable_name: str, /) -> Kind | None: ...

    def by_scheme(self, scheme: str, /) -> Kind | None: ...

    def by_prefix(self, value_text: str, /) -> Kind | None: ...

    def by_connection(self, connection: Connection, /) -> Kind | None: ...


_FAMILIES = frozenset(("databases", "queues", "mail"))
"""Families of what runs on a host of one's own: the make is guessed for these alone."""
_OTHER_NAMES = {"sqlsrv": "sqlserver", "postgis": "postgres", "sql": "", "db": "", "ch": ""}
"""Words for a make that no kind lists, and words that mean too much."""
_BY_PORT = {
    "5432": "postgres", "5439": "redshift", "3306": "mysql", "1433": "sqlserver", "1521": "oracle",
    "27017": "mongodb", "6379": "redis", "6380": "redis", "5672": "amqp", "5671": "amqp",
    "9092": "kafka", "9094": "kafka", "9096": "kafka", "50000": "db2", "9042": "cassandra",
    "7687": "neo4j", "8123": "clickhouse", "8883": "mqtt", "587": "smtp", "465": "smtp",
}  # fmt: skip
"""Well-known ports, and the scheme by which the catalogue knows what listens there."""
_MAKE = frozenset(("engine", "dialect", "driver", "client", "type", "connection", "adapter"))
_WHERE = frozenset(("host", "endpoint", "server", "url", "uri", "hostname", "address"))

_BY_SENSE = {
    Sense.PASSWORD: "generic-password", Sense.SECRET: "generic-token", Sense.TOKEN: "generic-token",
    Sense.KEY: "generic-api-key", Sense.PRIVATE_KEY: "private-key",
    Sense.SIGNING_KEY: "signing-key", Sense.ENCRYPTION_KEY: "encryption-key",
    Sense.CREDENTIALS: "generic-password", Sense.AUTH: "generic-token", Sense.SALT: "generic-token",
    Sense.SEED: "generic-token", Sense.PIN: "generic-password",
}  # fmt: skip

_SIGNING_WORDS = frozenset(
    [
        "jwt",
        "session",
        "cookie",
        "signing",
        "sign",
        "webhook",
        "hmac",
        "nextauth",
        "csrf",
        "state",
        "hook",
    ]
)
_GENERAL = ("generic", "crypto")
_FIXED_KINDS = frozenset(["private-key", "google-service-account", "webhook-url", "basic-auth"])


def kind_of(
    candidate: Candidate, sense: NameSense, siblings: Mapping[str, str], book: KindBook
) -> str:
    """The id of the kind; one of the generic ones where nothing names the issuer."""
    found = _kind_of(candidate, sense, siblings, book)
    named = book.by_name(candidate.name) if candidate.name else None
    return named.id if named is not None and found in named.alike else found


def _kind_of(
    candidate: Candidate, sense: NameSense, siblings: Mapping[str, str], book: KindBook
) -> str:
    by_value = book.by_prefix(candidate.text) if " " not in candidate.text else None
    by_rule = _by_rule(candidate.rule, book)
    if candidate.kind == "aws-access-key":
        return candidate.kind
    if candidate.kind in _FIXED_KINDS:
        specific = by_rule or _by_address(candidate, book) or _by_armour(candidate, book)
        return specific.id if specific is not None else candidate.kind
    if by_rule is not None:
        return by_rule.id
    named = book.by_name(candidate.name) if candidate.name else None
    if by_value is not None:
        # What several issuers share says less than the name of one of them.
        if by_value.family in _GENERAL and named is not None and named.family not in _GENERAL:
            return named.id
        return by_value.id
    if candidate.connection is not None:
        connected = book.by_connection(candidate.connection)
        if connected is not None:
            return connected.id
    if candidate.scheme:
        by_scheme = book.by_scheme(candidate.scheme)
        if by_scheme is not None:
            return by_scheme.id
    if candidate.evidence is Evidence.NAME and named is not None and _fits(named, sense):
        return _refined(named.id, candidate, siblings, book)
    if candidate.kind:
        return candidate.kind
    if named is not None and candidate.evidence is not Evidence.CONNECTION:
        return named.id
    if sense.sense is Sense.PASSWORD or candidate.evidence is Evidence.CONNECTION:
        return _make(candidate, siblings, book) or _by_form(candidate)
    if sense.sense is Sense.SECRET and _SIGNING_WORDS & set(sense.words):
        return "signing-key"
    return _BY_SENSE.get(sense.sense, "generic-token")


def _fits(kind: Kind, sense: NameSense) -> bool:
    return sense.sense is not Sense.PASSWORD or "password" in kind.id or kind.family in (
        "databases", "database", "mail", "messaging", "generic",
    ) or "password" in kind.secret_key  # fmt: skip


def _refined(kind: str, candidate: Candidate, siblings: Mapping[str, str], book: KindBook) -> str:
    if kind not in ("generic-password", "database-password"):
        return kind
    return _make(candidate, siblings, book) or kind


def _by_rule(rule: str, book: KindBook) -> Kind | None:
    if not rule:
        return None
    short = rule.removeprefix("betterleaks.").removeprefix("veles.secrets/")
    return book.by_rule(rule) or book.by_rule(short) or book.by_rule(short.removesuffix(".1"))


def _by_armour(candidate: Candidate, book: KindBook) -> Kind | None:
    """A PEM key by its first line: OpenSSH writes one of its own."""
    return book.by_prefix(candidate.text) if candidate.kind == "private-key" else None


def _by_address(candidate: Candidate, book: KindBook) -> Kind | None:
    if candidate.kind != "webhook-url":
        return None
    named = book.by_name(candidate.name) if candidate.name else None
    fitting = named if named is not None and "webhook" in named.id else None
    return book.by_prefix(candidate.text) or fitting


def _make(candidate: Candidate, siblings: Mapping[str, str], book: KindBook) -> str:
    """The make of what the password opens: by the name's own words, by a sibling that says it,
    by the host, and last by the port, which several makes share."""
    own = words(candidate.name)
    for word in own:
        if kind := _kind_of_make(word, book):
            return kind
    if not siblings or (
        not vocabulary.DATABASE_WORDS.intersection(own) and own[-1:] != ("password",)
    ):
        return ""
    stem = frozenset(own[:-1])
    said: list[set[str]] = [set(), set(), set()]
    for name, text in siblings.items():
        parts = words(name)
        if not parts or (stem and not stem.intersection(parts)):
            continue
        if parts[-1] in _MAKE:
            said[0].update(_kinds_in(text[:80], book))
        elif parts[-1] in _WHERE:
            said[1].update(_kinds_in(text[:200], book))
        elif parts[-1] == "port" and (scheme := _BY_PORT.get(text.strip())):
            said[2].add(_kind_of_make(scheme, book))
    for kinds in said:
        kinds.discard("")
        if kinds:
            return kinds.pop() if len(kinds) == 1 else ""
    return ""


_OF_SQL_SERVER = late(
    r"(?i)initial catalog|trustservercertificate|multipleactiveresultsets|\btcp:|\bsa\s{0,3};"
    r"|database\.windows\.net|\.rds\.amazonaws\.com,1433|trusted_connection|sql server"
)


def _by_form(candidate: Candidate) -> str:
    """A string of ADO.NET or ODBC is some database's, most often SQL Server's."""
    if candidate.connection is None or candidate.connection.form not in ("adonet", "odbc"):
        return "generic-password"
    sql_server = _OF_SQL_SERVER.search(candidate.outer[:2000]) is not None
    return "sqlserver-password" if sql_server else "database-password"


def _kinds_in(text: str, book: KindBook) -> Iterator[str]:
    for word in words(text):
        if len(word) >= 4 or word in ("pg", "ora", "db2"):
            yield _kind_of_make(word, book)


def _kind_of_make(word: str, book: KindBook) -> str:
    """The id of the kind of a make's password: ``pg``, ``mariadb``, ``rabbitmq``."""
    word = _OTHER_NAMES.get(word, word)
    if not word or not word.isalnum():
        return ""
    kind = book.by_scheme(word) or book.by_name(f"{word.upper()}_PASSWORD")
    if kind is None or kind.family not in _FAMILIES or kind.id == "database-password":
        return ""
    return kind.id


def masked(text: str, kind: str, book: KindBook) -> str:
    """The mask, behind the prefix that every credential of the kind has in common."""
    entry = book.get(kind)
    if entry is None:
        return MASK
    fitting = [p for p in entry.prefixes if p and text.startswith(p) and len(text) >= len(p) + 8]
    return max(fitting, key=len, default="") + MASK
