"""What a test hands over where the real thing would be a token, a key or a shared secret. Pure."""

from __future__ import annotations

from typing import Final

from . import values
from .candidate import Candidate, Evidence, Place
from .late import late
from .names import NameSense, Sense, words

_SENSES: Final = frozenset((Sense.TOKEN, Sense.SECRET, Sense.KEY))
_WORDS: Final = late(
    r"[a-z][a-z0-9]{0,20}(?:-[a-z0-9]{1,20}){1,5}|[a-z][a-z0-9]{0,20}(?:_[a-z0-9]{1,20}){1,5}"
    r"|[a-z]{2,20}\d{1,6}"
)
_WORD: Final = late(r"[a-z]{3,24}")
_OF_NO_VALUE: Final = frozenset(
    [
        "your",
        "here",
        "placeholder",
        "replace",
        "replaceme",
        "insert",
        "enter",
        "redacted",
        "changeme",
        "name",
        "id",
        "type",
        "header",
        "field",
        "param",
        "parameter",
        "file",
        "path",
        "url",
        "label",
        "title",
        "column",
        "prefix",
        "invalid",
        "wrong",
        "bad",
        "unknown",
        "expired",
        "missing",
        "existent",
        "incorrect",
        "nonexistent",
    ]
)
"""Words of what is to be filled in, of how something is called, and of what no login takes."""
_OF_A_KEY: Final = frozenset(("key", "secret", "token"))
"""What is called a key is often the name of something; one of these says that it is none."""
_LAST: Final = frozenset(("token", "secret"))
"""With which a name ends that says so even where it is not sure on the whole."""


def is_handed_over(candidate: Candidate, claim: NameSense) -> bool:
    """``token: "new-token"``, ``clientSecret = "some_client_secret"``, ``Secret: "abc123"`` in the
    code of a test, in quotes; not what merely repeats its name, and nothing to be filled in. What is
    called a secret is one with any single word."""
    text = candidate.text
    if candidate.place is not Place.CODE or not candidate.example_path or not candidate.quoted:
        return False
    if candidate.compared or candidate.evidence is not Evidence.NAME or claim.sense not in _SENSES:
        return False
    if claim.strength < 2 and not (claim.words and claim.words[-1] in _LAST):
        return False
    said = words(text)
    if claim.sense is Sense.SECRET and _WORD.fullmatch(text) is not None:
        return claim.words[-1:] == ("secret",) and _OF_NO_VALUE.isdisjoint(said)
    if _WORDS.fullmatch(text) is None or not _OF_NO_VALUE.isdisjoint(said):
        return False
    if claim.sense is Sense.KEY and _OF_A_KEY.isdisjoint(said):
        return False
    return not values.is_enum_word(text) and said != words(candidate.name)
