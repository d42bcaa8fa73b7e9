"""The baseline of detect-secrets (``.secrets.baseline``), read and written.

Source: ``detect_secrets/core/baseline.py`` and ``potential_secret.py`` of detect-secrets 1.5.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from secretshift.model.errors import Damaged

UNKNOWN_TYPE: Final = "Secret Keyword"
"""The type of what none of its detectors would find there."""
_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_PEM: Final = re.compile(r"-----(BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?)-----")


@dataclass(frozen=True, slots=True)
class Entry:
    """path: as it stands in the file, with ``/``; sha1: of the value; is_secret: what a person
    said of it in an audit, None where nobody did."""

    path: str
    type: str
    sha1: str
    line: int = 0
    is_secret: bool | None = None


def forms_of(value: str) -> tuple[str, ...]:
    """What detect-secrets may have taken for this value: the value, its form inside a URL, and of
    a private key its first line only."""
    head = _PEM.match(value)
    forms = (head.group(1),) if head else (value, quote(value, safe=""))
    return tuple(dict.fromkeys(forms))


def sha1(text: str) -> str:
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def is_secrets_baseline(data: object) -> bool:
    return isinstance(data, dict) and "results" in data and "plugins_used" in data


def read(data: object) -> tuple[Entry, ...]:
    """Every entry. Raises Damaged where the form is another one, naming the place."""
    results = data.get("results") if isinstance(data, dict) else None
    if not isinstance(results, dict):
        raise Damaged("results should be an object with a list of entries for each file")
    return tuple(
        _entry(path, item, f"results[{number}]")
        for number, (path, items) in enumerate(results.items())
        for item in _list(items, f"results[{number}]")
    )


def _list(items: object, where: str) -> list[object]:
    if not isinstance(items, list):
        raise Damaged(f"{where} should be a list")
    return items


def _entry(path: str, item: object, where: str) -> Entry:
    if not isinstance(item, dict):
        raise Damaged(f"{where} holds something that is no object")
    digest, type_, line = item.get("hashed_secret"), item.get("type"), item.get("line_number", 0)
    label = item.get("is_secret")
    if not isinstance(digest, str) or not _SHA1.fullmatch(digest):
        raise Damaged(f"{where} has a hashed_secret that is no SHA-1")
    if not isinstance(type_, str) or type(line) is not int:
        raise Damaged(f"{where} has no type, or a line_number that is none")
    if label is not None and not isinstance(label, bool):
        raise Damaged(f"{where} has an is_secret that is neither true nor false")
    return Entry(path.replace("\\", "/"), type_, digest, line, label)


def merged(document: Mapping[str, Any], entries: Iterable[Entry], time: str) -> dict[str, Any]:
    """document with the entries that it lacks, in detect-secrets' own order.

    An entry that it has keeps its label, and gets the one given where it has none. document: a
    baseline of detect-secrets, whose detectors and filters stay; time: of generated_at.
    """
    results: dict[str, list[dict[str, Any]]] = {
        path: [dict(item) for item in items] for path, items in document["results"].items()
    }
    for entry in entries:
        there = results.setdefault(entry.path, [])
        same = [one for one in there if (one["type"], one["hashed_secret"]) == _same(entry)]
        if not same:
            there.append(_item(entry))
            continue
        if entry.is_secret is not None:
            same[0].setdefault("is_secret", entry.is_secret)
        same[0]["line_number"] = entry.line
    return {
        **document,
        "results": {path: sorted(items, key=_order) for path, items in sorted(results.items())},
        "generated_at": time,
    }


def _same(entry: Entry) -> tuple[str, str]:
    return entry.type, entry.sha1


def _item(entry: Entry) -> dict[str, Any]:
    label = {} if entry.is_secret is None else {"is_secret": entry.is_secret}
    return {
        "type": entry.type,
        "filename": entry.path,
        "hashed_secret": entry.sha1,
        "is_verified": False,
        "line_number": entry.line,
        **label,
    }


def _order(item: Mapping[str, Any]) -> tuple[int, str, str]:
    return item.get("line_number", 0), item["hashed_secret"], item["type"]
