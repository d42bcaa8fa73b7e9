"""Values of the ``Authorization`` header.

Sources: RFC 7617 (Basic), RFC 6750 (Bearer).
"""

from __future__ import annotations

import base64
import re

from secretshift.model.secret_value import SecretValue

from .fields import UNKNOWN_ENCODING, Connection, Field, assemble, plain_field

_PREFIX = r"\s*(?:Authorization\s*:\s*)?"
_BASIC = re.compile(_PREFIX + r"Basic\s+([A-Za-z0-9+/]{4,}={0,2})\s*", re.IGNORECASE)
_BEARER = re.compile(_PREFIX + r"(?:Bearer|Token)\s+([A-Za-z0-9\-._~+/]{8,}=*)\s*", re.IGNORECASE)


def basic_auth(text: str) -> Connection | None:
    """User and password share one base64 text: no filter of one of them gives the span. Without a
    password it is the user's name that lets in, as services have it that give out one key."""
    match = _BASIC.fullmatch(text)
    if match is None:
        return None
    try:
        pair = base64.b64decode(match[1], validate=True).decode("utf-8")
    except ValueError:
        return None
    user, colon, secret = pair.partition(":")
    if not colon or not pair.isprintable():
        return None
    parts = (("username", user), ("password", secret)) if secret else (("token", user),)
    return assemble(
        "basic-auth",
        "",
        [
            Field(key, SecretValue(decoded), match.start(1), match.end(1), UNKNOWN_ENCODING)
            for key, decoded in parts
        ],
    )


def bearer(text: str) -> Connection | None:
    match = _BEARER.fullmatch(text)
    if match is None or (match[1].isalpha() and len(match[1]) < 24):
        return None  # "Bearer authentication" is a sentence
    return assemble("bearer", "", [plain_field("token", match[1], match.start(1))])
