"""A catalogue with nothing in it: detection must not depend on what the catalogue holds."""

from __future__ import annotations

from secretshift.model.kinds import Kind
from secretshift.shapes.connection import Connection


class EmptyBook:
    def get(self, _kind_id: str) -> Kind | None:
        return None

    def by_rule(self, _rule_id: str) -> Kind | None:
        return None

    def by_name(self, _variable_name: str) -> Kind | None:
        return None

    def by_scheme(self, _scheme: str) -> Kind | None:
        return None

    def by_prefix(self, _value_text: str) -> Kind | None:
        return None

    def by_connection(self, _connection: Connection) -> Kind | None:
        return None
