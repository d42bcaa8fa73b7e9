"""What a value is, as far as its own form tells."""

from __future__ import annotations

import base64
import binascii
import re

from .late import late
from .looks import Look, look
from .value_words import ENUMS, FLAGS

_UUID = late(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_NUMBER = late(r"[-+]?\d{1,30}(?:[.,]\d{1,10})?")

_EMAIL = late(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_DURATION = late(
    r"(?i)\d{1,9}(?:\.\d+)?\s?(?:ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|y|years?|kb|mb|gb|b|bytes?|bits?|%)"
)
_ISO_DURATION = late(r"P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?")
_DATE = late(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_VERSION = late(r"v?\d{1,4}(?:\.\d{1,5}){1,3}(?:[-+][\w.]+)?")
_VERSIONS = late(
    r"workspace:[\^~*]|(?:patch|link|portal):\S{1,200}"
    r"|(?:npm:(?:@?[\w./-]{1,80}@)?|workspace:)?(?:[\^~]|[<>=!~]=?|\^?v)?[ ]?\d{1,4}(?:\.(?:\d{1,5}|[x*])){1,3}(?:[-+][\w.+-]{1,40})?"
    r"(?:(?:[ ]?\|\|[ ]?|[ ]?,[ ]?|[ ]-[ ]|[ ])(?:[\^~]|[<>=!~]=?)?[ ]?\d{1,4}(?:\.(?:\d{1,5}|[x*])){0,3}){0,6}"
)
"""What a package asks of another. Source: npm's page on package.json, "dependencies"."""
_CRON = late(r"(?:cron|rate)\(.*\)|(?:[\d*/,\-]+ ){4,5}[\d*/,\-A-Z?]+")
_FILE = late(
    r"(?i)[\w.@~+-]{1,120}\.(?:pem|key|crt|cer|cert|pub|p12|pfx|jks|ks|keystore|json|ya?ml|toml|ini|cfg|conf|properties|env|txt|xml|csv|md|html?|js|mjs|cjs|ts|tsx|jsx|py|rb|go|java|cs|php|sh|sql|log|zip|gz|tar|png|jpe?g|gif|svg|ico|css|scss|woff2?|ttf|pdf|db|sqlite|kdbx?|asc|gpg|lock|exe|dll|so|jar|war)"
)
_ROUTE = late(r"(?:/(?::?[A-Za-z_-]{1,30}|\{\w{1,30}\})){2,12}/?")
"""Of a web application, with the names of its parameters."""
_PATH = late(
    r"(?:~|\.{1,2}|/[\w.@+~-]{1,100}|[A-Za-z]:[\\/][\w.@+~ -]{0,100})"
    r"(?:[\\/][\w.@+~ {}$*-]{0,120}){0,30}"
)
_PARAMETER = late(r"^%[a-z_][\w.()]{1,60}%(?=/)")
"""What Symfony puts in, as in ``%kernel.project_dir%/config``."""
_RELATIVE = late(r"(?:[\w.@~+ -]{1,80}/){1,20}[\w.@~+-]{1,120}\.[a-z]{1,5}[0-9]?")
_CLASS = late(r"[A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*){2,12}")
_HOST = late(
    r"(?i)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:com|net|org|io|dev|app|cloud|local|internal|eu|de|uk|co|us|ai|fr|nl|es|it|ch|at|jp|cn|in|br|se|no|fi|dk|pl|cz|edu|gov|info|biz|me|tv|sh|svc|lan|corp|home|test|example)(?::\d{1,5})?(?:/[\w./-]*)?"
)
_REGION = late(
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov)?-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-?\d[a-z]?"
    r"(?:-[a-z]{2,12}){0,4}"
)
_LOCALE = late(r"[a-z]{2}[-_][A-Z]{2}(?:\.UTF-8)?")
_ALIAS = late(r"alias/[\w/-]+")
_PASSWORD_HASH = late(
    r"\$(?:2[abxy]|5|6|1|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*|y|7)\$.{10,}|\{(?:SSHA|SHA|SMD5|CRYPT|PBKDF2)\w*\}.{10,}|pbkdf2[:_]sha\d+[:$].{10,}|SCRAM-SHA-\d+\$.{10,}|grub\.pbkdf2\.sha512\..{10,}"
)
_DIGEST = late(r"(?:sha(?:1|256|384|512)|md5)[:-][A-Za-z0-9+/=]{20,}")
_AWS_ID = late(r"(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,18}")
_PUBLIC = late(
    r"""(?sx)
      (?:pk_(?:live|test)_|pk_[a-z]{2,12}_|rzp_(?:live|test)_|pk\.eyJ|phc_|ca-app-pub-|G-[A-Z0-9]{8,12}$
        |UA-\d{4,12}-\d{1,4}$|GTM-[A-Z0-9]{4,10}$|sb_publishable_|FLWPUBK|pub-c-|3MVG9|(?:SB-)?Mid-client-|(?:live|test)_ck_|(?:live|test)-checkout-key-
        |pkey_(?:test_)?[a-z0-9]|key_(?:live|test)_[A-Za-z0-9]{32}$|\d{6,10}:(?:test)?publickey_|pub[0-9a-f]{32}$|age1[a-z0-9]{50,}$).*
    | 0x[0-9a-fA-F]{40}                                # an account or a contract
    | [UAONCX][A-Z2-7]{55}                             # of NATS; its seeds begin with S
    | AAAA(?:B3NzaC1yc2E|C3NzaC1lZDI1NTE5|E2VjZHNh|B3NzaC1kc3M).*
    | (?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp\d+|sk-ssh-ed25519@openssh\.com)\ .*
    | -----BEGIN\ (?:[A-Z0-9]+\ )*(?:PUBLIC\ KEY|CERTIFICATE|CERTIFICATE\ REQUEST|PARAMETERS
        |X509\ CRL|PGP\ PUBLIC\ KEY\ BLOCK)-----.*
    | MI[IG][A-Za-z0-9+/]{3,6}ANBgkqhkiG9w0BAQEFAAO.* | MFkwEwYHKoZIzj0CAQ.* | MCowBQYDK2VwAyEA.*
    """,
)
_PAYLOAD = late(r"ey[\w-]{10,200}\.(ey[\w-]{10,2000})\.[\w-]{16,}$")
_ANONYMOUS = late(rb'"role"\s{0,4}:\s{0,4}"anon"')
_UNSIGNED = late(rb'"alg"\s{0,4}:\s{0,4}"none"', re.IGNORECASE)
_VAPID_PUBLIC = late(r"B[A-Za-z0-9_-]{86}=?")


_RATE = r"\d{1,6}/(?:\d{0,4}(?:s|m|h|d|sec|second|min|minute|hour|day|month)s?)(?:/\w{1,20})?"
_RATES = late(rf"{_RATE}(?:[,;] ?{_RATE}){{0,5}}")


def is_flag(value: str) -> bool:
    return value.strip().rstrip(")]}*\"'`.,;!?").lower() in FLAGS


def is_enum_word(value: str) -> bool:
    """A word out of some fixed vocabulary: an algorithm, a scheme, a header's name."""
    text = value.strip().lower().removesuffix("!")
    return text in ENUMS or text in FLAGS or _REGION.fullmatch(text) is not None


_CONSTANT = late(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_IDENTIFIER = late(r"[A-Za-z_][A-Za-z0-9]*[0-9]?(?:[-_.:][A-Za-z0-9]+)*")


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
    text = _PARAMETER.sub(".", value.strip())
    if not text or len(text) > 1024:
        return False
    for form in (_FILE, _RELATIVE, _ALIAS, _ROUTE):
        if form.fullmatch(text) is not None:
            return True
    if _PATH.fullmatch(text) is None:
        return False
    if re.fullmatch(r"[/~][a-z._-]{0,24}/?", text):
        return True
    segments = [part for part in re.split(r"[\\/]", text) if part]
    if sum(len(part) for part in segments if _is_odd(part)) > len(text) / 2:
        return False
    return len(segments) > 1 or look(text) is Look.WORDS


def is_path_of_words(value: str) -> bool:
    """A path, or the name of a file, in which a person can read every part."""
    if not is_path(value):
        return False
    stem = re.sub(r"\.[A-Za-z0-9]{1,10}$", "", value.strip())
    parts = [part for part in re.split(r"[\\/]", stem) if part.strip(".~")]
    return all(
        (look(part) is Look.WORDS and len(part) > 1)
        or re.fullmatch(r"[a-z._-]{3,}[-_.]?v?\d{1,4}", part)
        for part in parts
    )


def _is_odd(part: str) -> bool:
    """Whether nobody would call a folder so."""
    if look(part) is Look.RANDOM and len(part) >= 16:
        return True
    mixed = any(c.islower() for c in part) and any(c.isupper() for c in part)
    return mixed and len(re.findall(r"\d(?=[A-Za-z])|[a-z](?=[A-Z])", part)) >= 2


def is_plain_address(value: str) -> bool:
    """An e-mail address or a host name."""
    text = value.strip()
    if len(text) > 300:
        return False
    return _EMAIL.fullmatch(text) is not None or _HOST.fullmatch(text) is not None


def is_class_name(value: str) -> bool:
    """The class of an object: ``com.acme.auth.Provider``."""
    text = value.strip()
    if len(text) > 300:
        return False
    return (
        _CLASS.fullmatch(text) is not None
        and look(re.sub(r"\d(?=[A-Z:]|$)|\.|::", "-", text)) is Look.WORDS
    )


def is_measure(value: str) -> bool:
    """A duration, a size, a date, a version, a schedule, a region, a locale."""
    text = value.strip()
    if not text or len(text) > 80:
        return False
    return any(
        pattern.fullmatch(text) for pattern in (_DURATION, _DATE, _VERSION, _CRON, _REGION, _LOCALE)
    ) or (len(text) > 2 and _ISO_DURATION.fullmatch(text) is not None)


def is_version(value: str) -> bool:
    """Of a package, or which ones of it will do: ``1.0.2``, ``^1.0.0``, ``>=1.2, <2.0``."""
    return len(value) <= 120 and _VERSIONS.fullmatch(value.strip()) is not None


def is_rate(value: str) -> bool:
    """How often something may happen: ``5/m/user``, ``10/minute, 100/h``."""
    return len(value) <= 120 and _RATES.fullmatch(value) is not None


def is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value.strip()) is not None


def is_uuid(value: str) -> bool:
    return _UUID.fullmatch(value.strip()) is not None


def is_password_hash(value: str) -> bool:
    return _PASSWORD_HASH.fullmatch(value.strip()) is not None


_KEY_PAIR = late(r"\s*\[\s*(?:\d{1,3}\s*,\s*){63}\d{1,3}\s*\]\s*")


def is_bytes_of_a_key_pair(value: str) -> bool:
    """Source: Solana's command line: a key pair is a list of 64 bytes."""
    return len(value) <= 600 and _KEY_PAIR.fullmatch(value) is not None


def is_digest(value: str) -> bool:
    return _DIGEST.fullmatch(value.strip()) is not None


def is_aws_key_id(value: str) -> bool:
    return _AWS_ID.fullmatch(value.strip()) is not None


def is_public(value: str) -> bool:
    """Made to be seen: public and publishable keys, certificates, measurement ids."""
    text = value.strip().replace("\\n", "\n")
    return (
        _PUBLIC.fullmatch(text) is not None
        or _VAPID_PUBLIC.fullmatch(text) is not None
        or _is_of_nobody(text)
        or _is_unsigned(text)
    )


def _is_unsigned(text: str) -> bool:
    """A JSON Web Token that says itself that nobody signed it. Source: RFC 7519, section 6."""
    header = text.partition(".")[0]
    if not text.startswith("eyJ") or len(header) > 400:
        return False
    try:
        said = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))
    except (binascii.Error, ValueError):
        return False
    return _UNSIGNED.search(said) is not None


def _is_of_nobody(text: str) -> bool:
    """A JSON Web Token for whoever has not logged in, as Supabase ships it in web apps."""
    found = _PAYLOAD.match(text)
    if found is None:
        return False
    try:
        payload = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (binascii.Error, ValueError):
        return False
    return _ANONYMOUS.search(payload) is not None


def is_public_jwk(value: str) -> bool:
    """Source: RFC 7517: what is secret of a key stands under d, or under k."""
    text = value.lstrip()
    return text.startswith("{") and '"kty"' in text and '"d"' not in text and '"k"' not in text


def may_be_public(value: str) -> bool:
    """The formats that issuers use for public keys and secret ones alike."""
    return value.startswith(("ey" + "J", "AI" + "za", "6L")) or is_uuid(value)
