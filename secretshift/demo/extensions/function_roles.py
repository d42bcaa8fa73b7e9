"""Whoever gives a function a role must be allowed to pass it, and Lambda must be trusted by it.

AWS: "Grant a user permissions to pass a role to an AWS service" (IAM User Guide,
id_roles_use_passrole), "Actions, resources, and condition keys for AWS Identity and Access
Management" (`iam:PassedToService`) and "Working with Lambda execution environment credentials and
roles" (lambda-intro-execution-role). The texts are the service's, as people report them
(LBHackney-IT/Data-Platform#1992, nficano/python-lambda#28).

Believed: an update that names the role that the function already has needs the permission too.
A new role is trusted at once here; AWS needs some seconds.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_actions import identity_denial_message
from ministack.core.responses import error_response_json, get_region
from ministack.services import iam, lambda_svc

from secretshift.demo.extensions.patching import refuse_writes

_SERVICE = "lambda.amazonaws.com"


def apply() -> None:
    refuse_writes(lambda_svc, _refusal)


def _refusal(data: dict[str, Any]) -> Any:
    role = data.get("Role")
    if not role:
        return None
    denied = iam_evaluator.enforce(
        lambda_svc._request_access_key.get(),
        "iam:PassRole",
        "iam",
        get_region(),
        resource_arn=role,
        service_context={"iam:PassedToService": _SERVICE},
    )
    if isinstance(denied, iam_evaluator.EvalResult):
        return error_response_json(
            "AccessDeniedException",
            identity_denial_message(
                "iam:PassRole", denied.principal_arn, role, denied.decision == "Deny"
            ),
            403,
        )
    stored = iam._roles.get(role.rpartition("/")[2])
    if stored is not None and not _trusts_lambda(stored["AssumeRolePolicyDocument"]):
        return error_response_json(
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
            400,
        )
    return None


def _trusts_lambda(document: str | dict[str, Any]) -> bool:
    parsed = json.loads(document) if isinstance(document, str) else document
    statements = parsed.get("Statement", [])
    matching = [
        statement.get("Effect")
        for statement in ([statements] if isinstance(statements, dict) else statements)
        if _concerns_lambda(statement)
    ]
    return "Allow" in matching and "Deny" not in matching


def _concerns_lambda(statement: dict[str, Any]) -> bool:
    principal, actions = statement.get("Principal"), statement.get("Action", [])
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    named = [services] if isinstance(services, str) else services
    wanted = [actions] if isinstance(actions, str) else actions
    return (principal == "*" or _SERVICE in named) and any(
        iam_evaluator.fnmatch_iam("sts:AssumeRole", action) for action in wanted
    )
