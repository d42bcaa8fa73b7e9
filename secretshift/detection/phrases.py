"""Values that people make up out of words, beside what programs and interfaces say in words."""

from __future__ import annotations

from typing import Final

from .late import late
from .value_words import SHOWN, TECHNICAL

_PARTS: Final = late(r"[-_. ]+")
_WORDS: Final = late(r"[a-z0-9æøåäöüßéèñç]{1,16}(?:[ ][a-z0-9æøåäöüßéèñç]{1,16}){1,9}[!?.]{0,3}")


def is_of_free_words(text: str) -> bool:
    """``swahili-ok``: two words that neither programs nor interfaces put together."""
    parts = text.split("-")
    return (
        len(parts) >= 2
        and all(len(part) > 1 for part in parts)
        and (TECHNICAL.isdisjoint(parts) and SHOWN.isdisjoint(parts))
    )


def is_made_up(text: str) -> bool:
    """``gopher-signs-it-all``: three words and more that no identifier is made of."""
    parts = _PARTS.split(text.lower())
    return len(parts) >= 3 and all(parts) and TECHNICAL.isdisjoint(parts)


def is_phrase(text: str) -> bool:
    """``keyboard kitten 42``: some words in small letters that say nothing to whoever reads them."""
    if _WORDS.fullmatch(text) is None:
        return False
    return TECHNICAL.isdisjoint(_PARTS.split(text.rstrip("!?.")))
