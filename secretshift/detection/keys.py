"""The judge on what stands under the name of a token, a key or another secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import phrases, placeholders, references, values
from .candidate import Candidate, Evidence, Place
from .judgement import HIGH, LOW, MEDIUM, Judgement
from .late import late
from .looks import Look, look
from .names import NameSense, Sense, words
from .vocabulary import DATABASE_WORDS

_OWN = (Sense.SECRET, Sense.SIGNING_KEY, Sense.ENCRYPTION_KEY)
_NOT_BY_A_PLACEHOLDER = "and the value is no placeholder"
_OF_WORDS = "although the value is made of words"


def is_own_secret(claim: NameSense) -> bool:
    """What an application chooses for itself, so that it may be weak."""
    return claim.sense in _OWN


_WORD_AND_NUMBER = late(r"[A-ZÄÖÜ][a-zäöüß]{3,20}[-_!#.]?(?:\d[a-z])?\d{2,4}[!?#.$]?")
_SPELT_WITH_DIGITS = late(r"(?=.{6,40}$)[A-Za-z]{1,20}\d{1,3}[A-Za-z]{1,20}[\w!@#$-]{0,20}")
_NAMESPACE = late(r"[A-Za-z_]+(?:[.:]+[A-Za-z_]\w*)+")


def salt(candidate: Candidate) -> Judgement:
    text = candidate.text
    if (
        candidate.place is Place.CODE
        and look(text) is Look.WORDS
        and "-" in text
        and not phrases.is_made_up(text)
    ):
        return None
    if _NAMESPACE.fullmatch(text) is not None or values.is_measure(text):
        return None  # by which a program tells one use of its key from another
    if text.isdigit() and len(text) <= 3:
        return None  # how many rounds
    made = look(text) in (Look.RANDOM, Look.MIXED, Look.UUID)
    return (MEDIUM if made else LOW), ("a salt by its name",)


def seed(text: str) -> Judgement:
    if len(text.split()) in (12, 15, 18, 21, 24):
        return HIGH, ("the words of a wallet's recovery phrase",)
    if look(text) in (Look.RANDOM, Look.MIXED) and len(text) >= 16:
        return MEDIUM, ("a seed by its name",)
    return None


def convincing(candidate: Candidate, claim: NameSense) -> Judgement:
    """Under a name that says little, only the value convinces."""
    text = candidate.text
    if look(text) in (Look.RANDOM, Look.UUID):
        return MEDIUM, (f"{claim.sense.value} by its name, and the value looks made by a machine",)
    if candidate.place is not Place.ENVIRONMENT:
        return None
    if look(text) is Look.MIXED and len(text) >= 8 and not re.search(r"\s", text):
        return (MEDIUM if any(c.isdigit() for c in text) else LOW), (
            f"{claim.sense.value} by its name",
        )
    return None


def token_or_key(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> Judgement:
    text = candidate.text
    named = f"{claim.sense.value} by its name"
    strength = claim.strength
    if strength == 0 and _has_key_id(candidate.name, siblings):
        strength = 1
    if candidate.place is Place.ENVIRONMENT and is_list(text):
        return MEDIUM, (named, "and the value is a list of what looks made by a machine")
    if text.startswith("[") and text.endswith("]"):
        return None
    if _is_fingerprint(text, claim):
        return None
    shape = Look.RANDOM if references.is_jumble(text) else look(text)
    if shape is Look.RANDOM:
        return (HIGH if strength >= 1 else MEDIUM), (named, "and the value looks made by a machine")
    if shape is Look.UUID:
        if strength == 0:
            return LOW, (named, "but the value may be an id")
        return (HIGH if strength == 2 else MEDIUM), (named, _NOT_BY_A_PLACEHOLDER)
    if placeholders.is_change_me(text):
        return _left_as_it_was(candidate, claim, named)
    if re.search(r"\s", text.strip()) and not references.is_jumble(text):
        if _is_a_phrase(candidate, claim):
            return LOW, (named, "and the value is a phrase")
        if candidate.place is Place.ENVIRONMENT and strength == 2 and "secret" in claim.words:
            return MEDIUM, (named, "and the value is a phrase")
        return None
    if shape is Look.NUMBER:
        if strength < 2 or len(text) < 8:
            return None
        return (MEDIUM if len(text) >= 12 else LOW), (f"{named}, although it is only a number",)
    if shape is Look.MIXED:
        return _mixed(candidate, claim, strength, named)
    return _worded(candidate, claim, strength, named)


_OF_GNUPG = frozenset((by, key) for by in ("gpg", "pgp") for key in ("key", "keys"))


def _is_fingerprint(text: str, claim: NameSense) -> bool:
    """By which a key of GnuPG is known to everybody."""
    return claim.words[-2:] in _OF_GNUPG and (
        re.fullmatch(r"(?:0x)?[0-9A-F]{8}(?:[0-9A-F]{8}(?:[0-9A-F]{24})?)?", text) is not None
    )


def _is_a_phrase(candidate: Candidate, claim: NameSense) -> bool:
    """What an application signs with may be any words."""
    return (
        candidate.place in (Place.CODE, Place.SETTING)
        and (_signs(claim) or claim.words == ("secret",))
        and phrases.is_phrase(candidate.text)
    )


def _is_chosen(candidate: Candidate, claim: NameSense) -> bool:
    """What somebody thought of to sign with, and no name of anything."""
    text = candidate.text
    if candidate.place is Place.ENVIRONMENT:
        return (is_own_secret(claim) or claim.sense is Sense.TOKEN) and phrases.is_made_up(text)
    if candidate.place is Place.PROSE or " " in text:
        return False
    if not (_signs(claim) or claim.words == ("secret",)):
        return False
    long = len(re.findall(r"[A-Z][a-z]+|[A-Z]+(?![a-z])", text)) >= 4 and text.isalnum()
    return phrases.is_made_up(text) or (long and "secret" in text.lower())


def _signs(claim: NameSense) -> bool:
    if is_own_secret(claim):
        return claim.strength == 2
    return claim.sense is Sense.KEY and claim.words[-2:] == ("secret", "key")


def is_list(text: str) -> bool:
    """``key,key,key``, also as a JSON array or with a name before each."""
    parts = [part.strip(" \t\r\n\"'=") for part in re.split(r"[,;\n]", text.strip(" []"))]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return False
    return all(_is_made(re.split(r"[:=]", part, maxsplit=1)[-1]) for part in parts)


def _is_made(text: str) -> bool:
    shape = look(text)
    return shape in (Look.RANDOM, Look.UUID) or (
        shape is Look.MIXED and len(text) >= 10 and sum(c.isdigit() for c in text) >= 2
    )


def _mixed(candidate: Candidate, claim: NameSense, strength: int, named: str) -> Judgement:
    text = candidate.text
    if candidate.place is Place.CODE and re.fullmatch(r"[a-z]+[-_a-z]*\d{0,3}", text):
        chosen = _signs(claim) and phrases.is_made_up(text)
        return (LOW, (named, _OF_WORDS)) if chosen else None
    in_use = candidate.place is Place.ENVIRONMENT
    if strength == 2 and len(text) >= 6:
        return (HIGH if len(text) >= 8 and in_use else MEDIUM), (named, _NOT_BY_A_PLACEHOLDER)
    alone = claim.words == ("secret",) and candidate.evidence is Evidence.NAME and not in_use
    if alone and _SPELT_WITH_DIGITS.fullmatch(text) is not None:
        return LOW, (named, "and the value reads like a password that somebody chose")
    if strength == 1 and len(text) >= (6 if in_use else 8):
        return (MEDIUM if any(c.isdigit() for c in text) else LOW), (named,)
    if in_use and strength == 0 and _WORD_AND_NUMBER.fullmatch(text) is not None:
        return LOW, (named, "and the value reads like a password that somebody chose")
    return None


def _left_as_it_was(candidate: Candidate, claim: NameSense, named: str) -> Judgement:
    """An issuer never gave out such a value, but an application may sign with it."""
    if not is_own_secret(claim):
        return None
    if candidate.place is not Place.ENVIRONMENT:
        set_here = candidate.place is Place.SETTING and claim.strength == 2
        if not set_here or candidate.example_path:
            return None
        return LOW, (named, "and although the value asks to be changed it may be in use")
    return MEDIUM, (named, "and although the value asks to be changed it may be in use")


def _worded(candidate: Candidate, claim: NameSense, strength: int, named: str) -> Judgement:
    """Weak keys made of words do occur; names of secrets look the same."""
    text = candidate.text
    separated = re.search(r"[-_/. :]", text) is not None
    if strength == 1 and not separated and _is_one_word_in_use(candidate, claim):
        return MEDIUM, (named, _OF_WORDS)
    if _is_chosen(candidate, claim):
        return LOW, (named, _OF_WORDS)
    if strength < 2 or candidate.place is Place.PROSE or len(text) < 6:
        return None
    if claim.words[-2:] == ("access", "key") and "secret" not in claim.words:
        return None  # the public half of a pair
    if claim.sense is Sense.TOKEN and separated and candidate.place is not Place.ENVIRONMENT:
        return None
    if is_own_secret(claim) or claim.sense is Sense.TOKEN:
        if candidate.place is Place.CODE:
            return (LOW, (named, _OF_WORDS)) if not separated else None
        return MEDIUM, (named, _OF_WORDS)
    if candidate.place is Place.SETTING and "secret" in claim.words and _is_a_setting(candidate):
        return LOW, (named, _OF_WORDS)
    if claim.sense in (Sense.KEY, Sense.PRIVATE_KEY) and not separated and len(text) >= 8:
        return (MEDIUM if candidate.place is Place.ENVIRONMENT else LOW), (named, _OF_WORDS)
    return None


def _is_a_setting(candidate: Candidate) -> bool:
    """``AWS_SECRET_KEY: minio``, not ``secretKey: minio``, which names a key within a secret."""
    return "_" in candidate.name and candidate.text.isalpha() and candidate.text.islower()


def _is_one_word_in_use(candidate: Candidate, claim: NameSense) -> bool:
    """A weak secret; under the name of a database it would rather be the name of one."""
    return (
        candidate.place is Place.ENVIRONMENT
        and claim.sense is Sense.SECRET
        and claim.words[-1] == "secret"
        and len(claim.words) > 1
        and len(candidate.text) >= 5
        and not DATABASE_WORDS.intersection(claim.words)
    )


def _has_key_id(name: str, siblings: Mapping[str, str]) -> bool:
    stem = words(name)
    return any(
        words(other) in ((*stem, "id"), (*stem[:-1], "access", "key", "id")) for other in siblings
    )
