"""What a plan asks of a function beyond its configuration.

What may not be read stands in `unknown`: it is never the same as nothing there. A service that
is busy or unreachable fails the whole look, since nothing was said about the function.

Source: ListTags, ListVersionsByFunction, ListAliases, ListProvisionedConcurrencyConfigs,
GetFunctionCodeSigningConfig, GetCodeSigningConfig in the Lambda API reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from secretshift.model.errors import NotFound, Refused
from secretshift.model.functions import FunctionFacts, FunctionRef, FunctionSnapshot
from secretshift.model.unread import Unread

from .errors import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

T = TypeVar("T")


def read_facts(
    client: LambdaClient,
    snapshot: FunctionSnapshot,
    versions: Callable[[FunctionRef], tuple[FunctionSnapshot, ...]],
    aliases: Callable[[FunctionRef], Mapping[str, tuple[str, ...]]],
) -> FunctionFacts:
    ref = snapshot.ref
    unknown: list[Unread] = []

    def attempt(what: str, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except NotFound:
            raise
        except Refused as error:
            unknown.append(Unread.because(error, f"Its {what} could not be read ({error.code})"))
            return otherwise

    return FunctionFacts(
        tags=attempt("tags", lambda: read_tags(client, ref), {}),
        versions=attempt("published versions", lambda: versions(ref), ()),
        aliases=attempt("aliases", lambda: aliases(ref), {}),
        provisioned=attempt("provisioned concurrency", lambda: _provisioned(client, ref), ()),
        code_signing=attempt(
            "code signing configuration", lambda: _code_signing(client, snapshot), "unknown"
        ),
        unknown=tuple(unknown),
    )


def read_tags(client: LambdaClient, ref: FunctionRef) -> Mapping[str, str]:
    with aws_errors("reading the function's tags", ref.arn):
        return client.list_tags(Resource=ref.arn)["Tags"]


def read_aliases(client: LambdaClient, ref: FunctionRef) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    with aws_errors("listing the function's aliases", ref.arn):
        for page in client.get_paginator("list_aliases").paginate(FunctionName=ref.arn):
            for alias in page["Aliases"]:
                routing = alias.get("RoutingConfig") or {}
                weighted = routing.get("AdditionalVersionWeights") or {}
                found[alias["Name"]] = (alias["FunctionVersion"], *sorted(weighted))
    return found


def _provisioned(client: LambdaClient, ref: FunctionRef) -> tuple[str, ...]:
    try:
        with aws_errors("listing the function's provisioned concurrency", ref.arn):
            pages = client.get_paginator("list_provisioned_concurrency_configs").paginate(
                FunctionName=ref.arn
            )
            arns = [
                str(item["FunctionArn"])
                for page in pages
                for item in page["ProvisionedConcurrencyConfigs"]
            ]
    except NotFound:
        # an empty list may come as ProvisionedConcurrencyConfigNotFound; that the function itself
        # is gone shows in the other questions
        return ()
    return tuple(sorted(arn.rsplit(":", 1)[-1] for arn in arns))


def _code_signing(client: LambdaClient, snapshot: FunctionSnapshot) -> str:
    ref = snapshot.ref
    if snapshot.package_type != "Zip":
        # Lambda verifies signatures of zip packages and layers only
        return "none"
    try:
        with aws_errors("reading the function's code signing configuration", ref.arn):
            answer = client.get_function_code_signing_config(FunctionName=ref.arn)
            arn = answer.get("CodeSigningConfigArn", "")
    except NotFound:
        return "none"
    if not arn:
        return "none"
    with aws_errors("reading the code signing configuration", arn):
        config = client.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
    policy = config["CodeSigningPolicies"].get("UntrustedArtifactOnDeployment", "")
    return {"Warn": "warn", "Enforce": "enforce"}.get(policy, "unknown")
