"""A first, native pass over bytes: where is anything that the detector would look at closely?

It may point at too much, never at too little: whatever ``Detector.text`` finds stands on a line
that is pointed at. Tests hold that over the grammars of places and over real lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, Final

from .detector import Detector
from .vocabulary import TELLING

_WORD: Final = "(?:" + "|".join(TELLING) + ")"
_NAME: Final = r"[\w.$\x80-\xff-]{0,79}"
_QUOTE: Final = r"[\"'\x60]"
_COMMANDS: Final = (
    "curl|wget|login|sshpass|mysql|mariadb|mongo|redis-cli|ldap|sqlcmd|twine|plink|pscp|openssl"
    "|keytool|htpasswd|smbclient"
)
_FUNCTIONS: Final = (
    "credentials?|credentialsprovider|passwordauthentication|auth|basicauthentication|login"
    "|authenticate|plainsaslserver|getconnection|mysqli_connect|mysql_p?connect|new mysqli|pdo"
    "|dbi->connect|odbc_connect|ftp_connect|create|signingkey|from_secret|fernet|hmacshakeyfor"
    "|hmac(?:256|384|512)|hmac\\.(?:new|hmac)|secretkeyspec|cookie_secret|cookieparser"
    "|(?:jwt|jsonwebtoken|jose)(?:\\.|::)(?:sign|verify|encode|decode)|createhmac|cipheriv"
    "|hash_hmac"
)
_QUOTED: Final = (
    # NAME = value, in every language of files
    _WORD + _NAME + r"\\?" + _QUOTE + r"?[ \t]{0,2}[\])]?[ \t]{0,40}"
    r"(?::[ \t]{0,4}[\w\[\]<>|?.&*, ]{1,40})?[ \t]{0,4}"
    r"(?::=|\?=|=>|===?|!==?|=|:)[ \t]{0,40}(?:[^\s\[{(]|[\[{(][ \t]{0,8}[^\s,\])}])",
)
"""What counts in programs only where something is in quotes on the line."""
_ASSIGNED: Final = (
    # f("NAME", "value")
    _WORD + _NAME + _QUOTE + r",[ \t]{0,40}[^\s]",
    # setName("value")
    _WORD + r"\w{0,79}[ \t]?\([ \t]{0,8}" + _QUOTE,
    # <name>value</name>, and name="…" value="…"
    _WORD + r"[\w.:-]{0,79}(?:[ \t][^<>\n]{0,200})?>[ \t]{0,20}[^<>\s]",
    _WORD + _NAME + _QUOTE + r"[ \t]{1,8}value[ \t]{0,4}=",
    # ENV NAME value, --name value, machine … password value
    r"(?:ENV|ARG)[ \t]{1,8}\w{0,79}" + _WORD + r"\w{0,79}[ \t]",
    r"--[\w-]{0,60}" + _WORD + r"[\w-]{0,60}[\"']?,?[ \t]{1,8}[^\s]",
    r"password[ \t]{1,8}[^\s]",
    # addresses that carry something
    r"://[^\s\"'\x60<>@]{1,300}@",
    r"://[^\s\"'\x60<>]{1,300}(?:hook|/bot)",
    r"://[^\s\"'\x60<>]{3,200}\?[^\s\"'\x60<>]{0,300}=",
)
_ABOVE: Final = (
    # name: X, and the value on the same line or the next; a parameter and its default
    r"[:=][ \t]{0,4}"
    + _QUOTE
    + r"?\w{0,79}"
    + _WORD
    + _NAME
    + _QUOTE
    + r"?[ \t]{0,4},?[ \t\r]{0,8}"
    r"(?:\n[ \t]{0,80})?" + _QUOTE + r"?(?:value|parametervalue|string|default)",
    _WORD + r"\w{0,79}[\"']?[ \t]{0,4}:?[ \t]{0,4}\{?[ \t\r]{0,8}\n"
    r"(?:[^\n{}]{0,200}\n){0,6}[ \t]{0,80}[\"']?default[\"']?[ \t]{0,4}[:=]",
)
_OTHERS: Final = (
    r"(?:requirepass|masterauth|auth_pass|fastcgi_param|setenv|setx)[ \t]{1,8}[^\s]",
    # keys in armour, the ids that make a secret of what stands beside them, objects of secrets
    r"-----BEGIN[ A-Z]{0,40}PRIVATE KEY",
    r"A[KS]IA[A-Z0-9]{16}",
    r"kind[\"']?:[ ]{0,4}[\"']?Secret\b",
    # what a value's place in a statement says
    r"(?:" + _COMMANDS + r")[^\n|;&]{0,400}[ \t\"',\[]-",
    r"net use[^\n]{0,200}/user:",
    r"securestring",
    r"(?:" + _FUNCTIONS + r")[ \t]?\([^\n]{0,300}" + _QUOTE,
    r"\bauth[\"']?[ \t]{0,4}[=:][ \t]{0,4}[(\[]",
    r"(?:omniauth|provider)[ (][ \t]{0,4}:\w",
    _QUOTE + r"AC[0-9a-f]{32}" + _QUOTE,
    r"identified[ \t]{1,8}(?:with|by)[ \t]",
    r"into[ \t]{1,8}[^\n]{1,2200}values",
    _WORD + r"[\w.-]{0,79}[ \t]{1,8}" + _QUOTE,
)

_PATTERNS: Final = (*_QUOTED, *_ASSIGNED, *_ABOVE, *_OTHERS)


class Why(IntEnum):
    """How closely a line has to be looked at."""

    QUOTED = 0
    """For what it assigns; in a program only if something on it is in quotes."""
    ASSIGNED = 1
    ABOVE = 2
    """For a value whose name stands some lines above it."""
    ANYTHING = 3


_WHY: Final = (
    *(Why.QUOTED for _ in _QUOTED),
    *(Why.ASSIGNED for _ in _ASSIGNED),
    *(Why.ABOVE for _ in _ABOVE),
    *(Why.ANYTHING for _ in _OTHERS),
)
Marked = Callable[[bytes], Iterator[tuple[int, Why]]]


class Sweep:
    """Points at places in a batch of texts. Load it before a process is forked: what it holds is
    read only, and shared. Not for several threads at once."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self._marked = _native() or _portable()

    def warm(self) -> None:
        """Load the rules now."""
        list(self.points(b"x"))

    def points(self, data: bytes) -> Iterator[tuple[int, Why]]:
        """Offsets of bytes, in no order, each on a line that deserves a closer look, and why."""
        yield from self._marked(data)
        for point in self.detector.format_points(data):
            yield point, Why.ANYTHING


def _native() -> Marked | None:
    """By hyperscan, at the speed of memory; None where this machine has none."""
    try:
        import hyperscan
    except ImportError:
        return None
    patterns = [pattern.encode("ascii") for pattern in _PATTERNS]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=patterns,
        ids=list(range(len(patterns))),
        elements=len(patterns),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(patterns),
    )
    database.scratch = hyperscan.Scratch(database)

    def marked(data: bytes) -> Iterator[tuple[int, Why]]:
        found: list[tuple[int, Why]] = []

        def on_match(number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            found.append((end - 1, _WHY[number]))

        database.scan(data, match_event_handler=on_match)
        yield from found

    return marked


def _portable() -> Marked:
    """The same by Python's own engine, many times slower."""
    form = re.compile("|".join(f"(?:{one})" for one in _PATTERNS).encode("ascii"), re.IGNORECASE)

    def marked(data: bytes) -> Iterator[tuple[int, Why]]:
        for found in form.finditer(data):
            yield found.end() - 1, Why.ANYTHING

    return marked
