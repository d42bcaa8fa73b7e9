"""Frozen dataclasses to JSON data and back, strictly: what comes from outside is checked."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from .errors import Damaged
from .secret_value import SecretValue

T = TypeVar("T")


def to_data(value: object) -> Any:
    """Plain JSON data. Raises TypeError for a SecretValue or anything else that has no place."""
    if type(value) is str:
        return value
    if isinstance(value, SecretValue):
        raise TypeError("a SecretValue has no form outside memory")
    names = _names_of(cast(Any, type(value)))
    if names is not None:
        return {name: to_data(getattr(value, name)) for name in names}
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int | bool | float):
        return value
    if isinstance(value, tuple | list):
        return [to_data(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form")


@functools.cache
def _names_of(kind: type) -> tuple[str, ...] | None:
    """Of its fields, None for what has none; worked out once for each type."""
    if not dataclasses.is_dataclass(kind):
        return None
    return tuple(field.name for field in dataclasses.fields(kind))


def from_data(cls: type[T], data: object, where: str = "") -> T:
    """Build cls from JSON data.

    Raises Damaged, naming the place, for a missing, unknown or wrongly typed field.
    """
    return cast(T, _reader(cast(Any, cls))(data, where or cls.__name__))


Reader = Callable[[object, str], object]


@functools.cache
def _reader(kind: Any) -> Reader:
    """How a value of this type is read; worked out once for each type, since a scan of a great
    tree has the same few types a hundred thousand times."""
    if dataclasses.is_dataclass(kind):
        return _dataclass(cast(type, kind))
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(typing.get_args(kind))
    if origin is tuple:
        return _tuple(typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind)
    supertype = getattr(kind, "__supertype__", kind)
    if supertype is str:
        return _text
    return lambda data, where: _expect(supertype, data, where)


def _text(data: object, where: str) -> object:
    return data if type(data) is str else _expect(str, data, where)


def _enum(kind: type[StrEnum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(data: object, where: str) -> object:
        member = members.get(_expect(str, data, where))
        if member is None:
            raise Damaged(f"{where} is none of {', '.join(kind)}")
        return member

    return read


def _tuple(inner: tuple[Any, ...]) -> Reader:
    open_ended = inner[-1] is ...

    def read(data: object, where: str) -> object:
        items = _expect(list, data, where)
        kinds = inner[:1] * len(items) if open_ended else inner
        if len(kinds) != len(items):
            raise Damaged(f"{where} should have {len(kinds)} parts")
        return tuple(
            _reader(one)(item, f"{where}[{at}]")
            for at, (one, item) in enumerate(zip(kinds, items, strict=True))
        )

    return read


def _dataclass(kind: type) -> Reader:
    hints = _hints(kind)
    readers: dict[str, Reader] = {}
    needed = set()
    for field in dataclasses.fields(kind):
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            needed.add(field.name)

    def read(data: object, where: str) -> object:
        if not readers:
            # Not before: a type may hold values of its own type.
            readers.update({f.name: _reader(hints[f.name]) for f in dataclasses.fields(kind)})
        given = _expect(dict, data, where)
        unknown = sorted(given.keys() - readers.keys())
        if unknown:
            raise Damaged(f"{where} has a field that is not known: {unknown[0]!r}")
        for name in readers:
            if name in needed and name not in given:
                raise Damaged(f"{where} lacks {name!r}")
        try:
            return kind(**{name: readers[name](value, name) for name, value in given.items()})
        except Damaged as error:
            raise Damaged(f"{where}.{error}") from None

    return read


@functools.cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _union(members: tuple[Any, ...]) -> Reader:
    kinds = [member for member in members if member is not types.NoneType]
    readers = [_reader(kind) for kind in kinds]
    empty = types.NoneType in members
    named = {_tag(kind): reader for kind, reader in zip(kinds, readers, strict=True)}

    def read(data: object, where: str) -> object:
        if data is None and empty:
            return None
        if isinstance(data, dict) and data.get("type") in named:
            return named[data["type"]](data, where)
        problem = ""
        for reader in readers:
            try:
                return reader(data, where)
            except Damaged as error:
                problem = str(error)
        raise Damaged(problem or f"{where} fits none of its types")

    return read


def _tag(kind: Any) -> object:
    """What tells this type from the others of a union: the text that its field ``type`` has
    unless it is told otherwise, else the type itself."""
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return next(
        (f.default for f in fields if f.name == "type" and isinstance(f.default, str)), kind
    )


_WORDS: Final[Mapping[type, str]] = {
    dict: "an object with names and values",
    list: "a list",
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def _expect(kind: type[T], data: object, where: str) -> T:
    right = isinstance(data, kind) and not (kind is not bool and isinstance(data, bool))
    if not right:
        raise Damaged(f"{where} should be {_WORDS.get(kind, kind.__name__)}")
    return cast(T, data)
