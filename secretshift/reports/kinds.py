"""The catalogue of kinds, as lines and as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from secretshift.model.kinds import Kind

from .lines import Line, Style, counted, line

SCHEMA = 1


def kinds_data(kinds: Sequence[Kind]) -> dict[str, Any]:
    return {"schema": SCHEMA, "kinds": [_kind_data(kind) for kind in kinds]}


def kinds_lines(kinds: Sequence[Kind]) -> list[Line]:
    """One line a kind."""
    width = max((len(kind.id) for kind in kinds), default=0)
    lines = [line((kind.id.ljust(width), Style.STRONG), f"  {kind.title}") for kind in kinds]
    return [*lines, line((counted(len(kinds), "kind"), Style.FAINT))]


def kind_lines(kind: Kind) -> list[Line]:
    """Everything that a person wants to know of one kind."""
    facts = [
        ("what", kind.what),
        ("family", kind.family),
        ("stored as", "JSON" if kind.shape == "json" else "text"),
        ("keys", ", ".join([kind.secret_key, *(part.key for part in kind.companions)])),
        ("names", ", ".join(kind.names)),
        ("rules", ", ".join(kind.rules)),
        ("schemes", ", ".join(kind.schemes)),
        ("prefixes", ", ".join(kind.prefixes)),
        ("extension", kind.extension),
        ("rotation", kind.rotation),
        ("revoke at", kind.revoke_url),
        ("better", kind.instead),
        ("source", kind.source),
    ]
    lines = [line((kind.id, Style.STRONG), f"  {kind.title}")]
    return lines + [line((f"  {name:<10}", Style.FAINT), text) for name, text in facts if text]


def _kind_data(kind: Kind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "title": kind.title,
        "what": kind.what,
        "family": kind.family,
        "names": list(kind.names),
        "rules": list(kind.rules),
        "schemes": list(kind.schemes),
        "prefixes": list(kind.prefixes),
        "companions": [part.key for part in kind.companions],
        "secret_key": kind.secret_key,
        "shape": kind.shape,
        "rotation": kind.rotation,
        "rotation_way": kind.rotation_way,
        "revoke_url": kind.revoke_url,
        "extension": kind.extension,
        "instead": kind.instead,
        "source": kind.source,
    }
