"""The door into the journal: only plain JSON passes, and never a secret's value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from ..model.errors import Damaged, Refused

MAX_DEPTH: Final = 32
MAX_NAME: Final = 1000


def to_json(value: Mapping[str, object], *, max_bytes: int, where: str) -> str:
    """JSON text (ASCII, so that lone surrogates and NUL survive in any database).

    Raises TypeError for anything but str, int, bool, None, lists and string-keyed mappings of
    them: a SecretValue, bytes, a float or an object of ours is a defect of the caller. Raises
    Refused (``too-large``) over max_bytes.
    """
    text = json.dumps(_plain(value, where, 0), ensure_ascii=True, separators=(",", ":"))
    if len(text) > max_bytes:
        raise Refused(
            f"Too much to write into the journal at once: {len(text)} of {max_bytes} bytes",
            resource=where,
            hint="Split the work into smaller runs",
            code="too-large",
        )
    return text


def from_json(text: str, *, where: str) -> dict[str, object]:
    """A new dict, nothing shared. Raises Damaged if the stored text is no JSON object."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Damaged(
            "An entry of the journal cannot be read",
            resource=where,
            hint="Put a backup of the workspace back; the program never overwrites a damaged one",
        )
    return value


def check_text(value: str, where: str) -> str:
    """The same text. Raises TypeError unless it is a str (a SecretValue is none)."""
    if not isinstance(value, str):
        raise TypeError(f"{where}: the journal takes str here, not {type(value).__name__}")
    return value


def check_name(value: str, where: str) -> str:
    """The same text. Raises TypeError unless it is a str, ValueError unless any database can
    hold it as it is: not empty, at most 1,000 characters, no lone surrogate, no NUL."""
    text = check_text(value, where)
    if not 0 < len(text) <= MAX_NAME or any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise ValueError(f"{where}: not a name for the journal")
    return text


def _plain(value: object, where: str, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise TypeError(f"{where}: nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list | tuple):
        return [_plain(item, where, depth + 1) for item in value]
    if isinstance(value, Mapping):
        plain: dict[str, object] = {}
        for name, item in value.items():
            if not isinstance(name, str):
                raise TypeError(f"{where}: a key must be str, not {type(name).__name__}")
            plain[str(name)] = _plain(item, where, depth + 1)
        return plain
    raise TypeError(f"{where}: the journal takes no {type(value).__name__}")
