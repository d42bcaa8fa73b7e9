"""Our layer, used only where its hash is that of our build.

Source: PublishLayerVersion, ListLayerVersions, GetLayerVersion in the Lambda API reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from secretshift.model.errors import Refused
from secretshift.model.ports import LayerVersion

from .errors import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.literals import RuntimeType
    from mypy_boto3_lambda.type_defs import GetLayerVersionResponseTypeDef

RUNTIMES = tuple(f"python3.{minor}" for minor in range(9, 15)) + tuple(
    f"nodejs{major}.x" for major in (18, 20, 22, 24)
)


def publish_layer(client: LambdaClient, name: str, zip_bytes: bytes, sha256: str) -> LayerVersion:
    """The newest version with this hash, published if there is none. sha256: base64."""
    for version in _versions(client, name):
        with aws_errors("reading a layer version", f"{name}:{version}"):
            found = _of(client.get_layer_version(LayerName=name, VersionNumber=version))
        # a version of another hash is someone else's, or an older build of ours
        if found.sha256 == sha256:
            return found
    with aws_errors("publishing the layer", name):
        # the stubs have no name for the values of an enumeration
        known = cast(Any, client.meta.service_model.shape_for("Runtime")).enum
        answer = client.publish_layer_version(
            LayerName=name,
            Description="Resolves secret references when a function starts",
            Content={"ZipFile": zip_bytes},
            CompatibleRuntimes=[cast("RuntimeType", r) for r in RUNTIMES if r in known],
            CompatibleArchitectures=["x86_64", "arm64"],
        )
    published = LayerVersion(
        answer["LayerVersionArn"],
        answer["Content"]["CodeSha256"],
        int(answer["Content"]["CodeSize"]),
    )
    if published.sha256 != sha256:
        raise Refused(
            "The layer was published with another hash than that of our build",
            resource=published.arn,
            hint="Do not use this version: what was uploaded is not what was built",
            code="layer-hash",
        )
    return published


def layer(client: LambdaClient, arn: str) -> LayerVersion:
    with aws_errors("reading a layer version", arn):
        return _of(client.get_layer_version_by_arn(Arn=arn))


def layer_versions(client: LambdaClient, name: str) -> tuple[str, ...]:
    """ARNs of every version, newest first."""
    with aws_errors("listing the layer's versions", name):
        pages = client.get_paginator("list_layer_versions").paginate(LayerName=name)
        found = [item for page in pages for item in page["LayerVersions"]]
    found.sort(key=lambda item: int(item["Version"]), reverse=True)
    return tuple(str(item["LayerVersionArn"]) for item in found)


def delete_layer(client: LambdaClient, arn: str) -> None:
    *_home, name, number = arn.split(":")
    with aws_errors("deleting the layer version", arn):
        client.delete_layer_version(LayerName=name, VersionNumber=int(number))


def _versions(client: LambdaClient, name: str) -> list[int]:
    """Newest first; none for a layer that does not exist, as the API itself answers."""
    with aws_errors("listing the layer's versions", name):
        pages = client.get_paginator("list_layer_versions").paginate(LayerName=name)
        numbers = [int(item["Version"]) for page in pages for item in page["LayerVersions"]]
    return sorted(numbers, reverse=True)


def _of(answer: GetLayerVersionResponseTypeDef) -> LayerVersion:
    content = answer["Content"]
    return LayerVersion(answer["LayerVersionArn"], content["CodeSha256"], int(content["CodeSize"]))
