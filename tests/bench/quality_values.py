# ruff: noqa: E501 - a line of a template is a line of a file
"""Makes the values of the quality set at run time, and finds the labels in its templates.

A template is a text with slots and labels. ``«hex32»`` is a slot: what it stands for is made anew
from the seed, so that nothing in the repository reads like a live credential. ``«pw#1»`` gives the
same value wherever it stands in one text. Slots may hold slots: ``«b64:user:«pw»»``.
``⟦…⟧`` labels a credential, ``⟦?…⟧`` one that two careful people would judge differently: it counts
neither way. Everything else is labelled as none.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

_ALPHABETS: Final = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "alnum": string.ascii_letters + string.digits,
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "b64": string.ascii_letters + string.digits + "+/",
    "url": string.ascii_letters + string.digits + "-_",
    "digit": string.digits,
    "sym": string.ascii_letters + string.digits + "!@#%^&*()-_=+",
}
_SIZED: Final = re.compile(r"(hex|HEX|alnum|lower|upper|b64|url|digit|sym)_?(\d+)")
_SLOT: Final = re.compile(r"«([^«»]+)»")
_LABEL: Final = re.compile(r"⟦(\??)(.*?)⟧", re.DOTALL)
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_WORDS: Final = (
    "harbor",
    "falcon",
    "maple",
    "ember",
    "granite",
    "willow",
    "copper",
    "lantern",
    "meadow",
    "thunder",
    "velvet",
    "raven",
    "cobalt",
    "juniper",
    "saffron",
    "glacier",
    "orchid",
    "badger",
    "compass",
    "drizzle",
    "ferry",
    "hazel",
    "island",
    "kettle",
    "lemon",
    "mango",
    "nectar",
    "otter",
    "pepper",
    "quartz",
    "river",
    "saddle",
    "tiger",
    "umbra",
    "violet",
    "walnut",
    "yonder",
    "zephyr",
    "anchor",
    "bishop",
    "candle",
    "dragon",
    "engine",
    "forest",
    "guitar",
    "hammer",
    "jacket",
    "ladder",
    "magnet",
    "needle",
    "ocean",
    "pirate",
    "rocket",
    "silver",
    "turtle",
    "window",
    "yellow",
    "bridge",
    "castle",
)
_NAMES: Final = (
    "martin",
    "julia",
    "oliver",
    "sandra",
    "kevin",
    "laura",
    "peter",
    "nina",
    "thomas",
    "clara",
)


@dataclass(frozen=True, slots=True)
class Label:
    """start, end: characters of the made text; sure: whether it counts."""

    start: int
    end: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A text whose slots are filled, with where its credentials are."""

    text: str
    labels: tuple[Label, ...]


class Maker:
    """Fills templates; the same seed gives the same texts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._named: dict[str, str] = {}

    def made(self, template: str) -> Made:
        self._named.clear()
        text = template
        while _SLOT.search(text):
            text = _SLOT.sub(lambda found: self._slot(found[1]), text)
        plain: list[str] = []
        labels: list[Label] = []
        at = size = 0
        for found in _LABEL.finditer(text):
            before = text[at : found.start()]
            plain += (before, found[2])
            size += len(before)
            labels.append(Label(size, size + len(found[2]), not found[1]))
            size += len(found[2])
            at = found.end()
        plain.append(text[at:])
        return Made("".join(plain), tuple(labels))

    def _slot(self, slot: str) -> str:
        name, _, number = slot.rpartition("#")
        if not name or not number.isdigit():
            return self._value(slot)
        if slot not in self._named:
            self._named[slot] = self._value(name)
        return self._named[slot]

    def _value(self, slot: str) -> str:
        sized = _SIZED.fullmatch(slot)
        if sized:
            return self.letters(sized[1], int(sized[2]))
        head, colon, rest = slot.partition(":")
        return _WRAPS[head](rest) if colon else _MAKERS[slot](self)

    def letters(self, alphabet: str, size: int) -> str:
        """Letters at random; of twelve and more, digits are among them."""
        letters = _ALPHABETS[alphabet]
        while True:
            made = "".join(self.random.choice(letters) for _ in range(size))
            if size < 12 or any(c.isdigit() for c in made):
                return made

    def word(self) -> str:
        return self.random.choice(_WORDS)


def _person(m: Maker) -> str:
    """A password as people make them up."""
    r, word = m.random, m.word()
    other = m.word()
    return r.choice(
        (
            f"{word.title()}{r.randint(10, 9999)}!",
            f"{word}{other.title()}{r.randint(1, 99)}",
            f"{word.title()}@{r.randint(2015, 2026)}",
            f"{r.choice(('Summer', 'Winter', 'Autumn', 'Spring'))}{r.randint(2016, 2026)}"
            + r.choice("!#$?"),
            f"{word}-{other}-{r.randint(10, 99)}",
            word.replace("e", "3").replace("a", "4").replace("o", "0") + m.letters("digit", 3),
            f"{r.choice(_NAMES).title()}{r.randint(1960, 2005)}!",
            f"{word.upper()}_{m.letters('lower', 5)}",
            f"{word[:4]}{m.letters('digit', 2)}{other[:4].title()}${m.letters('digit', 1)}",
        )
    )


def _github(prefix: str, size: int) -> Callable[[Maker], str]:
    def make(m: Maker) -> str:
        body = m.letters("alnum", size)
        return prefix + body + _base62(zlib.crc32(body.encode()))

    return make


def _base62(number: int) -> str:
    digits = ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return digits


def _plain_b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _url_b64(data: object) -> str:
    text = json.dumps(data, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _jwt(m: Maker) -> str:
    head = _url_b64({"alg": "HS256", "typ": "JWT"})
    body = _url_b64(
        {"sub": m.letters("hex", 8), "role": m.word(), "iat": m.random.randint(1, 9**9)}
    )
    return f"{head}.{body}.{m.letters('url', 43)}"


def _pem(label: str) -> Callable[[Maker], str]:
    def make(m: Maker) -> str:
        body = "\n".join("MII" + m.letters("b64", 61) for _ in range(1))
        body += "\n" + "\n".join(m.letters("b64", 64) for _ in range(5))
        return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----"

    return make


_PRIVATE: Final = "PRIVATE" + " KEY"
_MAKERS: Final[dict[str, Callable[[Maker], str]]] = {
    "person": _person,
    "strong": lambda m: m.letters("alnum", 4) + m.random.choice("!#%*-_") + m.letters("alnum", 11),
    "pw": lambda m: _person(m) if m.random.random() < 0.6 else _MAKERS["strong"](m),
    "word": lambda m: m.word(),
    "uuid": lambda m: "-".join(m.letters("hex", n) for n in (8, 4, 4, 4, 12)),
    "jwt": _jwt,
    "rsa": _pem("RSA " + _PRIVATE),
    "pkcs8": _pem(_PRIVATE),
    "ec": _pem("EC " + _PRIVATE),
    "ssh": _pem("OPENSSH " + _PRIVATE),
    "cert": _pem("CERTIFICATE"),
    "public": _pem("PUBLIC KEY"),
    "akia": lambda m: "AK" + "IA" + "".join(m.random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
    "aws40": lambda m: m.letters("b64", 40),
    "ghp": _github("gh" + "p_", 30),
    "gho": _github("gh" + "o_", 30),
    "ghs": _github("gh" + "s_", 30),
    "glpat": lambda m: "glp" + "at-" + m.letters("url", 20),
    "stripe": lambda m: "sk" + "_live_" + m.letters("alnum", 24),
    "stripetest": lambda m: "sk" + "_test_" + m.letters("alnum", 24),
    "stripepk": lambda m: "pk" + "_live_" + m.letters("alnum", 24),
    "stripehook": lambda m: "whs" + "ec_" + m.letters("alnum", 32),
    "slackbot": lambda m: "xox" + f"b-{m.letters('digit', 12)}-{m.letters('digit', 12)}-" + m.letters("alnum", 24),
    "slackhook": lambda m: "https://hooks.slack" + f".com/services/T{m.letters('upper', 8)}/B{m.letters('upper', 8)}/" + m.letters("alnum", 24),
    "discordhook": lambda m: "https://discord" + f".com/api/webhooks/{m.letters('digit', 18)}/" + m.letters("url", 68),
    "sendgrid": lambda m: "SG" + "." + m.letters("url", 22) + "." + m.letters("url", 43),
    "googlekey": lambda m: "AI" + "za" + "Sy" + m.letters("url", 33),
    "openai": lambda m: "sk-" + "proj-" + m.letters("alnum", 48),
    "anthropic": lambda m: "sk-" + "ant-api03-" + m.letters("url", 93) + "AA",
    "npm": lambda m: "np" + "m_" + m.letters("alnum", 36),
    "pypi": lambda m: "pyp" + "i-AgEIcHlwaS5vcmc" + m.letters("url", 70),
    "twiliokey": lambda m: "SK" + m.letters("hex", 32),
    "twiliosid": lambda m: "AC" + m.letters("hex", 32),
    "mailgun": lambda m: "key" + "-" + m.letters("hex", 32),
    "mailchimp": lambda m: m.letters("hex", 32) + "-us" + str(m.random.randint(1, 21)),
    "telegram": lambda m: m.letters("digit", 10) + ":AA" + m.letters("url", 33),
    "do": lambda m: "do" + "p_v1_" + m.letters("hex", 64),
    "shopify": lambda m: "shp" + "at_" + m.letters("hex", 32),
    "square": lambda m: "EA" + "AA" + m.letters("url", 60),
    "newrelic": lambda m: "NR" + "AK-" + m.letters("upper", 27),
    "hf": lambda m: "hf" + "_" + m.letters("alnum", 34),
    "vault": lambda m: "hv" + "s." + m.letters("url", 90),
    "linear": lambda m: "lin" + "_api_" + m.letters("alnum", 40),
    "notion": lambda m: "ntn" + "_" + m.letters("alnum", 46),
    "airtable": lambda m: "pat" + m.letters("alnum", 14) + "." + m.letters("hex", 64),
    "sentrydsn": lambda m: f"https://{m.letters('hex', 32)}@o{m.letters('digit', 6)}.ingest.sentry.io/{m.letters('digit', 7)}",
    "azurekey": lambda m: m.letters("b64", 86) + "==",
    "django": lambda m: m.letters("sym", 50),
    "bcrypt": lambda m: "$2b$12$" + m.letters("alnum", 53),
    "sha512": lambda m: "sha512-" + m.letters("b64", 86) + "==",
    "host": lambda m: f"{m.word()}-{m.word()}.{m.random.choice(('internal', 'example.org', 'corp.local'))}",
    "lambda_arn": lambda m: f"arn:aws:lambda:eu-west-1:{m.letters('digit', 12)}:function:{m.word()}",
}  # fmt: skip
_WRAPS: Final[dict[str, Callable[[str], str]]] = {
    "b64": _plain_b64,
    "enc": lambda text: quote(text, safe=""),
    "json": lambda text: json.dumps(text)[1:-1],
    "oneline": lambda text: text.replace("\n", "\\n"),
    "join": lambda text: text.replace("\n", ""),
    "indent4": lambda text: text.replace("\n", "\n    "),
    "indent2": lambda text: text.replace("\n", "\n  "),
}
