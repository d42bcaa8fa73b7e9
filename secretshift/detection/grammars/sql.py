"""Passwords in statements of SQL.

Sources: the manuals of PostgreSQL (CREATE ROLE), MySQL and Oracle (CREATE USER), SQL Server
(CREATE LOGIN).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .. import names, values
from ..late import late
from .literals import Assignment

_SINGLE: Final = r"'(?P<s>(?:[^'\n]|''){1,300})'"
_IDENTIFIED: Final = late(
    r"(?i)\bidentified\s{1,8}(?:with\s{1,8}[\w'\"]{1,60}\s{1,8})?by\s{1,8}(?!password\b|values\b|random\b)"
    rf"(?:{_SINGLE}|\"(?P<d>[^\"\n]{{1,300}})\""
    # Without quotes prose may go on like that: it has a digit, or what follows is of the statement.
    r"|(?P<b>(?=[A-Za-z$#_]{1,60}\d)[A-Za-z][\w$#]{2,60}\b"
    r"|[A-Za-z][\w$#]{2,60}\b(?=\s{0,8}(?:$|[;,\"'`)\\<]|(?:default|temporary|quota|profile|account"
    r"|password|container|replace|with|require|using)\b))))"
)
_PASSWORD: Final = late(r"(?i)\bpassword(?:\s{0,8}=\s{0,8}|\s{1,8})n?" + _SINGLE)
_SET: Final = late(r"(?i)\bset\s{1,8}password\b[^\n=]{0,160}=\s{0,8}(?:password\s?\()?n?" + _SINGLE)
"""Source: MySQL 5.7 manual, "SET PASSWORD Statement"."""
_OF_A_USER: Final = late(r"\b(?:create|alter|grant|connect)\s|^\s{0,40}$")
"""What stands before ``IDENTIFIED``, where it does not begin the line."""
_FAR: Final = 200
_STATEMENT: Final = late(
    r"(?i)\b(?:create|alter|set|open)\s{1,8}(?:role|user|login|group|server|database|external|master|"
    r"certificate|credential|symmetric|asymmetric|application|endpoint|subscription|session)\b"
    r"|\boptions\s{0,4}\(|^\s{0,40}(?:with|password|encrypted|login|nosuperuser|superuser|createdb)\b"
)
_INSERT: Final = late(
    r"(?i)\b(?:insert|replace)\s{1,8}into\s{1,8}[\w.\"`\[\]]{1,120}\s{0,8}\((?P<columns>[^()\n]{1,2000})\)"
    r"\s{0,8}values\s{0,8}\((?P<values>[^\n]{1,4000})"
)
_CELL: Final = late(r"\s{0,8}(?:n?'((?:[^'\n]|'')*)'|([^,'()\n]*(?:\([^()\n]*\))?))\s{0,8}([,)]|$)")


def passwords(line: str, lowered: str, begin: int) -> Iterator[Assignment]:
    """The passwords that one line of SQL sets, and the cells that it inserts below telling
    columns. lowered: the line in small letters."""
    for found in _IDENTIFIED.finditer(line) if "identified" in lowered else ():
        if _OF_A_USER.search(lowered[max(0, found.start() - _FAR) : found.start()]) is not None:
            yield _of(found, begin)
    if "password" in lowered and _STATEMENT.search(line) is not None:
        for found in _PASSWORD.finditer(line):
            if not _is_shown(line, found):
                yield _of(found, begin)
    if "set password" in lowered:
        for found in _SET.finditer(line):
            yield _of(found, begin)
    if "values" in lowered and "into" in lowered:
        for found in _INSERT.finditer(line):
            yield from _cells(found, begin)


def _is_shown(line: str, found: re.Match[str]) -> bool:
    """``# CREATE USER db1 WITH PASSWORD 'db1';``: a comment on how it is done."""
    before = line[: found.start()].split()
    return before[:1] in (["#"], ["--"]) and found["s"] in before


def _of(found: re.Match[str], begin: int) -> Assignment:
    group = next(name for name, text in found.groupdict().items() if text is not None)
    start, end = found.span(group)
    text = found[group].replace("''", "'")
    return Assignment("password", text, begin + start, begin + end, True, placed=True)


def _cells(found: re.Match[str], begin: int) -> Iterator[Assignment]:
    columns = [column.strip(' \t"`[]') for column in found["columns"].split(",")]
    at = found.start("values")
    for column in columns:
        cell = _CELL.match(found.string, at)
        if cell is None:
            return
        text = cell[1]
        if text and names.sense(column).telling and not values.is_password_hash(text):
            start, end = cell.span(1)
            yield Assignment(column, text.replace("''", "'"), begin + start, begin + end, True)
        if cell[3] != ",":
            return
        at = cell.end()
