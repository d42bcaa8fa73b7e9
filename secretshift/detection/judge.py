"""Whether a candidate is a plaintext credential: a pure function, the same for every source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from secretshift.model.findings import Confidence, Verdict
from secretshift.model.secret_value import SecretValue

from . import placeholders, references, values
from .candidate import Candidate, Evidence, Place
from .kinds import KindBook, kind_of, masked
from .names import NameSense, Sense, sense, words
from .values import Look, look

_NO_SIBLINGS: Mapping[str, str] = MappingProxyType({})
_LEVELS = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
_LOCAL_HOSTS = frozenset(("localhost", "127.0.0.1", "::1", "example.com", "host"))
_DEFAULT_PASSWORDS = frozenset(
    [
        "password",
        "passwd",
        "pass",
        "secret",
        "admin",
        "root",
        "postgres",
        "mysql",
        "guest",
        "test",
        "user",
        "changeme",
        "changeit",
        "mypassword",
        "my-secret-pw",
        "mysecretpassword",
    ]
)

_AWS_SECRET = re.compile(r"(?![0-9a-f]{40}$)[A-Za-z0-9/+]{40}")

Judgement = tuple[int, tuple[str, ...]] | None
"""Confidence as a number from 0 to 2, and why."""


def judge(
    candidate: Candidate, siblings: Mapping[str, str] = _NO_SIBLINGS, *, book: KindBook
) -> Verdict | None:
    """What the candidate is, or None if it is no credential.

    siblings: the other variables of the function, or the other keys nearby, in plain text.
    """
    if not candidate.text.strip() or _never(candidate):
        return None
    claim = sense(candidate.name)
    if _is_aws_pair(candidate, claim, siblings):
        candidate = candidate.with_(kind="aws-access-key")
    judged = _weigh(candidate, claim, siblings)
    if judged is None:
        return None
    level, reasons = _by_place(candidate, *judged)
    kind = kind_of(candidate, claim, siblings, book)
    return Verdict(
        name=candidate.name,
        kind=kind,
        confidence=_LEVELS[max(0, min(2, level))],
        reasons=reasons,
        secret=SecretValue(candidate.text),
        masked=masked(candidate.text, kind, book),
        offset=candidate.start,
    )


def _never(candidate: Candidate) -> bool:
    """What no name and no format makes a secret."""
    text = candidate.text
    if candidate.evidence is Evidence.PEM:
        return False
    readable = candidate.place in (Place.CODE, Place.PROSE)
    if readable and candidate.evidence is not Evidence.FORMAT and references.is_template(text):
        return True
    if not any(c.isalnum() for c in text):
        return True
    return (
        references.is_reference(text)
        or references.is_ciphertext(text)
        or values.is_public(text)
        or values.is_aws_key_id(text)
        or (placeholders.is_placeholder(text) and not _accepted_anyway(candidate))
        or (candidate.evidence is not Evidence.FORMAT and references.is_interpolated(text))
    )


def _accepted_anyway(candidate: Candidate) -> bool:
    """A word such as ``secret`` is what some system runs with where it is configured."""
    if candidate.place is Place.ENVIRONMENT:
        return candidate.text.lower() in _DEFAULT_PASSWORDS
    return candidate.place is Place.SETTING and candidate.text in _DEFAULT_PASSWORDS


def _weigh(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> Judgement:
    match candidate.evidence:
        case Evidence.PEM:
            return 2, ("a private key in PEM armour",)
        case Evidence.FORMAT:
            return _format(candidate, claim)
        case Evidence.CONNECTION:
            return _connection(candidate)
        case Evidence.HEADER:
            return _header(candidate, claim)
        case Evidence.ADDRESS:
            return _address(candidate)
        case Evidence.PAIR:
            return _pair(candidate)
        case _:
            return _named(candidate, claim, siblings)


def _format(candidate: Candidate, claim: NameSense) -> Judgement:
    reasons = ("the value has the format of this issuer's credentials",)
    if claim.sense is Sense.HARMLESS and claim.why == "made to be public":
        return 0, (*reasons, "but its name says that it is public")
    return 2, reasons


def _connection(candidate: Candidate) -> Judgement:
    text = candidate.text
    if values.is_flag(text) and not text.isdigit():
        return None
    reasons = ("the password of a connection string",)
    if candidate.place is not Place.ENVIRONMENT:
        if text.lower() in (
            "tiger",
            "passphrase",
            "testing",
            "test",
            "pass",
            "password",
            "pwd",
            "passwd",
            "pw",
            "secret",
            "user",
            "username",
            "p",
            "token",
        ):
            return 0, (*reasons, "but a word that documents use for one")
        host = candidate.host.lower()
        if host in _LOCAL_HOSTS or host.endswith(
            (".example", ".example.com", ".example.org", ".test")
        ):
            return 1, (*reasons, "for a host that is local or an example")
    if placeholders.is_change_me(text):
        return 1, (*reasons, "although the value asks to be changed")
    return 2, reasons


def _header(candidate: Candidate, claim: NameSense) -> Judgement:
    text = candidate.text
    shape = look(text)
    if candidate.kind == "basic-auth":
        return (2 if candidate.place is Place.ENVIRONMENT or shape is not Look.WORDS else 1), (
            "the password inside a basic authorization header",
        )
    if shape in (Look.RANDOM, Look.UUID):
        return 2, ("a bearer token in an authorization header",)
    if shape is Look.MIXED and len(text) >= 8:
        return 1, ("a token in an authorization header",)
    return None


def _address(candidate: Candidate) -> Judgement:
    if candidate.kind == "webhook-url":
        return 2 if candidate.text.startswith("http") else 1, (
            "an address that lets whoever knows it post to it",
        )
    if look(candidate.text) is Look.WORDS:
        return None
    return 1, ("the signature of a signed link",)


def _pair(candidate: Candidate) -> Judgement:
    if look(candidate.text) is Look.NUMBER and len(candidate.text) < 6:
        return None
    if values.is_enum_word(candidate.text):
        return None
    return (2 if look(candidate.text) is not Look.WORDS else 1), ("user and password in one value",)


def _named(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> Judgement:
    text = candidate.text
    if candidate.kind == "aws-access-key":
        return 2, ("the form of an AWS secret key, beside an AWS access key id",)
    if not claim.telling:
        return None
    if values.is_password_hash(text):
        return 0, (f"{claim.sense.value} by its name, but the value is the hash of one",)
    if _accepted_anyway(candidate) and claim.strength == 2 and _is_own_secret(claim):
        return 1, ("secret by its name, and the value is one that people leave as it was",)
    if _about_something_else(candidate, claim):
        return None
    match claim.sense:
        case Sense.PASSWORD | Sense.PIN:
            judged = _password(candidate, claim)
        case Sense.SALT:
            judged = (
                (1 if look(text) in (Look.RANDOM, Look.MIXED, Look.UUID) else 0),
                ("a salt by its name",),
            )
        case Sense.SEED:
            judged = _seed(text)
        case Sense.AUTH | Sense.CREDENTIALS:
            judged = _convincing(candidate, claim)
        case _:
            judged = _token_or_key(candidate, claim, siblings)
    return judged


def _about_something_else(candidate: Candidate, claim: NameSense) -> bool:
    text = candidate.text
    if _accepted_anyway(candidate) and claim.sense is Sense.PASSWORD:
        return False
    return (
        values.is_enum_word(text)
        or values.is_path(text)
        or values.is_constant(text)
        or (candidate.place is not Place.ENVIRONMENT and references.is_template(text))
        or values.is_digest(text)
        or references.is_secret_name(text)
        or values.is_plain_address(text)
        or (values.is_measure(text) and claim.sense is not Sense.PASSWORD)
        or "://" in text[:40]
        or _says_its_own_name(candidate)
    )


def _says_its_own_name(candidate: Candidate) -> bool:
    """``password = "Password"``: the caption of a field, or the name of a variable."""
    own = "".join(words(candidate.name))
    said = "".join(words(candidate.text))
    if not said or look(candidate.text) is not Look.WORDS:
        return False
    if candidate.place is Place.ENVIRONMENT and sense(candidate.name).sense is Sense.PASSWORD:
        return False
    return said == own or (len(said) > 3 and (said in own or own in said))


def _is_aws_pair(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> bool:
    text = candidate.text
    if candidate.evidence is not Evidence.NAME or claim.sense is Sense.HARMLESS:
        return False
    if len(text) != 40 or _AWS_SECRET.fullmatch(text) is None or look(text) is not Look.RANDOM:
        return False
    return any(values.is_aws_key_id(other) for other in siblings.values())


def _password(candidate: Candidate, claim: NameSense) -> Judgement:
    text = candidate.text
    named = "password by its name"
    shape = look(text)
    if values.is_flag(text):
        return None
    if placeholders.is_change_me(text):
        return 1, (named, "and although the value asks to be changed it may be in use")
    if claim.sense is Sense.PIN:
        return (0, ("a PIN by its name",)) if re.fullmatch(r"\d{4,10}", text) else None
    if claim.strength == 0:
        convincing = shape in (Look.RANDOM, Look.UUID) or (
            shape is Look.MIXED and candidate.place is Place.ENVIRONMENT
        )
        return (1, (named,)) if convincing else None
    if candidate.place is not Place.ENVIRONMENT and len(text) < 6 and text.upper() == text.lower():
        return None
    if shape is Look.NUMBER:
        if len(text) < 4:
            return None
        return (1 if claim.strength == 2 else 0), (f"{named}, although it is only a number",)
    if candidate.place is not Place.ENVIRONMENT and " " in text and not re.search(r"\d", text):
        return None
    if " " in text.strip() and shape is Look.WORDS:
        return _phrase(candidate, text)
    if shape is Look.WORDS:
        if candidate.place is Place.CODE and values.is_identifier(text):
            if claim.strength == 2 and text.islower() and text.count("-") >= 2:
                return 0, (named, "although the value reads like the name of something")
            return None
        if text.lower() in _DEFAULT_PASSWORDS:
            return 1, (named, "and the value is one that people leave as it was")
        if re.search(
            r"(?i)[-_/. ](?:secret|password|passwd|credentials?|arn|key)s?$"
            r"|^(?:secret|password)[-_/.]",
            text,
        ):
            return 0, (named, "but the value reads like the name of a secret")
        level = 2 if claim.strength == 2 and candidate.place is Place.ENVIRONMENT else 1
        return level, (named, "and the value is a word")
    return 2 if claim.strength == 2 else (1 if shape is Look.MIXED else 2), (
        f"{named}, and the value is no placeholder",
    )


def _phrase(candidate: Candidate, text: str) -> Judgement:
    if candidate.place is Place.ENVIRONMENT or "phrase" in candidate.name.lower():
        return 1, ("password by its name, and the value is a phrase",)
    return None


def _seed(text: str) -> Judgement:
    if len(text.split()) in (12, 15, 18, 21, 24):
        return 2, ("the words of a wallet's recovery phrase",)
    return (
        (1, ("a seed by its name",))
        if look(text) in (Look.RANDOM, Look.MIXED) and len(text) >= 16
        else None
    )


def _convincing(candidate: Candidate, claim: NameSense) -> Judgement:
    text = candidate.text
    if look(text) in (Look.RANDOM, Look.UUID):
        return 1, (f"{claim.sense.value} by its name, and the value looks made by a machine",)
    if candidate.place is not Place.ENVIRONMENT:
        return None
    if look(text) is Look.MIXED and len(text) >= 8 and not re.search(r"\s", text):
        return (1 if any(c.isdigit() for c in text) else 0), (f"{claim.sense.value} by its name",)
    return None


def _token_or_key(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> Judgement:
    text = candidate.text
    named = f"{claim.sense.value} by its name"
    shape = look(text)
    strength = claim.strength
    if strength == 0 and _has_key_id(candidate.name, siblings):
        strength = 1
    if shape is Look.RANDOM:
        return (2 if strength >= 1 else 1), (named, "and the value looks made by a machine")
    if shape is Look.UUID:
        if strength == 0:
            return 0, (named, "but the value may be an id")
        return (2 if strength == 2 else 1), (named, "and the value is no placeholder")
    if placeholders.is_change_me(text):
        return _left_as_it_was(candidate, claim, named)
    if re.search(r"\s", text.strip()):
        if candidate.place is Place.ENVIRONMENT and strength == 2 and "secret" in claim.words:
            return 1, (named, "and the value is a phrase")
        return None
    if shape is Look.NUMBER:
        return (
            (1 if len(text) >= 12 else 0, (f"{named}, although it is only a number",))
            if (strength == 2 and len(text) >= 8)
            else None
        )
    if shape is Look.MIXED:
        if candidate.place is Place.CODE and re.fullmatch(r"[a-z]+[-_a-z]*\d{0,3}", text):
            return None
        if strength == 2 and len(text) >= 6:
            return (2 if len(text) >= 8 and candidate.place is Place.ENVIRONMENT else 1), (
                named, "and the value is no placeholder",
            )  # fmt: skip
        shortest = 6 if candidate.place is Place.ENVIRONMENT else 8
        if strength == 1 and len(text) >= shortest:
            return (1 if any(c.isdigit() for c in text) else 0), (named,)
        return None
    return _worded(candidate, claim, strength, named)


def _is_own_secret(claim: NameSense) -> bool:
    """What an application chooses for itself, so that it may be weak."""
    return claim.sense in (Sense.SECRET, Sense.SIGNING_KEY, Sense.ENCRYPTION_KEY)


def _left_as_it_was(candidate: Candidate, claim: NameSense, named: str) -> Judgement:
    """An issuer never gave out such a value, but an application may sign with it."""
    if not _is_own_secret(claim) or candidate.place is not Place.ENVIRONMENT:
        return None
    return 1, (named, "and although the value asks to be changed it may be in use")


def _worded(candidate: Candidate, claim: NameSense, strength: int, named: str) -> Judgement:
    """Weak keys made of words do occur; names of secrets look the same."""
    text = candidate.text
    if strength < 2 or candidate.place is Place.PROSE or len(text) < 6:
        return None
    separated = re.search(r"[-_/. :]", text) is not None
    if claim.sense is Sense.TOKEN and separated and candidate.place is not Place.ENVIRONMENT:
        return None
    if claim.sense in (Sense.SECRET, Sense.SIGNING_KEY, Sense.ENCRYPTION_KEY, Sense.TOKEN):
        if candidate.place is Place.CODE:
            return (0, (named, "although the value is made of words")) if not separated else None
        return 1, (named, "although the value is made of words")
    if claim.sense in (Sense.KEY, Sense.PRIVATE_KEY) and not separated and len(text) >= 8:
        return (1 if candidate.place is Place.ENVIRONMENT else 0), (
            named, "although the value is made of words",
        )  # fmt: skip
    return None


def _has_key_id(name: str, siblings: Mapping[str, str]) -> bool:
    stem = words(name)
    return any(
        words(other) in ((*stem, "id"), (*stem[:-1], "access", "key", "id")) for other in siblings
    )


def _by_place(
    candidate: Candidate, level: int, reasons: tuple[str, ...]
) -> tuple[int, tuple[str, ...]]:
    if placeholders.is_from_documents(candidate.text):
        level, reasons = 0, (*reasons, "but it says of itself that it is an example")
    if candidate.compared:
        level, reasons = level - 1, (*reasons, "but something is compared with it")
    if candidate.place is Place.PROSE and candidate.evidence is Evidence.NAME:
        level = min(level, 1)
    if placeholders.is_change_me(candidate.text) and candidate.place is not Place.ENVIRONMENT:
        level = 0
    if candidate.place is not Place.ENVIRONMENT and candidate.text.lower() in _DEFAULT_PASSWORDS:
        level = min(level, 1 if candidate.place is Place.SETTING else 0)
    if candidate.example_path:
        level, reasons = level - 1, (*reasons, "in a file of tests, examples or documents")
    return max(0, level), reasons
