"""Turn a connection string into a template that holds none of its secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from secretshift.resolver.protocol import TemplateProblem, render

from . import harmless
from .fields import UNKNOWN_ENCODING, Connection, Field, encode
from .structure import only_structure

_KEY = re.compile(r"[A-Za-z0-9_.\-]+")
_SPELLINGS: tuple[tuple[str, ...], ...] = ((), ("urlencode",), ("json",), ("base64",))


def template_for(text: str, connection: Connection, keys: Mapping[str, str]) -> str | None:
    """The template that gives ``text`` back once the stored secret fills its placeholders.

    connection: what ``parse(text)`` said. keys: field key -> JSON key of the stored secret, for
    the fields to take from it; all other text stays as it is, and is shown in plans and logs.
    None where that would be wrong: a field of ``keys`` is missing or spelled in a way that no
    filter gives back, a credential would stay behind or any text that is not known to be none,
    or rendering does not give ``text``.
    """
    replaced = [field for field in connection.fields if field.key in keys]
    if len(replaced) != len(keys) or connection.secret_key not in keys:
        return None
    if any(not _KEY.fullmatch(key) for key in keys.values()):
        return None
    if any(field.filters == UNKNOWN_ENCODING for field in replaced):
        return None
    kept = [field for field in connection.fields if field.key not in keys]
    if any(f.is_secret or not harmless.field(f.key, f.text.reveal()) for f in kept):
        return None
    if not only_structure(text, connection):
        return None
    parts: list[str] = []
    literals: list[str] = []
    stored: dict[str, str] = {}
    at = 0
    for field in sorted(replaced, key=lambda f: f.start):
        key = keys[field.key]
        decoded = field.text.reveal()
        if field.start < at or stored.setdefault(key, decoded) != decoded:
            return None
        literals.append(text[at : field.start])
        parts += [_literal(literals[-1]), _placeholder(key, field)]
        at = field.end
    literals.append(text[at:])
    parts.append(_literal(literals[-1]))
    secrets = [field.text.reveal() for field in replaced if field.is_secret]
    if any(spelling in rest for s in secrets for spelling in _spellings(s) for rest in literals):
        return None
    template = "".join(parts)
    return template if _rendered(template, stored) == text else None


def _rendered(template: str, stored: Mapping[str, str]) -> str | None:
    """What the resolver will make of it, which is the only judge."""
    try:
        return render(template, stored)
    except TemplateProblem:
        return None


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _placeholder(key: str, field: Field) -> str:
    return "{" + "|".join((key, *field.filters)) + "}"


def _spellings(secret: str) -> Iterator[str]:
    for filters in _SPELLINGS:
        spelling = encode(secret, filters)
        if spelling:
            yield spelling
