"""Whether the Condition of a key policy's statement holds for one request. Pure.

Three answers, since a request has condition keys that nobody knows beforehand (its address, its
network): what hangs on one of those is unclear, and unclear is never taken for a yes.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Conditions with multiple
context keys or values", "Policy variables".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_PARTS = 6
_IF_EXISTS = "IfExists"
_SAFE_NAME = re.compile(r"[A-Za-z0-9:/_.-]{1,128}")


@dataclass(frozen=True, slots=True)
class Match:
    """holds: None where it cannot be told, and then `reason` says for want of what."""

    holds: bool | None
    reason: str = ""


YES = Match(True)
NO = Match(False)


def unclear(reason: str) -> Match:
    return Match(None, reason)


def every(matches: Iterable[Match]) -> Match:
    """One no is a no, whatever else is unclear."""
    found = tuple(matches)
    if any(match.holds is False for match in found):
        return NO
    return next((match for match in found if match.holds is None), YES)


def some(matches: Iterable[Match]) -> Match:
    """One yes is a yes, whatever else is unclear."""
    found = tuple(matches)
    if any(match.holds for match in found):
        return YES
    return next((match for match in found if match.holds is None), NO)


def negated(match: Match) -> Match:
    return match if match.holds is None else Match(not match.holds)


def texts(value: object) -> tuple[str, ...] | None:
    """The values of a policy element: one or a list. None for anything else, and for none."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, bool):
            found.append(str(item).lower())
        elif isinstance(item, str | int | float):
            found.append(str(item))
        else:
            return None
    return tuple(found) or None


def wild(pattern: str, text: str) -> bool:
    """`*` and `?` as policies have them. No regular expression, which a pattern could keep busy
    for ever: the work grows with the product of both lengths at most."""
    at = start = 0
    star, kept = -1, 0
    while start < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, kept, at = at, start, at + 1
        elif at < len(pattern) and pattern[at] in ("?", text[start]):
            at, start = at + 1, start + 1
        elif star >= 0:
            kept += 1
            at, start = star + 1, kept
        else:
            return False
    return not pattern[at:].strip("*")


def condition_holds(condition: object, context: Mapping[str, str]) -> Match:
    """context: the condition keys that the request is known to have, in lower case."""
    if not isinstance(condition, dict):
        return unclear("has a condition of another form")
    return every(
        _one(name, key, value, context)
        for name, block in condition.items()
        for key, value in (block.items() if isinstance(block, dict) and block else ((name, None),))
    )


def _one(name: str, key: str, value: object, context: Mapping[str, str]) -> Match:
    wanted = texts(value)
    actual = context.get(key.lower())
    if actual is None:
        # it may be there or not: nobody knows, so that neither Null nor IfExists can be told
        return unclear(f"depends on {_named(key)}")
    if wanted is None or any("${" in text for text in wanted):
        return unclear(f"compares {_named(key)} with something else than a text")
    if name == "Null":
        return some(_boolean("false", text) for text in wanted)
    compare = _OPERATORS.get(name.removesuffix(_IF_EXISTS))
    if compare is None:
        return unclear(f"compares by {_named(name)}")
    # several values are alternatives, to a negated operator all of them are excluded
    found = some(compare(actual, text) for text in wanted)
    return negated(found) if "Not" in name else found


def _named(name: str) -> str:
    """Foreign text goes into a sentence only where it has the form of a name."""
    return name if _SAFE_NAME.fullmatch(name) else "a condition key"


def _boolean(actual: str, wanted: str) -> Match:
    known = {"true", "false"}
    if actual.lower() not in known or wanted.lower() not in known:
        return unclear("compares something else than true and false")
    return Match(actual.lower() == wanted.lower())


def _arn(actual: str, wanted: str) -> Match:
    """Part by part: a wildcard does not reach over a colon into the next part."""
    found, pattern = actual.split(":", _PARTS - 1), wanted.split(":", _PARTS - 1)
    if len(found) != _PARTS or len(pattern) != _PARTS:
        return unclear("compares something else than ARNs")
    return Match(all(wild(part, text) for part, text in zip(pattern, found, strict=True)))


def _plain(compare: Callable[[str, str], bool]) -> Callable[[str, str], Match]:
    return lambda actual, wanted: Match(compare(actual, wanted))


_EQUAL = _plain(operator.eq)
_SAME_LETTERS = _plain(lambda actual, wanted: actual.lower() == wanted.lower())
_LIKE = _plain(lambda actual, wanted: wild(wanted, actual))
_OPERATORS: Mapping[str, Callable[[str, str], Match]] = {
    "StringEquals": _EQUAL,
    "StringNotEquals": _EQUAL,
    "StringEqualsIgnoreCase": _SAME_LETTERS,
    "StringNotEqualsIgnoreCase": _SAME_LETTERS,
    "StringLike": _LIKE,
    "StringNotLike": _LIKE,
    "ArnEquals": _arn,
    "ArnNotEquals": _arn,
    "ArnLike": _arn,
    "ArnNotLike": _arn,
    "Bool": _boolean,
}
"""All others, the set operators with a prefix included, are unclear."""
