"""One line of a JAAS configuration, as Kafka clients take it in ``sasl.jaas.config``.

Sources: Apache Kafka documentation, "Authentication using SASL"; the escapes are those of Java's
StreamTokenizer.
"""

from __future__ import annotations

import re

from .fields import Connection, assemble, make_field

_HEAD = re.compile(
    r"\s*(?P<module>[A-Za-z_$][\w.$]*LoginModule)\s+(?:required|requisite|sufficient|optional)\b",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"""\s*(?P<name>[\w.\-]+)\s*=\s*"""
    r"""(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>(?:[^'\\\n]|\\.)*)'|(?P<plain>[\w.\-@/:+]+))"""
)
_KEYS = {
    "username": "username",
    "password": "password",
    "clientid": "username",
    "clientsecret": "secret",
    "keystorepassword": "keystorepassword",
}
_OCTAL = re.compile(r"(?<!\\)(?:\\\\)*\\[0-7]")
"""An escape, and no digit behind an escaped backslash."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}


def jaas(text: str) -> Connection | None:
    head = _HEAD.match(text)
    if head is None:
        return None
    fields = []
    at = head.end()
    while (match := _OPTION.match(text, at)) is not None:
        at = match.end()
        key = _KEYS.get(match["name"].lower())
        if key is None:
            continue
        group = next(g for g in ("double", "single", "plain") if match[g] is not None)
        spelled = match[group]
        if _OCTAL.search(spelled):
            return None  # octal escapes: allowed, but nobody writes them
        decoded = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), spelled)
        filters = [("json",)] if group == "double" else []
        fields.append(make_field(key, decoded, spelled, match.start(group), *filters))
    if text[at:].strip() not in {"", ";"}:
        return None
    return assemble("kafka-jaas", _mechanism(head["module"]), fields)


def _mechanism(module: str) -> str:
    name = module.rsplit(".", 1)[-1].removesuffix("LoginModule").lower()
    return name if name in {"plain", "scram", "oauthbearer"} else ""
