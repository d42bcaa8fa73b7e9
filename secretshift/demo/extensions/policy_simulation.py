"""SimulatePrincipalPolicy and SimulateCustomPolicy with context, several resources and boundaries.

AWS: API reference of SimulatePrincipalPolicy (IAM); resource policies and service control
policies are no part of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from secretshift.demo.extensions.patching import replace

_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}
# What the simulator fills in itself.
_GIVEN = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:currenttime",
    "aws:epochtime",
    "aws:requestedregion",
    "aws:resourceaccount",
)

_Policies = list[list[Any]]


def apply() -> None:
    replace(iam, "_simulate_principal_policy", lambda _: _principal)
    replace(iam, "_simulate_custom_policy", lambda _: _custom)
    for action, answer in (
        ("SimulatePrincipalPolicy", _principal),
        ("SimulateCustomPolicy", _custom),
    ):
        if action not in iam._IAM_HANDLERS:
            raise AttributeError(f"MiniStack does not know {action}")
        iam._IAM_HANDLERS[action] = answer


def _principal(params: Any) -> Any:
    source = iam._p(params, "PolicySourceArn")
    account = get_account_id()
    kind, _, path = source.rpartition(":")[2].partition("/")
    name = path.rsplit("/", 1)[-1]
    store = {"role": iam._roles, "user": iam._users}.get(kind)
    if store is None or store.get_scoped(account, None, name) is None:
        return iam._error(404, "NoSuchEntity", f"Entity {escape(source)} does not exist.", ns="iam")
    gather = {
        "role": iam_evaluator._gather_role_policies,
        "user": iam_evaluator._gather_user_policies,
    }[kind]
    policies = [*gather(name, account), *_documents(params, "PolicyInputList")]
    boundary = _documents(params, "PermissionsBoundaryPolicyInputList")
    limits = [boundary] if boundary else iam_evaluator._permissions_boundary(store, name, account)
    results = _results(params, source, policies, limits)
    return _answer("SimulatePrincipalPolicy", results)


def _custom(params: Any) -> Any:
    account = get_account_id()
    caller = iam._p(params, "CallerArn") or f"arn:aws:iam::{account}:root"
    boundary = _documents(params, "PermissionsBoundaryPolicyInputList")
    policies = _documents(params, "PolicyInputList")
    return _answer(
        "SimulateCustomPolicy", _results(params, caller, policies, [boundary] if boundary else [])
    )


def _answer(action: str, results: str) -> Any:
    return iam._xml(
        200,
        f"{action}Response",
        f"<{action}Result><EvaluationResults>{results}</EvaluationResults>"
        f"<IsTruncated>false</IsTruncated></{action}Result>",
        ns="iam",
    )


def _members(params: Any, name: str) -> Iterator[str]:
    number = 1
    while value := iam._p(params, f"{name}.member.{number}"):
        yield value
        number += 1


def _documents(params: Any, name: str) -> _Policies:
    return [iam_evaluator.parse_policy_document(text) for text in _members(params, name)]


def _context(params: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    number = 1
    while key := iam._p(params, f"ContextEntries.member.{number}.ContextKeyName"):
        entry = f"ContextEntries.member.{number}"
        values = list(_members(params, f"{entry}.ContextKeyValues"))
        several = iam._p(params, f"{entry}.ContextKeyType").endswith("List")
        found[key.lower()] = values if several else (values[0] if values else None)
        number += 1
    return found


def _results(params: Any, principal: str, policies: _Policies, limits: list[_Policies]) -> str:
    context = _context(params)
    resources = list(_members(params, "ResourceArns")) or ["*"]
    written = []
    for action in _members(params, "ActionNames"):
        for resource in resources:
            asked = iam_evaluator.EvalContext(
                principal_arn=context.get("aws:principalarn") or principal,
                principal_type="AssumedRole" if ":role/" in principal else "User",
                principal_account=get_account_id(),
                action=action,
                resource_arn=resource,
                region=context.get("aws:requestedregion") or get_region(),
                service_context=context,
            )
            written.append(_result(asked, policies, limits))
    return "".join(written)


def _result(asked: Any, policies: _Policies, limits: list[_Policies]) -> str:
    outcome = iam_evaluator.evaluate(asked, policies, *limits)
    decision = _DECISIONS.get(outcome.decision, "implicitDeny")
    missing = "".join(
        f"<member>{escape(key)}</member>"
        for key in _missing(asked, [*policies, *itertools.chain(*limits)])
    )
    boundary = ""
    if limits:
        within = all(iam_evaluator.evaluate(asked, limit).decision == "Allow" for limit in limits)
        boundary = (
            "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>"
            f"{str(within).lower()}</AllowedByPermissionsBoundary>"
            "</PermissionsBoundaryDecisionDetail>"
        )
    matched = ""
    if outcome.decision in _DECISIONS:
        matched = (
            f"<member><SourcePolicyId>{escape(outcome.matched_sid or 'PolicyInputList.1')}"
            "</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType></member>"
        )
    shared = (
        f"<MatchedStatements>{matched}</MatchedStatements>"
        f"<MissingContextValues>{missing}</MissingContextValues>{boundary}"
    )
    resource = escape(asked.resource_arn)
    return (
        f"<member><EvalActionName>{escape(asked.action)}</EvalActionName>"
        f"<EvalResourceName>{resource}</EvalResourceName>"
        f"<EvalDecision>{decision}</EvalDecision>{shared}"
        f"<ResourceSpecificResults><member><EvalResourceName>{resource}</EvalResourceName>"
        f"<EvalResourceDecision>{decision}</EvalResourceDecision>{shared}</member>"
        "</ResourceSpecificResults></member>"
    )


def _missing(asked: Any, policies: Iterable[list[Any]]) -> list[str]:
    """Condition keys of the statements that concern this request, for which nothing was given."""
    found: dict[str, None] = {}
    for statement in (statement for policy in policies for statement in policy):
        concerns = iam_evaluator._action_matches(
            asked.action, statement.actions, statement.not_actions
        ) and iam_evaluator._resource_matches(
            asked.resource_arn, statement.resources, statement.not_resources
        )
        for block in statement.conditions.values() if concerns else ():
            for key in block:
                if key.lower() not in asked.service_context and key.lower() not in _GIVEN:
                    found[key] = None
    return list(found)
