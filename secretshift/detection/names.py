"""What a name says about the value that stands under it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from . import vocabulary as words_of
from .known_names import SERVICES
from .late import late

FINDS_SOMETHING = "a key that finds something, by its name"
ANOTHER_SORT = "a token of another sort by its name"
COUNTS = "counts something"
"""Why a name is harmless, where its value may speak against it."""


class Sense(Enum):
    """What a name claims its value to be."""

    PASSWORD = "password"
    SECRET = "secret"
    TOKEN = "token"
    KEY = "key"
    PRIVATE_KEY = "private key"
    SIGNING_KEY = "signing key"
    ENCRYPTION_KEY = "encryption key"
    CREDENTIALS = "credentials"
    AUTH = "authorization"
    SALT = "salt"
    SEED = "seed"
    PIN = "pin"
    NOTHING = "nothing"
    """It does not say."""
    HARMLESS = "harmless"
    """It says that the value is something about a secret, or made to be public."""


@dataclass(frozen=True, slots=True)
class NameSense:
    """sense, and how surely: 2 means that almost every value under such a name is one,
    1 that many are, 0 that only a value that looks made by a machine convinces."""

    sense: Sense
    strength: int = 0
    words: tuple[str, ...] = ()
    why: str = ""

    @property
    def telling(self) -> bool:
        return self.sense is not Sense.NOTHING and self.sense is not Sense.HARMLESS


_SPLIT = late(r"[A-Z]+(?=[A-Z][a-zß-ÿ])|[A-Z]?[a-zß-ÿşęłńś]+|[A-Z]+|\d+")
_SUFFIXES = late(
    r"(.{2,40}?)(passwords?|passwd|passwort|passphrase|pwd|secrets?|tokens?|apikeys?|credentials?)$"
)
_SHORT_FORMS = late(
    r"(bind|root|admin|user|usr|ldap|smtp|mail|email|imap|pop|ftp|sftp|ssh|db|sql|mysql|pg|ora"
    r"|oracle|redis|mongo|wifi|wlan|svc|service|app|api|web|http|proxy|login|account|acct|store"
    r"|trust|cert|pfx|zip|pdf|excel|sap|vpn|snmp|mqtt|rabbit|amqp|jenkins|git|repo|master|super"
    r"|sys|system|test|demo|guest|agent|bot|host|server|sudo|backup|jdbc|ad|domain)(pw|pass|psw)"
)
"""Where a short word for a password is known to stand behind another."""
_ROOTS = (
    words_of.PASSWORDS | words_of.SECRETS | words_of.TOKENS | words_of.CREDENTIALS | words_of.AUTHS
    | words_of.SALTS | words_of.SEEDS | words_of.KEYS | words_of.SECRETS_BY_ANOTHER_NAME.keys()
    | words_of.LICENCES | words_of.HEADS_FIRST.keys()
    | {"code", "codigo", "codice", "signing", "sonar", "mot", "phrase", "pass", "auth", "erlang", "snmp", "pin", "pk", "hmac", "secret", "csec"}
)  # fmt: skip
_ROOT = late(
    "|".join(
        re.escape(word)
        for word in sorted(_ROOTS)
        if not any(other != word and other in word for other in _ROOTS)
    )
)
_ONE_WORD = late(r"(?i)oauth2?|github|gitlab|auth0|base64")
_SPELLED = {"auth0": "Authzero", "base64": "Encoded", "oauth2": "Oauth"}
_AZURE_ACCOUNT = late(r"\.[\w-]{1,40}\.(?:dfs|blob)\.core\.windows\.net$")
"""What stands behind the name of a setting of Hadoop, and says whose it is."""
_PLURALS = {"passwords": "password", "passwds": "passwd", "passphrases": "passphrase"}
_SETTERS = frozenset(
    [
        "set",
        "with",
        "get",
        "put",
        "add",
        "make",
        "create",
        "use",
        "my",
        "the",
        "your",
        "our",
        "this",
        "self",
        "cfg",
    ]
)


@lru_cache(maxsize=16384)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters: ``dbPassword``, ``DB-PASSWORD`` and ``dbpassword``
    all give ``("db", "password")``."""
    result: list[str] = []
    for part in _SPLIT.findall(_ONE_WORD.sub(_as_one_word, name[:200])):
        result.extend(_unglue(part.lower()))
    return tuple(result)


def _as_one_word(found: re.Match[str]) -> str:
    """Names that the split at capitals and digits would tear apart; at small letters they are
    whole already, and may be the end of another word."""
    said = found[0]
    if said.islower() and said not in _SPELLED:
        return said
    return "_" + _SPELLED.get(said.lower(), said.capitalize()) + "_"


@lru_cache(maxsize=16384)
def _unglue(word: str) -> tuple[str, ...]:
    if word in words_of.GLUED:
        return words_of.GLUED[word]
    if word in _PLURALS:
        return (_PLURALS[word],)
    found = _SUFFIXES.fullmatch(word) or _SHORT_FORMS.fullmatch(word)
    if found is None:
        return (word,)
    tail = words_of.GLUED.get(found[2], (_PLURALS.get(found[2], found[2]),))
    return (found[1], *tail)


_NEVER_SHOWN = frozenset(
    (
        Sense.PASSWORD,
        Sense.SECRET,
        Sense.SALT,
        Sense.PIN,
        Sense.SIGNING_KEY,
        Sense.ENCRYPTION_KEY,
        Sense.PRIVATE_KEY,
    )
)
"""What a word such as analytics does not make public: there are databases of such names."""


@lru_cache(maxsize=16384)
def may_tell(name: str) -> bool:
    """Whether a name holds a word without which none is telling: quicker than what it claims."""
    return _ROOT.search(name.lower()) is not None


def small(text: str) -> str:
    """Small letters, each at the place of its capital."""
    return text.replace("İ", "i").lower()  # the one letter whose small form is two characters


@lru_cache(maxsize=16384)
def sense(name: str) -> NameSense:
    """What the name claims. The last word decides: a PASSWORD_LENGTH is a length."""
    every = words(_AZURE_ACCOUNT.sub("", name) if name.endswith(".net") else name)
    if not every or len(name) > 200:
        return NameSense(Sense.NOTHING)
    shown = not words_of.PUBLIC.isdisjoint(every) or every[:2] in words_of.SHIPPED
    parts = every if every[-2:] in words_of.ALSO_SECRETS else _without_qualifiers(every)
    if not parts:
        return NameSense(Sense.NOTHING, words=every)
    found = _by_head(parts) if every != ("hmac",) else NameSense(Sense.SIGNING_KEY, 0)
    if found is None:
        found = _by_earlier_word(parts)
    if shown and (found.sense not in _NEVER_SHOWN or "public" in every or "pub" in every):
        return NameSense(Sense.HARMLESS, words=every, why="made to be public")
    captions = (*parts[:1], *parts[-2:-1], *(name.lower().split(".")[:-1]))
    if found.telling and words_of.CAPTIONS.intersection(captions):
        return NameSense(Sense.HARMLESS, words=every, why="what stands beside a field, by its name")
    if found.telling and words_of.SAYS_ABOUT.intersection(every[1:]):
        return NameSense(Sense.HARMLESS, words=every, why="about a password, by its name")
    if found.telling and every[0] in words_of.LISTED and name[-1:] in "sS":
        return NameSense(Sense.HARMLESS, words=every, why="a list of what nobody may take")
    if found.telling and parts[0] in words_of.ABOUT and len(parts) > 1:
        if found.sense in (Sense.TOKEN, Sense.KEY) and parts[-1].endswith("s"):
            return NameSense(Sense.HARMLESS, words=every, why=COUNTS)
        found = NameSense(found.sense, 0, found.words, found.why)
    return NameSense(found.sense, found.strength, every, found.why)


def _without_qualifiers(parts: tuple[str, ...]) -> tuple[str, ...]:
    start = 0
    while start < len(parts) - 1 and parts[start] in _SETTERS:
        start += 1
    end = len(parts)
    while end > start + 1 and (parts[end - 1] in words_of.QUALIFIERS or parts[end - 1].isdigit()):
        if parts[end - 2] in ("connection", "min", "max"):
            break
        end -= 1
    return parts[start:end]


def _by_head(parts: tuple[str, ...]) -> NameSense | None:
    head, before = parts[-1], parts[:-1]
    previous = before[-1] if before else ""
    if parts[-3:] == ("mot", "de", "passe"):
        return NameSense(Sense.PASSWORD, 2)
    if parts[-2:] == ("snmp", "community"):
        return NameSense(Sense.PASSWORD, 1)
    if len(parts) == 2 and parts[0] in words_of.HEADS_FIRST and head in words_of.WHOSE:
        return _FIRST[words_of.HEADS_FIRST[parts[0]]]
    if parts[-2:] in (("pass", "phrase"), ("pass", "word"), ("pass", "code"), ("user", "pass")):
        return NameSense(Sense.PASSWORD, 2)
    if parts[-2:] in (("seed", "phrase"), ("recovery", "phrase"), ("mnemonic", "phrase")):
        return NameSense(Sense.SEED, 2)
    if parts[-2:] == ("user", "info") and "auth" in parts:
        return NameSense(Sense.AUTH, 1)
    for issuer in before:
        for end in words_of.SECRETS_BY_ANOTHER_NAME.get(issuer, ()):
            if parts[-len(end) :] == end:
                return NameSense(Sense.SECRET, 1)
    if parts[-2:] in words_of.ALSO_SECRETS or parts[-3:] in words_of.ALSO_SECRETS:
        return NameSense(Sense.SECRET, 1)
    if parts[-2:] in words_of.ENTRY_CODES or (
        len(parts) <= 3 and parts[:2] in words_of.ENTRY_CODES
    ):
        return NameSense(Sense.PIN, 1)
    if words_of.ENTRY_WORDS.intersection((parts[0], head)):
        return NameSense(Sense.PIN, 1)
    if parts[-3:] == ("remember", "me", "key"):
        return NameSense(Sense.SIGNING_KEY, 2)
    if parts[-2:-1] == ("password",) and head in ("confirmation", "confirm"):
        return NameSense(Sense.PASSWORD, 1)
    if parts[-2:] in words_of.NAMES_ONE:
        return NameSense(Sense.HARMLESS, why="the name of a secret, by its own name")
    if parts == ("hashed", "secret"):
        return NameSense(Sense.HARMLESS, why="what detect-secrets calls a hash in its baseline")
    if parts[-2:] == ("erlang", "cookie"):
        return NameSense(Sense.SECRET, 2)
    if parts[-3:] == ("secret", "key", "base"):
        return NameSense(Sense.SIGNING_KEY, 2)
    if head in words_of.PASSWORDS:
        weak = head in words_of.WEAK_PASSWORDS and previous not in words_of.ISSUERS
        return NameSense(Sense.PASSWORD, 1 if weak else 2)
    if head in words_of.SECRETS:
        return _secret(before)
    if head in words_of.TOKENS:
        return _token(head, before, previous)
    if head in words_of.KEYS:
        return _key(head, before, previous)
    if head == "priv" and before:
        return NameSense(Sense.KEY, 0)
    if head == "sec" and previous in SERVICES:
        return NameSense(Sense.SECRET, 1)
    if head in words_of.CREDENTIALS:
        return NameSense(Sense.CREDENTIALS, 1)
    if head in words_of.AUTHS:
        return NameSense(Sense.AUTH, 1)
    if head in words_of.LICENCES and before:
        return NameSense(Sense.KEY, 0)
    if head == "signing" and before:
        return NameSense(Sense.SIGNING_KEY, 0)
    if head in words_of.SALTS and previous in words_of.HARMLESS_SALTS:
        return NameSense(Sense.HARMLESS, why="keeps two generations apart, by its name")
    if head in words_of.SALTS:
        return NameSense(Sense.SALT, 1)
    if head == "mnemonic" or (
        head == "seed" and previous in ("wallet", "totp", "mfa", "otp", "hd", "signing", "ed25519")
    ):
        return NameSense(Sense.SEED, 1)
    if head == "pk" and not words_of.WALLETS.isdisjoint(before):
        return NameSense(Sense.PRIVATE_KEY, 2)
    if head == "pin" and before:
        return NameSense(Sense.PIN, 1)
    if head == "hmac" and before:
        return NameSense(Sense.SIGNING_KEY, 0)
    if parts[-2:] == ("secret", "id") and {"vault", "approle", "role"}.intersection(before):
        return NameSense(Sense.SECRET, 2)
    if parts == ("secret", "id"):
        # Of an AppRole of Vault, a UUID; elsewhere what a secret is called.
        return NameSense(Sense.SECRET, 0)
    if _is_about(head):
        return NameSense(Sense.HARMLESS, why=f"its name ends in “{head}”")
    return None


def _is_about(word: str) -> bool:
    """Whether a name that ends so is of something about a secret; its plural too."""
    return word in words_of.NOT_A_SECRET or (
        len(word) > 4 and word.endswith("s") and word[:-1] in words_of.NOT_A_SECRET
    )


def _secret(before: tuple[str, ...]) -> NameSense:
    if any(word in words_of.STRONG_SECRETS for word in before):
        return NameSense(Sense.SECRET, 2)
    return NameSense(Sense.SECRET, 1)


def _token(head: str, before: tuple[str, ...], previous: str) -> NameSense:
    if previous in words_of.HARMLESS_TOKENS:
        return NameSense(Sense.HARMLESS, why=ANOTHER_SORT)
    if head == "tokens":
        return NameSense(Sense.TOKEN, 0)
    strong = any(word in words_of.STRONG_TOKENS for word in before)
    if head == "pat" and not strong:
        # More often a pattern, of which a line with the word for it tells nothing.
        return NameSense(Sense.TOKEN, 0)
    return NameSense(Sense.TOKEN, 2 if strong else 1)


def _key(head: str, before: tuple[str, ...], previous: str) -> NameSense:
    if previous in ("private", "privkey"):
        return NameSense(Sense.PRIVATE_KEY, 2)
    if previous in ("signing", "sign", "hmac", "jwt", "jws", "signature"):
        return NameSense(Sense.SIGNING_KEY, 2)
    if previous in (
        "encryption",
        "encrypt",
        "decryption",
        "crypto",
        "crypt",
        "cipher",
        "aes",
        "fernet",
        "jwe",
        "kek",
        "dek",
    ):
        return NameSense(Sense.ENCRYPTION_KEY, 2)
    if before[-2:] == ("encryption", "primary"):
        return NameSense(Sense.ENCRYPTION_KEY, 1)
    if previous in ("ssh", "rsa", "pgp", "gpg", "ec", "deploy", "ssl", "tls", "pem"):
        return NameSense(Sense.PRIVATE_KEY, 1)
    if previous == "search" and "algolia" in before:
        return NameSense(Sense.HARMLESS, why="made to be public")
    if before[-2:] == ("pusher", "app"):
        return NameSense(Sense.HARMLESS, why="made to be public")
    if previous == "hash" and len(before) > 1:
        return NameSense(Sense.KEY, 0)
    of_browsers = (
        ("local", "storage"),
        ("session", "storage"),
        ("sec", "websocket"),
        ("web", "socket"),
    )
    if previous in words_of.HARMLESS_KEYS or before[-2:] in of_browsers:
        return NameSense(Sense.HARMLESS, why=FINDS_SOMETHING)
    if previous in words_of.STRONG_KEYS:
        return NameSense(Sense.KEY, 1 if head == "keys" else 2)
    return NameSense(Sense.KEY, 0)


_FIRST = {
    "password": NameSense(Sense.PASSWORD, 1),
    "clave": NameSense(Sense.PASSWORD, 0),
    "key": NameSense(Sense.KEY, 0),
    "token": NameSense(Sense.TOKEN, 0),
    "secret": NameSense(Sense.SECRET, 1),
}


_OF_A_SERVICE = frozenset(("server", "rest", "api", "backend", "live", "private"))
"""Which of a service's keys it is: ``ROLLBAR_SERVER``."""


def is_service(name: str) -> bool:
    """Whether a name is that of a service and says nothing else: ``TAXJAR``, ``ASSEMBLY_AI``."""
    parts = words(name)
    if len(parts) == 2 and parts[0] in SERVICES and parts[1] in _OF_A_SERVICE:
        return True
    return 0 < len(parts) <= 3 and (
        "".join(parts) in SERVICES or (parts[0] in SERVICES and len(parts) == 1)
    )


def _by_earlier_word(parts: tuple[str, ...]) -> NameSense:
    """PASSWORD_MYSQL, API_KEY_OPENAI: the last word is unknown, so it may only say whose."""
    first = words_of.HEADS_FIRST.get(parts[0]) if len(parts) > 1 else None
    if first is not None and not any(_is_about(part) for part in parts[2:]):
        return _FIRST[first]
    for end in range(len(parts) - 1, 0, -1):
        if _is_about(parts[end]):
            return NameSense(Sense.NOTHING)
        found = _by_head(parts[:end])
        if found is not None and found.telling and found.sense is not Sense.AUTH:
            known = parts[end] in words_of.ISSUERS
            return NameSense(found.sense, 1 if known and found.strength > 0 else 0)
        if found is not None:
            return NameSense(Sense.NOTHING)
    return NameSense(Sense.NOTHING)
