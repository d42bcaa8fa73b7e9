"""What a connection string is made of, and how a piece of it is written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from secretshift.model.secret_value import SecretValue
from secretshift.resolver.protocol import FILTERS

UNKNOWN_ENCODING = ("?",)
"""The filters of a field whose exact spelling no filter gives back."""

SECRET_KEYS = frozenset(
    {
        "password",
        "sslpassword",
        "token",
        "accountkey",
        "sharedaccesskey",
        "sharedaccesssignature",
        "secret",
        "keystorepassword",
        "truststorepassword",
        "certificatepassword",
        "proxypassword",
    }
)
"""Keys of fields that are credentials by themselves; every other field is public by nature."""


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of a connection string.

    key: "password", "username", "host", "port", "dbname", "accountkey", …; at most one per key.
    text: decoded. start, end: span of its encoded form in the whole string, in characters.
    filters: those that turn the decoded text back into exactly the span, () if it stands there as
    it is, UNKNOWN_ENCODING if none do.
    """

    key: str
    text: SecretValue
    start: int
    end: int
    filters: tuple[str, ...] = ()

    @property
    def is_secret(self) -> bool:
        return self.key in SECRET_KEYS


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection string taken apart.

    form: "url", "mongodb", "jdbc", "adonet", "odbc", "libpq", "kafka-jaas", "azure",
    "stackexchange", "basic-auth" or "bearer".
    scheme: lower case, as written ("postgresql+psycopg2"); for JDBC the sub-protocol
    ("postgresql", "oracle:thin"), for Azure the service ("storage", "servicebus", "cosmos"), for
    JAAS the mechanism, for ADO.NET and ODBC the database as far as the text tells; else "".
    fields: in the order of their place in the text. secret_key: key of the field that matters.
    """

    form: str
    scheme: str
    fields: tuple[Field, ...]
    secret_key: str

    def field(self, key: str) -> Field | None:
        for field in self.fields:
            if field.key == key:
                return field
        return None

    @property
    def secret(self) -> Field:
        """The field that matters; there always is one."""
        return next(field for field in self.fields if field.key == self.secret_key)


def encode(text: str, filters: Iterable[str]) -> str | None:
    """Apply the resolver's filters in order; None where one is unknown or cannot be applied."""
    for name in filters:
        if name not in FILTERS:
            return None
        try:
            text = FILTERS[name](text)
        except UnicodeEncodeError:
            return None
    return text


def explain(decoded: str, spelled: str, *candidates: tuple[str, ...]) -> tuple[str, ...]:
    """The first of the candidates that gives the spelling, then no filter, else unknown.

    An encoding filter is preferred to none even where both give the same characters: the next
    value of the secret may need it.
    """
    for filters in (*candidates, ()):
        if encode(decoded, filters) == spelled:
            return filters
    return UNKNOWN_ENCODING


def percent_decoded(spelled: str, *, plus_is_space: bool = False) -> str:
    """Percent-decode; bytes that are no UTF-8 leave the spelling as the text."""
    try:
        if plus_is_space:
            return unquote_plus(spelled, encoding="utf-8", errors="strict")
        return unquote(spelled, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        return spelled


def make_field(
    key: str, decoded: str, spelled: str, start: int, *filters: tuple[str, ...]
) -> Field:
    """A field from its decoded text and its spelling at ``start``; filters: see ``explain``."""
    return Field(
        key=key,
        text=SecretValue(decoded),
        start=start,
        end=start + len(spelled),
        filters=explain(decoded, spelled, *filters),
    )


def plain_field(key: str, spelled: str, start: int) -> Field:
    """A field that stands there as it is."""
    return Field(key=key, text=SecretValue(spelled), start=start, end=start + len(spelled))


def assemble(form: str, scheme: str, fields: Iterable[Field]) -> Connection | None:
    """A connection of the fields that are not empty.

    None without a secret among them. Where two pieces claim the same key, drivers differ in which
    they take: two of a secret make it None, two of anything else are both left out.
    """
    present = sorted((f for f in fields if not f.text.is_empty()), key=lambda f: (f.start, f.end))
    times = Counter(field.key for field in present)
    if any(count > 1 and key in SECRET_KEYS for key, count in times.items()):
        return None
    kept = [field for field in present if times[field.key] == 1]
    secrets = [field.key for field in kept if field.is_secret]
    if not secrets:
        return None
    best = "password" if "password" in secrets else secrets[0]
    return Connection(form=form, scheme=scheme, fields=tuple(kept), secret_key=best)
