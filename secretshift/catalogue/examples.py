"""Made-up values from patterns, so that nothing in this repository looks like a live credential.

``{prefix:abc_}`` stands for its own text; ``{alnum:24}``, ``{hex:32}``, ``{upper:16}``,
``{lower:8}``, ``{letters:34}``, ``{digits:9}``, ``{base32:16}`` and ``{base64:88}`` for so many
made-up characters, ``{words:3}`` for so many words, ``{uuid}`` for one, ``{basic:14}`` for a user
with a password of so many characters as in an Authorization header; the rest for itself.
"""

from __future__ import annotations

import base64
import random
import re
import string
import uuid

_PART = re.compile(r"\{([a-z0-9]+)(?::([^{}]*))?\}")
_MOST = 10_000
_DIGITS = 6
_HEX = "0123456789abcdef"
_ALPHABETS = {
    "alnum": string.ascii_letters + string.digits,
    "hex": _HEX,
    "upper": string.ascii_uppercase + string.digits,
    "lower": string.ascii_lowercase + string.digits,
    "digits": string.digits,
    "base32": string.ascii_uppercase + "234567",
    "letters": string.ascii_lowercase,
}
_WORDS = (
    "amber",
    "birch",
    "cobalt",
    "dune",
    "ember",
    "fjord",
    "gravel",
    "heron",
    "iris",
    "juniper",
)


def made_up(pattern: str, seed: int = 0) -> str:
    """The text of a pattern, the same for the same seed.

    Raises ValueError for a placeholder that does not exist or stands for over 10,000 characters.
    """
    source = random.Random(f"{seed}:{pattern}")  # noqa: S311 - made-up on purpose

    def fill(match: re.Match[str]) -> str:
        name, argument = match[1], match[2] or ""
        if name == "prefix":
            return argument
        if name == "uuid":
            return str(uuid.UUID(int=source.getrandbits(128), version=4))
        if not argument.isdigit():
            raise ValueError("a placeholder of an example needs a length")
        count = int(argument) if len(argument) < _DIGITS else _MOST + 1
        if count > _MOST:
            raise ValueError("a placeholder of an example is too long")
        if name == "words":
            return "-".join(source.choice(_WORDS) for _ in range(count))
        if name == "basic":
            password = "".join(source.choice(_ALPHABETS["alnum"]) for _ in range(count))
            return base64.b64encode(f"app:{password}".encode()).decode()
        if name == "base64":
            return _base64(source, count)
        if name not in _ALPHABETS:
            raise ValueError("an example has a placeholder that does not exist")
        return "".join(source.choice(_ALPHABETS[name]) for _ in range(count))

    return _PART.sub(fill, pattern)


def _base64(source: random.Random, count: int) -> str:
    """``count`` characters, padding included where the count is a multiple of four."""
    alphabet = string.ascii_letters + string.digits + "+/"
    padding = 2 if count % 4 == 0 and count >= 8 else 0
    body = "".join(source.choice(alphabet) for _ in range(count - padding))
    if padding:
        body = body[:-1] + source.choice("AQgw")
    return body + "=" * padding
