"""Names of variables: one spelling to compare them by, and which of them belong together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from secretshift.model.kinds import Kind

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SECRET_WORDS = (
    "SECRET_ACCESS_KEY",
    "CLIENT_SECRET",
    "SIGNING_SECRET",
    "WEBHOOK_SECRET",
    "CONSUMER_SECRET",
    "ACCESS_TOKEN",
    "REFRESH_TOKEN",
    "SECURITY_TOKEN",
    "AUTH_TOKEN",
    "BOT_TOKEN",
    "API_TOKEN",
    "API_SECRET",
    "API_KEY",
    "APP_KEY",
    "APIKEY",
    "ACCOUNT_KEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "SECRET_KEY",
    "SERVICE_ACCOUNT",
    "PASSPHRASE",
    "PASSWORD",
    "PASSWD",
    "PASSWORT",
    "PASS",
    "PWD",
    "PSW",
    "PW",
    "SECRET",
    "TOKEN",
    "CREDENTIALS",
    "CREDENTIAL",
    "KEY",
)
_ROLE_WORDS = frozenset(
    {
        "ADMIN",
        "APP",
        "AUTH",
        "LOGIN",
        "MASTER",
        "OWNER",
        "READER",
        "READONLY",
        "REPLICA",
        "RO",
        "ROOT",
        "RW",
        "SA",
        "SUPERUSER",
        "USER",
        "WRITER",
    }
)
"""Words between the stem and the secret that say whose password it is, not of what."""


def normalised(variable: str) -> str:
    """Upper case with underscores: ``dbPassword``, ``db-password`` and ``DB.PASSWORD`` are one."""
    if not variable.isupper():
        variable = _CAMEL.sub("_", variable)
    return re.sub(r"[^A-Z0-9]+", "_", variable.upper()).strip("_")


def siblings(variable: str, kind: Kind, present: Collection[str]) -> Mapping[str, str]:
    """Which variables of the same function hold the companions of one credential.

    variable: name of the one that holds the secret. present: names of all variables.
    Returns JSON key -> variable name, only for companions with exactly one possible variable.
    A name that could as well belong to another credential of the function is left out: a wrong
    user or host beside a password is worse than none.
    """
    spellings: dict[str, list[str]] = {}
    for name in present:
        if name != variable:
            spellings.setdefault(normalised(name), []).append(name)
    found: dict[str, str] = {}
    for companion in kind.companions:
        matches = _first_matches(variable, companion.key, companion.names, spellings)
        if len(matches) == 1:
            found[companion.key] = matches[0]
    taken = list(found.values())
    return {key: name for key, name in found.items() if taken.count(name) == 1}


def _first_matches(
    variable: str, key: str, patterns: tuple[str, ...], spellings: Mapping[str, list[str]]
) -> list[str]:
    """The variables that match at the closest stem at which any does."""
    for level, (stem, joint, tail) in enumerate(_stems(normalised(variable))):
        if level and key == "username" and _is_another_credential(stem, joint, tail, spellings):
            return []
        candidates = dict.fromkeys(
            (p.format(stem=stem) if joint or not stem else p.replace("{stem}_", stem)) + tail
            for p in patterns
        )
        if not stem:
            if _is_another_credential("", "", "", spellings):
                return []
            candidates = dict.fromkeys(name.lstrip("_") for name in candidates)
        matches = [name for candidate in candidates for name in spellings.get(candidate, ())]
        if matches:
            return matches
    return []


@lru_cache(maxsize=256)
def _cut(name: str) -> tuple[str, str, str] | None:
    """Stem, what joins it to the secret's word ("_" or ""), and what comes after that word."""
    for word in _SECRET_WORDS:
        match = re.fullmatch(rf"(?:(.*?)_)?{word}(_[A-Z0-9]+)?", name)
        if match is not None:
            return match[1] or "", "_" if match[1] else "", match[2] or ""
    for word in _SECRET_WORDS:
        match = re.fullmatch(rf"([A-Z0-9_]+){word}", name)
        if match is not None and len(word) > 3:
            return match[1], "", ""
    return None


def _stems(name: str) -> Iterator[tuple[str, str, str]]:
    """The stems of a name, closest first: MYSQL_ROOT, then MYSQL."""
    cut = _cut(name)
    if cut is None:
        return
    stem, joint, tail = cut
    yield stem, joint, tail
    words = stem.split("_")
    while len(words) > 1 and words[-1] in _ROLE_WORDS:
        words.pop()
        yield "_".join(words), joint, tail


def _is_another_credential(
    stem: str, joint: str, tail: str, spellings: Mapping[str, list[str]]
) -> bool:
    """Whether a credential of exactly this stem is present (of any, for the empty stem)."""
    for name in spellings:
        cut = _cut(name)
        if cut is not None and (not stem or cut == (stem, joint, tail)):
            return True
    return False
