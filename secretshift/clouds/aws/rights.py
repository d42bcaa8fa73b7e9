"""What the operator must be allowed to do, as questions for a simulation.

Source: Service Authorization Reference, pages for AWS Lambda, Secrets Manager, IAM and KMS;
AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC"; AWS KMS
developer guide, "Default key policy" (key users may have grants made by services only).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from secretshift.model.functions import FunctionRef, Place
from secretshift.model.ports import Question, Scope

from .policy import via_service

FUNCTION_ACTIONS = (
    "lambda:GetFunction",
    "lambda:UpdateFunctionConfiguration",
    "lambda:ListVersionsByFunction",
)
PROBE_ACTIONS = (
    "lambda:CreateFunction",
    "lambda:GetFunction",
    "lambda:InvokeFunction",
    "lambda:TagResource",
    "lambda:ListTags",
    "lambda:DeleteFunction",
)
SECRET_ACTIONS = (
    "secretsmanager:CreateSecret",
    "secretsmanager:TagResource",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DeleteSecret",
    "secretsmanager:RestoreSecret",
)
ROLE_ACTIONS = (
    "iam:GetRolePolicy",
    "iam:ListRolePolicies",
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:SimulatePrincipalPolicy",
)
NETWORK_ACTIONS = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")
SECRET_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
FUNCTION_KEY_ACTIONS = ("kms:Decrypt", "kms:Encrypt", "kms:CreateGrant")
SAMPLE_SUFFIX = "AbCdEf"
SAMPLE_PROBE = "secretshift-probe-0000000000000000"


def needed(function: FunctionRef, scope: Scope) -> tuple[Question, ...]:
    """Every action of a run on this function and of its undo, with the resource it is for."""
    return (
        *_function(function, scope),
        *_layer(function, scope),
        *(for_twin(function, scope.role) if scope.twin else ()),
        *(_network(function) if scope.twin and scope.vpc else ()),
        *(_twin_key(function, scope.key) if scope.twin and scope.key else ()),
        *_secrets(function, scope),
    )


def _function(function: FunctionRef, scope: Scope) -> Iterator[Question]:
    place = function.place
    yield from _ask(FUNCTION_ACTIONS, function.arn)
    # an undo looks for whoever else refers to the secrets before it takes them away
    yield _anywhere("lambda:ListFunctions", function)
    yield from _ask(ROLE_ACTIONS, scope.role)
    if scope.event:
        yield from _ask(("lambda:InvokeFunction",), function.arn)
    if scope.layer:
        home = f"arn:{place.partition}:logs:{place.region}:{place.account}"
        group = scope.log_group or f"/aws/lambda/{function.name}"
        # the form of its ARN that policies have: with the streams behind it
        yield from _ask(("logs:FilterLogEvents",), f"{home}:log-group:{group}:*")
    if scope.key:
        yield from _environment_key(place, scope.key, function.arn)


def _environment_key(place: Place, key: str, function_arn: str) -> Iterator[Question]:
    context = {
        "kms:ViaService": via_service(place.region, place.partition, "lambda"),
        "kms:EncryptionContext:aws:lambda:FunctionArn": function_arn,
    }
    for action in FUNCTION_KEY_ACTIONS:
        # Lambda asks for the grant in the caller's name, as key users of the console may
        grants = {"kms:GrantIsForAWSResource": "true"} if action == "kms:CreateGrant" else {}
        yield Question(action, key, {**context, **grants})


def _layer(function: FunctionRef, scope: Scope) -> Iterator[Question]:
    if not scope.layer:
        return
    place = function.place
    arn = f"arn:{place.partition}:lambda:{place.region}:{place.account}:layer:{scope.layer}"
    yield from _ask(("lambda:PublishLayerVersion",), arn)
    yield _anywhere("lambda:ListLayerVersions", function)
    yield from _ask(("lambda:GetLayerVersion",), f"{arn}:1")


def for_twin(function: FunctionRef, role: str) -> tuple[Question, ...]:
    """What making, calling and removing a twin of this function needs."""
    return tuple(_twin(function, role))


def _twin(function: FunctionRef, role: str) -> Iterator[Question]:
    place = function.place
    yield from _ask(PROBE_ACTIONS, _probe(place))
    context = {
        "iam:PassedToService": "lambda.amazonaws.com",
        # no request to IAM: Lambda's own asks for it
        "aws:RequestedRegion": place.region,
    }
    yield Question("iam:PassRole", role, context)


def _twin_key(function: FunctionRef, key: str) -> Iterator[Question]:
    """The twin's variables are under the function's key, and the twin has another name."""
    return _environment_key(function.place, key, _probe(function.place))


def _probe(place: Place) -> str:
    return f"arn:{place.partition}:lambda:{place.region}:{place.account}:function:{SAMPLE_PROBE}"


def _network(function: FunctionRef) -> Iterator[Question]:
    for action in NETWORK_ACTIONS:
        yield _anywhere(action, function)


def _anywhere(action: str, function: FunctionRef) -> Question:
    """An action that knows no resource; the region is that of the request all the same."""
    return Question(action, "*", {"aws:RequestedRegion": function.place.region})


def _secrets(function: FunctionRef, scope: Scope) -> Iterator[Question]:
    place = function.place
    home = f"arn:{place.partition}:secretsmanager:{place.region}:{place.account}"
    for name, key in scope.secrets:
        arn = f"{home}:secret:{name}-{SAMPLE_SUFFIX}"
        yield from _ask(SECRET_ACTIONS, arn)
        if key:
            context = {
                "kms:ViaService": via_service(place.region, place.partition),
                "kms:EncryptionContext:SecretARN": arn,
            }
            for action in SECRET_KEY_ACTIONS:
                yield Question(action, key, context)


def _ask(actions: Sequence[str], resource: str) -> Iterator[Question]:
    for action in actions:
        yield Question(action, resource, {})
