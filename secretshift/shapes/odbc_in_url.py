"""An ODBC connection string, percent-encoded, in the query of an SQLAlchemy URL.

Source: SQLAlchemy documentation, "Pass through exact Pyodbc string".
"""

from __future__ import annotations

import re

from .fields import Connection, assemble, make_field
from .pairs import ado_net_or_odbc

_HEAD = re.compile(r"\s*([a-z0-9]+\+pyodbc):///\?(?:[^#\s&]*&)*?odbc_connect=([^#\s&]+)\s*\Z", re.I)
_UNIT = re.compile(r"%([0-7][0-9A-Fa-f])|(\+)|([!-~])")


def odbc_in_url(text: str) -> Connection | None:
    """Fields with their spans in the encoded text; only for strings in ASCII."""
    head = _HEAD.match(text)
    if head is None:
        return None
    decoded: list[str] = []
    starts: list[int] = []
    at = head.start(2)
    while at < head.end(2):
        unit = _UNIT.match(text, at)
        if unit is None or unit[3] == "%":
            return None
        decoded.append(chr(int(unit[1], 16)) if unit[1] else " " if unit[2] else unit[3])
        starts.append(at)
        at = unit.end()
    starts.append(at)
    inner = ado_net_or_odbc("".join(decoded))
    if inner is None or inner.form != "odbc":
        return None
    fields = []
    for field in inner.fields:
        start = starts[field.start]
        spelled = text[start : starts[field.end]]
        fields.append(make_field(field.key, field.text.reveal(), spelled, start, ("urlencode",)))
    return assemble("odbc", head[1].lower(), fields)
