"""What speaks against a change before anything is done."""

from __future__ import annotations

import pytest

from secretshift.clouds.aws.preflight import assess, owner
from secretshift.model.errors import (
    LoginExpired,
    NotFound,
    Refused,
    SecretshiftError,
    Unavailable,
)
from secretshift.model.functions import FunctionFacts, FunctionRef, FunctionSnapshot, Place
from secretshift.model.secret_value import SecretValue
from secretshift.model.unread import RIGHT, Unread

PLACE = Place("aws", "111122223333", "eu-west-1")
AGAIN = "Try again in a moment"
REF = FunctionRef(PLACE, "pay", "arn:aws:lambda:eu-west-1:111122223333:function:pay")


def snapshot(name: str, runtime: str = "python3.12") -> FunctionSnapshot:
    return FunctionSnapshot(
        ref=REF,
        version="$LATEST",
        runtime=runtime,
        package_type="Zip",
        architectures=("x86_64",),
        role="arn:aws:iam::111122223333:role/pay",
        environment={name: SecretValue("x1")},
    )


@pytest.mark.parametrize("name", ["LD_SDK_KEY", "LC_API_SECRET", "BASH_TOKEN", "NODE_OPTIONS"])
def test_a_name_that_the_resolver_refuses_blocks(name: str) -> None:
    blockers = assess(snapshot(name), FunctionFacts(), [name]).blockers
    assert [note.code for note in blockers] == ["name"]
    assert name in blockers[0].text and "--exclude" in blockers[0].hint


def test_a_name_that_the_resolver_refuses_is_no_matter_for_code() -> None:
    assert not assess(snapshot("LD_SDK_KEY", "java21"), FunctionFacts(), ["LD_SDK_KEY"]).blockers


def test_an_ordinary_name_does_not_block() -> None:
    assert not assess(snapshot("DB_PASSWORD"), FunctionFacts(), ["DB_PASSWORD"]).blockers


@pytest.mark.parametrize(
    ("tags", "tool"),
    [
        ({"aws:cloudformation:stack-name": "shop"}, "CloudFormation (stack shop)"),
        ({"lambda:createdBy": "SAM", "aws:cloudformation:stack-name": "shop"}, "AWS SAM"),
        ({"aws:cdk:path": "Shop/Api"}, "AWS CDK"),
        ({"aws-cdk:auto-delete": "true"}, "AWS CDK"),
        ({"managed-by": "cdk"}, "Cdk"),
        ({"serverless:service": "shop"}, "Serverless Framework"),
        ({"sls:stage": "prod"}, "Serverless Framework"),
        ({"deployed-with": "serverless"}, "Serverless"),
        ({"ManagedBy": "Terraform"}, "Terraform"),
        ({"terraform": "true"}, "Terraform"),
        ({"tf:module": "api"}, "Terraform"),
        ({"provisioner": "OpenTofu"}, "Opentofu"),
        ({"pulumi:project": "shop"}, "Pulumi"),
        ({"created_by": "pulumi"}, "Pulumi"),
        ({}, ""),
        ({"Team": "pay", "managed-by": "ann"}, ""),
        ({"terraform": "false"}, ""),
        ({"note": "moved off terraform"}, ""),
    ],
)
def test_the_tool_that_owns_a_function_is_known_by_its_tags(
    tags: dict[str, str], tool: str
) -> None:
    assert owner(tags) == tool
    notes = assess(snapshot("DB_PASSWORD"), FunctionFacts(tags=tags), ()).blockers
    assert ("owner" in {note.code for note in notes}) == bool(tool)


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (Refused("no", code="access-denied", hint="Allow this action"), RIGHT),
        (Refused("no", code="kms-refused", hint="Check the key's state"), "Check the key's state"),
        (Unavailable("busy", code="throttled", hint="Try again in a moment"), AGAIN),
        (Unavailable("silent", code="unreachable", hint="Check the network"), "Check the network"),
        (Unavailable("silent"), AGAIN),
        (LoginExpired("late", hint="Log in again"), "Log in again"),
        (NotFound("gone"), "Plan again: it may be gone"),
    ],
)
def test_only_a_denied_look_asks_for_a_right(error: SecretshiftError, hint: str) -> None:
    facts = FunctionFacts(unknown=(Unread.because(error, "Its tags could not be read"),))
    (note,) = assess(snapshot("DB_PASSWORD"), facts, ["DB_PASSWORD"]).blockers
    assert (note.code, note.text, note.hint) == ("unknown", "Its tags could not be read", hint)
