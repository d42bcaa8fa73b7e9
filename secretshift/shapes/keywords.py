"""libpq's keyword strings.

Source: PostgreSQL manual, "Keyword/Value Connection Strings".
"""

from __future__ import annotations

import re

from .fields import Connection, assemble, make_field

_PAIR = re.compile(
    r"\s*(?P<name>[a-z_]+)\s*=\s*(?:'(?P<quoted>(?:[^'\\]|\\.)*)'|(?P<plain>(?:[^\s'\\]|\\.)*))(?=\s|\Z)",
    re.DOTALL,
)
_KEYS = {
    "user": "username",
    "password": "password",
    "host": "host",
    "hostaddr": "hostaddr",
    "port": "port",
    "dbname": "dbname",
    "sslpassword": "sslpassword",
}


def libpq(text: str) -> Connection | None:
    fields = []
    seen = 0
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _PAIR.match(text, at)
        if match is None or match.end() == at:
            return None
        at = match.end()
        key = _KEYS.get(match["name"])
        if key is None:
            continue
        seen += 1
        group = "quoted" if match["quoted"] is not None else "plain"
        spelled = match[group]
        decoded = re.sub(r"\\(.)", r"\1", spelled, flags=re.DOTALL)
        fields.append(make_field(key, decoded, spelled, match.start(group), (), ("json",)))
    return assemble("libpq", "postgresql", fields) if seen > 1 else None
