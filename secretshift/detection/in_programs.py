"""What a program that is no test is set to run with: the passwords that a system has when nobody gives
it another, and the secrets that its authors thought of. Pure."""

from __future__ import annotations

import re
from typing import Final

from . import placeholders, values
from .candidate import Candidate, Evidence, Place
from .keys import is_own_secret
from .looks import Look, look
from .names import NameSense, Sense, words
from .value_words import DEFAULT_PASSWORDS, ENUMS, FLAGS, SHOWN, TECHNICAL
from .vocabulary import PASSWORDS

_WHOSE: Final = frozenset(
    [
        "default",
        "admin",
        "administrator",
        "root",
        "dummy",
        "test",
        "testing",
        "demo",
        "staff",
        "guest",
        "initial",
        "bootstrap",
        "superuser",
        "dev",
        "development",
        "local",
        "fallback",
    ]
)
"""Words before the one for a password which say that somebody runs with it."""
_WHAT_FOR: Final = frozenset(
    [
        "reset",
        "change",
        "changed",
        "forgot",
        "forgotten",
        "invalid",
        "wrong",
        "incorrect",
        "missing",
        "expired",
        "weak",
        "type",
        "kind",
        "flag",
        "name",
        "field",
        "key",
        "attribute",
        "attr",
        "env",
        "var",
        "variable",
        "prefix",
        "suffix",
        "label",
        "title",
        "error",
        "err",
        "message",
        "msg",
        "fmt",
        "format",
        "hmac",
        "action",
        "mode",
        "path",
        "url",
        "route",
        "route",
        "cmd",
        "command",
        "opt",
        "option",
        "column",
        "param",
        "parameter",
        "header",
        "input",
        "placeholder",
        "hint",
        "id",
        "selector",
        "xpath",
        "locator",
        "page",
        "view",
        "template",
        "tmpl",
        "set",
        "unset",
        "update",
        "new",
        "old",
        "confirm",
        "request",
        "response",
        "grant",
        "min",
        "max",
        "length",
        "policy",
        "require",
        "required",
        "is",
        "has",
    ]
)
"""Words which say that a constant calls something."""
_ONE: Final = re.compile(r"[A-Za-z0-9][\w.!@#$%^&*+-]{2,39}")
_WORD_AND_NUMBER: Final = re.compile(r"([a-z]{3,20})\d{1,6}")
_ALGORITHMS: Final = frozenset(
    [
        "sha",
        "aes",
        "utf",
        "base",
        "oauth",
        "des",
        "tls",
        "ssl",
        "hmac",
        "blake",
        "ripemd",
        "crc",
        "hmacsha",
        "rsa",
        "dsa",
        "ecdsa",
        "pbkdf",
        "argon",
        "scrypt",
        "bcrypt",
        "ascii",
        "latin",
        "hex",
        "http",
        "route",
        "web",
    ]
)
_PARTS: Final = re.compile(r"[-_. ]+")
_SAID_OF_ONE: Final = frozenset(
    [
        "super",
        "very",
        "top",
        "really",
        "so",
        "this",
        "not",
        "insecure",
        "unsafe",
        "unsecure",
        "dev",
        "test",
        "local",
        "secure",
        "strong",
        "ultra",
        "mega",
        "long",
        "random",
        "some",
        "keyboard",
        "hard",
        "shared",
        "fancy",
    ]
)
"""What people say of a secret that they think of."""
_READERS: Final = frozenset(
    [
        "your",
        "here",
        "replace",
        "change",
        "changeme",
        "set",
        "name",
        "path",
        "file",
        "arn",
        "ref",
        "id",
    ]
)


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
    text, said = candidate.text, claim.words
    if _ONE.fullmatch(text) is None or not set(said).isdisjoint(_WHAT_FOR):
        return False
    lowered = text.lower()
    if lowered in FLAGS or values.is_path_of_words(text):
        return False
    if words(text) == said and not (candidate.declared and text in DEFAULT_PASSWORDS):
        return False
    before = [word for word in said if word not in PASSWORDS]
    if not before:
        if not SHOWN.isdisjoint(words(text)):
            return False
        return lowered not in ENUMS | SHOWN | TECHNICAL or (
            text in DEFAULT_PASSWORDS and candidate.declared
        )
    return not _WHOSE.isdisjoint(before) and (lowered in DEFAULT_PASSWORDS or lowered not in ENUMS)


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
        return numbered[1] not in _ALGORITHMS
    if len(text) >= 5 and text.isalpha() and text.islower() and look(text) is Look.MIXED:
        return True
    parts = _PARTS.split(text.lower())
    if len(parts) < 2 or not all(part.isalnum() for part in parts):
        return False
    if not _READERS.isdisjoint(parts) or set(parts) <= set(claim.words):
        return False
    return not _SAID_OF_ONE.isdisjoint(parts)
