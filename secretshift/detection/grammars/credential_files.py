"""Files that hold nothing but credentials: ``.pgpass``, ``.netrc``, Postfix's ``sasl_passwd``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..late import late
from .literals import Assignment

_PGPASS = late(
    r"(?m)^(?![#\s])((?:[^:\\\n]|\\.){1,255}):(?:\d{1,5}|\*)"
    r"(?::(?:[^:\\\n]|\\.){1,255}){2}:(?P<password>(?:[^\\\n]|\\.){1,1000}?)[ \t\r]*$"
)
_NETRC = late(
    r"(?:^|(?<=\s))(?:machine\s{1,20}\S{1,255}|default)"
    r"(?:\s{1,20}(?:login|account)\s{1,20}\S{1,255}){0,3}"
    r"\s{1,20}password\s{1,20}(?P<password>\"[^\"\n]{1,500}\"|\S{1,500})"
)

_ANONYMOUS = late(r"\slogin\s{1,20}(?:anonymous|ftp)\s")


def is_pgpass(said: str) -> bool:
    return said.endswith((".pgpass", "/pgpass", "pgpass.conf")) or said == "pgpass"


def is_netrc(said: str) -> bool:
    return said.endswith((".netrc", "_netrc")) or said == "netrc"


def is_relays(said: str) -> bool:
    return said.endswith(("sasl_passwd", "sasl_password", "sasl_passwords"))


_USERLIST = late(r'(?m)^"(?:[^"\n]|""){1,100}"[ \t]{1,8}"(?P<password>(?:[^"\n]|""){1,300})"')
_NO_PLAIN = late(r"md5[0-9a-f]{32}|SCRAM-SHA-256\$.*")


_RELAYS = late(r"(?m)^(?![#\s])\S{1,255}[ \t]{1,20}[^\s:]{1,255}:(?P<password>\S{1,500})[ \t\r]*$")
"""Source: postconf(5), ``smtp_sasl_password_maps``."""


def passwords(said: str, text: str) -> Iterator[Assignment]:
    """The passwords of such a file. said: its path, or the last word of a variable's name."""
    if is_pgpass(said):
        for found in _PGPASS.finditer(text):
            start, end = found.span("password")
            plain = re.sub(r"\\(.)", r"\1", found["password"])
            yield Assignment("pgpassword", plain, start, end, False)
    elif said.endswith("userlist.txt"):
        for found in _USERLIST.finditer(text):
            if _NO_PLAIN.fullmatch(found["password"]) is None:
                yield Assignment("password", found["password"], *found.span("password"), True)
    elif is_relays(said):
        for found in _RELAYS.finditer(text):
            yield Assignment("password", found["password"], *found.span("password"), True)
    elif is_netrc(said):
        for found in _NETRC.finditer(text):
            if _ANONYMOUS.search(found[0]) is not None:
                continue
            start, end = found.span("password")
            if found["password"].startswith('"'):
                start, end = start + 1, end - 1
            yield Assignment("password", text[start:end], start, end, False)
