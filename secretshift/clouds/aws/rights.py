"""What the operator must be allowed to do, as questions for a simulation.

Source: Service Authorization Reference, pages for AWS Lambda, Secrets Manager, IAM and KMS.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from secretshift.model.functions import FunctionRef
from secretshift.model.ports import Question

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
)
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
SAMPLE_SUFFIX = "AbCdEf"
SAMPLE_PROBE = "secretshift-probe-0000000000000000"


def needed(
    function: FunctionRef,
    *,
    role: str,
    layer: str,
    secrets: Sequence[tuple[str, str]],
    event: bool,
) -> tuple[Question, ...]:
    """Every action of a run on this function and of its undo, with the resource it is for."""
    return tuple(_needed(function, role, layer, secrets, event))


def _needed(
    function: FunctionRef,
    role: str,
    layer: str,
    secrets: Sequence[tuple[str, str]],
    event: bool,
) -> Iterator[Question]:
    place = function.place
    home = f"{place.region}:{place.account}"
    actions = FUNCTION_ACTIONS + (("lambda:InvokeFunction",) if event else ())
    yield from _ask(actions, function.arn)
    yield from _ask(ROLE_ACTIONS, role)
    if layer:
        arn = f"arn:{place.partition}:lambda:{home}:layer:{layer}"
        yield from _ask(("lambda:PublishLayerVersion", "lambda:ListLayerVersions"), arn)
        yield from _ask(("lambda:GetLayerVersion",), f"{arn}:1")
        probe = f"arn:{place.partition}:lambda:{home}:function:{SAMPLE_PROBE}"
        yield from _ask(PROBE_ACTIONS, probe)
        context = {"iam:PassedToService": "lambda.amazonaws.com"}
        yield Question("iam:PassRole", role, context)
    for name, key in secrets:
        arn = f"arn:{place.partition}:secretsmanager:{home}:secret:{name}-{SAMPLE_SUFFIX}"
        yield from _ask(SECRET_ACTIONS, arn)
        if key:
            suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
            context = {
                "kms:ViaService": f"secretsmanager.{place.region}.{suffix}",
                "kms:EncryptionContext:SecretARN": arn,
            }
            for action in KEY_ACTIONS:
                yield Question(action, key, context)


def _ask(actions: Sequence[str], resource: str) -> Iterator[Question]:
    for action in actions:
        yield Question(action, resource, {})
