"""The JSON object that a secret with several parts is stored as.

Source: AWS Secrets Manager User Guide, "JSON structure of AWS Secrets Manager secrets"
(read 2026-11): ``port`` is a number there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from secretshift.model.secret_value import SecretValue

_CANONICAL_PORT = re.compile(r"0|[1-9][0-9]{0,4}")


def compose(pairs: Sequence[tuple[str, SecretValue | str]]) -> SecretValue:
    """The JSON object text of ``pairs``, in their order.

    The value of ``port`` is written as a number where that loses nothing (no leading zero, no
    blank); everything else is a string. Raises ValueError where a key occurs twice or is empty.
    """
    body: dict[str, str | int] = {}
    for key, value in pairs:
        if not key or key in body:
            raise ValueError("the keys of a secret must differ and none may be empty")
        text = value.reveal() if isinstance(value, SecretValue) else value
        body[key] = int(text) if key == "port" and _CANONICAL_PORT.fullmatch(text) else text
    return SecretValue(json.dumps(body, ensure_ascii=False))


def object_keys(secret: SecretValue) -> tuple[str, ...]:
    """The keys of a secret that is a JSON object, in order; () if it is none."""
    body = _body(secret)
    return tuple(body) if body is not None else ()


def read_key(secret: SecretValue, key: str) -> SecretValue | None:
    """The value of one key as text: a string as it is, a number in decimal digits.

    None if the secret is no JSON object, has no such key, or holds something else there: an
    object, a list, a truth value or null has no one text that a variable could take.
    """
    body = _body(secret)
    value = body.get(key) if body is not None else None
    if isinstance(value, _Number):
        return SecretValue(value.spelled)
    return SecretValue(value) if isinstance(value, str) else None


class _Number:
    """A JSON number as it is spelled: 1.10 must not become 1.1."""

    def __init__(self, spelled: str) -> None:
        self.spelled = spelled


class _DuplicateKey(ValueError):
    """Readers differ in which of two equal keys they take."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise _DuplicateKey
    return body


def _body(secret: SecretValue) -> dict[str, object] | None:
    try:
        body = json.loads(
            secret.reveal(),
            parse_int=_Number,
            parse_float=_Number,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
