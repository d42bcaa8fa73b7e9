"""The judge on what stands under the name of a password."""

from __future__ import annotations

import re

from . import phrases, placeholders, references, values
from .candidate import Candidate, Place
from .judgement import HIGH, LOW, MEDIUM, Judgement
from .late import late
from .looks import Look, look
from .names import NameSense, Sense, may_tell, sense, words
from .value_words import CAPTIONS, DEFAULT_PASSWORDS, DOCUMENTED_PASSWORDS, STAND_INS
from .vocabulary import ABOUT, DATABASE_WORDS, PASSWORDS, WEAK_PASSWORDS

_NAMED = "password by its name"
_AGAIN = ("confirmation", "confirm", "repeat", "again", "retype")
"""A second field for the same, whose caption is made of words."""
_REFUSED = late(
    r"(?i)(?:wrong|invalid|incorrect|bad|fail(?:ed|ing)?|not[-_ ]?(?:the|a|my)?|nope?|nonexistent)"
    r"(?:[-_ ]{0,2}(?:user|one|pass(?:word|wd)?|pw|pwd|secret|token|key|code|value|access|refresh"
    r"|api|auth|client|bearer|credentials?|confirmation))*[-_]?\d{0,4}[!.?]{0,4}"
)
"""What a test hands over to see it refused."""
_NAME_OF_A_SECRET = late(
    r"(?i)[-_/. ](?:secret|password|passwd|credentials?|arn|key)s?$|^(?:secret|password)[-_/.]"
)
_IS_ELSEWHERE = late(
    r"(?i)(?:see|ask|siehe|voir|ver|vea|zie|vedi|frag|fragen|demander|chiedere|pedir|im|in|dans|en|nel)[ ]"
    r"(?:[\w'’]{1,12}[ ]?){0,3}(?:bitwarden|1password|keepass\w{0,3}|lastpass|vault|tresor|infra|wiki|confluence|it|ops|admins?)"
)
"""``ver Bitwarden``, ``demander à l'infra``."""
_WORDS_FOR_ONE = PASSWORDS - WEAK_PASSWORDS
_FILLED_IN = late(r"\{[A-Za-z_]\w{0,30}\}")
_ENTRY_CODE = late(r"(?=\D*\d)[\wÄÖÜäöüß!#$%&*?^@+.-]{4,32}")
_CHOSEN_IN_TESTS = frozenset(
    [
        "asdf",
        "asdfgh",
        "yolo",
        "bar",
        "foobar",
        "abc",
        "abcd",
        "xyz",
        "xyzzy",
        "pass1",
        "password1",
        "password2",
        "password12",
        "newpassword",
        "oldpassword",
        "testpassword",
        "secret1",
        "hunter2",
        "test1",
        "user1",
        "pwd",
        "pw",
        "p",
    ]
)
_STAND_IN = late(
    r"(?i)(?:some|fake|dummy|mock|sample|example|my)[-_]?(?:\w{2,12}[-_])?"
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key)\d{0,4}"
)
_APP_PASSWORD = late(r"(?![^ ]{0,4}(?:pass|word|your|here))[a-z]{4}(?: [a-z]{4}){3}")
"""Source: Google Account Help, "Sign in with app passwords": sixteen letters in groups of four."""


def is_left_as_it_was(candidate: Candidate) -> bool:
    """``admin``, ``postgres``: in a program words that are no caption of the field, but in a test,
    where somebody logs in with them."""
    text = candidate.text
    if candidate.name == f"_{text}":
        return False  # a column, as generated models name it
    if candidate.place is Place.CODE:
        any_word = candidate.placed or candidate.example_path or _of_a_database(candidate.name)
        left = DEFAULT_PASSWORDS if any_word else DEFAULT_PASSWORDS - CAPTIONS
        return candidate.quoted and (text in left or (any_word and text in _CHOSEN_IN_TESTS))
    return text in DEFAULT_PASSWORDS


def _of_a_database(name: str) -> bool:
    """``MYSQL_ROOT_PASSWORD``, which a program writes into a file or an environment."""
    return name.isupper() and not (DATABASE_WORDS | {"root"}).isdisjoint(words(name))


def is_refused(text: str) -> bool:
    """``invalid-token``, ``wrong password``: what a test hands over to see it refused."""
    return len(text) <= 60 and _REFUSED.fullmatch(text) is not None


def is_exact(candidate: Candidate, claim: NameSense) -> bool:
    """Whether a program runs with whatever stands here as its password."""
    return (
        candidate.place is Place.ENVIRONMENT
        and claim.sense is Sense.PASSWORD
        and claim.strength == 2
        and claim.words[0] not in ABOUT
    )


def is_weak(text: str) -> bool:
    """What stands in for a password, and still is one to the system that asks for it."""
    lowered = text.lower()
    if lowered in STAND_INS or lowered in DEFAULT_PASSWORDS:
        return True
    if len(text) == 1:
        return text.isalnum()
    if len(set(text)) == 1:
        return text.isalnum() and lowered[0] != "x"
    return re.fullmatch(r"my[-_]?[a-z]+(?:[-_][a-z]+){0,4}", lowered) is not None


def stands_in_for_one(text: str) -> bool:
    """``fake_pass``, ``some_secret``: what a test hands over in place of the real one."""
    return _STAND_IN.fullmatch(text) is not None


def is_only_signs(text: str) -> bool:
    """``!@#$%^&*``: no letter in it, and yet no rule or dashes to be filled in."""
    return len(text) >= 4 and len(set(text)) >= 3 and not any(c.isspace() for c in text)


def names_something_else(text: str) -> bool:
    """Whether what stands under the exact name of a password can be no password."""
    lowered = text.lower()
    if lowered in DEFAULT_PASSWORDS:
        return False
    return (
        values.is_enum_word(text)
        or values.is_path_of_words(text)
        or (values.is_constant(text) and sense(text).sense is not Sense.NOTHING)
        or values.is_digest(text)
        or references.is_secret_name(text)
        or (values.is_class_name(text) and not text.islower())
        or "://" in text[:40]
    )


def password(candidate: Candidate, claim: NameSense) -> Judgement:
    text = candidate.text
    if values.is_flag(text):
        return None
    if _is_about_passwords(text):
        return None
    if placeholders.is_change_me(text):
        return MEDIUM, (_NAMED, "and although the value asks to be changed it may be in use")
    if claim.sense is Sense.PIN:
        return _pin(candidate)
    if _APP_PASSWORD.fullmatch(text) is not None:
        return HIGH, (_NAMED, "and the value has the form of an app password")
    if is_exact(candidate, claim):
        return _in_use(text)
    if claim.words[-1] in _AGAIN and look(text) is Look.WORDS:
        return None
    if claim.strength == 0:
        shape = look(text)
        convincing = shape in (Look.RANDOM, Look.UUID) or (
            shape is Look.MIXED and candidate.place is Place.ENVIRONMENT and len(text) >= 6
        )
        return (MEDIUM, (_NAMED,)) if convincing else None
    return _likely(candidate, claim)


def _is_about_passwords(text: str) -> bool:
    """``Har du glömt ditt lösenord?``, ``siehe Bitwarden``: a sentence that says the word for it in any
    language, or one that says where it is."""
    if _IS_ELSEWHERE.match(text) is not None:
        return True
    said = text.split()
    if len(said) > 1 and _FILLED_IN.search(text) is not None:
        return True
    fields = text.split(",")
    if len(fields) > 1 and all(one.isidentifier() and may_tell(one) for one in fields):
        return True  # how fields are called
    if said[:3] == ["Mot", "de", "passe"] and len(said) > 3:
        return True
    return len(said) >= 3 and any(part.lower().strip("?!.:,") in _WORDS_FOR_ONE for part in said)


def _pin(candidate: Candidate) -> Judgement:
    """Of four digits and more: the numbers of a chip's feet are shorter."""
    in_use = candidate.place is Place.ENVIRONMENT
    if re.fullmatch(r"\d{4,12}", candidate.text) is None:
        chosen = in_use and _ENTRY_CODE.fullmatch(candidate.text) is not None
        return (MEDIUM, ("a code by its name, and the value is no word",)) if chosen else None
    return (MEDIUM if in_use else LOW), ("a PIN by its name",)


def _in_use(text: str) -> Judgement:
    """Whatever stands there is used: only how sure that it is one differs."""
    shape = look(text)
    lowered = text.lower()
    if len(text) == 1:
        return LOW, (_NAMED, "although it is a single character")
    if lowered in DEFAULT_PASSWORDS:
        return MEDIUM, (_NAMED, "and the value is one that people leave as it was")
    if is_weak(text):
        return LOW, (_NAMED, "although the value only stands in for one")
    if shape is Look.NUMBER:
        if len(text) < 3:
            return LOW, (_NAMED, "although it is only a number")
        return MEDIUM, (_NAMED, "although it is only a number")
    if len(text) < 4:
        return MEDIUM, (_NAMED, "although it is very short")
    if values.is_plain_address(text):
        return MEDIUM, (_NAMED, "although it reads like an address")
    if " " in text.strip() and shape is Look.WORDS:
        return MEDIUM, (_NAMED, "and the value is a phrase")
    if shape is Look.WORDS:
        if _NAME_OF_A_SECRET.search(text):
            return LOW, (_NAMED, "but the value reads like the name of a secret")
        return HIGH, (_NAMED, "and the value is a word")
    return HIGH, (_NAMED, "and the value is no placeholder")


def _likely(candidate: Candidate, claim: NameSense) -> Judgement:
    text = candidate.text
    shape = look(text)
    in_file = candidate.place is not Place.ENVIRONMENT
    named = candidate.name.lower().endswith(("password", "passwd", "pwd", "pass", "passphrase"))
    numbered = claim.strength == 2 and named and text.isdigit() and len(text) >= 4
    if in_file and len(text) < 6 and text.upper() == text.lower() and not numbered:
        return None
    if shape is Look.NUMBER:
        if len(text) < 4:
            return None
        if in_file and len(text) < 6:
            return LOW, (_NAMED, "although it is only a number")
        return (MEDIUM if claim.strength == 2 else LOW), (_NAMED, "although it is only a number")
    if candidate.place is Place.SETTING and _is_passphrase(candidate):
        return LOW, (_NAMED, "and the value is a phrase")
    if in_file and " " in text and (claim.strength < 2 or not re.search(r"\d", text)):
        return None
    if candidate.place is Place.PROSE and len(text.split()) >= 3:
        return None
    if " " in text.strip() and shape is Look.WORDS:
        if in_file and "phrase" not in candidate.name.lower():
            return None
        return MEDIUM, (_NAMED, "and the value is a phrase")
    if shape is Look.WORDS:
        return _a_word(candidate, claim)
    if in_file and len(text.split()) >= 4:
        return LOW, (_NAMED, "although the value reads like a sentence")
    return HIGH if claim.strength == 2 or shape is not Look.MIXED else MEDIUM, (
        _NAMED, "and the value is no placeholder",
    )  # fmt: skip


def _may_be_chosen(text: str) -> bool:
    """Whether it is no word that calls of the same name take in the same place: ``GET``, ``next_page``."""
    return len(text) >= 6 and "_" not in text and text.lower() not in DOCUMENTED_PASSWORDS


def _is_passphrase(candidate: Candidate) -> bool:
    return (
        candidate.name.lower().endswith("phrase")
        and len(candidate.text.split()) >= 2
        and (phrases.is_phrase(candidate.text) or len(candidate.text.split()) in (3, 4))
        and candidate.text.islower()
    )


def _a_word(candidate: Candidate, claim: NameSense) -> Judgement:
    text = candidate.text
    if candidate.place is Place.CODE and values.is_identifier(text):
        if claim.strength == 2 and is_left_as_it_was(candidate):
            return LOW, (_NAMED, "and the value is one that people leave as it was")
        if candidate.placed and _may_be_chosen(text):
            return LOW, (_NAMED, "although the value reads like the name of something")
        if claim.strength == 2 and text.islower() and phrases.is_of_free_words(text):
            return LOW, (_NAMED, "although the value reads like the name of something")
        if claim.strength == 2 and text.islower() and text.count("-") >= 2:
            return LOW, (_NAMED, "although the value reads like the name of something")
        return None
    if text.lower() in DEFAULT_PASSWORDS:
        return MEDIUM, (_NAMED, "and the value is one that people leave as it was")
    if _NAME_OF_A_SECRET.search(text):
        return LOW, (_NAMED, "but the value reads like the name of a secret")
    return MEDIUM, (_NAMED, "and the value is a word")
