"""What a role or user may do, asked of IAM's own simulation.

Source: SimulatePrincipalPolicy in the IAM API reference. It evaluates identity policies, the
permissions boundary and organization policies; it does not fetch the policy of the secret or of
the key, so that an allowance here is an explanation and a read by the function is the proof.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secretshift.model.errors import NotFound, Refused
from secretshift.model.ports import Answer, Question

from .errors import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


_About = tuple[str, tuple[tuple[str, str], ...]]
"""A resource, and the condition keys with their values in order."""


_PARTS = 6
_REGION_OF_IAM = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_BOOLEANS = frozenset(
    {"aws:SecureTransport", "aws:PrincipalIsAWSService", "kms:GrantIsForAWSResource"}
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """An answer and what kind of a no it is, for who knows of a policy that IAM does not read.

    implicit: nothing denies it but the lack of an allowance, of the organization's least of all;
    bounded: a permissions boundary does not allow it.
    """

    answer: Answer
    implicit: bool = False
    bounded: bool = False


class Simulation:
    """Questions about one principal. principal: ARN of a role or user.

    lenient: a denial that hangs on condition keys which only the real request has is not taken for
    one. Right for an operator, who sees the refusal before anything is changed; not for a function.
    """

    def __init__(self, client: IAMClient, principal: str, *, lenient: bool = False) -> None:
        self._client = client
        self._principal = principal
        self._lenient = lenient

    def ask(self, questions: Sequence[Question]) -> tuple[Answer, ...]:
        return tuple(ruling.answer for ruling in self.rule(questions))

    def rule(self, questions: Sequence[Question]) -> tuple[Ruling, ...]:
        if not questions:
            return ()
        boundary = self._boundary()
        # one call for all actions on one thing: IAM's own rate is low, and a plan asks much
        actions: dict[_About, list[str]] = {}
        for question in questions:
            actions.setdefault(_about(question), []).append(question.action)
        results = {about: self._asked(about, names, boundary) for about, names in actions.items()}
        return tuple(
            _ruling(q, results[_about(q)].get(q.action.lower()), lenient=self._lenient)
            for q in questions
        )

    def _asked(self, about: _About, actions: Sequence[str], boundary: str) -> dict[str, Any]:
        resource, context = about
        request: dict[str, Any] = {
            "PolicySourceArn": self._principal,
            "ActionNames": sorted(set(actions)),
            "ResourceArns": [resource],
            "ContextEntries": [
                {
                    "ContextKeyName": key,
                    "ContextKeyValues": [value],
                    "ContextKeyType": "boolean" if key in _BOOLEANS else "string",
                }
                for key, value in {
                    **global_context(self._principal, resource),
                    **dict(context),
                }.items()
            ],
        }
        if boundary:
            request["PermissionsBoundaryPolicyInputList"] = [boundary]
        with aws_errors("simulating the policies", self._principal):
            pages = self._client.get_paginator("simulate_principal_policy").paginate(**request)
            return {
                result["EvalActionName"].lower(): result
                for page in pages
                for result in page["EvaluationResults"]
            }

    def _boundary(self) -> str:
        """The text of the permissions boundary, "" where there is none.

        AWS takes it into account by itself; it is passed on for clouds that do not. Who may not
        read it still gets AWS's own evaluation.
        """
        try:
            arn = self._boundary_arn()
            if not arn:
                return ""
            with aws_errors("reading the permissions boundary", arn):
                version = self._client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
                answer = self._client.get_policy_version(PolicyArn=arn, VersionId=version)
        except NotFound:
            raise
        except Refused:
            return ""
        document: Any = answer["PolicyVersion"]["Document"]
        return document if isinstance(document, str) else json.dumps(document, sort_keys=True)

    def _boundary_arn(self) -> str:
        kind, name = _kind_and_name(self._principal)
        with aws_errors(f"reading the {kind}", self._principal):
            if kind == "role":
                boundary = self._client.get_role(RoleName=name)["Role"].get("PermissionsBoundary")
            elif kind == "user":
                boundary = self._client.get_user(UserName=name)["User"].get("PermissionsBoundary")
            else:
                return ""
        return str((boundary or {}).get("PermissionsBoundaryArn", ""))


def global_context(principal: str, resource: str) -> dict[str, str]:
    """Condition keys that every request has, as far as they are known beforehand.

    A statement such as ``Deny … StringNotEquals aws:RequestedRegion`` holds where the key is
    missing, so that a simulation without it denies what the request itself is allowed. Requests
    to IAM go to its one region of the partition. Source: IAM User Guide, "AWS global condition
    context keys".
    """
    context = {
        "aws:PrincipalArn": principal,
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
    }
    of_principal, of_resource = principal.split(":", 5), resource.split(":", 5)
    if len(of_principal) == _PARTS and of_principal[4]:
        context["aws:PrincipalAccount"] = of_principal[4]
    if len(of_resource) == _PARTS:
        region = of_resource[3]
        if of_resource[2] == "iam":
            region = _REGION_OF_IAM.get(of_resource[1], "")
        if region:
            context["aws:RequestedRegion"] = region
    return context


def _about(question: Question) -> _About:
    return question.resource, tuple(sorted(question.context.items()))


def _answer(question: Question, result: Any, *, lenient: bool) -> Answer:
    if result is None:
        return Answer(question, False, "the simulation gave no result")
    if result["EvalDecision"] == "allowed":
        return Answer(question, True)
    missing = _missing(result)
    if lenient and missing:
        return Answer(question, True, f"cannot be told beforehand without {', '.join(missing)}")
    return Answer(question, False, explanation(result))


def _ruling(question: Question, result: Any, *, lenient: bool) -> Ruling:
    answer = _answer(question, result, lenient=lenient)
    if result is None:
        return Ruling(answer)
    return Ruling(
        answer,
        implicit=result["EvalDecision"] == "implicitDeny" and _by_organization(result),
        bounded=not _by_boundary(result),
    )


def _by_organization(result: Any) -> bool:
    detail = result.get("OrganizationsDecisionDetail", {})
    return bool(detail.get("AllowedByOrganizations", True))


def _by_boundary(result: Any) -> bool:
    detail = result.get("PermissionsBoundaryDecisionDetail", {})
    return bool(detail.get("AllowedByPermissionsBoundary", True))


def _missing(result: Any) -> list[str]:
    """Condition keys that the policies ask for and the question did not have. Where a resource
    was named, AWS lists them with that resource."""
    found = set(result.get("MissingContextValues") or ())
    for specific in result.get("ResourceSpecificResults") or ():
        found.update(specific.get("MissingContextValues") or ())
    return sorted(found)


def explanation(result: Any) -> str:
    """Which policy stood in the way, in a sentence. result: an EvaluationResult."""
    if not _by_organization(result):
        return "a policy of the organization does not allow it"
    if not _by_boundary(result):
        return "the permissions boundary does not allow it"
    if result["EvalDecision"] == "explicitDeny":
        names = [
            str(statement.get("SourcePolicyId", ""))
            for statement in result.get("MatchedStatements") or ()
        ]
        named = ", ".join(sorted({name for name in names if name}))
        return f"a policy denies it explicitly{f': {named}' if named else ''}"
    missing = _missing(result)
    if missing:
        return f"no policy allows it without {', '.join(missing)}"
    return "no policy allows it"


def principal_of(client: IAMClient, arn: str) -> str:
    """The role or user to simulate for a caller, "" for the root user.

    An assumed role shows as a session without the role's path, which only GetRole knows.
    """
    resource = arn.split(":", 5)[-1]
    if resource == "root":
        return ""
    kind, _, rest = resource.partition("/")
    if kind in ("user", "role"):
        return arn
    if kind == "assumed-role":
        name = rest.split("/", 1)[0]
        with aws_errors("reading the caller's role", arn):
            return client.get_role(RoleName=name)["Role"]["Arn"]
    raise Refused(
        "What this kind of caller may do cannot be simulated",
        resource=arn,
        hint="Run as a user or a role",
        code="unknown-caller",
    )


def _kind_and_name(arn: str) -> tuple[str, str]:
    resource = arn.split(":", 5)[-1]
    return resource.split("/", 1)[0], resource.rsplit("/", 1)[-1]
