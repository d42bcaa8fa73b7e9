"""The catalogue as SARIF rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from secretshift.model.findings import Finding
from secretshift.model.kinds import Kind

from .terminal import safe

MAX_TEXT: Final = 1024
"""Characters of a description that GitHub takes; of a name it takes 255."""
KINDS_PAGE: Final = "https://github.com/secretshift/secretshift/blob/main/docs/reference/kinds.md"
_MOVE: Final = (
    "Whoever reads this place has the credential. Move it into the secret manager "
    "(secretshift plan shows how), take it out of here, and have its issuer replace it: "
    "the old value stays in copies and in the history of the repository."
)
_SEVERITY_BY_FAMILY: Final = {"generic": "7.0"}
_SEVERITY: Final = "8.5"
"""Of a credential in plain text: high. GitHub calls over 9.0 critical, which is for whoever knows
that it works and what it opens."""


def rules(
    kinds: Sequence[Kind], findings: Sequence[Finding]
) -> tuple[list[dict[str, Any]], Mapping[str, int]]:
    """A rule for each kind, the same whatever was found, and each kind's position in the list.

    Kinds of drop-in detectors are in no catalogue: they follow where they were found.
    """
    known = {kind.id: _rule(kind) for kind in kinds}
    for finding in findings:
        if finding.kind not in known:
            known[finding.kind] = _unknown(finding.kind)
    return list(known.values()), {name: at for at, name in enumerate(known)}


def _rule(kind: Kind) -> dict[str, Any]:
    sentences = [kind.what, _MOVE]
    if kind.rotation:
        sentences.append(f"Replacing it: {kind.rotation}")
    if kind.instead:
        sentences.append(f"Better than storing it: {kind.instead}")
    text = "\n\n".join(sentences)
    links = f"\n\n[Where it is revoked]({kind.revoke_url})" if kind.revoke_url else ""
    return {
        "id": kind.id,
        "name": _name(kind.id),
        "shortDescription": {"text": _cut(f"{kind.title} in plain text.")},
        "fullDescription": {"text": _cut(f"{kind.what} {_MOVE}")},
        "help": {"text": text, "markdown": f"**{kind.title}**\n\n{text}{links}"},
        "helpUri": KINDS_PAGE,
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", "credential", kind.family],
            "precision": "high" if kind.rules or kind.schemes else "medium",
            "security-severity": _SEVERITY_BY_FAMILY.get(kind.family, _SEVERITY),
        },
    }


def _unknown(kind: str) -> dict[str, Any]:
    shown = safe(kind)
    return {
        "id": kind,
        "name": _name(kind),
        "shortDescription": {"text": _cut(f"{shown} in plain text.")},
        "fullDescription": {"text": _cut(f"A detector of your own knows it as {shown}. {_MOVE}")},
        "help": {"text": _MOVE, "markdown": _MOVE},
        "helpUri": KINDS_PAGE,
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", "credential"],
            "precision": "medium",
            "security-severity": _SEVERITY,
        },
    }


def _name(kind: str) -> str:
    """In the form that SARIF asks of names: ``StripeSecretKey``."""
    words = re.findall(r"[A-Za-z0-9]+", kind)
    return "".join(word[:1].upper() + word[1:] for word in words)[:255] or "Credential"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
