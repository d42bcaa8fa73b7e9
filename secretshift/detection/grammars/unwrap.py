"""From a value as it stands to the innermost secrets that it may hold."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import unquote

from secretshift.shapes import connection

from .. import names
from ..candidate import Candidate, Evidence, Place
from ..late import late
from ..looks import Look, look
from ..passwords import is_exact
from ..references import is_reference
from ..values import is_bytes_of_a_key_pair, is_identifier, is_version
from . import addresses, commands, connections, credential_files, pairs, pem
from .marks import held

_URL = late(r"(?i)[a-z][a-z0-9+.\-]{1,40}://\S{1,4000}")
_SCHEME = late(r"(?i)(?:jdbc:)?[a-z][a-z0-9+.\-]{1,40}:")
_USER_AND_PASSWORD = late(r"([^\s:/@\"'{}<>]{1,100}):(?!:)([^\s\"'{}<>]{3,200})")
_HEADER_LINE = late(r"(?i)(?:authorization\s*[:=]\s*)?(?:basic|bearer|token)\s+\S")
_BASE64 = late(r"[A-Za-z0-9+/]{8,4000}={0,2}")
_DEEPEST = 4
_MAPPINGS = frozenset(
    (word,) for word in ("mapping", "mappings", "map", "fields", "columns", "schema", "aliases")
)
"""Last words of names of objects that say how something is called."""
_OF_USERS = frozenset((word,) for word in ("users", "logins", "accounts", "passwords"))
"""Last words of names of objects that hold the password of each user."""


def unwrap(candidate: Candidate, depth: int = 0) -> Iterator[Candidate]:
    """Every candidate inside, or the candidate itself where nothing is wrapped in it.

    Offsets of what is inside base64 or another escape are those of the outer form.
    """
    text = candidate.text
    if depth > _DEEPEST or len(text) > 65536:
        return
    if depth and text == candidate.outer:
        yield candidate
        return
    steps = _WHOLE_FORMS if is_exact(candidate, names.sense(candidate.name)) else _FORMS
    for step in steps:
        found = step(candidate, depth)
        if found is not None:
            yield from found
            return
    yield from _user_and_password(candidate)


def _inside(candidate: Candidate, start: int, end: int, text: str, **more: object) -> Candidate:
    """A part of the value by its span; where the value's form is no plain text, the whole span."""
    if candidate.end - candidate.start == len(candidate.text):
        span = {"start": candidate.start + start, "end": candidate.start + end}
    else:
        span = {"start": candidate.start, "end": candidate.end}
    return candidate.with_(text=text, outer=candidate.text, **span, **more)


def _keys(candidate: Candidate, _depth: int) -> list[Candidate] | None:
    text = candidate.text
    if pem.BEGIN not in text or text.lstrip().startswith("{"):
        return None
    return [
        _inside(
            candidate, found.start(), found.end(), pem.real_lines(found[0]),
            evidence=Evidence.PEM, kind="private-key",
        )
        for found in pem.blocks(text)
        if pem.has_body(found[2])
    ]  # fmt: skip


def _encoded(candidate: Candidate, depth: int) -> list[Candidate] | None:
    inner = pem.decoded(candidate.text)
    if inner is None:
        return None
    within = list(unwrap(candidate.with_(text=inner, outer=""), depth + 1))
    return [
        part.with_(start=candidate.start, end=candidate.end)
        for part in within
        if part.text != inner or part.evidence is not Evidence.NAME
    ]


def _json(candidate: Candidate, depth: int) -> list[Candidate] | None:
    members = pairs.json_pairs(candidate.text)
    if members is None:
        return None
    claim = names.sense(candidate.name)
    if names.words(candidate.name)[-1:] in _OF_USERS and all(
        _is_chosen(one.text) for one in members
    ):
        return [
            _inside(candidate, start, end, text, name=name, evidence=Evidence.PAIR)
            for name, text, start, end in members
        ]
    if candidate.text.lstrip().startswith("[") and not members:
        return [candidate] if claim.telling or is_bytes_of_a_key_pair(candidate.text) else []
    google = any(name == "type" and text == "service_account" for name, text, _, _ in members)
    private = {"kty", "d"} <= {name for name, _, _, _ in members}
    result: list[Candidate] = []
    named_only = names.words(candidate.name)[-1:] in _MAPPINGS
    for name, text, start, end in members:
        if named_only and look(text) is Look.WORDS:
            continue  # how a field is called elsewhere
        if private and name == "d":
            name = "private key"  # of a JSON Web Key: RFC 7518, 6.2.2 and 6.3.2
        kind = "google-service-account" if google and name == "private_key" else ""
        if claim.telling and _is_only_a_label(name, text):
            name = candidate.name
        part = _inside(candidate, start, end, text, name=name, kind="")
        for inner in unwrap(part.with_(outer=""), depth + 1):
            result.append(inner.with_(kind=kind or inner.kind))
    return result


def _is_chosen(text: str) -> bool:
    """Whether it reads like a password."""
    return (
        6 <= len(text) <= 40
        and look(text) in (Look.MIXED, Look.RANDOM)
        and any(map(str.isdigit, text))
        and not re.search(r"[\s/]", text)
    )


def _is_only_a_label(name: str, text: str) -> bool:
    """Whether a member's name says only whose key it is, in an object that is said to hold keys."""
    return names.sense(name).sense is names.Sense.NOTHING and look(text) is Look.RANDOM


def _credential_file(candidate: Candidate, _depth: int) -> list[Candidate] | None:
    """The text of a ``.netrc`` or ``.pgpass`` in a variable of that name."""
    last = names.words(candidate.name)[-2:]
    said = "".join(last) if last == ("pg", "pass") else "".join(last[-1:])
    found = list(credential_files.passwords(said, candidate.text))
    if not found:
        return None
    return [
        _inside(candidate, item.start, item.end, item.text, name=item.name, evidence=Evidence.PAIR)
        for item in found
    ]


def _address(candidate: Candidate, _depth: int) -> list[Candidate] | None:
    text = candidate.text
    if "://" not in text[:60]:
        return None
    hook = addresses.webhook(text)
    if hook is not None:
        return [
            _inside(
                candidate, hook.start, hook.end, text[hook.start : hook.end],
                evidence=Evidence.ADDRESS, kind=hook.kind,
            )
        ]  # fmt: skip
    key = addresses.key_in_path(text)
    if key is not None:
        return [
            _inside(
                candidate, *key, text[slice(*key)], evidence=Evidence.ADDRESS, kind="generic-api-key"
            )
        ]  # fmt: skip
    if addresses.is_sentry_dsn(text) or addresses.is_badge(text):
        return []
    marked = addresses.password_with_a_mark(text)
    if marked is not None:
        start, end, scheme = marked
        return [
            _inside(
                candidate, start, end, text[start:end],
                evidence=Evidence.CONNECTION, kind="", scheme=scheme,
            )
        ]  # fmt: skip
    listed = addresses.password_behind_underscore(text)
    if listed is not None:
        start, end, scheme = listed
        return [
            _inside(
                candidate, start, end, unquote(text[start:end]),
                evidence=Evidence.CONNECTION, kind="", scheme=scheme,
            )
        ]  # fmt: skip
    lone = addresses.token_in_place_of_user(text)
    if lone is not None and connection.parse(text) is None:
        start, end, host = lone
        return [
            _inside(
                candidate, start, end, text[start:end],
                evidence=Evidence.CONNECTION, kind="generic-token", host=host,
            )
        ]  # fmt: skip
    return None


def _listed(candidate: Candidate, _depth: int) -> list[Candidate] | None:
    text = candidate.text
    found = [_held(candidate, one) for one in connections.proxies(text)]
    if not found and names.words(candidate.name)[-1:] in _OF_USERS:
        spans = connections.passwords_of_users(text)
        if all(_is_chosen(text[start:end]) for start, end in spans):
            found = [
                _inside(
                    candidate, start, end, text[start:end],
                    evidence=Evidence.PAIR, kind="basic-auth",
                )
                for start, end in spans
            ]  # fmt: skip
    return found or None


def _elements(candidate: Candidate, _depth: int) -> list[Candidate] | None:
    text = candidate.text
    return [
        _inside(candidate, start, end, text[start:end], name=name, evidence=Evidence.PARAMETER)
        for name, start, end in connections.elements(text)
    ] or None


def _held(candidate: Candidate, one: connections.Held) -> Candidate:
    return _inside(
        candidate, one.start, one.end, candidate.text[one.start : one.end],
        evidence=one.evidence, scheme=one.scheme, host=one.host, kind=one.kind or candidate.kind,
    )  # fmt: skip


def _connection(candidate: Candidate, depth: int) -> list[Candidate] | None:
    text = candidate.text
    one = connections.behind_a_scheme(text) or connections.held_in(
        text, names.words(candidate.name)
    )
    if one is not None:
        return [_held(candidate, one)]
    lower = text[:400].lower()
    if not (
        "://" in text
        or "=" in text
        or lower.startswith(("basic ", "bearer ", "token ", "authorization", "jdbc:"))
    ):
        return None
    if is_exact(candidate, names.sense(candidate.name)) and "://" not in text[:60]:
        return None
    found = connection.parse(text)
    if found is None:
        return _loosely(candidate)
    if found.form in ("bearer", "basic-auth"):
        field = _secret_of(found)
        kind = "bearer-token" if found.form == "bearer" else "basic-auth"
        return [
            _inside(
                candidate, field.start, field.end, field.text.reveal(),
                evidence=Evidence.HEADER, kind=kind,
            )
        ]  # fmt: skip
    host = found.field("host")
    host_text = host.text.reveal() if host is not None else ""
    result = []
    user = found.field("username")
    for field in found.fields:
        lone = user is not None and field.text.reveal().lower() in _NO_PASSWORDS
        if field.is_secret:
            if lone and user is not None and look(user.text.reveal()) is Look.RANDOM:
                field = user
            result.append(
                _inside(
                    candidate, field.start, field.end, field.text.reveal(),
                    evidence=Evidence.CONNECTION, scheme=found.scheme, host=host_text, kind="",
                    connection=found,
                )
            )  # fmt: skip
    return result


_NO_PASSWORDS = frozenset(("", "x", "xx", "xxx", "api_token", "api-token", "unused", "none"))
"""What stands for a password where the user's name is a key."""


def _secret_of(header: connection.Connection) -> connection.Field:
    user = header.field("username")
    if user is not None and header.secret.text.reveal().lower() in _NO_PASSWORDS:
        return user
    return header.secret


_LOOSE = late(
    r"(?i)(?:^|;)[ \t]{0,3}(?:password|pwd)[ \t]{0,3}=[ \t]{0,3}"
    r"(?:\{(?P<braced>(?:[^{}\n]|\}\}){1,200})\}[ \t]{0,3}(?:;|$)|(?P<bare>[^;\s'\"{}]{1,200})(?:;|$))"
)
_SERVER = late(r"(?i)(?:^|;)[ \t]{0,3}(?:server|data source|host|address|addr)[ \t]{0,3}=")


def _loosely(candidate: Candidate) -> list[Candidate] | None:
    """A string of ADO.NET that cannot be taken apart: braces of ODBC in it, a semicolon too many."""
    text = candidate.text[:4000]
    found = _LOOSE.search(text) if ";" in text else None
    if found is None or not (text.startswith("jdbc:") or _SERVER.search(text)):
        return None
    group = "bare" if found["braced"] is None else "braced"
    start, end = found.span(group)
    return [
        _inside(
            candidate, start, end, found[group].replace("}}", "}"),
            evidence=Evidence.CONNECTION, kind="database-password",
        )
    ]  # fmt: skip


def _named_parts(candidate: Candidate, depth: int) -> list[Candidate] | None:
    """A URL's query, options of a command, settings in a row: each part under its own name."""
    text = candidate.text
    if "=" not in text and " " not in text:
        return [] if _URL.fullmatch(text) and not _may_be_path_token(candidate) else None
    is_url = _URL.fullmatch(text) is not None
    if is_url or text.startswith(("?", "sv=", "SharedAccessSignature ")):
        signature = addresses.signed(text)
        found = pairs.query_pairs(text)
        result = [
            _inside(candidate, p.start, p.end, p.text, name=p.name, evidence=Evidence.PARAMETER)
            for p in found
            if names.sense(p.name).telling
        ]
        if signature is not None:
            kind, start, end = signature
            result.append(
                _inside(candidate, start, end, unquote(text[start:end]),
                        evidence=Evidence.ADDRESS, kind=kind)
            )  # fmt: skip
        return result if result or is_url else None
    if " " in text:
        given = list(commands.passwords(text, held(text.lower(), commands.TABLE.marks), 0))
        if given:
            return [
                _inside(candidate, one.start, one.end, one.text,
                        name=one.name, evidence=Evidence.PARAMETER)
                for one in given
            ]  # fmt: skip
    found = pairs.option_pairs(text) if " -" in " " + text or text.startswith("-") else []
    if not found and "{" in text and ": " in text:
        found = [pair for pair in pairs.flow_pairs(text) if names.sense(pair.name).telling]
    if not found and ("=" in text or "\n" in text) and _is_row(text):
        found = pairs.row_pairs(text)
    if not found:
        return None
    claim = names.sense(candidate.name)
    if len(found) == 1 and claim.sense is names.Sense.PASSWORD and not re.search(r"[,;\s]", text):
        return None  # a password with an equals sign in it
    if names.words(candidate.name)[-1:] == ("headers",):
        found = [_as_key(part) for part in found]
    result = []
    for part in found:
        if names.sense(part.name).telling or "://" in part.text:
            inner = _inside(
                candidate, part.start, part.end, part.text,
                name=part.name, evidence=Evidence.PARAMETER,
            )  # fmt: skip
            result.extend(unwrap(inner.with_(outer=""), depth + 1))
    if result:
        return result
    return None if names.sense(candidate.name).telling and "\n" not in text else []


def _as_key(part: pairs.Pair) -> pairs.Pair:
    """A header that is sent along, and that looks made by a machine, opens something."""
    random = look(part.text) is Look.RANDOM and names.sense(part.name).sense is names.Sense.NOTHING
    return part._replace(name=f"{part.name}-key") if random else part


def _is_row(text: str) -> bool:
    """Whether the text is settings in a row rather than a password with an equals sign in it."""
    if "\n" in text:
        return True
    parts = [part for part in re.split(r"[,;]", text) if part.strip()]
    if not all("=" in part.rstrip("=") for part in parts):
        return False
    return all(
        re.fullmatch(r"[A-Za-z_][\w. -]{1,60}", part.split("=", 1)[0].strip()) for part in parts
    )


_OF_NEO4J = late(r"(neo4j)/([^\s/$<{]{3,100})")
"""Source: Neo4j Operations Manual, "Docker specific operations", ``NEO4J_AUTH``."""


def _may_be_path_token(candidate: Candidate) -> bool:
    return "webhook" in candidate.name.lower() or "hook" in names.words(candidate.name)


def _user_and_password(candidate: Candidate) -> Iterator[Candidate]:
    text = candidate.text
    sense = names.sense(candidate.name)
    last_two = names.words(candidate.name)[-2:]
    if sense.sense in (names.Sense.AUTH, names.Sense.CREDENTIALS) or last_two in (
        ("user", "password"), ("username", "password"), ("user", "pass"),
    ) or last_two[-1:] == ("basic",):  # fmt: skip
        coded = _coded_pair(text)
        if coded is not None:
            yield _inside(candidate, 0, len(text), coded, evidence=Evidence.PAIR, kind="basic-auth")
            return
        found = _USER_AND_PASSWORD.fullmatch(text)
        if candidate.name.endswith("NEO4J_AUTH"):
            found = _OF_NEO4J.fullmatch(text)
        if found is not None and not _is_said_elsewhere(candidate, found[2]):
            yield _inside(
                candidate, found.start(2), found.end(2), found[2],
                evidence=Evidence.PAIR, kind="basic-auth",
            )  # fmt: skip
            return
    if _URL.fullmatch(text) and _may_be_path_token(candidate):
        span = addresses.secret_path_segment(text)
        if span is not None:
            yield _inside(
                candidate, 0, len(text), text, evidence=Evidence.ADDRESS, kind="webhook-url"
            )
            return
    yield candidate


def _is_said_elsewhere(candidate: Candidate, behind: str) -> bool:
    """A reference, an address, a package and its version, the name of a route. behind: the colon."""
    text = candidate.text
    routed = candidate.place is Place.CODE and is_identifier(behind)
    return is_reference(text) or behind.startswith("//") or is_version(text) or routed


def _coded_pair(text: str) -> str | None:
    """The password in base64 of ``user:password``, as Docker and npm keep it."""
    if _BASE64.fullmatch(text) is None or len(text) % 4:
        return None
    try:
        plain = base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        return None
    user, colon, password = plain.partition(":")
    return password if colon and user and len(password) > 1 and plain.isprintable() else None


_WHOLE_FORMS = (_credential_file, _keys, _encoded, _json, _address, _listed, _elements, _connection)
_FORMS = (*_WHOLE_FORMS, _named_parts)
