"""Whom a rule's validation asks, worked out before anything is sent: pure.

A person agrees to hosts, so only rules whose hosts are fixed, by the rule itself or by the
settings, are ever run. A rule that takes its host from the scanned text would let that text choose
who gets the credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

AWS_HOST: Final = "sts.amazonaws.com"
FROM_TEXT: Final = "whom to ask would be taken from the scanned text"
NO_RULE: Final = "no check is known for it"
NOT_SETTABLE: Final = "its endpoint cannot be set, and the settings set one"
NO_HTTPS: Final = "it would be sent without encryption"

_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_URL: Final = re.compile(
    r"(?i)(https?)://(([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?)(?=[/?#]|\Z)"
)
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_FIRST_PLACE: Final = re.compile(r"\{\{-?\s*([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}")

Node = Mapping[str, Any]
Scope = Mapping[str, tuple["Text", ...]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """hosts: who would be asked, in the order of the rule; variables: what the engine has to be
    told for that; internal: the settings name each of them, so an internal address is meant;
    reason: why nobody can be asked, "" if somebody can."""

    hosts: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    internal: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The beginning of a text that a rule puts together; whole: nothing unknown follows."""

    start: str
    whole: bool
    variable: tuple[str, str] | None = None
    """A variable of the engine, and what it is to be told."""


def endpoint_of(rule: Mapping[str, Any], endpoints: Mapping[str, str]) -> Endpoint:
    """rule: its detail as the engine gives it; endpoints: base URLs of the settings, by the host
    that is otherwise asked or by the name of a variable."""
    validation = rule.get("validation")
    if not isinstance(validation, Mapping):
        return Endpoint(reason=NO_RULE)
    content = validation.get("content")
    kind = validation.get("type")
    if kind == "Betterleaks" and isinstance(content, Mapping):
        texts = list(_asked(content.get("expression"), {}, endpoints))
    elif kind in ("Http", "Grpc") and isinstance(content, Mapping):
        texts = list(_templates(content, _taken(rule), endpoints))
    else:
        return Endpoint(reason=NO_RULE if kind in ("Assumed", "Ethereum") else FROM_TEXT)
    return _together(texts, endpoints)


def _together(texts: list[Text | None], endpoints: Mapping[str, str]) -> Endpoint:
    if not texts:
        return Endpoint(reason=NO_RULE)
    found = Endpoint(internal=True)
    for text in texts:
        host = "" if text is None else _host(text)
        if text is None or not host:
            return Endpoint(reason=FROM_TEXT)
        set_by = text.variable is not None and text.variable[1] in endpoints.values()
        if host in endpoints and not set_by:
            if host_of(endpoints[host]) != host:
                return Endpoint(reason=NOT_SETTABLE)
            set_by = True
        if not is_safe(text.start):
            return Endpoint(reason=NO_HTTPS)
        variables = (*found.variables, *((text.variable,) if text.variable else ()))
        found = replace(
            found,
            hosts=tuple(dict.fromkeys((*found.hosts, host))),
            variables=tuple(dict.fromkeys(variables)),
            internal=found.internal and set_by,
        )
    return found


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read along: encrypted, or on this machine."""
    found = _URL.match(url)
    if found is None:
        return False
    return found[1].lower() == "https" or found[3].lower() in _LOOPBACK


def host_of(url: str) -> str:
    """The host, with its port where it has one; "" for what is no plain URL of a web service. Two
    readers of a URL that is written oddly may see two hosts in it, so such a one has none."""
    found = _URL.match(url)
    return found[2].lower() if found is not None else ""


def _host(text: Text) -> str:
    """Only where the host is complete: ``https://api.`` and something unknown name nobody."""
    after = text.start.partition("://")[2]
    if not text.whole and not any(sign in after for sign in "/?#"):
        return ""
    return host_of(text.start)


# Templates of YAML rules


def _taken(rule: Mapping[str, Any]) -> frozenset[str]:
    """Names that the scanned text fills: they win over what the settings say."""
    groups = re.findall(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>", str(rule.get("pattern")))
    needed = [row.get("variable") for row in rule.get("depends_on_rule") or () if row]
    return frozenset(str(name).upper() for name in ("TOKEN", *groups, *needed))


def _templates(
    content: object, taken: frozenset[str], endpoints: Mapping[str, str]
) -> Iterator[Text | None]:
    """Every URL of a request, and of whatever it needs first."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if isinstance(value, str) and (key == "url" or str(key).endswith("_url")):
                yield _template(value, taken, endpoints)
            else:
                yield from _templates(value, taken, endpoints)
    elif isinstance(content, list):
        for item in content:
            yield from _templates(item, taken, endpoints)


def _template(url: str, taken: frozenset[str], endpoints: Mapping[str, str]) -> Text | None:
    first = _FIRST_PLACE.match(url)
    variable = None
    if first is not None:
        name = first[1].upper()
        if name in taken or name not in endpoints:
            return None
        variable = (name, endpoints[name])
        url = endpoints[name] + url[first.end() :]
    start = min((at for sign in ("{{", "{%") if (at := url.find(sign)) >= 0), default=len(url))
    return Text(url[:start], start == len(url), variable)


# Expressions of the built-in rules


def _asked(node: object, scope: Scope, endpoints: Mapping[str, str]) -> Iterator[Text | None]:
    """What every request in an expression is sent to; None where that cannot be told."""
    if isinstance(node, list):
        for item in node:
            yield from _asked(item, scope, endpoints)
        return
    if not isinstance(node, Mapping):
        return
    if node.get("kind") == "variable_declarator":
        yield from _asked(node.get("value"), scope, endpoints)
        inner = {**scope, str(node.get("name")): _texts(node.get("value"), scope, endpoints)}
        yield from _asked(node.get("expr"), inner, endpoints)
        return
    called = _called(node)
    if called == ("aws", "validate"):
        yield Text(f"https://{AWS_HOST}/", whole=False)
    elif called[0] in ("gcp", "azure"):
        yield None
    elif called[0] == "http":
        arguments = node.get("arguments") or [None]
        yield from _texts(arguments[0], scope, endpoints) or (None,)
    for key, value in node.items():
        if key != "callee":
            yield from _asked(value, scope, endpoints)


def _called(node: Node) -> tuple[str, str]:
    """``("http", "get")`` for ``http.get(…)``; empty for whatever is no call of this form."""
    callee = node.get("callee")
    if node.get("kind") != "call" or not isinstance(callee, Mapping):
        return "", ""
    owner, member = callee.get("node"), callee.get("property")
    if not isinstance(owner, Mapping) or not isinstance(member, Mapping):
        return "", ""
    return str(owner.get("value")), str(member.get("value"))


def _texts(node: object, scope: Scope, endpoints: Mapping[str, str]) -> tuple[Text, ...]:
    """Every text that an expression may stand for."""
    if not isinstance(node, Mapping):
        return (Text("", False),)
    match node.get("kind"):
        case "string":
            return (Text(str(node.get("value")), True),)
        case "identifier":
            return scope.get(str(node.get("value")), (Text("", False),))
        case "conditional":
            return (
                *_texts(node.get("exp1"), scope, endpoints),
                *_texts(node.get("exp2"), scope, endpoints),
            )
        case "binary" if node.get("operator") == "+":
            left = _texts(node.get("left"), scope, endpoints)
            right = _texts(node.get("right"), scope, endpoints)
            return tuple(_joined(one, other) for one in left for other in right)
        case "binary" if node.get("operator") == "??":
            return (
                *_texts(node.get("left"), scope, endpoints),
                *_texts(node.get("right"), scope, endpoints),
            )
        case "call" if _called(node) == ("env", "getOrDefault"):
            return _set_or_default(node, endpoints)
    return (Text("", False),)


def _joined(one: Text, other: Text) -> Text:
    if not one.whole:
        return one
    return Text(one.start + other.start, other.whole, one.variable or other.variable)


def _set_or_default(node: Node, endpoints: Mapping[str, str]) -> tuple[Text, ...]:
    given = [one.get("value") for one in node.get("arguments", ()) if isinstance(one, Mapping)]
    if len(given) != 2 or not all(isinstance(one, str) for one in given):
        return (Text("", False),)
    name, default = str(given[0]), str(given[1])
    url = endpoints.get(name) or endpoints.get(host_of(default)) or default
    return (Text(url.rstrip("/"), True, (name, url.rstrip("/"))),)


def unknown_form(endpoints: Mapping[str, str]) -> str:
    """Why the settings cannot be taken, "" if they can. Quotes no URL."""
    for name, url in endpoints.items():
        if _NAME.fullmatch(name) is None and host_of(f"https://{name}") != name:
            return "is for the name of a host or of a variable, such as api.github.com"
        if not host_of(url) or "?" in url or "#" in url:
            return f"needs a base URL for {name}, such as https://github.example.com/api/v3"
        if not is_safe(url):
            return f"needs https for {name}; http is for this machine only"
    return ""
