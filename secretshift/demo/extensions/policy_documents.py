"""A policy that IAM cannot read is refused: MalformedPolicyDocument.

AWS: "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference" (IAM User
Guide, reference_policies_grammar, reference_policies_elements): which elements there are, what
they may hold, and that `Sid` is unique in a policy. MalformedPolicyDocument is 400 in the service
model. Texts that people report: "must be in ARN format" (localstack/serverless-localstack#137),
"can contain only one colon" (aws-cloudformation/cfn-lint#935), "invalid Json"
(awsdocs/amazon-rds-user-guide#162).

Believed: the other texts, and which fault is named first where there are several. A vendor or an
action that does not exist is not refused here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

from secretshift.demo.extensions.patching import replace, replace_item

_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = frozenset({"Version", "Id", "Statement"})
_STATEMENT = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})
_SYNTAX = "Syntax errors in policy."


class _Malformed(Exception):
    pass


def apply() -> None:
    replace(iam_evaluator, "validate_policy_document", lambda _: fault_of_policy)
    replace_item(iam._IAM_HANDLERS, "CreateRole", _checking("AssumeRolePolicyDocument"))
    replace_item(iam._IAM_HANDLERS, "UpdateAssumeRolePolicy", _checking("PolicyDocument"))


def _checking(parameter: str) -> Callable[[Any], Any]:
    def checking(original: Any) -> Any:
        def handle(params: Any) -> Any:
            fault = fault_of_trust_policy(iam._p(params, parameter))
            if fault:
                return iam._error(400, "MalformedPolicyDocument", fault, ns="iam")
            return original(params)

        return handle

    return checking


def fault_of_policy(document: str | dict[str, Any]) -> str | None:
    """What IAM says of an identity policy that it does not take, ready for XML; None if it does."""
    return _fault(document, _SYNTAX, _check_identity_statement)


def fault_of_trust_policy(document: str | dict[str, Any]) -> str | None:
    """The same of a role's trust policy."""
    return _fault(document, "This policy contains invalid Json", _check_trust_statement)


def _fault(
    document: str | dict[str, Any], unreadable: str, check: Callable[[Mapping[str, Any]], None]
) -> str | None:
    try:
        parsed = (
            json.loads(document, object_pairs_hook=_once) if isinstance(document, str) else document
        )
    except ValueError:
        return unreadable
    except _Malformed as fault:
        return str(fault)
    try:
        for statement in _statements(parsed):
            check(statement)
    except _Malformed as fault:
        return str(fault).replace("&", "&amp;").replace("<", "&lt;")
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _Malformed(_SYNTAX)
    return dict(pairs)


def _statements(parsed: Any) -> list[Mapping[str, Any]]:
    if not isinstance(parsed, dict) or parsed.keys() - _TOP:
        raise _Malformed(_SYNTAX)
    if parsed.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _Malformed("Policy document must be version 2012-10-17 or greater.")
    given = parsed.get("Statement")
    statements = [given] if isinstance(given, dict) else given
    if not isinstance(statements, list) or not statements:
        raise _Malformed(_SYNTAX)
    if not all(isinstance(statement, dict) for statement in statements):
        raise _Malformed(_SYNTAX)
    named = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(named)) != len(named):
        raise _Malformed("Statement IDs (SID) in a single policy must be unique.")
    return statements


def _check_identity_statement(statement: Mapping[str, Any]) -> None:
    if statement.keys() & _PRINCIPALS:
        raise _Malformed("Policy document should not specify a principal.")
    _check_shared(statement, _STATEMENT)
    resources = [*_texts(statement, "Resource"), *_texts(statement, "NotResource")]
    if not resources or {"Resource", "NotResource"} <= statement.keys():
        raise _Malformed("Policy statement must contain resources.")
    for resource in resources:
        if resource != "*" and not resource.startswith("arn:"):
            raise _Malformed(f'Resource {resource} must be in ARN format or "*".')


def _check_trust_statement(statement: Mapping[str, Any]) -> None:
    if statement.keys() & {"Resource", "NotResource"}:
        raise _Malformed("Has prohibited field Resource")
    _check_shared(statement, _STATEMENT | _PRINCIPALS)
    if not statement.keys() & _PRINCIPALS:
        raise _Malformed("Missing required field Principal")


def _check_shared(statement: Mapping[str, Any], known: frozenset[str]) -> None:
    if statement.keys() - known or statement.get("Effect") not in ("Allow", "Deny"):
        raise _Malformed(_SYNTAX)
    actions = [*_texts(statement, "Action"), *_texts(statement, "NotAction")]
    if not actions or {"Action", "NotAction"} <= statement.keys():
        raise _Malformed("Policy statement must contain actions.")
    for action in actions:
        _check_action(action)
    for operator, keys in _conditions(statement):
        if operator not in iam_evaluator._CONDITION_OPS and operator != "null":
            raise _Malformed(_SYNTAX)
        for key in keys:
            _check_action(key)


def _check_action(name: str) -> None:
    if name != "*" and ":" not in name:
        raise _Malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        )


def _texts(statement: Mapping[str, Any], element: str) -> list[str]:
    if element not in statement:
        return []
    given = statement[element]
    found = [given] if isinstance(given, str) else given
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise _Malformed(_SYNTAX)
    if element in ("Action", "NotAction") and any(each.count(":") > 1 for each in found):
        raise _Malformed("Actions/Condition can contain only one colon.")
    return found


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each operator in lower case without its set prefix and IfExists, and its keys."""
    block = statement.get("Condition", {})
    if not isinstance(block, dict):
        raise _Malformed(_SYNTAX)
    for operator, keys in block.items():
        if not isinstance(keys, dict):
            raise _Malformed(_SYNTAX)
        plain = operator.lower().removeprefix("forallvalues:").removeprefix("foranyvalue:")
        yield plain.removesuffix("ifexists"), keys
