"""The judge on values whose own form makes them candidates."""

from __future__ import annotations

import re

from . import placeholders, values
from .candidate import Candidate, Place
from .judgement import HIGH, LOW, MEDIUM, Judgement
from .late import late
from .looks import Look, look
from .names import NameSense, Sense, may_tell
from .value_words import DOCUMENTED_PASSWORDS

_LOCAL_HOSTS = frozenset(("localhost", "127.0.0.1", "::1", "example.com", "host"))
_UNFILLED = late(r"(?i)/x{3,}(?:/|$)|x{8,}|/T0{8,}/B0{8,}/")
"""As documents write an address of which the secret part is left out."""
_HERE = frozenset(("localhost", "127.0.0.1", "::1"))
_DATABASES = frozenset(
    [
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mongodb",
        "mongodb+srv",
        "redis",
        "amqp",
        "oracledb",
        "mssql",
        "sqlserver",
        "cockroach",
        "clickhouse",
    ]
)
_SLOT = late(r"[A-Z]{2,}(?:[_:][A-Z]{2,}){0,8}")
_OF_DOTENV = "key_1234"
"""As the library writes it in what it says of an address that it cannot read."""
_SMALL_SLOT = late(r"[a-z]{2,20}(?:_[a-z]{2,20}){1,5}")
_NOBODY = frozenset(("user", "username", "usr", "dbuser", "db_user", "myuser", "login", "uid"))
_FIELD = late(r"[a-z]\.(?:[A-Z][a-z]{2,20}\d{0,2}){2,8}")
"""``s.BlockAssociation``: what belongs to a variable, and is as long as an old token of Vault's."""
_OF_TESTS = ("sk_test_", "rk_test_")
"""Source: Stripe, "API keys"."""
_EXAMPLE_HOSTS = (".example", ".example.com", ".example.org", ".test")


def token_of_an_issuer(candidate: Candidate, claim: NameSense) -> Judgement:
    """A value in the format of one issuer's tokens. Some formats serve public keys as well."""
    reasons = ("the value has the format of this issuer's credentials",)
    if claim.sense is Sense.HARMLESS and claim.why == "made to be public":
        level = LOW if values.may_be_public(candidate.text) else MEDIUM
        return level, (*reasons, "but its name says that it is public")
    if candidate.place is not Place.ENVIRONMENT and _FIELD.fullmatch(candidate.text) is not None:
        return None
    if candidate.text.startswith(_OF_TESTS) and candidate.place is not Place.ENVIRONMENT:
        return MEDIUM, (*reasons, "for an account's tests")
    return HIGH, reasons


def password_of_a_connection(candidate: Candidate) -> Judgement:
    text = candidate.text
    if values.is_flag(text) and not text.isdigit():
        return None
    if candidate.place is not Place.ENVIRONMENT and (
        _is_slot(candidate) or _is_port(candidate) or _is_of_a_query(candidate)
    ):
        return None
    reasons = ("the password of a connection string",)
    if (
        text.lower() in DOCUMENTED_PASSWORDS
        and not _is_used(candidate)
        and candidate.host.lower() in _LOCAL_HOSTS
        and _is_of_nobody(candidate)
    ):
        return None
    if candidate.place is not Place.ENVIRONMENT:
        if text.lower() in DOCUMENTED_PASSWORDS:
            nobody = _is_of_nobody(candidate) or _is_in_a_document(candidate)
            if nobody and not _is_used(candidate):
                return None
            return LOW, (*reasons, "but a word that documents use for one")
        host = candidate.host.lower()
        if host in _LOCAL_HOSTS or host.endswith(_EXAMPLE_HOSTS):
            return MEDIUM, (*reasons, "for a host that is local or an example")
    if placeholders.is_change_me(text):
        return MEDIUM, (*reasons, "although the value asks to be changed")
    return HIGH, reasons


def _is_used(candidate: Candidate) -> bool:
    """Whether a program connects with it to a database of this machine, or a test to anything."""
    host = candidate.host.lower()
    tried = host not in ("host", "hostname", "server") if candidate.example_path else host in _HERE
    connects = candidate.example_path or candidate.scheme in _DATABASES
    return candidate.place is Place.CODE and tried and connects


def _is_slot(candidate: Candidate) -> bool:
    """``API_USER:API_KEY@host``: where the reader's own are to stand."""
    if candidate.text == _OF_DOTENV and candidate.outer.startswith(f"dotenv://:{_OF_DOTENV}@"):
        return True
    user = _user(candidate)
    if _SMALL_SLOT.fullmatch(candidate.text) is not None and may_tell(candidate.text):
        return _SMALL_SLOT.fullmatch(user) is not None and may_tell(user)
    if _SLOT.fullmatch(candidate.text) is None:
        return False
    return may_tell(candidate.text) or (_SLOT.fullmatch(user) is not None and may_tell(user))


def _is_port(candidate: Candidate) -> bool:
    """``https://go.dev:443@host``: of another host, before the one that is asked."""
    return re.fullmatch(r"\d{2,5}", candidate.text) is not None and "." in _user(candidate)


def _is_of_a_query(candidate: Candidate) -> bool:
    """``https://host/page?token=123``: a page's parameter, too short to open anything."""
    token = None if candidate.connection is None else candidate.connection.field("token")
    short = len(candidate.text) < 4 or candidate.text.isdigit()
    return short and token is not None and token.text.reveal() == candidate.text


def _is_in_a_document(candidate: Candidate) -> bool:
    """``form://userid:password@hostname``: which part stands where."""
    return candidate.place is Place.PROSE and candidate.host.lower() in ("host", "hostname")


def _is_of_nobody(candidate: Candidate) -> bool:
    """``user:password@host``, as documents write the form of an address."""
    return _user(candidate).lower() in _NOBODY


def _user(candidate: Candidate) -> str:
    """Of a form that is taken apart only as far as its password, what stands before it."""
    if candidate.connection is None and candidate.place is not Place.ENVIRONMENT:
        before = candidate.outer.partition(f":{candidate.text}@")[0]
        return before.rpartition("/")[2] if before != candidate.outer else ""
    user = None if candidate.connection is None else candidate.connection.field("username")
    return "" if user is None else user.text.reveal()


def authorization_header(candidate: Candidate) -> Judgement:
    text = candidate.text
    shape = look(text)
    if candidate.kind == "basic-auth":
        convincing = candidate.place is Place.ENVIRONMENT or shape is not Look.WORDS
        return (HIGH if convincing else MEDIUM), (
            "the password inside a basic authorization header",
        )
    if shape in (Look.RANDOM, Look.UUID):
        return HIGH, ("a bearer token in an authorization header",)
    if shape is Look.MIXED and len(text) >= 8:
        return MEDIUM, ("a token in an authorization header",)
    return None


def address(candidate: Candidate) -> Judgement:
    in_file = candidate.place is not Place.ENVIRONMENT
    if candidate.kind == "webhook-url" and _UNFILLED.search(candidate.text) is not None:
        return None
    if candidate.kind == "webhook-url" and in_file and "/GUID" in candidate.text:
        return None
    if candidate.kind == "webhook-url":
        return HIGH if candidate.text.startswith("http") else MEDIUM, (
            "an address that lets whoever knows it post to it",
        )
    if look(candidate.text) is Look.WORDS:
        return None
    if candidate.kind == "generic-api-key":
        return HIGH, ("the key of a service that takes it as a part of the address",)
    return MEDIUM, ("the signature of a signed link",)


def user_and_password(candidate: Candidate) -> Judgement:
    shape = look(candidate.text)
    if shape is Look.NUMBER and len(candidate.text) < 6:
        return None
    if values.is_enum_word(candidate.text) or values.is_path_of_words(candidate.text):
        return None
    if candidate.place is not Place.ENVIRONMENT and values.is_password_hash(candidate.text):
        return LOW, ("user and password in one value, but the password's hash",)
    return (HIGH if shape is not Look.WORDS else MEDIUM), ("user and password in one value",)
