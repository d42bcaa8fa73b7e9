"""The door into the journal: only plain JSON passes, and never a secret's value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
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
    text = "".join(_pieces(_plain(value, where, 0), 0))
    if len(text) > max_bytes:
        raise Refused(
            f"Too much to write into the journal at once: {len(text)} of {max_bytes} bytes",
            resource=where,
            hint="Split the work into smaller runs",
            code="too-large",
        )
    return text


def from_json(
    text: str, *, where: str, items: Mapping[str, Callable[[object], object]] | None = None
) -> dict[str, object]:
    """A new dict, nothing shared. Raises Damaged if the stored text is no JSON object.

    items: what each item of a list becomes as soon as it is read, by the names that lead to the
    list (``report.findings``); so a long list is never there in two forms.
    """
    try:
        value = _Pieces(text, items or {}).value()
    except (ValueError, StopIteration, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Damaged(
            "An entry of the journal cannot be read",
            resource=where,
            hint="Put a backup of the workspace back; the program never overwrites a damaged one",
        )
    return value


_ENCODE: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_DECODER: Final = json.JSONDecoder()
_BLANK: Final = re.compile(r"[ \t\n\r]*")
_PIECEWISE: Final = 3
"""Levels of an entry that are written and read item by item. The whole at once would hold the
interpreter for a second where a scan found much, and no key would be answered."""


def _pieces(value: object, depth: int) -> Iterator[str]:
    if depth == _PIECEWISE or not value or not isinstance(value, dict | list):
        yield _ENCODE(value)
    elif isinstance(value, dict):
        for number, (name, item) in enumerate(value.items()):
            yield f"{',' if number else '{'}{_ENCODE(name)}:"
            yield from _pieces(item, depth + 1)
        yield "}"
    else:
        for number, item in enumerate(value):
            yield "," if number else "["
            yield from _pieces(item, depth + 1)
        yield "]"


class _Pieces:
    """Reads a text item by item. Raises ValueError or StopIteration for what is no JSON."""

    def __init__(self, text: str, items: Mapping[str, Callable[[object], object]]) -> None:
        self._text, self._made = text, items
        self._at = 0

    def value(self) -> object:
        found = self._value(0, "")
        if self._next():
            raise ValueError
        return found

    def _value(self, depth: int, path: str) -> object:
        first = self._next()
        if depth < _PIECEWISE and first == "{":
            return dict(self._members(depth, path))
        if depth < _PIECEWISE and first == "[":
            return list(self._items(depth, path))
        found, self._at = _DECODER.raw_decode(self._text, self._at)
        return found

    def _members(self, depth: int, path: str) -> Iterator[tuple[str, object]]:
        for _ in self._separated("}"):
            if self._next() != '"':
                raise ValueError
            name, self._at = _DECODER.raw_decode(self._text, self._at)
            self._expect(":")
            yield name, self._value(depth + 1, f"{path}.{name}" if path else str(name))

    def _items(self, depth: int, path: str) -> Iterator[object]:
        made = self._made.get(path)
        for _ in self._separated("]"):
            item = self._value(depth + 1, f"{path}[]")
            yield item if made is None else made(item)

    def _separated(self, end: str) -> Iterator[None]:
        """Once for each part until the end."""
        self._at += 1
        if self._next() == end:
            self._at += 1
            return
        while True:
            yield
            mark = self._next()
            self._at += 1
            if mark == end:
                return
            if mark != ",":
                raise ValueError

    def _expect(self, mark: str) -> None:
        if self._next() != mark:
            raise ValueError
        self._at += 1

    def _next(self) -> str:
        """The next character that is no blank, "" at the end."""
        at = self._at
        found = self._text[at : at + 1]
        if found and found in " \t\n\r":
            blank = _BLANK.match(self._text, at)
            self._at = blank.end() if blank is not None else at
            found = self._text[self._at : self._at + 1]
        return found


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
