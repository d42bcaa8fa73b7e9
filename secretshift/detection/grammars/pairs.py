"""Values that hold further named values: JSON, queries of URLs, options, settings in a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from ..late import late


class Pair(NamedTuple):
    """One named part: its name, its decoded text and the span of its encoded form."""

    name: str
    text: str
    start: int
    end: int


_JSON_PAIR = late(r'"((?:[^"\\\n]|\\.){1,120})"\s{0,40}:\s{0,40}"((?:[^"\\\n]|\\.){0,16000})"')
_QUERY_PAIR = late(r"(?<=[?&;])([A-Za-z_][\w.\-\[\]]{0,60})=([^&#\s'\"<>;]{1,2000})")
_OPTION = late(
    r"(?<!\S)(?:-D|--?|/)([A-Za-z][\w.\-]{1,80})"
    r"(?:=|(?<=password) +|(?<=secret) +|(?<=token) +|(?<=key) +)"
    r"(?:\"([^\"]{1,1000})\"|'([^']{1,1000})'|([^\s'\"]{1,1000}))"
)
_FLOW = late(
    r"(?<=[{,])\s{0,10}([A-Za-z_][\w.\-]{0,60}):\s{1,10}"
    r"(?:\"([^\"\n]{1,400})\"|'([^'\n]{1,400})'|([^,{}\s\"']{1,400}))(?=\s{0,10}[,}])"
)
_ROW = late(
    r"(?:^|[,;\n]|(?<=[,;]) )\s{0,3}([A-Za-z_][\w.\- ]{0,60}?)\s{0,3}=\s{0,3}([^,;\n]{1,2000})"
)
_LINE = late(
    r"(?m)^\s{0,20}(?:export )?([A-Za-z_][\w.\-]{0,80})[ \t]{0,4}[=:][ \t]{0,4}(\S[^\n]{0,2000})$"
)


def json_pairs(text: str) -> list[Pair] | None:
    """The string members of a JSON object or array, at any depth; None if it is no JSON."""
    stripped = text.strip()
    if not stripped.startswith(("{", "[")) or not stripped.endswith(("}", "]")):
        return None
    try:
        parsed = json.loads(stripped)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict | list):
        return None
    return list(_members(text))


def _members(text: str) -> Iterator[Pair]:
    for found in _JSON_PAIR.finditer(text):
        yield Pair(unescaped(found[1]), unescaped(found[2]), found.start(2), found.end(2))


def unescaped(text: str) -> str:
    """A JSON string's text; as it stands where its escapes are none of JSON's."""
    if "\\" not in text:
        return text
    try:
        decoded = json.loads(f'"{text}"')
    except (ValueError, RecursionError):
        return text
    return decoded if isinstance(decoded, str) else text


def query_pairs(text: str) -> list[Pair]:
    """The parameters of a URL, percent-decoded."""
    return [
        Pair(found[1], unquote(found[2]), found.start(2), found.end(2))
        for found in _QUERY_PAIR.finditer(text)
    ]


def option_pairs(text: str) -> list[Pair]:
    """``-Dname=value``, ``--name=value`` and ``--password value``."""
    return _grouped(_OPTION, text)


def flow_pairs(text: str) -> list[Pair]:
    """``{user: me, password: x}``, as YAML has it on one line."""
    return _grouped(_FLOW, text)


def _grouped(form: re.Pattern[str], text: str) -> list[Pair]:
    result = []
    for found in form.finditer(text):
        group = next(n for n in (2, 3, 4) if found[n] is not None)
        result.append(Pair(found[1], found[group], found.start(group), found.end(group)))
    return result


def row_pairs(text: str) -> list[Pair]:
    """``name=value,name=value``, also with semicolons or line ends between them."""
    pattern = _LINE if "\n" in text else _ROW
    result = []
    for found in pattern.finditer(text):
        value = found[2].rstrip()
        start = found.start(2)
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value, start = value[1:-1], start + 1
        result.append(Pair(found[1].strip(), value, start, start + len(value)))
    return result
