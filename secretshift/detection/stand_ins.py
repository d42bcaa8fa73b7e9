"""What a test hands over where the real thing would be a token, a key or a shared secret. Pure."""

from __future__ import annotations

import re
from typing import Final

from . import values
from .candidate import Candidate, Evidence, Place
from .names import NameSense, Sense, words

_SENSES: Final = frozenset((Sense.TOKEN, Sense.SECRET, Sense.KEY))
_WORDS: Final = re.compile(
    r"[a-z][a-z0-9]{0,20}(?:-[a-z0-9]{1,20}){1,5}|[a-z][a-z0-9]{0,20}(?:_[a-z0-9]{1,20}){1,5}"
    r"|[a-z]{2,20}\d{1,6}"
)
_TO_BE_FILLED_IN: Final = re.compile(
    r"(?:.*[-_])?(?:your|here|placeholder|replace(?:me)?|insert|enter|redacted|changeme|name|id"
    r"|type|header|field|param(?:eter)?|file|path|url|label|title|invalid|wrong|bad|unknown|expired|missing|(?:non-?)?existent|key[-_]?name|column|prefix)(?:[-_].*)?"
)
_OF_A_KEY: Final = frozenset(("key", "secret", "token"))
"""What is called a key is often the name of something; one of these says that it is none."""
_LAST: Final = frozenset(("token", "secret"))
"""With which a name ends that says so even where it is not sure on the whole."""


def is_handed_over(candidate: Candidate, claim: NameSense) -> bool:
    """``token: "new-token"``, ``clientSecret = "some_client_secret"``, ``Secret: "abc123"`` in the
    code of a test, in quotes; not what merely repeats its name, and nothing to be filled in."""
    text = candidate.text
    if candidate.place is not Place.CODE or not candidate.example_path or not candidate.quoted:
        return False
    if candidate.compared or candidate.evidence is not Evidence.NAME or claim.sense not in _SENSES:
        return False
    if claim.strength < 2 and not (claim.words and claim.words[-1] in _LAST):
        return False
    if _WORDS.fullmatch(text) is None or _TO_BE_FILLED_IN.fullmatch(text) is not None:
        return False
    if claim.sense is Sense.KEY and not _OF_A_KEY.intersection(words(text)):
        return False
    return not values.is_enum_word(text) and words(text) != words(candidate.name)
