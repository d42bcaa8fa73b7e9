"""Write the reference page of all kinds: ``python -m secretshift.catalogue.document``."""

from __future__ import annotations

import sys
from pathlib import Path

from secretshift.model.kinds import Kind

from .loading import load
from .search import Catalogue

PAGE = Path("docs/reference/kinds.md")

_WAYS = {
    "aws-function": "AWS's rotation function",
    "issuer-api": "the issuer's API",
    "person": "a person",
    "application": "the application itself",
    "none": "nothing to rotate",
}


def page(catalogue: Catalogue) -> str:
    """The page as Markdown."""
    families: dict[str, list[Kind]] = {}
    for kind in catalogue.kinds:
        families.setdefault(kind.family, []).append(kind)
    parts = [
        "# Kinds of credentials\n",
        "Written by `python -m secretshift.catalogue.document` from `secretshift/catalogue/data`.",
        "Do not edit it here.\n",
        f"{len(catalogue)} kinds in {len(families)} families. Names are compared in upper case",
        "with underscores, and the first kind that fits is taken, in the order of this page.\n",
    ]
    for family, kinds in families.items():
        parts.append(f"## {family.capitalize()}\n")
        parts.extend(_section(catalogue, kind) for kind in kinds)
    return "\n".join(parts)


def _section(catalogue: Catalogue, kind: Kind) -> str:
    rows = [
        ("Stored as", _stored(kind)),
        ("Found by name", _code(kind.names)),
        ("Found by format", _code((*kind.rules, *kind.prefixes))),
        ("Found in", _code(kind.schemes)),
        ("Read by an extension", _extension(catalogue, kind)),
        ("Rotated by", f"{_WAYS[kind.rotation_way]}. {kind.rotation}"),
        ("Revoked at", f"<{kind.revoke_url}>" if kind.revoke_url else ""),
        ("Better than storing it", kind.instead),
        ("Source", kind.source),
    ]
    lines = [f"### {kind.title}\n", f"`{kind.id}`: {kind.what}\n"]
    lines += [f"- {label}: {text}" for label, text in rows if text]
    return "\n".join(lines) + "\n"


def _stored(kind: Kind) -> str:
    name = f" under `{kind.secret_name}`" if kind.secret_name else ""
    if kind.shape == "string":
        return f"its text{name}"
    keys = [companion.key for companion in kind.companions] + [kind.secret_key]
    engine = ["engine"] if kind.engine else []
    return f"JSON with {_code((*engine, *keys))}{name}"


def _extension(catalogue: Catalogue, kind: Kind) -> str:
    if not kind.extension:
        return ""
    form = catalogue.vendor_form(kind.id)
    if form is None:
        return f"{kind.extension}, which takes the value only"
    holds = "the secret's ARN" if form.holds == "arn" else "the secret's name"
    key = f", in the JSON key `{form.json_key}`" if form.json_key else ""
    return f"{kind.extension}, by `{form.variable}` with {holds}{key}"


def _code(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def main(folder: Path) -> None:
    """Write the page below the folder of the project."""
    target = folder / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(load()), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())
