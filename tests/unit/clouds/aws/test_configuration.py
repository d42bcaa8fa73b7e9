"""What Lambda's words become."""

from __future__ import annotations

from typing import Any

import pytest

from secretshift.clouds.aws.configuration import rest_digest, snapshot_of
from secretshift.model.functions import Network, Place

PLACE = Place("aws", "123456789012", "eu-west-1")
CANARY = "canary-VALUE-91x"


def configuration(**fields: Any) -> dict[str, Any]:
    return {
        "FunctionName": "pay",
        "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:pay",
        "Runtime": "python3.12",
        "Role": "arn:aws:iam::123456789012:role/team/pay",
        "Handler": "app.handler",
        "Version": "$LATEST",
        "RevisionId": "r1",
        "Timeout": 3,
        "MemorySize": 128,
        "Environment": {"Variables": {"DB": CANARY}},
        **fields,
    }


def test_values_are_wrapped_and_the_arn_is_unqualified() -> None:
    snapshot = snapshot_of(
        configuration(
            Version="7", FunctionArn="arn:aws:lambda:eu-west-1:123456789012:function:pay:7"
        ),
        PLACE,
    )
    assert snapshot.ref.arn.endswith(":function:pay") and snapshot.version == "7"
    assert snapshot.variables["DB"].reveal() == CANARY
    assert CANARY not in repr(snapshot)


def test_an_environment_that_could_not_be_decrypted_is_not_an_empty_one() -> None:
    snapshot = snapshot_of(
        configuration(
            Environment={"Error": {"ErrorCode": "AccessDeniedException", "Message": CANARY}}
        ),
        PLACE,
    )
    assert snapshot.environment is None
    assert snapshot.environment_error == "AccessDeniedException"
    assert CANARY not in repr(snapshot)


def test_no_environment_is_an_empty_one() -> None:
    fields = configuration()
    del fields["Environment"]
    assert snapshot_of(fields, PLACE).environment == {}


@pytest.mark.parametrize(
    ("fields", "unusual"),
    [
        ({}, ()),
        ({"SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}}, ()),
        ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, ("SnapStart",)),
        ({"DurableConfig": {"ExecutionTimeout": 60}}, ("Durable",)),
        (
            {"CapacityProviderConfig": {"x": 1}, "TenancyConfig": {"TenantIsolationMode": "x"}},
            ("CapacityProvider", "Tenancy"),
        ),
    ],
)
def test_settings_that_change_how_it_starts(
    fields: dict[str, Any], unusual: tuple[str, ...]
) -> None:
    assert snapshot_of(configuration(**fields), PLACE).unusual == unusual


def test_a_vpc_without_subnets_is_none() -> None:
    empty = {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}
    assert snapshot_of(configuration(VpcConfig=empty), PLACE).network is None
    full = {"SubnetIds": ["s2", "s1"], "SecurityGroupIds": ["g"], "VpcId": "v"}
    assert snapshot_of(configuration(VpcConfig=full), PLACE).network == Network(
        ("s1", "s2"), ("g",), "v"
    )
    both = {**full, "Ipv6AllowedForDualStack": True}
    network = snapshot_of(configuration(VpcConfig=both), PLACE).network
    assert network is not None and network.ipv6


@pytest.mark.parametrize(
    "fields",
    [
        {"Environment": {"Variables": {}}},
        {"Layers": [{"Arn": "x"}]},
        {"RevisionId": "r2", "LastModified": "later", "ConfigSha256": "x"},
        {"State": "Pending", "LastUpdateStatus": "InProgress", "LastUpdateStatusReason": "x"},
        {"RuntimeVersionConfig": {"RuntimeVersionArn": "x"}},
        {"Description": ""},
        {"VpcConfig": {"SubnetIds": []}} | {"VpcConfig": None},
    ],
)
def test_the_digest_does_not_move_with_what_we_write(fields: dict[str, Any]) -> None:
    assert rest_digest(configuration(**fields)) == rest_digest(configuration())


@pytest.mark.parametrize(
    "fields",
    [
        {"Timeout": 4},
        {"Role": "x"},
        {"KMSKeyArn": "x"},
        {"SnapStart": {"ApplyOn": "PublishedVersions"}},
        {"ANewField": "x"},
        {"CodeSha256": "x"},
        {"VpcConfig": {"SubnetIds": ["s"]}},
    ],
)
def test_the_digest_moves_with_anything_else(fields: dict[str, Any]) -> None:
    assert rest_digest(configuration(**fields)) != rest_digest(configuration())


def test_the_order_of_subnets_is_no_difference() -> None:
    one = configuration(VpcConfig={"SubnetIds": ["a", "b"], "VpcId": "v"})
    other = configuration(VpcConfig={"SubnetIds": ["b", "a"], "VpcId": "v"})
    assert rest_digest(one) == rest_digest(other)
