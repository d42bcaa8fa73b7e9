"""Checksums that issuers build into their tokens: a token whose checksum is wrong was never issued.

Source: GitHub's engineering blog, "Behind GitHub's new authentication token formats": the last six
characters are a CRC-32 of the thirty before them, in base 62.
"""

from __future__ import annotations

import zlib
from typing import Final

from .late import late

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_GITHUB: Final = late(r"gh[pousr]_(?P<body>[A-Za-z0-9]{30})(?P<check>[A-Za-z0-9]{6})")


def is_wrong(text: str) -> bool:
    """Whether the text has the format of a token with a checksum, and the checksum does not fit.

    False for all other texts, longer tokens of the same issuer among them.
    """
    found = _GITHUB.fullmatch(text)
    return found is not None and found["check"] != base62(zlib.crc32(found["body"].encode()))


def base62(number: int) -> str:
    """Six digits, with zeros before."""
    digits = ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return digits
