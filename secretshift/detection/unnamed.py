"""The judge on what a function holds under a name that says nothing of it.

Whoever puts a long random text among the settings of a function mostly needs it to be let in
somewhere. Names whose values are random and known to everybody are few, and say what they are.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from . import values
from .candidate import Candidate, Place
from .judgement import LOW, MEDIUM, Judgement
from .keys import is_list
from .known_names import IDENTITIES
from .late import late
from .looks import Look, look
from .names import ANOTHER_SORT, COUNTS, FINDS_SOMETHING, NameSense, Sense, is_service, words

_SHORTEST: Final = 20
_PLAIN: Final = late(r"[A-Za-z0-9_\-+/=.~:|!%^*]{20,4000}")
_PLACE: Final = late(
    r"(?i)^[a-z][a-z0-9+.-]{1,20}:|[\w-]/[\w-]{1,30}/|^[./~]|\.[a-z]{2,4}$|^[\w.-]{1,80}:\d{2,5}$"
)
_ID: Final = late(
    r"(?:acct|price|prod|plan|cus|sub|org|proj|team|usr|user|app|appl|tbl|rec|vpc|sg|subnet|ami"
    r"|lt|eni|rtb|igw|vol|snap|fs|asst|vs|ft|tax|shr|promo|coupon|tmpl|chan|ch|loc|seg|list|lst"
    r"|flow|ws|wrk|grp|id|seti|inq|evt|txn|room|pool|bucket|spaces)[-_/:]"
)
"""How the ids of services begin."""
_RUN: Final = late(r"[A-Za-z0-9]{14}")
_IN_GROUPS: Final = late(r"[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,12}){3,7}")
_HEX: Final = late(r"[0-9a-f]{64}|[0-9A-F]{64}")
_JWT: Final = late(r"ey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}")
_SIGNERS: Final = frozenset(("jwt", "hmac", "jws"))
_SAYS_SO: Final = late(r"(?i)[a-z0-9]{0,20}(?:secret|secure)[a-z0-9]{0,20}")
_OPENERS: Final = frozenset(("access", "hook", "bearer", "login"))
_BUNDLE: Final = late(r"(?:MI[A-Za-z0-9+/]{3,6}IBAz|/u3\+7QAAAAI)[A-Za-z0-9+/\s]{40,}={0,2}\s*")
"""Source: RFC 7292: a PFX is a SEQUENCE that begins with version 3; Java's keystores begin with
0xFEEDFEED and version 2."""
_BUNDLES: Final = frozenset(("pfx", "p12", "pkcs", "keystore", "jks"))
_BASE64: Final = late(r"[A-Za-z0-9+/\s]{100,}={0,2}\s*")
_OF_MONGODB: Final = late(r"[0-9a-f]{24}")
"""Source: MongoDB manual, "ObjectId": more ids than keys look so."""
_WALLET: Final = late(r"[a-z]{3,8}(?: [a-z]{3,8}){11}(?:(?: [a-z]{3,8}){3}){0,4}")
"""Source: BIP 39: twelve words to twenty-four, each of three to eight letters."""
_OF_NOTIFY: Final = late(r"\w{2,60}(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}")
"""Source: GOV.UK Notify, "API keys": a name, the id of a service, and the key."""
_CHOSEN: Final = late(
    r"(?=[^A-ZÄÖÜ]*[A-ZÄÖÜ])(?=[^a-zäöüß]*[a-zäöüß])(?=[^0-9]*[0-9])(?=[^!#$%&*?^]*[!#$%&*?^])"
    r"[\wäöüßÄÖÜ!#$%&*?^@+-]{8,32}"
)


def unnamed(candidate: Candidate, claim: NameSense) -> Judgement:
    if candidate.place is not Place.ENVIRONMENT or candidate.start:
        return None
    text = candidate.text.strip()
    if values.is_digest(text):
        return None
    if _BUNDLE.fullmatch(text) is not None:
        return MEDIUM, ("a bundle of certificates with their private key",)
    if _WALLET.fullmatch(text) is not None:
        return MEDIUM, ("as many words as a wallet's recovery phrase has, and no others",)
    if values.is_bytes_of_a_key_pair(text):
        return MEDIUM, ("as many bytes as a wallet's pair of keys has",)
    if _OF_NOTIFY.fullmatch(text) is not None:
        return MEDIUM, ("a name, an id and a key in one",)
    parts = words(candidate.name)
    if _BUNDLES.intersection(parts[-1:]) and _BASE64.fullmatch(text) is not None:
        return MEDIUM, ("a bundle of certificates with their private key by its name",)
    if claim.sense is Sense.HARMLESS:
        return None if "site" in parts else _of_another_sort(claim, text)
    if _SIGNERS.intersection(parts[-1:]) and _SAYS_SO.fullmatch(text) is not None:
        return LOW, ("its name says what it signs, and the value that it is secret",)
    if _JWT.fullmatch(text) is not None:
        return MEDIUM, ("the value has the form of a JSON Web Token",)
    if is_service(candidate.name) and _is_made(text):
        return MEDIUM, ("the name of a service, and the value looks made by a machine",)
    if not IDENTITIES.isdisjoint(parts) and not _OPENERS.intersection(parts[-1:]):
        return None
    if _CHOSEN.fullmatch(text) is not None:
        return LOW, ("the value reads like a password that somebody chose",)
    if _OF_MONGODB.fullmatch(text) is not None:
        return None
    if len(text) >= _SHORTEST and look(text) is Look.RANDOM and _opens(text) and not _says(text):
        return LOW, ("the value looks made by a machine, and its name says of nothing else",)
    return None


def _of_another_sort(claim: NameSense, text: str) -> Judgement:
    """Under the name of a key or a token that opens nothing, whose values are short or made of
    words, or that may say how many there are."""
    long = _HEX.fullmatch(text) is not None or (len(text) >= 40 and _is_mixed(text))
    if long and claim.why in (FINDS_SOMETHING, ANOTHER_SORT):
        return LOW, ("the value looks made by a machine, and is too long for what its name says",)
    if claim.why == COUNTS and is_list(text):
        return MEDIUM, ("a list of what looks made by a machine, under the name of keys",)
    return None


def _says(text: str) -> bool:
    """Whether it is base64 of words or of JSON, which was looked into already."""
    try:
        plain = base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return False
    written = all(sign.isprintable() or sign in "\r\n\t" for sign in plain)
    return written and any(sign in plain for sign in " {[<\n")


def _is_mixed(text: str) -> bool:
    classes = (str.islower, str.isupper, str.isdigit)
    return look(text) is Look.RANDOM and all(any(map(of, text)) for of in classes)


def _is_made(text: str) -> bool:
    shape = look(text)
    if shape is Look.UUID:
        return True
    if shape is Look.RANDOM:
        return len(text) >= _SHORTEST
    return text.isalnum() and len(text) >= 12 and sum(map(str.isdigit, text)) >= 3


def _opens(text: str) -> bool:
    """Whether it is no address and no id by its own form."""
    return (
        _PLAIN.fullmatch(text) is not None
        and _PLACE.search(text) is None
        and _ID.match(text) is None
        and (_RUN.search(text) is not None or _IN_GROUPS.fullmatch(text) is not None)
    )
