"""The catalogue once it is loaded: which kind a rule, a name, a scheme or a prefix means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from secretshift.model.kinds import Kind
from secretshift.shapes.connection import Connection, parse

from .name_forms import NameForms
from .names import normalised

GENERAL_FAMILIES = ("identity", "crypto", "generic")
"""Families whose names are so general that a vendor's own name goes first, in this order."""

_PORTS = {
    "1433": "sqlserver-password",
    "1521": "oracle-password",
    "3306": "mysql-password",
    "5432": "postgres-password",
    "5439": "redshift-password",
    "50000": "db2-password",
}
"""Well-known ports of the makes that share a form of connection string."""


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up variable. value: a pattern for ``examples.made_up``; rule: the format rule that
    finds it, "" if the name alone tells; why: for a counter-example, why it is none."""

    name: str
    value: str
    rule: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class VendorForm:
    """How an extension takes its credential from the secret store by itself.

    variable: the one that names the secret, in place of the one that holds the value.
    holds: "arn" or "name". json_key: key that the secret's JSON must have, "" for a plain string.
    """

    variable: str
    holds: str
    json_key: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind with what only the catalogue's own readers need. forms: of the names of a kind of the
    user's, which are not tried otherwise."""

    kind: Kind
    examples: tuple[Example, ...]
    counter_examples: tuple[Example, ...]
    vendor_form: VendorForm | None = None
    file: str = ""
    forms: NameForms | None = None


class Catalogue:
    """All kinds; immutable. Built by ``load``, which has seen to it that nothing clashes."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries: Mapping[str, Entry] = MappingProxyType({e.kind.id: e for e in entries})
        self._rules = {rule: kind for kind in self.kinds for rule in kind.rules}
        self._schemes = {scheme: kind for kind in self.kinds for scheme in kind.schemes}
        prefixes = [(prefix, kind) for kind in self.kinds for prefix in kind.prefixes]
        self._prefixes = sorted(prefixes, key=lambda pair: len(pair[0]), reverse=True)
        self._every_prefix = tuple(prefix for prefix, _ in self._prefixes)
        self._find_by_name = lru_cache(maxsize=4096)(self._search_names)
        self._patterns: list[tuple[re.Pattern[str] | NameForms, Kind]] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.kinds)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """In the order in which names are tried: special before general."""
        return tuple(entry.kind for entry in self._entries.values())

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values())

    def get(self, kind_id: str) -> Kind | None:
        entry = self._entries.get(kind_id)
        return entry.kind if entry is not None else None

    def entry(self, kind_id: str) -> Entry | None:
        return self._entries.get(kind_id)

    def by_rule(self, rule_id: str) -> Kind | None:
        """The kind that a format rule means."""
        return self._rules.get(rule_id)

    def by_scheme(self, scheme: str) -> Kind | None:
        """The kind of the password in a URL of this scheme; ``postgresql+asyncpg`` is postgresql.

        JDBC sub-protocols are asked for in the same way.
        """
        scheme = scheme.lower()
        for candidate in (scheme, scheme.partition("+")[0], scheme.partition(":")[0]):
            if candidate in self._schemes:
                return self._schemes[candidate]
        return None

    def by_prefix(self, text: str) -> Kind | None:
        """The kind whose issuer reserves the longest prefix that ``text`` begins with."""
        if not text.startswith(self._every_prefix):
            return None
        for prefix, kind in self._prefixes:
            if text.startswith(prefix):
                return kind
        return None

    def kind_of(self, name: str, text: str, rule: str = "") -> Kind | None:
        """The kind of the secret that stands under a name, by the surest sign there is.

        text: the whole value. rule: id of the format rule that found it, "" if none did.
        A connection string goes before all else: what a rule calls a credential in a URL is a
        database's password. Then what is a vendor's own (rule, name, prefix), then what is general.
        """
        connection = parse(text)
        if connection is not None:
            kind = self.by_connection(connection)
            if kind is not None and kind.family not in GENERAL_FAMILIES:
                return kind
        signs = (self.by_rule(rule), self.by_name(name), self.by_prefix(text))
        kinds = [kind for kind in signs if kind is not None]
        for kind in kinds:
            if kind.family not in GENERAL_FAMILIES:
                return kind
        if connection is not None:
            return self.by_connection(connection)
        return kinds[0] if kinds else None

    def by_connection(self, connection: Connection) -> Kind | None:
        """The kind of the secret in a connection string.

        A form that several makes share (ADO.NET, ODBC) and that does not tell the make is told
        apart by its port, else None.
        """
        form, scheme = connection.form, connection.scheme
        if form in {"adonet", "odbc"} and not scheme:
            port = connection.field("port")
            kind_id = _PORTS.get(port.text.reveal() if port is not None else "")
            return self.get(kind_id) if kind_id is not None else None
        if form == "url" and connection.secret_key == "token":
            return self.by_prefix(connection.secret.text.reveal())
        for candidate in (f"{form}:{scheme}", form):
            if candidate in self._schemes:
                return self._schemes[candidate]
        return self.by_scheme(scheme)

    def by_name(self, variable: str) -> Kind | None:
        """The first kind that stands under such a name, in whichever style it is written."""
        return self._find_by_name(normalised(variable))

    def _search_names(self, name: str) -> Kind | None:
        if self._patterns is None:
            self._patterns = [
                (entry.forms or _forms_of(entry.kind), entry.kind)
                for entry in self.entries
                if entry.kind.names
            ]
        for pattern, kind in self._patterns:
            if pattern.fullmatch(name):
                return kind
        return None

    def vendor_form(self, kind_id: str) -> VendorForm | None:
        """How the extension of this kind takes a secret by itself; None if it cannot."""
        entry = self._entries.get(kind_id)
        return entry.vendor_form if entry is not None else None


def _forms_of(kind: Kind) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in kind.names))
