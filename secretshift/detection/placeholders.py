"""Values that stand where a secret will be put, and never are one."""

from __future__ import annotations

from itertools import pairwise

from .late import late

_WORDS = frozenset(
    [
        "example",
        "dummy",
        "sample",
        "todo",
        "tbd",
        "fixme",
        "placeholder",
        "redacted",
        "masked",
        "hidden",
        "removed",
        "omitted",
        "undefined",
        "unset",
        "unknown",
        "notset",
        "not-set",
        "not_set",
        "none",
        "null",
        "nil",
        "empty",
        "blank",
        "void",
        "default",
        "n/a",
        "na",
        "nan",
        "insert",
        "fillme",
        "fill-me",
        "fill_me",
        "replaceme",
        "replace-me",
        "replace_me",
        "replace",
        "mock",
        "fake",
        "stub",
        "foo",
        "bar",
        "baz",
        "foobar",
        "lorem",
        "ipsum",
        "string",
        "str",
        "text",
        "varchar",
        "value",
        "values",
        "number",
        "integer",
        "int",
        "boolean",
        "bool",
        "object",
        "array",
        "any",
        "secret-here",
        "password-here",
        "token-here",
        "key-here",
        "encrypted",
        "sensitive",
        "confidential",
        "filtered",
        "protected",
        "dontcare",
        "dont-care",
        "notused",
        "not-used",
        "unused",
        "not-needed",
        "notneeded",
        "not_needed",
        "not-required",
        "see-vault",
    ]
)

_SHAPES = late(
    r"""(?ix)
      <[^<>]{0,200}>                                   # <password>
    | \[(?:your|insert|enter|redacted|secret|password|token|api|removed|hidden|filtered
      |masked|omitted|scrubbed)[^\[\]]{0,100}\]
    | [*_]{1,3}(?:redacted|removed|hidden|filtered|masked|omitted|scrubbed)[*_]{1,3}
    | (?:required|nullable|sometimes|confirmed|string|present|filled|bail)(?:\|[\w:,./-]{2,60}){1,12}
                                                       # rules of a validator
    | anonymous@?
    | 0{8}-0{4}-[0-9]0{3}-[089ab]0{3}-0{11}[0-9a-f]            # the UUID of nothing
    | (?:x{3,}|\*{2,}|\.{3,}|-{2,}|_{2,}|•+|\#{3,}|0{6,}|\?{2,}|…)
    | x{3,}(?:[-_ ]x{3,}){0,12} | [\w.-]{0,12}[-_=.]?(?:x{6,}|\*{3,}|•{3,}|\.{3,}|…)[\w=]{0,6}
    | (?:your|my|the|an?|some|any|insert|enter|put|add|replace|set|use|fill|paste|change|provide)
      [-_ ](?:own|your|me|this|the|with|in|new|valid|real|actual|here|it|secure|strong|super)?[-_ ]?
      .{0,60}?(?:here|key|token|secret|password|passwd|pass|value|credentials?|goes|this|string|id|me|it)
      (?:[-_ ]?(?:here|please|now|later))?
    | (?:insert|enter|replace|your|put|paste|todo|fixme|tbd)[-_ :].{0,80}
    | .{0,40}[-_ ](?:goes[-_ ]here|here|placeholder|change[-_ ]?me|replace[-_ ]?me|redacted)
    | (?:placeholder|redacted|example|dummy|sample|fake|mock)[-_ ].{0,60}
    | .{0,60}[-_](?:placeholder|example|dummy|sample)
    | (?:example|dummy|sample|fake|mock)(?:key|token|secret|pass|password|value|string)\d{0,4}
    | your(?:api|secret|access|auth|client|private)?
      (?:key|token|secret|password|pass|value)(?:here)?
    | [a-z]{2,8}[-_]your[-_](?:\w{2,12}[-_])?(?:key|token|secret|password|value)(?:[-_]here)?
    | set[-_ ]?(?:by|in|via|from|at|me)[-_ ].{0,60}
    | (?:stored|defined|provided|injected|comes|loaded|read|fetched|see)
      [-_ ](?:in|by|from|via|at)[-_ ].{0,80}
    | (?:\w{3,12}[-_ ])?(?:from|in|by|via)[-_ ](?:the[-_ ])?(?:aws[-_ ])?
      (?:secrets?|ssm|vault|parameters?|env|environment|key[-_ ]?vault
      |console|config|manager)\b.{0,60}
    | (?:\w{3,12}_)?(?:FROM|IN|BY|VIA)_(?:THE_)?(?:SECRETS?|SSM|VAULT|ENV|CONSOLE|CONFIG)_?\w{0,60}
    | to[-_ ]be[-_ ].{0,40}
    | \([a-z]{2,20}(?:\ [\w./:,'-]{1,30}){1,14}\)           # (moved to the vault in May)
    | (?:not|to)[-_ ](?:be[-_ ])?
      (?:set|used|needed|required|defined|configured|applicable|available)
    | \(?(?:none|null|empty|unset|redacted|hidden|secret|optional|required)\)?
    """,
)

_CHANGE_ME = late(
    r"(?i)(?:please[-_ ]?)?change[-_ ]?(?:me|this|it)(?:[-_ ]?now|[-_ ]?please)?!?|changeit"
)


_INSTANT = late(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")


def is_from_documents(value: str) -> bool:
    """Issuers write EXAMPLE into the credentials that their documents show."""
    return "EXAMPLE" in value


_LETTERS = late(r"(?i)(?:([a-z])\1{2,}+[-._ ]?){2,8}")
"""``XXXX.YYYY.ZZZZ``. A run is never given back: to divide one of hundreds into eight takes for
ever."""
_FILLING = 24
"""Characters of what may be mostly one letter."""
_ESCAPES = late(r"(?:\\[uUx]\{?[0-9A-Fa-f]{2,8}\}?){1,8}")


def _counts(text: str) -> bool:
    """``000102030405…``: bytes in a row, as test vectors have them."""
    if len(text) < 16 or len(text) % 2 or text[:2] not in ("00", "01", "ff", "FF"):
        return False
    try:
        row = bytes.fromhex(text)
    except ValueError:
        return False
    return len({(after - before) % 256 for before, after in pairwise(row)}) == 1


def _is_filling(text: str) -> bool:
    """A letter so many times over that what stands before and behind it says nothing."""
    return len(text) >= _FILLING and max(map(text.count, set(text[:_FILLING]))) >= 0.9 * len(text)


def is_placeholder(value: str) -> bool:
    """Whether nobody could mean this as a credential."""
    text = value.strip().strip("\"'")
    if len(text) < 2 or text.lower() in _WORDS or len(set(text)) == 1:
        return True
    if (
        text.endswith(("...", "…"))
        or _LETTERS.fullmatch(text)
        or _INSTANT.fullmatch(text)
        or _ESCAPES.fullmatch(text)
        or _counts(text)
        or _is_filling(text)
    ):
        return True
    if len(text) > 160 or is_change_me(text):
        return False
    return _SHAPES.fullmatch(text) is not None


def is_change_me(value: str) -> bool:
    """The kind of placeholder that systems do accept as a password when nobody changes it."""
    return len(value) < 40 and _CHANGE_ME.fullmatch(value.strip()) is not None
