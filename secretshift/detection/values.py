"""What a value looks like, whatever name it stands under."""

from __future__ import annotations

import math
import re
from collections import Counter
from enum import Enum
from functools import lru_cache


class Look(Enum):
    """How a value reads: made by a machine, by a person, or out of plain words."""

    RANDOM = "random"
    MIXED = "mixed"
    WORDS = "words"
    NUMBER = "number"
    UUID = "uuid"


_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"[-+]?\d{1,30}(?:[.,]\d{1,10})?")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_CONSONANTS = re.compile(r"(?i)[bcdfghjklmnpqrstvwxz]{5,}")
_VOWELS = re.compile(r"(?i)[aeiouyáéíóúäöü]")
_HEX = re.compile(r"[0-9a-fA-F]+")
_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=.~:|!@#$%^*]+")

_FLAGS = frozenset(
    [
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "enabled",
        "disabled",
        "enable",
        "disable",
        "required",
        "optional",
        "always",
        "never",
        "null",
        "none",
        "nil",
        "undefined",
        "allow",
        "deny",
        "allowed",
        "denied",
        "auto",
        "automatic",
        "manual",
    ]
)
_ENUMS = frozenset(
    [
        "bearer",
        "basic",
        "digest",
        "jwt",
        "oauth",
        "oauth1",
        "oauth2",
        "oidc",
        "saml",
        "sso",
        "ntlm",
        "kerberos",
        "negotiate",
        "apikey",
        "api-key",
        "api_key",
        "x-api-key",
        "authorization",
        "x-auth-token",
        "auth-token",
        "auth_token",
        "access-token",
        "access_token",
        "refresh-token",
        "refresh_token",
        "id_token",
        "token",
        "header",
        "cookie",
        "query",
        "body",
        "session",
        "password",
        "passwd",
        "pwd",
        "plain",
        "scram-sha-256",
        "scram-sha-512",
        "md5",
        "sha1",
        "sha256",
        "sha384",
        "sha512",
        "hmac",
        "hs256",
        "hs384",
        "hs512",
        "rs256",
        "rs384",
        "rs512",
        "es256",
        "es384",
        "es512",
        "ps256",
        "eddsa",
        "ed25519",
        "rsa",
        "ecdsa",
        "aes",
        "aes-256-gcm",
        "aes-128-cbc",
        "aes-256-cbc",
        "aes256",
        "pbkdf2",
        "bcrypt",
        "scrypt",
        "argon2",
        "argon2id",
        "aws",
        "gcp",
        "azure",
        "vault",
        "ssm",
        "secretsmanager",
        "env",
        "file",
        "local",
        "memory",
        "redis",
        "dynamodb",
        "database",
        "default",
        "strict",
        "strong",
        "medium",
        "weak",
        "high",
        "low",
        "client_secret",
        "client_secret_post",
        "client_secret_basic",
        "client_credentials",
        "authorization_code",
        "refresh",
        "implicit",
        "private_key_jwt",
        "client_id",
        "username",
        "user",
        "email",
        "x-csrf-token",
        "csrf-token",
        "csrftoken",
        "sessionid",
        "x-token",
        "x-access-token",
        "proxy-authorization",
        "www-authenticate",
        "x-amz-security-token",
        "x-vault-token",
        "subject",
        "sub",
        "azp",
        "uuid",
        "base64",
        "hex",
        "utf-8",
        "utf8",
        "ascii",
        "text",
        "string",
        "json",
        "pem",
        "der",
    ]
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_DURATION = re.compile(
    r"(?i)\d{1,9}(?:\.\d+)?\s?(?:ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|y|years?|kb|mb|gb|b|bytes?|bits?|%)"
)
_ISO_DURATION = re.compile(r"P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?")
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_VERSION = re.compile(r"v?\d{1,4}(?:\.\d{1,5}){1,3}(?:[-+][\w.]+)?")
_CRON = re.compile(r"(?:cron|rate)\(.*\)|(?:[\d*/,\-]+ ){4,5}[\d*/,\-A-Z?]+")
_FILE = re.compile(
    r"(?i)[\w.@~+-]{1,120}\.(?:pem|key|crt|cer|cert|pub|p12|pfx|jks|ks|keystore|json|ya?ml|toml|ini|cfg|conf|properties|env|txt|xml|csv|md|html?|js|mjs|cjs|ts|tsx|jsx|py|rb|go|java|cs|php|sh|sql|log|zip|gz|tar|png|jpe?g|gif|svg|ico|css|scss|woff2?|ttf|pdf|db|sqlite|kdbx?|asc|gpg|lock|exe|dll|so|jar|war)"
)
_PATH = re.compile(
    r"(?:~|\.{1,2}|/[\w.@+~-]{1,100}|[A-Za-z]:[\\/][\w.@+~ -]{0,100})"
    r"(?:[\\/][\w.@+~ {}$*-]{0,120}){0,30}"
)
_RELATIVE = re.compile(r"(?:[\w.@~+ -]{1,80}/){1,20}[\w.@~+-]{1,120}\.[a-z]{1,5}[0-9]?")
_CLASS = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*){2,12}")
_HOST = re.compile(
    r"(?i)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:com|net|org|io|dev|app|cloud|local|internal|eu|de|uk|co|us|ai|fr|nl|es|it|ch|at|jp|cn|in|br|se|no|fi|dk|pl|cz|edu|gov|info|biz|me|tv|sh|svc|lan|corp|home|test|example)(?::\d{1,5})?(?:/[\w./-]*)?"
)
_REGION = re.compile(
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov)?-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-?\d[a-z]?"
)
_LOCALE = re.compile(r"[a-z]{2}[-_][A-Z]{2}(?:\.UTF-8)?")
_ALIAS = re.compile(r"alias/[\w/-]+")
_PASSWORD_HASH = re.compile(
    r"\$(?:2[abxy]|5|6|1|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*|y|7)\$.{10,}|\{(?:SSHA|SHA|SMD5|CRYPT|PBKDF2)\w*\}.{10,}|pbkdf2[:_]sha\d+[:$].{10,}|SCRAM-SHA-\d+\$.{10,}"
)
_DIGEST = re.compile(r"(?:sha(?:1|256|384|512)|md5)[:-][A-Za-z0-9+/=]{20,}")
_AWS_ID = re.compile(r"(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,18}")
_PUBLIC = re.compile(
    r"""(?sx)
      (?:pk_(?:live|test)_|pk_[a-z]{2,12}_|rzp_(?:live|test)_|pk\.eyJ|phc_|ca-app-pub-|G-[A-Z0-9]{8,12}$
        |UA-\d{4,12}-\d{1,4}$|GTM-[A-Z0-9]{4,10}$|sb_publishable_|FLWPUBK|pub-c-|age1[a-z0-9]{50,}$).*
    | (?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp\d+|sk-ssh-ed25519@openssh\.com)\ .*
    | -----BEGIN\ (?:[A-Z0-9]+\ )*(?:PUBLIC\ KEY|CERTIFICATE|CERTIFICATE\ REQUEST|PARAMETERS
        |X509\ CRL|PGP\ PUBLIC\ KEY\ BLOCK)-----.*
    | MI[IG][A-Za-z0-9+/]{3,6}ANBgkqhkiG9w0BAQEFAAO.* | MFkwEwYHKoZIzj0CAQ.* | MCowBQYDK2VwAyEA.*
    """,
)
_VAPID_PUBLIC = re.compile(r"B[A-Za-z0-9_-]{86}=?")


def is_flag(value: str) -> bool:
    return value.strip().lower() in _FLAGS


def is_enum_word(value: str) -> bool:
    """A word out of some fixed vocabulary: an algorithm, a scheme, a header's name."""
    text = value.strip().lower()
    return text in _ENUMS or text in _FLAGS or _REGION.fullmatch(text) is not None


_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9]*[0-9]?(?:[-_.:][A-Za-z0-9]+)*")


def is_constant(value: str) -> bool:
    """The name of a constant made of words: ``RSA_SHA_256``."""
    return _CONSTANT.fullmatch(value) is not None and not any(
        look(part) is Look.RANDOM or len(part) > 14 for part in value.split("_")
    )


def is_identifier(value: str) -> bool:
    """Words run together as programs name things: ``MasterUserSecret``, ``user-name``."""
    return (
        _IDENTIFIER.fullmatch(value) is not None
        and look(value) is Look.WORDS
        and (not value.islower() or re.search(r"[-_.:]", value) is not None or len(value) < 6)
    )


def is_path(value: str) -> bool:
    text = value.strip()
    if not text or len(text) > 1024:
        return False
    if _FILE.fullmatch(text) or _RELATIVE.fullmatch(text) or _ALIAS.fullmatch(text):
        return True
    if _PATH.fullmatch(text) is None:
        return False
    if re.fullmatch(r"[/~][a-z._-]{0,24}/?", text):
        return True
    segments = [part for part in re.split(r"[\\/]", text) if part]
    return all(look(part) is not Look.RANDOM or len(part) < 16 for part in segments) and (
        len(segments) > 1 or look(text) is Look.WORDS
    )


def is_plain_address(value: str) -> bool:
    """An e-mail address, a host name or the class of an object."""
    text = value.strip()
    if len(text) > 300:
        return False
    if _EMAIL.fullmatch(text) or _HOST.fullmatch(text):
        return True
    return _CLASS.fullmatch(text) is not None and look(text.replace(".", "-")) is Look.WORDS


def is_measure(value: str) -> bool:
    """A duration, a size, a date, a version, a schedule, a region, a locale."""
    text = value.strip()
    if not text or len(text) > 80:
        return False
    return any(
        pattern.fullmatch(text) for pattern in (_DURATION, _DATE, _VERSION, _CRON, _REGION, _LOCALE)
    ) or (len(text) > 2 and _ISO_DURATION.fullmatch(text) is not None)


def is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value.strip()) is not None


def is_uuid(value: str) -> bool:
    return _UUID.fullmatch(value.strip()) is not None


def is_password_hash(value: str) -> bool:
    return _PASSWORD_HASH.fullmatch(value.strip()) is not None


def is_digest(value: str) -> bool:
    return _DIGEST.fullmatch(value.strip()) is not None


def is_aws_key_id(value: str) -> bool:
    return _AWS_ID.fullmatch(value.strip()) is not None


def is_public(value: str) -> bool:
    """Made to be seen: public and publishable keys, certificates, measurement ids."""
    text = value.strip().replace("\\n", "\n")
    return _PUBLIC.fullmatch(text) is not None or _VAPID_PUBLIC.fullmatch(text) is not None


def entropy(text: str) -> float:
    """Bits a character, by how often each occurs."""
    if not text:
        return 0.0
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values())


def _is_word(part: str) -> bool:
    if len(part) <= 3:
        return True
    if _CONSONANTS.search(part):
        return False
    return len(_VOWELS.findall(part)) / len(part) >= 0.15


@lru_cache(maxsize=8192)
def look(value: str) -> Look:
    """How a value reads. Pure; cached because the same few values recur in a tree."""
    text = value.strip()[:512]
    if _UUID.fullmatch(text):
        return Look.UUID
    if text.isdigit() or _NUMBER.fullmatch(text):
        return Look.NUMBER
    if _looks_random(text):
        return Look.RANDOM
    if any(c.isdigit() for c in text):
        return Look.MIXED
    if any(not (c.isalnum() or c in " -_./:,'’") for c in text):
        return Look.MIXED
    parts = _PARTS.findall(text)
    if parts and not all(_is_word(part) for part in parts):
        return Look.MIXED
    return Look.WORDS


def _looks_random(text: str) -> bool:
    size = len(text)
    if size < 16 or " " in text or _TOKEN.fullmatch(text) is None:
        return False
    if size >= 24 and size % 2 == 0 and _HEX.fullmatch(text):
        return entropy(text) > 2.5
    if (
        size >= 16
        and _HEX.fullmatch(text)
        and any(c.isdigit() for c in text)
        and not text.isdigit()
    ):
        return entropy(text) > 2.3
    parts = _PARTS.findall(text)
    letters = [part for part in parts if part.isalpha()]
    digits = sum(c.isdigit() for c in text)
    longest = max((len(part) for part in letters), default=0)
    if entropy(text) < 3.0:
        return False
    average = size / max(1, len(parts))
    switches = len(parts)
    if digits == 0 and switches < size / 4:
        odd = sum(len(part) for part in letters if len(part) > 4 and not _is_word(part))
        return size >= 20 and odd > size / 2
    if average > 4.2 and longest >= 5:
        natural = sum(len(p) for p in letters if len(p) >= 4 and _is_word(p))
        return natural < size * 0.5
    return average <= 4.2 and (digits > 0 or switches >= size / 3)
