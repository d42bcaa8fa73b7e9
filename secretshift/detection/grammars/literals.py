"""A literal as files write it: its quotes, its escapes, and where it ends without quotes."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..late import late

QUOTED = r"\"{3}[^\"\\\n]{1,400}\"{3}|\"(?:[^\"\\\n]|\\.){0,4096}\"|'(?:[^'\\\n]|\\.){0,4096}'|`[^`\n]{0,4096}`"
"""Between quotes of any sort, with escapes in it."""
_OPEN = (
    "(",
    "[",
    "{",
    "<",
    "|",
    ">",
    "&",
    "*",
    "!",
    "$(",
    "@",
    "#",
    "//",
    "/*",
    "=",
    "-",
    "; ",
    "+",
    "%",
)
"""Beginnings of what is computed, referred to or nested, and so no literal."""


SETTINGS = ("password=", "pwd=", "accountkey=", "accesskey=", "signature=", "sig=")
"""By which a connection string tells what it carries, in small letters."""


class Assignment(NamedTuple):
    """A literal as it stands: name, decoded text, span of its encoded form, how it stands there."""

    name: str
    text: str
    start: int
    end: int
    quoted: bool
    compared: bool = False
    placed: bool = False
    """Whether its place in a statement says what it is, more surely than a name."""
    assigned: bool = False
    """Whether a sign of equality sets the name to it, and no attribute of an element."""
    declared: bool = False
    """Whether that is where a variable or a field is made, by the word before its name."""


def bare(value: str, sign: str, line: str) -> str:
    """The unquoted value up to where its grammar ends it, "" if it is no literal."""
    if value.startswith(_OPEN) and not value.startswith(("-----", "$2")):
        return ""
    text = re.split(r"[ \t]+#|[ \t]+//|[ \t]{2,}\\$", value, maxsplit=1)[0].rstrip(" \t\r\\")
    if line.lstrip()[:1] in ("{", '"') or '":' in line:
        text = text.rstrip(",}] \t")
    if text.endswith("}") and text.count("}") > text.count("{") and "{" in line:
        text = text.rstrip("} \t").split(", ", 1)[0]
    if "=" in sign and " " in text and ";" not in text:
        text = text.split(" ", 1)[0]
    if text.endswith(")") and "(" not in text and "(" in line.partition(text)[0]:
        text = text.rstrip(")")
        if text.replace("_", "a").isalpha():
            return ""  # a type, or a variable that a function is called with
    if re.search(r"[(){}\[\]]", text) and not may_connect(text):
        return "" if re.match(r"[\w.]+[(\[{]", text) else text
    if text[-1:] in ('"', "'") and text.count(text[-1]) % 2:
        text = text[:-1]
    return text.rstrip(";") if text.count(";") == 1 and text.endswith(";") else text


def may_connect(value: str) -> bool:
    if len(value) < 12:
        return False
    lowered = value.lower()
    if "@tcp(" in value or "@unix(" in value:
        return True
    return ("://" in value and ("@" in value or "?" in value or "jdbc" in lowered)) or (
        "=" in value and any(word in lowered for word in SETTINGS)
    )


def literal(name: str, value: str, at: int, compared: bool = False) -> Assignment:
    lead = len(value) - len(value.lstrip("rbuRBUL@"))
    raw = "r" in value[:lead].lower() or "@" in value[:lead]
    width = 3 if value.startswith('"""', lead) else 1
    inner = value[lead + width : -width]
    start = at + lead + width
    plain = inner.startswith(_NOT_HASHED)
    if plain:
        inner, start = inner[len(_NOT_HASHED) :], start + len(_NOT_HASHED)
    text = inner if raw else _unescaped(inner)
    return Assignment(name, text, start, start + len(inner), True, compared, plain)


_NOT_HASHED = "{noop}"
"""Source: Spring Security, "Password Storage": what is to be compared as it stands."""
_ESCAPE = late(r"\\(?:([\"'`\\/$])|u([0-9a-fA-F]{4}))")


def _unescaped(text: str) -> str:
    """Without the escapes of quotes; line ends stay as they are, a PEM's grammar knows them."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: m[1] if m[1] else chr(int(m[2], 16)), text)


def without_entities(text: str) -> str:
    if "&" not in text:
        return text
    for entity, char in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, char)
    return text


def plain_markup(item: Assignment) -> Assignment:
    return item._replace(text=without_entities(item.text)) if "&" in item.text else item


_DOUBLED = late(r"'(?:[^'\n]|''){0,4096}'(?!')")


def doubled(line: str, at: int) -> str | None:
    """The literal of YAML or SQL in which a quote is written twice, with its quotes."""
    if line[at : at + 1] != "'":
        return None
    found = _DOUBLED.match(line, at)
    return found[0] if found is not None and "''" in found[0][1:-1] else None
