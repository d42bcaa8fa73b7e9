"""How a value reads, whatever name it stands under."""

from __future__ import annotations

import math
from collections import Counter
from enum import Enum
from functools import lru_cache

from .late import late


class Look(Enum):
    """How a value reads: made by a machine, by a person, or out of plain words."""

    RANDOM = "random"
    MIXED = "mixed"
    WORDS = "words"
    NUMBER = "number"
    UUID = "uuid"


_UUID = late(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_NUMBER = late(r"[-+]?\d{1,30}(?:[.,]\d{1,10})?")
_PARTS = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_CONSONANTS = late(r"(?i)[bcdfghjklmnpqrstvwxz]{5,}")
_VOWELS = late(r"(?i)[aeiouyáéíóúäöü]")
_HEX = late(r"[0-9a-fA-F]+")
_TOKEN = late(r"[A-Za-z0-9_\-+/=.~:|!@#$%^*]+")


def entropy(text: str) -> float:
    """Bits a character, by how often each occurs."""
    if not text:
        return 0.0
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values())


def is_word(part: str) -> bool:
    """Whether letters could be spoken."""
    if len(part) <= 3:
        return True
    if _CONSONANTS.search(part):
        return False
    return len(_VOWELS.findall(part)) / len(part) >= 0.15


@lru_cache(maxsize=8192)
def look(value: str) -> Look:
    """How a value reads. Pure; cached because the same few values recur in a tree."""
    text = value.strip()[:512]
    if _UUID.fullmatch(text):
        return Look.UUID
    if text.isdigit() or _NUMBER.fullmatch(text):
        return Look.NUMBER
    if _looks_random(text):
        return Look.RANDOM
    if any(c.isdigit() for c in text):
        return Look.MIXED
    if any(not (c.isalnum() or c in " -_./:,'’") for c in text):
        return Look.MIXED
    parts = _PARTS.findall(text)
    if parts and not all(is_word(part) for part in parts):
        return Look.MIXED
    return Look.WORDS


def _looks_random(text: str) -> bool:
    size = len(text)
    if size < 16 or " " in text or _TOKEN.fullmatch(text) is None:
        return False
    if size >= 24 and size % 2 == 0 and _HEX.fullmatch(text):
        return entropy(text) > 2.5
    if (
        size >= 16
        and _HEX.fullmatch(text)
        and any(c.isdigit() for c in text)
        and not text.isdigit()
    ):
        return entropy(text) > 2.3
    parts = _PARTS.findall(text)
    letters = [part for part in parts if part.isalpha()]
    digits = sum(c.isdigit() for c in text)
    longest = max((len(part) for part in letters), default=0)
    if entropy(text) < 3.0:
        return False
    average = size / max(1, len(parts))
    switches = len(parts)
    if digits == 0 and switches < size / 4:
        odd = sum(len(part) for part in letters if len(part) > 4 and not is_word(part))
        return size >= 20 and odd > size / 2
    if average > 4.2 and longest >= 5:
        natural = sum(len(p) for p in letters if len(p) >= 4 and is_word(p))
        return natural < size * 0.5
    return average <= 4.2 and (digits > 0 or switches >= size / 3)
