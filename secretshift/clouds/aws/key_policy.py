"""What the policy of a KMS key says of one request, told from its text. Pure.

A key belongs to nobody by itself: without a statement in its policy no IAM policy has an effect,
the account's root user included. A statement that names the account lets the IAM policies of the
account decide; one that names a user, a role or everybody is enough alone. A Deny outweighs all.
What this does not know (NotPrincipal, NotAction, an element or a condition key that is new to it)
is never taken for an allowance, and never for the absence of a Deny.

Not looked at: grants of the key (ListGrants). A right that comes from a grant alone counts as not
there. Nor policies of the organization for resources, of VPC endpoints and of the session.

Source: AWS KMS Developer Guide, "Key policies in AWS KMS", "Default key policy", "Determining
access to AWS KMS keys"; IAM User Guide, "Policy evaluation for requests within a single account",
"AWS JSON policy elements: Principal", "How AWS enforcement code logic evaluates requests".
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .key_conditions import NO, YES, Match, condition_holds, every, some, texts, unclear, wild

_SIZE_LIMIT = 64 * 1024
"""Twice of what KMS takes."""
_ELEMENTS = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
_DOCUMENT = frozenset({"Version", "Id", "Statement"})
_NEW = "2012-10-17"
_OLD = "2008-10-17"
"""What it is where nothing is said."""
_SID = re.compile(r"[A-Za-z0-9 ._-]{1,64}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_GONE = re.compile(r"A[A-Z0-9]{15,127}")
"""The id that stands in place of a user or role once that is deleted: it names nobody."""
_ARN = re.compile(r"arn:[a-z-]+:(?:iam|sts)::[0-9]{12}:[^*?$\s]+")


class Standing(enum.Enum):
    """ALLOWED: without any IAM policy. DELEGATED: where an IAM policy of the account allows it.
    SILENT: no statement speaks for the request. DENIED: one speaks against it."""

    ALLOWED = "allowed"
    DELEGATED = "delegated"
    SILENT = "silent"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Principal:
    """arn: of the user, the role or the account's root; session: ARN of the role's session,
    "" where there is none or where it is not known."""

    arn: str
    session: str = ""

    @property
    def account(self) -> str:
        return self.arn.split(":")[4] if self.arn.count(":") >= 5 else ""

    @property
    def is_root(self) -> bool:
        return self.arn.endswith(":root")


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """key: ARN of the key; context: condition keys that the request is known to have."""

    principal: Principal
    action: str
    key: str
    context: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """why: a sentence without a full stop. in_person: allowed to the user or session by its own
    ARN, which is the one allowance that a permissions boundary does not limit."""

    standing: Standing
    why: str
    in_person: bool = False


@dataclass(frozen=True, slots=True)
class _Statement:
    """How far one statement is about the request, by the way in which it names who asks."""

    name: str
    effect: str
    in_person: Match
    directly: Match
    by_account: Match

    @property
    def at_all(self) -> Match:
        return some((self.directly, self.by_account))


def judge(document: str, request: KeyRequest) -> KeyVerdict:
    """document: a key's policy as GetKeyPolicy gives it; whatever its text, nothing is raised."""
    if len(document) > _SIZE_LIMIT:
        return KeyVerdict(Standing.UNKNOWN, "the key's policy is longer than KMS lets one be")
    try:
        body = json.loads(document, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError):
        return KeyVerdict(Standing.UNKNOWN, "the key's policy is no JSON")
    items = body.get("Statement") if isinstance(body, dict) else None
    if isinstance(items, dict):
        items = [items]
    known = isinstance(body, dict) and set(body) <= _DOCUMENT
    if not known or not isinstance(items, list) or body.get("Version", _OLD) not in (_OLD, _NEW):
        return KeyVerdict(Standing.UNKNOWN, "the key's policy has a form that is not known")
    context = {name.lower(): value for name, value in request.context.items()}
    return _weighed(
        [_read(item, number, request, context) for number, item in enumerate(items, start=1)]
    )


def _weighed(statements: Iterable[_Statement]) -> KeyVerdict:
    found = tuple(statements)
    against = [(s, s.at_all) for s in found if s.effect != "Allow"]
    for statement, match in against:
        if match.holds and statement.effect == "Deny":
            return KeyVerdict(Standing.DENIED, f"the key's policy denies it ({statement.name})")
    for statement, match in against:
        if match.holds is not False:
            reason = match.reason or "has an effect that is not known"
            return KeyVerdict(
                Standing.UNKNOWN, f"the key's policy may deny it: {statement.name} {reason}"
            )
    return _allowance([s for s in found if s.effect == "Allow"])


def _allowance(statements: Iterable[_Statement]) -> KeyVerdict:
    found = tuple(statements)
    for statement in found:
        if statement.in_person.holds:
            why = f"the key's policy allows it to this very user or session ({statement.name})"
            return KeyVerdict(Standing.ALLOWED, why, in_person=True)
    for statement in found:
        if statement.directly.holds:
            return KeyVerdict(Standing.ALLOWED, f"the key's policy allows it ({statement.name})")
    for statement in found:
        if statement.by_account.holds:
            why = f"the key's policy leaves it to the account's IAM policies ({statement.name})"
            return KeyVerdict(Standing.DELEGATED, why)
    for statement in found:
        if statement.at_all.holds is None:
            why = f"the key's policy may allow it: {statement.name} {statement.at_all.reason}"
            return KeyVerdict(Standing.UNKNOWN, why)
    return KeyVerdict(
        Standing.SILENT,
        "the key's policy neither allows it nor leaves it to the account's IAM policies",
    )


def _read(item: object, number: int, request: KeyRequest, context: Mapping[str, str]) -> _Statement:
    name = f"statement {number}"
    if not isinstance(item, dict):
        form = unclear("has a form that is not known")
        return _Statement(name, "", form, form, form)
    sid = item.get("Sid")
    if isinstance(sid, str) and _SID.fullmatch(sid):
        name = f"{name} '{sid}'"
    others = sorted(set(item) - _ELEMENTS)
    rest = every(
        (
            _action(item.get("Action"), request.action),
            _resource(item.get("Resource"), request.key),
            condition_holds(item.get("Condition", {}), context),
            unclear("has an element that is not known") if others else YES,
        )
    )
    in_person, directly, by_account = _named(item.get("Principal"), request.principal)
    effect = item.get("Effect")
    return _Statement(
        name,
        effect if effect in ("Allow", "Deny") else "",
        every((in_person, rest)),
        every((directly, rest)),
        every((by_account, rest)),
    )


def _action(element: object, action: str) -> Match:
    wanted = texts(element)
    if wanted is None:
        return unclear("does not list its actions")
    return Match(any(wild(text.lower(), action.lower()) for text in wanted))


def _resource(element: object, key: str) -> Match:
    """In a key's policy `*` means this key."""
    wanted = texts(element)
    if wanted is None:
        return unclear("does not list its resources")
    if any(text in ("*", key) for text in wanted):
        return YES
    if any(wild(text, key) for text in wanted):
        return unclear("names its resource by a pattern")
    return NO


def _named(element: object, principal: Principal) -> tuple[Match, Match, Match]:
    """Whether who asks is named in person, directly at all, and as one of the account."""
    if element == "*":
        return NO, YES, NO
    if not isinstance(element, dict) or not element:
        odd = unclear("does not list its principals")
        return odd, odd, odd
    matches = [_principals(kind, value, principal) for kind, value in element.items()]
    in_person, directly, by_account = zip(*matches, strict=True)
    return some(in_person), some(directly), some(by_account)


def _principals(kind: str, value: object, principal: Principal) -> tuple[Match, Match, Match]:
    if kind == "Service":
        # a service that acts for a user asks as that user
        return NO, NO, NO
    listed = texts(value) if kind == "AWS" else None
    if listed is None:
        odd = unclear("names principals of a kind that is not known")
        return odd, odd, odd
    matches = [_principal(text, principal) for text in listed]
    in_person, directly, by_account = zip(*matches, strict=True)
    return some(in_person), some(directly), some(by_account)


def _principal(text: str, principal: Principal) -> tuple[Match, Match, Match]:
    if text == "*":
        return NO, YES, NO
    if _ACCOUNT.fullmatch(text) or _is_root(text):
        own = text == principal.account or text.split(":")[4:5] == [principal.account]
        return NO, Match(own and principal.is_root), Match(own)
    if _GONE.fullmatch(text):
        return NO, NO, NO
    if not _ARN.fullmatch(text):
        odd = unclear("names a principal of a form that is not known")
        return odd, odd, odd
    if text == principal.session or (text == principal.arn and ":user/" in text):
        return YES, YES, NO
    if text == principal.arn:
        return NO, YES, NO
    if not principal.session and _may_be_session(text, principal.arn):
        odd = unclear("names one session of the role")
        return odd, odd, NO
    return NO, NO, NO


def _is_root(text: str) -> bool:
    return bool(_ARN.fullmatch(text)) and text.split(":", 5)[5] == "root"


def _may_be_session(text: str, role: str) -> bool:
    """A session's ARN has the role's name without its path."""
    account, name = role.split(":")[4:5], role.rsplit("/", 1)[-1]
    kind = text.split(":", 5)[5]
    same = text.split(":")[4:5] == account and ":role/" in role
    return same and kind.startswith(f"assumed-role/{name}/")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("an element stands twice")
    return body
