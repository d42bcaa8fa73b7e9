"""A twin has the network of its function, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from secretshift.clouds.aws.limits import PROBE_PREFIX
from secretshift.clouds.aws.probes import create_probe
from secretshift.model.functions import FunctionRef, FunctionSnapshot, Network, Place
from secretshift.model.ports import NewProbe

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
