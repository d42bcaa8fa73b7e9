"""What a program that is no test is set to run with: the passwords that a system has when nobody gives
it another, and the secrets that its authors thought of. Pure."""

from __future__ import annotations

from typing import Final

from . import placeholders, values
from .candidate import Candidate, Evidence, Place
from .keys import is_own_secret
from .late import late
from .looks import Look, look
from .names import NameSense, Sense, words
from .value_words import (
    ALGORITHMS,
    CALLS_SOMETHING,
    DEFAULT_PASSWORDS,
    ENUMS,
    FLAGS,
    FOR_THE_READER,
    RUN_WITH,
    SAID_OF_SECRETS,
    SHOWN,
    TECHNICAL,
)
from .vocabulary import PASSWORDS

_ONE: Final = late(r"[A-Za-z0-9][\w.!@#$%^&*+-]{2,39}")
_WORD_AND_NUMBER: Final = late(r"([a-z]{3,20})\d{1,6}")
_PARTS: Final = late(r"[-_. ]+")


def is_set(candidate: Candidate, claim: NameSense) -> bool:
    """``DEFAULT_PASSWORD = "quest"``, ``private String password = "crate"``, ``JWT_SECRET =
    "super-secret"``: in quotes, and no name, no caption and no choice of something."""
    if candidate.place is not Place.CODE or candidate.example_path or not candidate.quoted:
        return False
    if candidate.compared or candidate.evidence is not Evidence.NAME or claim.strength < 2:
        return False
    if claim.sense is Sense.PASSWORD:
        return candidate.assigned and _is_a_password(candidate, claim)
    return _signs(claim) and _is_thought_of(candidate, claim)


def is_left(candidate: Candidate, claim: NameSense) -> bool:
    """``SESSION_SECRET = "secret"``, ``DEFAULT_VNC_PASSWORD = "secret"``, which is what people leave
    there."""
    return candidate.text == "secret" and is_set(candidate, claim)


def _is_a_password(candidate: Candidate, claim: NameSense) -> bool:
    text, lowered = candidate.text, candidate.text.lower()
    if _ONE.fullmatch(text) is None or not CALLS_SOMETHING.isdisjoint(claim.words):
        return False
    if lowered in FLAGS or values.is_path_of_words(text):
        return False
    whose = [word for word in claim.words if word not in PASSWORDS]
    if whose:
        named = words(text) == claim.words
        chosen = lowered in DEFAULT_PASSWORDS or lowered not in ENUMS
        return chosen and not named and not RUN_WITH.isdisjoint(whose)
    if not SHOWN.isdisjoint(words(text)):
        return False
    if lowered in ENUMS | TECHNICAL:
        made = candidate.declared and not candidate.name.isupper()
        return made and text in DEFAULT_PASSWORDS
    return words(text) != claim.words


def _signs(claim: NameSense) -> bool:
    if is_own_secret(claim):
        return len(claim.words) > 1
    return claim.sense is Sense.KEY and claim.words[-2:] == ("secret", "key")


def _is_thought_of(candidate: Candidate, claim: NameSense) -> bool:
    text = candidate.text
    if placeholders.is_change_me(text) or text == "secret":
        return True
    numbered = _WORD_AND_NUMBER.fullmatch(text)
    if numbered is not None:
        return numbered[1] not in ALGORITHMS
    if len(text) >= 5 and text.isalpha() and text.islower() and look(text) is Look.MIXED:
        return True
    parts = _PARTS.split(text.lower())
    if len(parts) < 2 or not all(part.isalnum() for part in parts):
        return False
    if not FOR_THE_READER.isdisjoint(parts) or set(parts) <= set(claim.words):
        return False
    return not SAID_OF_SECRETS.isdisjoint(parts)
