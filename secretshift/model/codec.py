"""Frozen dataclasses to JSON data and back, strictly: what comes from outside is checked."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast

from .errors import Damaged
from .secret_value import SecretValue

T = TypeVar("T")


def to_data(value: object) -> Any:
    """Plain JSON data. Raises TypeError for a SecretValue or anything else that has no place."""
    if isinstance(value, SecretValue):
        raise TypeError("a SecretValue has no form outside memory")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_data(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int | bool | float):
        return value
    if isinstance(value, tuple | list):
        return [to_data(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def from_data(cls: type[T], data: object, where: str = "") -> T:
    """Build cls from JSON data.

    Raises Damaged, naming the place, for a missing, unknown or wrongly typed field.
    """
    return cast(T, _build(cls, data, where or cls.__name__))


def _build(kind: Any, data: object, where: str) -> object:
    if dataclasses.is_dataclass(kind):
        return _dataclass(cast(type, kind), data, where)
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(typing.get_args(kind), data, where)
    if origin is tuple:
        items = _expect(list, data, where)
        inner = typing.get_args(kind)
        if inner[-1] is ...:
            inner = inner[:1] * len(items)
        if len(inner) != len(items):
            raise Damaged(f"{where} should have {len(inner)} parts")
        return tuple(
            _build(one, item, f"{where}[{i}]")
            for i, (one, item) in enumerate(zip(inner, items, strict=True))
        )
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        text = _expect(str, data, where)
        if text not in [member.value for member in kind]:
            raise Damaged(f"{where} is none of {', '.join(kind)}")
        return kind(text)
    supertype = getattr(kind, "__supertype__", kind)
    return _expect(supertype, data, where)


def _dataclass(kind: type, data: object, where: str) -> object:
    fields = {f.name: f for f in dataclasses.fields(kind)}
    given = _expect(dict, data, where)
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise Damaged(f"{where} has a field that is not known: {unknown[0]!r}")
    hints = _hints(kind)
    values = {}
    for name, field in fields.items():
        if name in given:
            values[name] = _build(hints[name], given[name], f"{where}.{name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise Damaged(f"{where} lacks {name!r}")
    return kind(**values)


@functools.cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _union(members: tuple[Any, ...], data: object, where: str) -> object:
    if data is None and types.NoneType in members:
        return None
    problem: Damaged | None = None
    for member in members:
        if member is types.NoneType:
            continue
        try:
            return _build(member, data, where)
        except Damaged as error:
            problem = error
    raise problem or Damaged(f"{where} fits none of its types")


def _expect(kind: type[T], data: object, where: str) -> T:
    right = isinstance(data, kind) and not (kind is not bool and isinstance(data, bool))
    if not right:
        raise Damaged(f"{where} should be of type {kind.__name__}")
    return cast(T, data)
