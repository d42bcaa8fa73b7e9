"""Which users and roles of an account may do something, by all policies that IAM itself holds.

Told from one listing of the account, since asking a simulation about each of them would take
hours. What hangs on a condition that only a request can tell is possible and not sure. Not looked
at: policies of secrets, keys and the organization, roles of other accounts, and who may assume a
role or change a policy. A statement that is bound to a function is that function's alone.

Source: GetAccountAuthorizationDetails in the IAM API reference; IAM User Guide, "Policy evaluation
for requests within a single account", "IAM JSON policy elements reference".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from secretshift.model.ports import Question, Reach

from .errors import aws_errors
from .key_conditions import (
    NO,
    YES,
    Match,
    condition_holds,
    every,
    negated,
    some,
    texts,
    unclear,
    wild,
)
from .policy import SOURCE
from .simulation import global_context

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

PAGE = 1000
_VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A resource as a policy names it. start: what stands before the first wildcard or variable."""

    text: str
    start: str

    def fits(self, resource: str) -> Match:
        if not resource.startswith(self.start):
            return NO
        if "${" in self.text:
            open_form = _VARIABLE.sub("*", self.text)
            return unclear("depends on a policy variable") if wild(open_form, resource) else NO
        if self.text == f"{self.start}*":
            return YES
        return YES if wild(self.text, resource) else NO


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a statement says of one action. named: whether it is about the action at all;
    resources: None where it names none that is known; excluded: it is about all others."""

    allows: bool
    named: Match
    resources: tuple[_Pattern, ...] | None
    excluded: bool
    condition: Any

    def holds(self, question: Question, principal: str) -> Match:
        if self.resources is None:
            found = unclear("names no resource")
        else:
            found = some(pattern.fits(question.resource) for pattern in self.resources)
            found = negated(found) if self.excluded else found
        if found.holds is False:
            return NO
        if not self.condition:
            return every((self.named, found))
        context = {**global_context(principal, question.resource), **question.context}
        lower = {name.lower(): value for name, value in context.items()}
        return every((self.named, found, condition_holds(self.condition, lower)))


@dataclass(frozen=True, slots=True)
class _Person:
    """A user or role. bounds: statements of the permissions boundary, None without one."""

    arn: str
    statements: tuple[Mapping[str, Any], ...]
    bounds: tuple[Mapping[str, Any], ...] | None = None

    @property
    def name(self) -> str:
        return self.arn.split(":", 5)[-1]


@dataclass(frozen=True, slots=True)
class _Holder:
    """A person, with what bears on one action."""

    arn: str
    rules: tuple[_Rule, ...]
    bounds: tuple[_Rule, ...] | None

    def may(self, question: Question) -> Match:
        given = _granted(self.rules, question, self.arn)
        if given.holds is False or self.bounds is None:
            return given
        return every((given, _granted(self.bounds, question, self.arn)))


@dataclass(frozen=True, slots=True)
class AwsAudience:
    """Everybody of one account. Knows no value, and asks nothing.

    A plan asks for each secret and each function, so that everybody's statements are sorted by
    action once.
    """

    people: tuple[_Person, ...]
    _known: dict[str, Mapping[str, _Holder]] = field(default_factory=dict, compare=False)

    def who_may(self, ways: Sequence[Sequence[Question]]) -> Reach:
        sure: set[str] = set()
        possible: set[str] = set()
        for way in ways:
            for name in self._allowed(way[0].action):
                if name in sure:
                    continue
                held = every(self._may(name, question) for question in way)
                if held.holds is not False:
                    possible.add(name)
                if held.holds:
                    sure.add(name)
        return Reach(frozenset(sure), frozenset(possible))

    def _may(self, name: str, question: Question) -> Match:
        holder = self._allowed(question.action).get(name)
        return NO if holder is None else holder.may(question)

    def _allowed(self, action: str) -> Mapping[str, _Holder]:
        """Those whom some statement allows it somewhere."""
        if action not in self._known:
            found = {}
            for person in self.people:
                rules = _rules(person.statements, action)
                if any(rule.allows for rule in rules):
                    bounds = None if person.bounds is None else _rules(person.bounds, action)
                    found[person.name] = _Holder(person.arn, rules, bounds)
            self._known[action] = found
        return self._known[action]


def read_audience(client: IAMClient) -> AwsAudience:
    """Raises Refused where the listing is not allowed."""
    pages: list[Mapping[str, Any]] = []
    with aws_errors("listing who may do what"):
        paginator = client.get_paginator("get_account_authorization_details")
        pages += paginator.paginate(PaginationConfig={"PageSize": PAGE})
    return audience_of(pages)


def audience_of(pages: Iterable[Mapping[str, Any]]) -> AwsAudience:
    """pages: answers to GetAccountAuthorizationDetails."""
    users: list[Mapping[str, Any]] = []
    roles: list[Mapping[str, Any]] = []
    groups: dict[str, Mapping[str, Any]] = {}
    policies: dict[str, Any] = {}
    for page in pages:
        users += page.get("UserDetailList") or []
        roles += page.get("RoleDetailList") or []
        groups.update({group["GroupName"]: group for group in page.get("GroupDetailList") or []})
        policies.update({policy["Arn"]: _current(policy) for policy in page.get("Policies") or []})
    people = []
    for detail in users:
        own = [*_inline(detail, "UserPolicyList"), *_attached(detail, policies)]
        for name in detail.get("GroupList") or ():
            group = groups.get(name, {})
            own += [*_inline(group, "GroupPolicyList"), *_attached(group, policies)]
        people.append(_Person(str(detail["Arn"]), tuple(own), _bounds(detail, policies)))
    for detail in roles:
        own = [*_inline(detail, "RolePolicyList"), *_attached(detail, policies)]
        people.append(_Person(str(detail["Arn"]), tuple(own), _bounds(detail, policies)))
    return AwsAudience(tuple(people))


_UNKNOWN: Mapping[str, Any] = {
    "Effect": "Allow",
    "Action": "*",
    "Resource": "*",
    "Condition": {"StringEquals": {"the policy itself, which was not listed": ""}},
}
"""In place of a policy whose text the listing left out: it may allow anything."""


def _current(policy: Mapping[str, Any]) -> Any:
    versions = policy.get("PolicyVersionList") or ()
    return next((v.get("Document") for v in versions if v.get("IsDefaultVersion")), None)


def _inline(detail: Mapping[str, Any], field_name: str) -> Iterator[Mapping[str, Any]]:
    for policy in detail.get(field_name) or ():
        yield from _statements(policy.get("PolicyDocument"))


def _attached(
    detail: Mapping[str, Any], policies: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    for policy in detail.get("AttachedManagedPolicies") or ():
        yield from _statements(policies.get(policy.get("PolicyArn", "")))


def _bounds(
    detail: Mapping[str, Any], policies: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...] | None:
    arn = (detail.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return tuple(_statements(policies.get(arn))) if arn else None


def _statements(document: Any) -> Iterator[Mapping[str, Any]]:
    """The SDK decodes a document to an object, and leaves a text where it cannot."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            document = None
    found = document.get("Statement") if isinstance(document, dict) else None
    for statement in found if isinstance(found, list) else [found]:
        yield statement if isinstance(statement, dict) else _UNKNOWN


def _rules(statements: Iterable[Mapping[str, Any]], action: str) -> tuple[_Rule, ...]:
    """Those that may be about the action."""
    found = []
    for statement in statements:
        condition = statement.get("Condition")
        named = _names(statement, action)
        if named.holds is False or _of_a_function(condition):
            continue
        excluded = "NotResource" in statement
        resources = texts(statement.get("NotResource" if excluded else "Resource"))
        patterns = None if resources is None else tuple(map(_pattern, resources))
        found.append(
            _Rule(statement.get("Effect") == "Allow", named, patterns, excluded, condition)
        )
    return tuple(found)


def _names(statement: Mapping[str, Any], action: str) -> Match:
    excluded = "NotAction" in statement
    patterns = texts(statement.get("NotAction" if excluded else "Action"))
    if patterns is None:
        return unclear("names no action")
    found = Match(any(wild(pattern.lower(), action.lower()) for pattern in patterns))
    return negated(found) if excluded else found


def _pattern(text: str) -> _Pattern:
    return _Pattern(text, re.split(r"[*?]|\$\{", text, maxsplit=1)[0])


def _granted(rules: Iterable[_Rule], question: Question, principal: str) -> Match:
    allowed, denied = NO, NO
    for rule in rules:
        held = rule.holds(question, principal)
        if rule.allows:
            allowed = some((allowed, held))
        else:
            denied = some((denied, held))
    return every((allowed, negated(denied)))


def _of_a_function(condition: Any) -> bool:
    """Whether only requests that come from a function can meet it."""
    return isinstance(condition, dict) and any(
        key.lower() == SOURCE.lower()
        for name, block in condition.items()
        if "Not" not in name and name != "Null" and not name.endswith("IfExists")
        for key in (block if isinstance(block, dict) else ())
    )
