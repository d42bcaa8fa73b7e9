"""From what is known of a candidate to an entry of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from secretshift.model.kinds import Kind
from secretshift.model.secret_value import MASK

from . import vocabulary
from .candidate import Candidate, Evidence
from .names import NameSense, Sense, words


class KindBook(Protocol):
    """What detection needs of the catalogue."""

    def get(self, kind_id: str, /) -> Kind | None: ...

    def by_rule(self, rule_id: str, /) -> Kind | None: ...

    def by_name(self, variable_name: str, /) -> Kind | None: ...

    def by_scheme(self, scheme: str, /) -> Kind | None: ...

    def by_prefix(self, value_text: str, /) -> Kind | None: ...


_BY_SCHEME = {
    "postgres": "postgres-password", "postgresql": "postgres-password",
    "redshift": "postgres-password",
    "cockroachdb": "postgres-password", "pgsql": "postgres-password",
    "postgis": "postgres-password", "mysql": "mysql-password", "mariadb": "mysql-password", "mysql2": "mysql-password",
    "aurora": "mysql-password", "sqlserver": "sqlserver-password", "mssql": "sqlserver-password",
    "oracle": "oracle-password", "mongodb": "mongodb-password", "mongodb+srv": "mongodb-password",
    "redis": "redis-password", "rediss": "redis-password", "valkey": "redis-password",
    "amqp": "amqp-password", "amqps": "amqp-password", "kafka": "kafka-password",
    "plain": "kafka-password", "scram-sha-256": "kafka-password", "scram-sha-512": "kafka-password",
    "smtp": "smtp-password", "smtps": "smtp-password",
}  # fmt: skip

_BY_WORD = {
    "postgres": "postgres-password", "postgresql": "postgres-password", "pg": "postgres-password",
    "pgsql": "postgres-password", "redshift": "postgres-password", "mysql": "mysql-password",
    "mariadb": "mysql-password", "mssql": "sqlserver-password", "sqlserver": "sqlserver-password",
    "sqlsrv": "sqlserver-password", "oracle": "oracle-password", "ora": "oracle-password",
    "mongo": "mongodb-password", "mongodb": "mongodb-password", "docdb": "mongodb-password",
    "atlas": "mongodb-password", "redis": "redis-password", "valkey": "redis-password",
    "elasticache": "redis-password", "rabbitmq": "amqp-password", "rabbit": "amqp-password",
    "amqp": "amqp-password", "kafka": "kafka-password", "msk": "kafka-password",
    "smtp": "smtp-password",
}  # fmt: skip

_BY_PORT = {
    "5432": "postgres-password", "5439": "postgres-password", "3306": "mysql-password",
    "1433": "sqlserver-password", "1521": "oracle-password", "27017": "mongodb-password",
    "6379": "redis-password", "6380": "redis-password", "5672": "amqp-password",
    "5671": "amqp-password", "9092": "kafka-password",
}  # fmt: skip

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
_FIXED_KINDS = frozenset(["private-key", "google-service-account", "webhook-url", "basic-auth"])


def kind_of(
    candidate: Candidate, sense: NameSense, siblings: Mapping[str, str], book: KindBook
) -> str:
    """The id of the kind; one of the generic ones where nothing names the issuer."""
    by_value = book.by_prefix(candidate.text)
    by_rule = _by_rule(candidate.rule, book)
    if candidate.kind == "aws-access-key":
        return candidate.kind
    if candidate.kind in _FIXED_KINDS:
        specific = by_rule or _by_address(candidate, book)
        return specific.id if specific is not None else candidate.kind
    if by_rule is not None:
        return by_rule.id
    named = book.by_name(candidate.name) if candidate.name else None
    if by_value is not None:
        shared = by_value.family in ("generic", "crypto") and named is not None
        return named.id if shared and named is not None else by_value.id
    if candidate.scheme:
        by_scheme = book.by_scheme(candidate.scheme)
        if by_scheme is not None:
            return by_scheme.id
        if candidate.scheme in _BY_SCHEME:
            return _BY_SCHEME[candidate.scheme]
    if candidate.evidence is Evidence.NAME and named is not None and _fits(named, sense):
        return _refined(named.id, candidate, siblings)
    if candidate.kind:
        return candidate.kind
    if named is not None and candidate.evidence is not Evidence.CONNECTION:
        return named.id
    if sense.sense is Sense.PASSWORD or candidate.evidence is Evidence.CONNECTION:
        return _database(candidate, siblings) or "generic-password"
    if sense.sense is Sense.SECRET and _SIGNING_WORDS & set(sense.words):
        return "signing-key"
    return _BY_SENSE.get(sense.sense, "generic-token")


def _fits(kind: Kind, sense: NameSense) -> bool:
    return sense.sense is not Sense.PASSWORD or "password" in kind.id or kind.family in (
        "databases", "database", "mail", "messaging", "generic",
    ) or "password" in kind.secret_key  # fmt: skip


def _refined(kind: str, candidate: Candidate, siblings: Mapping[str, str]) -> str:
    if kind not in ("generic-password", "database-password"):
        return kind
    return _database(candidate, siblings) or kind


def _by_rule(rule: str, book: KindBook) -> Kind | None:
    if not rule:
        return None
    short = rule.removeprefix("betterleaks.").removeprefix("veles.secrets/")
    return book.by_rule(rule) or book.by_rule(short) or book.by_rule(short.removesuffix(".1"))


def _by_address(candidate: Candidate, book: KindBook) -> Kind | None:
    if candidate.kind != "webhook-url":
        return None
    named = book.by_name(candidate.name) if candidate.name else None
    fitting = named if named is not None and "webhook" in named.id else None
    return book.by_prefix(candidate.text) or fitting


def _database(candidate: Candidate, siblings: Mapping[str, str]) -> str:
    """The engine by the name's own words, then by what its siblings say."""
    own = words(candidate.name)
    for word in own:
        if word in _BY_WORD:
            return _BY_WORD[word]
    if not siblings or (
        not vocabulary.DATABASE_WORDS.intersection(own) and own[-1:] != ("password",)
    ):
        return ""
    stem = frozenset(own[:-1])
    ports: set[str] = set()
    for name, text in siblings.items():
        parts = words(name)
        if stem and not stem.intersection(parts):
            continue
        if not stem and not parts:
            continue
        if parts[-1:] in (
            ("engine",),
            ("dialect",),
            ("driver",),
            ("client",),
            ("type",),
            ("connection",),
        ):
            for word in words(text):
                if word in _BY_WORD:
                    return _BY_WORD[word]
        if parts[-1:] == ("port",) and text in _BY_PORT:
            ports.add(_BY_PORT[text])
        if parts[-1:] in (("host",), ("endpoint",), ("server",), ("url",), ("uri",)):
            for word in words(text[:200]):
                if word in _BY_WORD:
                    ports.add(_BY_WORD[word])
    return ports.pop() if len(ports) == 1 else ""


def masked(text: str, kind: str, book: KindBook) -> str:
    """The mask, behind the prefix that every credential of the kind has in common."""
    entry = book.get(kind)
    if entry is None:
        return MASK
    fitting = [p for p in entry.prefixes if p and text.startswith(p) and len(text) >= len(p) + 8]
    return max(fitting, key=len, default="") + MASK
