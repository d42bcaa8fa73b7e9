"""Where its place in a statement, and not a name beside it, says what a literal is: commands, SQL,
calls, headers in quotes, connection strings in quotes, directives of servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .. import names
from ..candidate import Place
from ..looks import Look, look
from . import calls, commands, sql
from .literals import QUOTED, Assignment, literal

MARKS: Final = (
    "curl", "wget", "login", "mysql", "mariadb", "mongo", "redis-cli", "ldap", "sqlcmd", "twine",
    "net use", "smbclient", "securestring", "identified", "connect", "pdo(", "jwt", "hmac", "fernet",
    "cipher", "twilio", "cookiestore", "cookieparser", "jsonwebtoken", "jose.", "plainsasl", "provider",
    "setenv", "setx",
)  # fmt: skip
"""What a line holds in which something stands at a place, where no telling word is on it."""
_HEADER: Final = re.compile(
    r"(?P<q>[\"'`])(?P<name>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+){1,6}):[ \t]{0,4}"
    r"(?P<value>[^\"'`\s$<{%][^\"'`\s$<{]{5,400})(?P=q)"
)
_CONNECTION: Final = re.compile(
    r"[\"'][^\"'\n]{0,500}?(?:=[^\"'\n]{0,500};|;)[ \t]{0,3}(?i:password|pwd)[ \t]{0,3}=[^\"'\n]{1,600}[\"']"
)
_WITHIN: Final = re.compile(
    r"(?<=[\s\"';&?,])(?P<name>[A-Za-z_][\w.-]{2,60})=(?P<value>[A-Za-z0-9+/_.=~-]{16,400})(?=[\s\"';&,]|$)"
)
"""A setting within a literal."""
_SAID: Final = re.compile(
    r"(?i)\bpassw(?:or[dt]|d)\b[ \t]{1,3}(?:is|was|ist|lautet)[ \t]{1,3}[\"'`]?"
    r"(?P<value>(?=[^\s\"'`]{0,40}\d)[^\s\"'`<>{}()]{5,60}?)[\"'`]?[.,;]?(?=\s|$)"
)
_SPACED: Final = re.compile(
    r"^[ \t]{0,40}(?:(?i:setenv|setx|fastcgi_param|\#define)[ \t]{1,8})?(?P<name>[A-Za-z_][\w.-]{2,60})[ \t]{1,8}"
    rf"(?P<value>{QUOTED})[ \t]{{0,8}};?[ \t\r]*$"
)
_BARE: Final = re.compile(
    r"^[ \t]{0,40}(?:(?i:setenv|setx|fastcgi_param)[ \t]{1,8}(?P<name>[A-Za-z_][\w.-]{2,60})"
    r"|(?P<directive>requirepass|masterauth|auth_pass|user[ ]\S{1,80}[ ]insecure-password))[ \t]{1,8}(?P<value>[^\s\"'$%{<]\S{2,300})[ \t\r]*$"
)


def assignments(line: str, small: str, begin: int, place: Place) -> Iterator[Assignment]:
    """What stands in one line that begins at an offset. small: the line in small letters."""
    yield from commands.passwords(line, small, begin)
    yield from sql.passwords(line, small, begin)
    yield from calls.secrets(line, small, begin)
    if "-" in line and ":" in line:
        for found in _HEADER.finditer(line):
            if names.sense(found["name"]).telling:
                start, end = found.span("value")
                yield Assignment(found["name"], found["value"], begin + start, begin + end, True)
    if ";" in line and ("pwd" in small or "password" in small):
        for found in _CONNECTION.finditer(line):
            yield literal("", found[0], begin + found.start())
    if place is Place.CODE and "=" in line:
        for found in _WITHIN.finditer(line):
            random = look(found["value"]) is Look.RANDOM
            if random and names.sense(found["name"]).telling:
                start, end = found.span("value")
                yield Assignment(found["name"], found["value"], begin + start, begin + end, True)
    if place is Place.PROSE:
        for found in _SAID.finditer(line):
            start, end = found.span("value")
            yield Assignment("password", found["value"], begin + start, begin + end, True)
    else:
        yield from _directive(line, begin)


def _directive(line: str, begin: int) -> Iterator[Assignment]:
    """``storePassword "x"`` of Gradle and Ruby, ``requirepass x`` of Redis, ``SetEnv X y``."""
    quoted = _SPACED.match(line)
    if quoted is not None and names.sense(quoted["name"]).telling:
        yield literal(quoted["name"], quoted["value"], begin + quoted.start("value"))
        return
    bare = _BARE.match(line)
    if bare is None:
        return
    name = bare["name"] or "password"
    if bare["directive"] or names.sense(name).telling:
        start, end = bare.span("value")
        yield Assignment(name, bare["value"], begin + start, begin + end, False)
