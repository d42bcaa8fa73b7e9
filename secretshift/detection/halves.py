"""Keys that are no secret by themselves: made for browsers, or the public half of a pair."""

from __future__ import annotations

from collections.abc import Mapping

from .candidate import Candidate
from .judgement import LOW, MEDIUM
from .late import late
from .names import NameSense, Sense, words

_PUBLIC_HALVES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "vonage": (("api", "key"), ("key",)),
    "nexmo": (("api", "key"), ("key",)),
    "mailjet": (("api", "key"), ("key",), ("public", "key")),
    "mj": (("api", "key"),),
    "cloudinary": (("api", "key"), ("key",)),
    "pusher": (("key",), ("app", "key"), ("api", "key")),
    "segment": (("write", "key"), ("key",)),
    "amplitude": (("api", "key"), ("key",)),
    "mixpanel": (("token",), ("project", "token")),
    "docusign": (("integration", "key"), ("integrator", "key")),
    "ds": (("integration", "key"), ("integrator", "key")),
    "shopify": (("api", "key"),),
    "yotpo": (("app", "key"), ("key",)),
    "heap": (("app", "key"), ("env", "key")),
    "trello": (("key",), ("api", "key"), ("app", "key")),
    "recaptcha": (("key",), ("api", "key")),
    "hcaptcha": (("key",),),
    "turnstile": (("key",),),
    "firebase": (("api", "key"), ("web", "api", "key"), ("web", "key")),
    "braintree": (("tokenization", "key"),),
    "klaviyo": (("company", "key"),),
    "logrocket": (("app", "key"),),
}
"""By issuer: names of what every visitor of a page gets to see, or of an id called key."""

_IDENTIFIES = "but it only identifies: its secret stands beside it"
_WRITERS = frozenset(("segment",))
"""Issuers whose key of that sort lets whoever has it write."""
_SEARCH_ENGINES = frozenset(("algolia", "typesense", "meili", "meilisearch"))
_SID = late(r"SK[0-9a-f]{32}")
"""Source: Twilio's documentation, "API keys overview"."""
_IN_A_PAGE = frozenset(("js", "javascript", "embed", "widget", "page", "client"))
_PARTNERS: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    ("access", "key"): (
        ("secret", "key"), ("secret", "access", "key"), ("access", "secret"), ("secret",),
        ("access", "key", "secret"),
    ),
    ("consumer", "key"): (("consumer", "secret"),),
    ("app", "key"): (("app", "secret"),),
    ("client", "key"): (("client", "secret"),),
}  # fmt: skip
"""The end of a name that identifies, and of the name of the secret that goes with it."""
_OF_AN_API: tuple[tuple[str, ...], ...] = (
    ("api", "secret"), ("secret",), ("api", "key", "secret"), ("api", "secret", "key"),
    ("secret", "key"),
)  # fmt: skip


def most(
    candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]
) -> tuple[int, str] | None:
    """The most that can be said of such a key, and why; None where nothing speaks against it."""
    if claim.sense not in (Sense.KEY, Sense.TOKEN):
        return None
    parts = _said(claim.words)
    for issuer, halves in _PUBLIC_HALVES.items():
        if issuer in parts and parts[parts.index(issuer) + 1 :] in halves:
            return LOW, "but this issuer's key of that name is no secret by itself"
    if claim.sense is not Sense.KEY:
        return None
    if candidate.text.startswith("SK") and _SID.fullmatch(candidate.text) is not None:
        return LOW, "but it is the id of a key, whose secret is another text"
    if "search" in parts and _SEARCH_ENGINES.intersection(parts):
        return LOW, "but keys that only search are made for browsers"
    if _IN_A_PAGE.intersection(parts[-3:-1]) and not _is_of_tls(parts):
        return LOW, "but such keys are made for browsers and apps"
    if _is_of_a_web_app(candidate, siblings):
        return LOW, "but it stands among the settings that a web app ships with"
    return _beside_its_secret(parts, siblings)


def is_known_to_all(claim: NameSense, most: tuple[int, str] | None) -> bool:
    """Whether nobody is let in by it, where it is what its name and its siblings say."""
    if most is None or most[0] != LOW or most[1] == _IDENTIFIES:
        return False
    return _WRITERS.isdisjoint(claim.words)


def _said(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Without the words after the head that only say which of several."""
    end = len(parts)
    while end > 1 and parts[end - 1] not in ("key", "keys", "token"):
        end -= 1
    return parts[:end] if end > 1 else parts


def _is_of_tls(parts: tuple[str, ...]) -> bool:
    return bool({"tls", "ssl", "mtls", "cert", "pem"}.intersection(parts))


def _is_of_a_web_app(candidate: Candidate, siblings: Mapping[str, str]) -> bool:
    """The settings of a Firebase app, which every one of its pages holds."""
    if not candidate.text.startswith("AI" + "za"):
        return False
    said = {"".join(words(name)) for name in siblings}
    return any(name.endswith(("authdomain", "messagingsenderid")) for name in said)


def _beside_its_secret(
    parts: tuple[str, ...], siblings: Mapping[str, str]
) -> tuple[int, str] | None:
    others = {words(name) for name in siblings if siblings[name]}
    for end, partners in _PARTNERS.items():
        if parts[-2:] == end and any((*parts[:-2], *partner) in others for partner in partners):
            return LOW, _IDENTIFIES
    stem = parts[:-2] if parts[-2:-1] == ("api",) else parts[:-1]
    partners = _OF_AN_API if stem else _OF_AN_API[:1]
    if parts[-1:] == ("key",) and any((*stem, *partner) in others for partner in partners):
        return MEDIUM, "although a secret stands beside it, so that it may only identify"
    return None
