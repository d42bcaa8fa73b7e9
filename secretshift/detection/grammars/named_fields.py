"""A name in one field and its value in the next: container definitions, parameters' defaults."""

from __future__ import annotations

from collections.abc import Iterator

from .. import names
from ..late import late
from ..names import small
from .literals import QUOTED, Assignment, literal, may_connect

_NAMED = late(
    r"""(?xi)(?<![\w-])["']?(?:name|key|parameterkey|id|variable|property|(?P<type>type))["']?
       [ \t]{0,4}[:=][ \t]{0,4}(?P<nq>["']?)(?P<name>/?[A-Za-z_][\w.:/-]{1,79})(?P=nq)
       [ \t]{0,4},?[ \t\r]{0,8}(?:\n[ \t]{0,80}(?:type[ \t]{0,4}[=:][ \t]{0,4}["']?\w{2,30}["']?,?[ \t\r]{0,8}\n[ \t]{0,80})?)?
       ["']?(?<![\w-])(?:value|parametervalue|string|default)["']?
       [ \t]{0,4}[:=][ \t]{0,4}(?P<value>"""
    + QUOTED
    + r"""|[^\s"'`,{}\[\]][^\n,}]{0,500})"""
)
_NAME_FIELD = late(r"(?:name|key|parameterkey|id|variable|property|type)[\"']?[ \t]{0,4}[:=]")
"""In small letters, and without what must not stand before it: that is many times quicker."""
_DEFAULTED = late(
    r"(?P<indent>[ \t]*)(?:variable[ \t]+)?[\"']?(?P<name>[A-Za-z_]\w{1,79})"
    r"[\"']?[ \t]{0,4}:?[ \t]{0,4}\{?[ \t\r]*\n"
    r"(?:(?P=indent)[ \t][^\n{}]{0,200}\n){0,6}?(?P=indent)[ \t]+[\"']?(?:[Dd]efault|[Vv]alue)[\"']?[ \t]{0,4}[:=][ \t]{0,4}"
    r"(?P<value>" + QUOTED + r"|[^\s\"'`,{}\[\]!][^\n,}]{0,300})"
)

_HELD = late(
    r"(?P<q>[\"'])(?P<name>[A-Za-z_][\w.-]{1,79})(?P=q)[ ]{0,4}:[ ]{0,4}\{[ ]{0,8}[\"'][Vv]alue[\"'][ ]{0,4}:[ ]{0,4}"
    r"(?P<value>" + QUOTED + r")"
)
"""A parameter and the object with its value, on one line."""
_NEXT_LINE = 200
"""Characters behind a line in which the field with the value begins, if it does."""


def named_fields(text: str, begin: int, end: int) -> Iterator[Assignment]:
    """``name: X`` and ``value: Y`` on one line or two, as in container definitions; a parameter
    with its default."""
    line = text[begin:end]
    behind = text[end : end + 600] if line.rstrip()[-1:] in (":", "{") else ""
    if "efault" in behind or "alue" in behind:
        default = _DEFAULTED.match(text, begin)
        if default is not None and names.sense(default["name"]).telling:
            value, at = default["value"], default.start("value")
            if value[0] in "\"'`":
                yield literal(default["name"], value, at)
            else:
                yield Assignment(
                    default["name"], value.rstrip(), at, at + len(value.rstrip()), False
                )
    if "{" in line and "alue" in line:
        for held in _HELD.finditer(line):
            if names.sense(held["name"]).telling:
                yield literal(held["name"], held["value"], begin + held.start("value"))
    near = small(text[begin : end + _NEXT_LINE])
    if not ("value" in near or "default" in near or "string" in near):
        return
    for start in _NAME_FIELD.finditer(near, 0, end - begin):
        at = begin + start.start()
        if at and (text[at - 1].isalnum() or text[at - 1] in "_-"):
            continue
        found = _NAMED.match(text, at)
        if found is None or (found["type"] and found["name"].lower() != "password"):
            continue
        if not found["nq"] and at and text[at - 1] in "\"'" and found["name"].isupper():
            continue  # a constant, whose value is the name
        if names.sense(found["name"]).telling or may_connect(found["value"]):
            value, at = found["value"], found.start("value")
            if value[0] in "\"'`":
                yield literal(found["name"], value, at)
            else:
                bare = value.rstrip(" \t\r")
                yield Assignment(found["name"], bare, at, at + len(bare), False)
