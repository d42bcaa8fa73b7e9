"""Lambda's control plane: revisions, limits, lists, layers and code signing."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import refusal, zipped

pytestmark = pytest.mark.embedded

SOURCE = "def handler(event, context):\n    return 1\n"


def error_of(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    found = caught.value.response["Error"]
    return found["Code"], found["Message"]


def test_the_revision_changes_again_when_an_update_settles(cloud: Any) -> None:
    name, client = cloud.function(SOURCE), cloud.client("lambda")
    before = cloud.settled(name)
    written = client.update_function_configuration(
        FunctionName=name, Description="other", RevisionId=before["RevisionId"]
    )
    assert written["LastUpdateStatus"] == "InProgress"
    after = cloud.settled(name)
    assert len({before["RevisionId"], written["RevisionId"], after["RevisionId"]}) == 3
    assert client.get_function_configuration(FunctionName=name)["RevisionId"] == after["RevisionId"]
    for old in (before, written):
        code, _ = error_of(
            client.update_function_configuration,
            FunctionName=name,
            Description="late",
            RevisionId=old["RevisionId"],
        )
        assert code == "PreconditionFailedException"
    client.update_function_configuration(
        FunctionName=name, Description="in time", RevisionId=after["RevisionId"]
    )


def test_a_write_during_an_update_is_refused(cloud: Any) -> None:
    name, client = cloud.function(SOURCE), cloud.client("lambda")
    client.update_function_configuration(FunctionName=name, Description="first")
    for call, more in (
        (client.update_function_configuration, {"Description": "second"}),
        (client.publish_version, {}),
    ):
        assert error_of(call, FunctionName=name, **more)[0] == "ResourceConflictException"
    assert cloud.settled(name)["Description"] == "first"
    client.update_function_configuration(FunctionName=name, Description="third")


@pytest.mark.parametrize(
    ("variables", "code", "text"),
    [
        (
            {"AWS_REGION": "x"},
            "InvalidParameterValueException",
            "Reserved keys used in this request: AWS_REGION",
        ),
        ({"BIG": "x" * 4090}, "InvalidParameterValueException", "exceeded the 4KB limit"),
        ({"UMLAUT": "ü" * 2045}, "InvalidParameterValueException", "exceeded the 4KB limit"),
        ({"1ST": "x"}, "ValidationException", "Map keys must satisfy constraint"),
        ({"A": "x"}, "ValidationException", "Map keys must satisfy constraint"),
    ],
)
def test_variables_that_lambda_refuses(
    cloud: Any, variables: dict[str, str], code: str, text: str
) -> None:
    name, client = cloud.function(SOURCE, variables={"KEPT": "1"}), cloud.client("lambda")
    told = refusal(
        client.update_function_configuration,
        FunctionName=name,
        Environment={"Variables": variables},
    )
    assert (told.code, told.status) == (code, 400)
    assert text in told.text
    assert cloud.settled(name)["Environment"]["Variables"] == {"KEPT": "1"}


def test_the_refusal_of_a_large_environment_quotes_all_of_it(cloud: Any) -> None:
    """As AWS's does: whoever prints this text prints every value."""
    name, client = cloud.function(SOURCE), cloud.client("lambda")
    variables = {"SIGNING_KEY": f"line\n{secrets.token_hex(20)}", "BIG": "x" * 4096}
    told = refusal(
        client.update_function_configuration,
        FunctionName=name,
        Environment={"Variables": variables},
    )
    _, _, measured = told.text.partition("String measured: ")
    assert json.loads(measured) == variables


def test_an_environment_of_exactly_the_limit_is_taken(cloud: Any) -> None:
    name, client = cloud.function(SOURCE), cloud.client("lambda")
    fits = {"BIG": "x" * (4096 - len('{"BIG":""}'))}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": fits})
    assert cloud.settled(name)["Environment"]["Variables"] == fits


def test_a_sixth_layer_is_refused(cloud: Any) -> None:
    layers = [cloud.layer({"a": (str(number), 0o644)}) for number in range(6)]
    name, client = cloud.function(SOURCE, Layers=layers[:5]), cloud.client("lambda")
    code, _ = error_of(client.update_function_configuration, FunctionName=name, Layers=layers)
    assert code == "InvalidParameterValueException"
    assert [each["Arn"] for each in cloud.settled(name)["Layers"]] == layers[:5]


def test_code_and_layers_have_one_size_together(cloud: Any) -> None:
    """AWS: Lambda quotas, 250 MB unzipped, layers included."""
    layers = [cloud.layer({"a": ("\0" * 60_000_000, 0o644)}) for _ in range(5)]
    name, client = cloud.function(SOURCE), cloud.client("lambda")
    told = refusal(client.update_function_configuration, FunctionName=name, Layers=layers)
    assert (told.code, told.status) == ("InvalidParameterValueException", 400)
    assert "exceeds the maximum allowed size of 262144000 bytes" in told.text
    assert f"The actual size is {300_000_000 + len(SOURCE)} bytes." in told.text
    client.update_function_configuration(FunctionName=name, Layers=layers[:4])


def test_layer_versions_tell_their_content(cloud: Any) -> None:
    client, name = cloud.client("lambda"), cloud.name("layer")
    first = client.publish_layer_version(
        LayerName=name,
        Description="ours",
        CompatibleRuntimes=["python3.12", "nodejs20.x"],
        CompatibleArchitectures=["x86_64", "arm64"],
        Content={"ZipFile": (packed := b"PK\x05\x06" + bytes(18))},
    )
    digest = base64.b64encode(hashlib.sha256(packed).digest()).decode()
    assert first["Content"]["CodeSha256"] == digest
    found = client.get_layer_version(LayerName=name, VersionNumber=1)
    assert (found["Content"]["CodeSha256"], found["Description"]) == (digest, "ours")
    assert found["CompatibleRuntimes"] == ["python3.12", "nodejs20.x"]
    by_arn = client.get_layer_version_by_arn(Arn=first["LayerVersionArn"])
    assert by_arn["LayerVersionArn"] == first["LayerVersionArn"]
    with urllib.request.urlopen(found["Content"]["Location"], timeout=5) as answer:
        assert answer.read() == packed
    client.publish_layer_version(LayerName=name, Content={"ZipFile": packed})
    versions = client.list_layer_versions(LayerName=name)["LayerVersions"]
    assert [each["Version"] for each in versions] == [2, 1]
    assert "ResourceNotFoundException" in error_of(
        client.get_layer_version, LayerName=name, VersionNumber=3
    )


def test_versions_aliases_and_tags_are_listed(cloud: Any) -> None:
    name, client = cloud.function(SOURCE, Tags={"team": "a"}), cloud.client("lambda")
    client.publish_version(FunctionName=name)
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    versions = client.list_versions_by_function(FunctionName=name)["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST", "1"]
    assert versions[1]["FunctionArn"].endswith(f":{name}:1")
    aliases = client.list_aliases(FunctionName=name)["Aliases"]
    assert [(each["Name"], each["FunctionVersion"]) for each in aliases] == [("live", "1")]
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    client.tag_resource(Resource=arn, Tags={"secretshift:run": "1"})
    assert client.list_tags(Resource=arn)["Tags"] == {"team": "a", "secretshift:run": "1"}
    found = [
        (each["FunctionName"], each["Version"])
        for page in client.get_paginator("list_functions").paginate(
            FunctionVersion="ALL", PaginationConfig={"PageSize": 2}
        )
        for each in page["Functions"]
    ]
    assert [each for each in found if each[0] == name] == [(name, "$LATEST"), (name, "1")]
    assert len(found) == len(set(found))


def test_provisioned_concurrency_is_listed(cloud: Any) -> None:
    name, client = cloud.function(SOURCE), cloud.client("lambda")
    assert (
        client.list_provisioned_concurrency_configs(FunctionName=name)[
            "ProvisionedConcurrencyConfigs"
        ]
        == []
    )
    client.publish_version(FunctionName=name)
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    client.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier="live", ProvisionedConcurrentExecutions=2
    )
    (found,) = client.list_provisioned_concurrency_configs(FunctionName=name)[
        "ProvisionedConcurrencyConfigs"
    ]
    assert found["FunctionArn"].endswith(f"function:{name}:live")
    assert (found["RequestedProvisionedConcurrentExecutions"], found["Status"]) == (2, "READY")


def test_code_signing_can_be_read_and_is_enforced(cloud: Any) -> None:
    client, layer = cloud.client("lambda"), cloud.layer({"a": ("", 0o644)})
    plain, signed = cloud.function(SOURCE), cloud.function(SOURCE)
    assert not client.get_function_code_signing_config(FunctionName=plain)["CodeSigningConfigArn"]
    arn = client.create_code_signing_config(
        AllowedPublishers={"SigningProfileVersionArns": [f"arn:aws:signer:eu-west-1:{1:012}:/x/y"]},
        CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Enforce"},
    )["CodeSigningConfig"]["CodeSigningConfigArn"]
    client.put_function_code_signing_config(FunctionName=signed, CodeSigningConfigArn=arn)
    assert (
        client.get_function_code_signing_config(FunctionName=signed)["CodeSigningConfigArn"] == arn
    )
    config = client.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
    assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Enforce"}
    zip_file = zipped({"index.py": (SOURCE, 0o644)})
    for call, more in (
        (client.update_function_configuration, {"FunctionName": signed, "Layers": [layer]}),
        (client.update_function_code, {"FunctionName": signed, "ZipFile": zip_file}),
        (
            client.create_function,
            {
                "FunctionName": cloud.name("function"),
                "Runtime": "python3.12",
                "Role": cloud.role(),
                "Handler": "index.handler",
                "Code": {"ZipFile": zip_file},
                "CodeSigningConfigArn": arn,
            },
        ),
    ):
        told = refusal(call, **more)
        assert (told.code, told.status) == ("CodeVerificationFailedException", 400)
        assert told.text.startswith("Lambda cannot deploy the function.")
    client.update_function_configuration(FunctionName=plain, Layers=[layer])
    client.update_function_configuration(FunctionName=signed, Description="no layer")
    listed = client.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)["FunctionArns"]
    assert [each.rpartition(":")[2] for each in listed] == [signed]


def test_regions_are_apart(cloud: Any) -> None:
    name = cloud.function(SOURCE, region="us-east-1")
    assert cloud.invoke(name, region="us-east-1").payload == 1
    code, _ = error_of(cloud.client("lambda").get_function, FunctionName=name)
    assert code == "ResourceNotFoundException"
