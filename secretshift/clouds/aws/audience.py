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
class _Person:
    """A user or role. bounds: statements of the permissions boundary, None without one."""

    arn: str
    statements: tuple[Mapping[str, Any], ...]
    bounds: tuple[Mapping[str, Any], ...] | None = None

    @property
    def name(self) -> str:
        return self.arn.split(":", 5)[-1]


@dataclass(frozen=True, slots=True)
class AwsAudience:
    """Everybody of one account. Knows no value, and asks nothing."""

    people: tuple[_Person, ...]
    _known: dict[str, tuple[_Person, ...]] = field(default_factory=dict, compare=False)

    def who_may(self, ways: Sequence[Sequence[Question]]) -> Reach:
        sure, possible = set(), set()
        for person in self._concerned(ways):
            held = some(every(_may(person, question) for question in way) for way in ways)
            if held.holds is not False:
                possible.add(person.name)
            if held.holds:
                sure.add(person.name)
        return Reach(frozenset(sure), frozenset(possible))

    def _concerned(self, ways: Sequence[Sequence[Question]]) -> Iterator[_Person]:
        """Those whom some statement allows the first action of a way: few of a great account."""
        actions = dict.fromkeys(way[0].action for way in ways if way)
        found = {person.arn: person for action in actions for person in self._allowed(action)}
        yield from found.values()

    def _allowed(self, action: str) -> tuple[_Person, ...]:
        if action not in self._known:
            self._known[action] = tuple(
                person
                for person in self.people
                if any(
                    s.get("Effect") == "Allow" and _about(s, "Action", action).holds is not False
                    for s in person.statements
                )
            )
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


def _may(person: _Person, question: Question) -> Match:
    context = {
        name.lower(): value
        for name, value in {
            **global_context(person.arn, question.resource),
            **question.context,
        }.items()
    }
    given = _granted(person.statements, question, context)
    if given.holds is False or person.bounds is None:
        return given
    return every((given, _granted(person.bounds, question, context)))


def _granted(
    statements: Iterable[Mapping[str, Any]], question: Question, context: Mapping[str, str]
) -> Match:
    held = [(s.get("Effect"), _holds(s, question, context)) for s in statements]
    allowed = some(match for effect, match in held if effect == "Allow")
    denied = some(match for effect, match in held if effect != "Allow")
    return every((allowed, negated(denied)))


def _holds(statement: Mapping[str, Any], question: Question, context: Mapping[str, str]) -> Match:
    named = every(
        (
            _about(statement, "Action", question.action),
            _about(statement, "Resource", question.resource),
        )
    )
    condition = statement.get("Condition")
    if named.holds is False or not condition:
        return named
    if _of_a_function(condition):
        return NO
    return every((named, condition_holds(condition, context)))


def _about(statement: Mapping[str, Any], element: str, wanted: str) -> Match:
    """Whether an Action or Resource element, or the one that excludes, names what is wanted."""
    negative = statement.get(f"Not{element}")
    patterns = texts(statement.get(element) if negative is None else negative)
    if patterns is None:
        return unclear(f"has no {element} that is known")
    if element == "Action":
        wanted, patterns = wanted.lower(), tuple(pattern.lower() for pattern in patterns)
    found = some(_fits(pattern, wanted) for pattern in patterns)
    return found if negative is None else negated(found)


def _fits(pattern: str, text: str) -> Match:
    if "${" not in pattern:
        # "*" names all, also what a question has no narrower name for
        return YES if wild(pattern, text) else NO
    open_form = _VARIABLE.sub("*", pattern)
    return unclear("depends on a policy variable") if wild(open_form, text) else NO


def _of_a_function(condition: Any) -> bool:
    """Whether only requests that come from a function can meet it."""
    return isinstance(condition, dict) and any(
        key.lower() == SOURCE.lower()
        for name, block in condition.items()
        if "Not" not in name and name != "Null" and not name.endswith("IfExists")
        for key in (block if isinstance(block, dict) else ())
    )
