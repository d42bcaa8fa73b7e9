"""The operator's side of the resolver: its log line, its references, its templates. Pure.

A log is what a function says about itself: it shows mistakes, not lies. Whoever runs code in the
function can write such a line. So a reader compares function, version and references with what it
wrote itself, and stores nothing of a log but the closed set of words below.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

LIST_VARIABLE: Final = "SECRETSHIFT_VARS"
CHAINED_WRAPPER_VARIABLE: Final = "SECRETSHIFT_WRAPPER"
ARN_SUFFIX: Final = "_SECRET_ARN"
TEMPLATE_SUFFIX: Final = "_SECRET_TEMPLATE"

LONGEST_TEXT: Final = 8 * 1024 * 1024
LONGEST_LINE: Final = 64 * 1024
MOST_VARIABLES: Final = 500

ERROR_CODES: Final = frozenset(
    {
        "AccessDenied",
        "BadName",
        "BadTemplate",
        "CaBundle",
        "Crash",
        "DecryptionFailure",
        "ExpiredToken",
        "InsecureEndpoint",
        "Internal",
        "InvalidParameter",
        "InvalidRequest",
        "InvalidSignature",
        "Malformed",
        "MissingKey",
        "Network",
        "NoCredentials",
        "NoInterpreter",
        "NoReference",
        "NotAString",
        "Proxy",
        "ReservedName",
        "ResourceNotFound",
        "ServiceError",
        "Throttled",
        "Timeout",
        "Tls",
        "TooLarge",
        "UnknownPartition",
        "Unrepresentable",
        "UnrecognizedClient",
    }
)

_RESERVED_WORDS: Final = (
    "COMP_WORDBREAKS DIRSTACK ENV EUID FUNCNAME GROUPS HISTCMD HOSTNAME HOSTTYPE IFS LANG LINENO "
    "MACHTYPE NODE_COMPILE_CACHE NODE_DEBUG NODE_DEBUG_NATIVE NODE_EXTRA_CA_CERTS NODE_OPTIONS "
    "NODE_PATH NODE_PRESERVE_SYMLINKS_MAIN NODE_REDIRECT_WARNINGS NODE_TLS_REJECT_UNAUTHORIZED "
    "NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA NODE_V8_COVERAGE OLDPWD OPTARG OPTERR OPTIND OSTYPE "
    "PATH PIPESTATUS POSIXLY_CORRECT PPID PS1 PS2 PS3 PS4 PWD PYTHONHOME PYTHONPATH PYTHONSTARTUP "
    "RANDOM REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM SSLKEYLOGFILE TERM UID _ "
    "AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_REGION "
    "AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_RUNTIME_DIR LAMBDA_TASK_ROOT"
)
RESERVED_NAMES: Final = frozenset(_RESERVED_WORDS.split())
RESERVED_PREFIXES: Final = ("BASH", "LC_", "LD_", "AWS_LAMBDA_", "SECRETSHIFT_", "_secretshift_")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\?")
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{0,140}")
_VERSION = re.compile(r"\$LATEST|[0-9]{0,19}")
_REFERENCES = re.compile(r"(?:[0-9a-f]{16})?")
_OUTCOME = re.compile(r"match|mismatch|resolved|error:(?:([A-Za-z]{1,40})|Http[0-9]{3})")
# At the start of a line, where the resolver writes it; `aws logs tail` puts time and stream first.
_LINE = re.compile(r"\s*(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T\S+\s+(?:\S+\s+)?)?secretshift (\{.*\})\s*")


@dataclass(frozen=True, slots=True)
class ResolverLine:
    """What the resolver reported at one start of the function.

    refs is the digest of the references it saw (see `references_digest`), empty where the resolver
    could not run. outcomes holds "match", "mismatch", "resolved" or "error:<code>" by variable;
    the name "?" stands for a listed name that is no variable name.
    """

    function: str
    version: str
    refs: str
    milliseconds: int
    outcomes: Mapping[str, str]


def parse_lines(text: str) -> tuple[ResolverLine, ...]:
    """The resolver's lines in a function's log, oldest first; everything else is passed over.

    Reads text logs and Lambda's JSON log format, in which the line is the "message" of a record
    (Lambda Developer Guide, "Configuring JSON and plain text log formats").
    """
    lines = (_parse(payload) for payload in _payloads(text[-LONGEST_TEXT:]))
    return tuple(line for line in lines if line is not None)


def _payloads(text: str) -> Iterator[str]:
    for line in re.split(r"[\r\n]+", text):
        if "secretshift {" not in line or len(line) > LONGEST_LINE:
            continue
        if line.lstrip().startswith("{"):
            line = _message(_json_object(line))
        if (match := _LINE.fullmatch(line)) is not None:
            yield match.group(1)


def _message(record: dict[str, Any]) -> str:
    inner = record.get("record")
    if isinstance(inner, dict):
        record = inner
    for candidate in (record.get("message"), inner):
        if isinstance(candidate, str):
            return candidate.rstrip("\r\n")
    return ""


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _parse(payload: str) -> ResolverLine | None:
    record = _json_object(payload)
    milliseconds, outcomes = record.get("ms"), record.get("vars")
    if type(record.get("v")) is not int or record["v"] != 1:
        return None
    texts = {"function": _FUNCTION, "version": _VERSION, "refs": _REFERENCES}
    if not all(_is(pattern, record.get(key)) for key, pattern in texts.items()):
        return None
    if type(milliseconds) is not int or not 0 <= milliseconds <= 900_000:
        return None
    if not isinstance(outcomes, dict) or len(outcomes) > MOST_VARIABLES:
        return None
    if not all(_is(_NAME, name) and _is_outcome(word) for name, word in outcomes.items()):
        return None
    return ResolverLine(
        function=record["function"],
        version=record["version"],
        refs=record["refs"],
        milliseconds=milliseconds,
        outcomes=MappingProxyType(outcomes),
    )


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_outcome(value: object) -> bool:
    match = _OUTCOME.fullmatch(value) if isinstance(value, str) else None
    return match is not None and (match.group(1) is None or match.group(1) in ERROR_CODES)


def references_digest(references: Iterable[tuple[str, str, str]]) -> str:
    """Names one configuration: (name, reference, template or "") of every listed variable."""
    lines = sorted("\t".join(reference) for reference in references)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def name_problem(name: str) -> str | None:
    """Why the resolver would refuse to handle a variable of this name, in its word; or None.

    Reserved are names that a shell, the loader, an interpreter or Lambda gives a meaning of its
    own: setting one would steer the start of the function instead of handing over a value.
    """
    if name == "?" or not _is(_NAME, name):
        return "BadName"
    reserved = name in RESERVED_NAMES or name.startswith(RESERVED_PREFIXES)
    return "ReservedName" if reserved else None


class TemplateProblem(ValueError):
    """A template that cannot be rendered; `code` is the resolver's word for the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _urlencode(text: str) -> str:
    return "".join(
        chr(byte) if byte < 128 and (chr(byte).isalnum() or chr(byte) in "-._~") else f"%{byte:02X}"
        for byte in text.encode("utf-8")
    )


def _json_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


FILTERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"urlencode": _urlencode, "json": _json_text, "base64": _base64}
)

_PART = re.compile(r"\{\{|\}\}|\{([^{}|]+)((?:\|[a-z0-9]+)*)\}|([^{}]+)")


def render(template: str, mapping: Mapping[str, str | bool | None]) -> str:
    """What the resolver would put into the variable: `{key|filter|filter}`, `{{` and `}}`.

    A value other than text or a boolean stands for one that has no text (null, a list, an
    object); numbers are given as the text they were written with, as `secret_fields` does.
    """
    parts = []
    at = 0
    while at < len(template):
        match = _PART.match(template, at)
        if match is None:
            raise TemplateProblem("BadTemplate")
        key, filters, literal = match.groups()
        if key is not None:
            steps = filters.split("|")[1:]
            if not FILTERS.keys() >= set(steps):
                raise TemplateProblem("BadTemplate")
            text = _field(mapping, key)
            for step in steps:
                text = FILTERS[step](text)
            parts.append(text)
        else:
            parts.append(literal or match.group()[0])
        at = match.end()
    return "".join(parts)


def _field(mapping: Mapping[str, str | bool | None], key: str) -> str:
    if key not in mapping:
        raise TemplateProblem("MissingKey")
    found = mapping[key]
    if isinstance(found, bool):
        return "true" if found else "false"
    if not isinstance(found, str):
        raise TemplateProblem("NotAString")
    if any("\ud800" <= character <= "\udfff" for character in found):
        raise TemplateProblem("Unrepresentable")
    return found


def secret_fields(secret: str) -> Mapping[str, str | bool | None]:
    """The keys of a JSON secret as the resolver reads them, for `render`."""
    try:
        found = json.loads(secret, parse_int=str, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise TemplateProblem("Malformed") from None
    if not isinstance(found, dict):
        raise TemplateProblem("Malformed")
    return {key: value if isinstance(value, str | bool) else None for key, value in found.items()}


def _refuse(_: str) -> None:
    raise ValueError
