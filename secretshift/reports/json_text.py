"""JSON as text that is also harmless on a terminal."""

from __future__ import annotations

import json
import re
from typing import Final

_BEYOND_ASCII: Final = re.compile(r"[^\x20-\x7e\n]")


def json_text(data: object) -> str:
    """Indented JSON that ends in a line break. Printable characters stand as they are; all others
    are escaped, so that a terminal, a log or an editor shows what is there."""
    return _BEYOND_ASCII.sub(_escape, json.dumps(data, indent=2, ensure_ascii=False)) + "\n"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]
