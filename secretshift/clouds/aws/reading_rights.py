"""What the operator must be allowed to do to scan and to plan, as questions for a simulation.

Source: Service Authorization Reference, pages for AWS Lambda, Secrets Manager, IAM, EC2 and KMS.
"""

from __future__ import annotations

from collections.abc import Iterator

from secretshift.model.functions import FunctionRef, Place
from secretshift.model.ports import Question, Scope

from .policy import via_service
from .rights import SAMPLE_SUFFIX

LISTS = ("lambda:ListFunctions", "lambda:ListLayerVersions", "secretsmanager:ListSecrets")
OF_FUNCTION = (
    "lambda:GetFunction",
    "lambda:ListVersionsByFunction",
    "lambda:ListAliases",
    "lambda:ListTags",
    "lambda:ListProvisionedConcurrencyConfigs",
    "lambda:GetFunctionCodeSigningConfig",
)
OF_ROLE = ("iam:ListRolePolicies", "iam:GetRolePolicy")
OF_SECRET = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
OF_NETWORK = (
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcEndpoints",
)
SHOWS_ENVIRONMENT = (
    "lambda:GetFunction",
    "lambda:GetFunctionConfiguration",
    "lambda:ListVersionsByFunction",
)
SAMPLE_NAME = "secretshift-example"
SAMPLE_SIGNING = "csc-00000000000000000"


def stand_in(place: Place) -> tuple[FunctionRef, str]:
    """A function and a role by names that nobody else uses."""
    home = f"arn:{place.partition}:lambda:{place.region}:{place.account}"
    function = FunctionRef(place, SAMPLE_NAME, f"{home}:function:{SAMPLE_NAME}")
    return function, f"arn:{place.partition}:iam::{place.account}:role/{SAMPLE_NAME}"


def reading(function: FunctionRef, scope: Scope) -> tuple[Question, ...]:
    """Every action of a look at this function and at what a plan for it needs to know.

    The account's regions are left out: two actions tell them, and either is enough.
    """
    return tuple(_reading(function, scope))


def ways_to_see(function: FunctionRef, key: str) -> tuple[tuple[Question, ...], ...]:
    """Each call that shows the function's environment, with the right to its customer key.

    Source: ListFunctions, ListVersionsByFunction, GetFunction and GetFunctionConfiguration in the
    Lambda API reference.
    """
    decrypting = (_decrypting(function, key),) if key else ()
    here = {"aws:RequestedRegion": function.place.region}
    return (
        (Question("lambda:ListFunctions", "*", here), *decrypting),
        *((Question(action, function.arn, {}), *decrypting) for action in SHOWS_ENVIRONMENT),
    )


def _decrypting(function: FunctionRef, key: str) -> Question:
    place = function.place
    context = {
        "kms:ViaService": via_service(place.region, place.partition, "lambda"),
        "kms:EncryptionContext:aws:lambda:FunctionArn": function.arn,
    }
    return Question("kms:Decrypt", key, context)


def _reading(function: FunctionRef, scope: Scope) -> Iterator[Question]:
    place = function.place
    home = f"{place.region}:{place.account}"
    here = {"aws:RequestedRegion": place.region}
    signing = f"arn:{place.partition}:lambda:{home}:code-signing-config:{SAMPLE_SIGNING}"
    for action in LISTS:
        yield Question(action, "*", here)
    for action in OF_FUNCTION:
        yield Question(action, function.arn, {})
    yield Question("lambda:GetCodeSigningConfig", signing, {})
    for action in OF_ROLE:
        yield Question(action, scope.role, {})
    if scope.vpc:
        for action in OF_NETWORK:
            yield Question(action, "*", here)
    if scope.key:
        yield _decrypting(function, scope.key)
    for name, key in scope.secrets:
        secret = f"arn:{place.partition}:secretsmanager:{home}:secret:{name}-{SAMPLE_SUFFIX}"
        for action in OF_SECRET:
            yield Question(action, secret, {})
        if key:
            yield Question("kms:DescribeKey", key, {})
