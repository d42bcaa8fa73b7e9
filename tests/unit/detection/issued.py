"""Tokens as their issuers make them, from the expressions that say how they look."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Sequence
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_WORD = string.ascii_letters + string.digits + "_"


def made(expression: str, chance: random.Random) -> str:
    """A text that the expression matches as a whole."""
    text = "".join(_one(*item, chance) for item in parser.parse(expression))
    assert re.fullmatch(expression, text)
    return text


def _one(operation: Any, told: Any, chance: random.Random) -> str:
    match str(operation):
        case "LITERAL":
            return chr(told)
        case "IN":
            return chance.choice(_signs(told))
        case "MAX_REPEAT":
            least, most, inner = told
            times = chance.randint(least, min(int(most), least + 40))
            return "".join(_one(*item, chance) for _ in range(times) for item in inner)
        case "SUBPATTERN":
            return "".join(_one(*item, chance) for item in told[3])
        case "BRANCH":
            return "".join(_one(*item, chance) for item in chance.choice(told[1]))
        case other:
            raise AssertionError(other)


def _signs(several: Sequence[Any]) -> str:
    found = ""
    for operation, told in several:
        match str(operation):
            case "LITERAL":
                found += chr(told)
            case "RANGE":
                found += "".join(map(chr, range(told[0], told[1] + 1)))
            case "CATEGORY":
                found += string.digits if "DIGIT" in str(told) else _WORD
    return found
