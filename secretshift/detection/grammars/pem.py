"""Private keys in PEM armour: plain, with escaped line ends, on one line, or in base64."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from ..late import late

BEGIN = "-----BEGIN"
_END = "-----END"
_KEY_BLOCK = late(
    r"-----BEGIN ((?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?)-----"
    r"([^-]{0,20000}(?:-(?!-)[^-]{0,2000}){0,20})"
    r"-----END \1-----"
)
_BODY = late(r"[A-Za-z0-9+/=]{40,}")
_SETTINGS = late(
    r"(?:[#-][^\n]{0,200}\n|\s){0,20}(?:export )?[A-Za-z_][\w.-]{0,80}[ \t]{0,4}[:=][^\n]{0,2000}\n"
)
_ENCODED = late(r"[A-Za-z0-9+/\r\n]{24,32000}={0,2}\s*")


def blocks(text: str) -> Iterator[re.Match[str]]:
    """Every private key from its first dashes to its last; group 2 is what stands between. A begin
    that another begin follows before an end is none."""
    at, end = text.find(BEGIN), -1
    while at >= 0:
        after = text.find(BEGIN, at + len(BEGIN))
        if end < at:
            end = text.find(_END, at)
            if end < 0:
                return
        found = _KEY_BLOCK.match(text, at) if after < 0 or end < after else None
        if found is not None:
            yield found
        at = after


def real_lines(block: str) -> str:
    """The block with line ends instead of their escapes, and without a YAML block's indent."""
    lines = block.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\/", "/").splitlines()
    return "\n".join(line.strip() for line in lines)


def has_body(block: str) -> bool:
    """Whether there is a key between the dashes, and not dots or a sentence."""
    return _BODY.search(block) is not None


def decoded(value: str) -> str | None:
    """The text inside base64 if it is a PEM key, a JSON object or settings on lines, else None."""
    text = value.strip()
    if _ENCODED.fullmatch(text) is None:
        return None
    try:
        inner = base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except ValueError:
        return None
    start = inner.lstrip()[:1]
    if (start == "{" and inner.rstrip().endswith("}")) or BEGIN in inner:
        return inner
    return inner if _SETTINGS.match(inner) is not None and _is_text(inner) else None


def _is_text(inner: str) -> bool:
    return all(sign.isprintable() or sign in "\r\n\t" for sign in inner)
