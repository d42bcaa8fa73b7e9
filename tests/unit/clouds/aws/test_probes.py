"""A twin has the network of its function, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from secretshift.clouds.aws.limits import PROBE_PREFIX
from secretshift.clouds.aws.probes import create_probe
from secretshift.model.functions import FunctionRef, FunctionSnapshot, LayerRef, Network, Place
from secretshift.model.ports import NewProbe
from secretshift.model.secret_value import SecretValue

PLACE = Place("aws", "111122223333", "eu-west-1")
NAME = f"{PROBE_PREFIX}0000000000000000"
REF = FunctionRef(PLACE, NAME, f"arn:aws:lambda:eu-west-1:111122223333:function:{NAME}")


class FakeLambda:
    def __init__(self) -> None:
        self.made: dict[str, Any] = {}

    def create_function(self, **request: Any) -> dict[str, Any]:
        self.made = request
        return {}


@pytest.mark.parametrize("ipv6", [True, False])
def test_a_twin_uses_ipv6_where_its_function_does(ipv6: bool) -> None:
    network = Network(("subnet-a",), ("sg-a",), "vpc-1", ipv6=ipv6)
    twin = FunctionSnapshot(
        REF, "$LATEST", "python3.12", "Zip", ("arm64",), "role", {}, network=network
    )
    client: Any = FakeLambda()
    create_probe(client, lambda _ref: twin, REF, NewProbe(NAME, twin, b"", "a.b", (), {}, {}))
    expected: dict[str, Any] = {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]}
    if ipv6:
        expected["Ipv6AllowedForDualStack"] = True
    assert client.made["VpcConfig"] == expected


def test_a_twin_is_its_function_in_all_that_decides_whether_it_can_read() -> None:
    layer = "arn:aws:lambda:eu-west-1:111122223333:layer:secretshift-resolver:1"
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    twin = FunctionSnapshot(
        REF,
        "$LATEST",
        "nodejs22.x",
        "Zip",
        ("arm64",),
        "arn:aws:iam::111122223333:role/pay",
        {"DB_PASSWORD": SecretValue("kirsche-Mond-17")},
        kms_key=key,
        layers=(LayerRef("arn:aws:lambda:eu-west-1:1:layer:own:1"),),
        memory=1024,
    )
    client: Any = FakeLambda()
    probe = NewProbe(NAME, twin, b"zip", "a.b", (layer,), {"A_SECRET_ARN": "arn"}, {})
    create_probe(client, lambda _ref: twin, REF, probe)
    same = {
        "Runtime": "nodejs22.x",
        "Architectures": ["arm64"],
        "Role": "arn:aws:iam::111122223333:role/pay",
        "KMSKeyArn": key,
        "MemorySize": 1024,
        # Layers and variables of ours alone: nothing of the function runs in it.
        "Layers": [layer],
        "Environment": {"Variables": {"A_SECRET_ARN": "arn"}},
    }
    assert {name: client.made.get(name) for name in same} == same
