"""From a value as it stands to the innermost secrets that it may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from secretshift.shapes import connection

from .. import names
from ..candidate import Candidate, Evidence
from ..references import is_reference
from . import addresses, pairs, pem

_URL = re.compile(r"(?i)[a-z][a-z0-9+.\-]{1,40}://\S{1,4000}")
_SCHEME = re.compile(r"(?i)(?:jdbc:)?[a-z][a-z0-9+.\-]{1,40}:")
_USER_AND_PASSWORD = re.compile(r"([^\s:/@\"'{}<>]{1,100}):([^\s\"'{}<>]{3,200})")
_HEADER_LINE = re.compile(r"(?i)(?:authorization\s*[:=]\s*)?(?:basic|bearer|token)\s+\S")
_ORACLE_THIN = re.compile(r"jdbc:oracle:\w{2,8}:[^/@\s]{1,100}/([^@\s\"']{1,200})@")
_DEEPEST = 4


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
    for step in (_keys, _encoded, _json, _address, _connection, _named_parts):
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
        for found in pem.KEY_BLOCK.finditer(text)
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
        if part.text != inner
    ]


def _json(candidate: Candidate, depth: int) -> list[Candidate] | None:
    members = pairs.json_pairs(candidate.text)
    if members is None:
        return None
    if candidate.text.lstrip().startswith("[") and not members:
        return [candidate] if _is_list_of_strings(candidate.text) else []
    google = any(name == "type" and text == "service_account" for name, text, _, _ in members)
    result: list[Candidate] = []
    for name, text, start, end in members:
        kind = "google-service-account" if google and name == "private_key" else ""
        part = _inside(candidate, start, end, text, name=name, kind="")
        for inner in unwrap(part.with_(outer=""), depth + 1):
            result.append(inner.with_(kind=kind or inner.kind))
    return result


def _is_list_of_strings(text: str) -> bool:
    return text.count('"') == 2


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
    if addresses.is_sentry_dsn(text):
        return []
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


def _connection(candidate: Candidate, depth: int) -> list[Candidate] | None:
    text = candidate.text
    lower = text[:400].lower()
    if not (
        "://" in text
        or "=" in text
        or lower.startswith(("basic ", "bearer ", "token ", "authorization", "jdbc:"))
    ):
        return None
    thin = _ORACLE_THIN.match(text)
    if thin is not None:
        return [
            _inside(
                candidate, thin.start(1), thin.end(1), thin[1],
                evidence=Evidence.CONNECTION, scheme="oracle",
            )
        ]  # fmt: skip
    found = connection.parse(text)
    if found is None:
        return None
    if found.form in ("bearer", "basic-auth"):
        field = found.secret
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
    for field in found.fields:
        if field.is_secret:
            result.append(
                _inside(
                    candidate, field.start, field.end, field.text.reveal(),
                    evidence=Evidence.CONNECTION, scheme=_scheme_of(found), host=host_text,
                    kind="",
                )
            )  # fmt: skip
    return result


def _scheme_of(found: connection.Connection) -> str:
    if found.form == "azure":
        return f"azure:{found.scheme}"
    if found.scheme:
        return found.scheme.split("+")[0].split(":")[0]
    return {
        "adonet": "sqlserver", "odbc": "sqlserver", "libpq": "postgres", "kafka-jaas": "kafka",
        "stackexchange": "redis", "azure": "azure", "mongodb": "mongodb",
    }.get(found.form, "")  # fmt: skip


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
    found = pairs.option_pairs(text) if " -" in " " + text or text.startswith("-") else []
    if not found and "=" in text and _is_row(text):
        found = pairs.row_pairs(text)
    if not found:
        return None
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


def _may_be_path_token(candidate: Candidate) -> bool:
    return "webhook" in candidate.name.lower() or "hook" in names.words(candidate.name)


def _user_and_password(candidate: Candidate) -> Iterator[Candidate]:
    text = candidate.text
    sense = names.sense(candidate.name)
    last_two = names.words(candidate.name)[-2:]
    if sense.sense in (names.Sense.AUTH, names.Sense.CREDENTIALS) or last_two in (
        ("user", "password"), ("username", "password"), ("user", "pass"),
    ):  # fmt: skip
        found = _USER_AND_PASSWORD.fullmatch(text)
        if found is not None and not is_reference(text) and not found[2].startswith("//"):
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
