"""Passwords in the configuration of routers and switches, and of VPNs.

Sources: Cisco IOS Security Command Reference and ipsec.secrets(5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..late import late
from .literals import Assignment

MARKS: Final = (
    "snmp-server", "tacacs", "radius", "isakmp", "username ", "enable ", "-key ", "key-string", ": psk", ": eap",
    ": xauth",
)  # fmt: skip
_MARKS: Final = frozenset(MARKS)
_VALUE: Final = r"(?P<value>[^\s\"'$<{][^\s\"']{2,100})"
_FORMS: Final = tuple(
    late(form)
    for form in (
        # 0 says that what follows is in the clear; other digits name an encoding.
        rf"^\s{{0,4}}(?:username[ ]\S{{1,60}}[ ](?:privilege[ ]\d{{1,2}}[ ])?|enable[ ])(?:password|secret)[ ](?:0[ ])?(?!\d[ ]){_VALUE}\s*$",
        rf"^\s{{0,4}}snmp-server[ ]community[ ]{_VALUE}(?=[ ](?:RO|RW|ro|rw|view)\b|\s*$)",
        rf"^\s{{0,4}}(?:tacacs|radius)-server[ ](?:host[ ]\S{{1,60}}[ ][^\n]{{0,60}}?)?key[ ](?:0[ ])?(?!\d[ ]){_VALUE}\s*$",
        rf"^\s{{0,4}}crypto[ ]isakmp[ ]key[ ](?:0[ ])?(?!\d[ ]){_VALUE}[ ](?:address|hostname)[ ]",
        rf"^\s{{0,4}}ntp[ ]authentication-key[ ]\d{{1,10}}[ ]md5[ ]{_VALUE}",
        rf"^\s{{0,6}}key-string[ ](?:0[ ])?(?!\d[ ]){_VALUE}\s*$",
        r":[ ]{1,4}(?:PSK|EAP|XAUTH|NTLM)[ ]{1,4}\"(?P<value>[^\"\n]{3,200})\"",
    )
)


def passwords(line: str, there: Iterable[str], begin: int) -> Iterator[Assignment]:
    """Of one line that begins at an offset. there: the marks that it holds."""
    if _MARKS.isdisjoint(there):
        return
    for form in _FORMS:
        found = form.search(line)
        if found is not None:
            start, end = found.span("value")
            yield Assignment(
                "password", found["value"], begin + start, begin + end, True, placed=True
            )
