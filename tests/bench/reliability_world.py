"""Forty functions that are all unlike each other, made by dice with a fixed seed."""

from __future__ import annotations

import base64
import io
import json
import random
import secrets
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.journeys.world import FAR, NEAR, World

RUNTIMES: Final = (
    "python3.10", "python3.11", "python3.12", "python3.13", "python3.14",
    "nodejs22.x", "nodejs24.x",
)  # fmt: skip
WRAPPER: Final = '#!/bin/sh\n# What a tracing layer does before the runtime starts.\nexec "$@"\n'


def _word(dice: random.Random, length: int = 18) -> str:
    letters = "abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789"
    return "".join(dice.choices(letters, k=length))


def _key(dice: random.Random) -> dict[str, str]:
    """The armour of a key around bytes that are none."""
    body = base64.b64encode(dice.randbytes(600)).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    kind = "PRIVATE " + "KEY-----"
    return {"SIGNING_KEY": "\n".join((f"-----BEGIN {kind}", *lines, f"-----END {kind}", ""))}


Secret = Callable[[random.Random], dict[str, str]]
SHAPES: Final[Mapping[str, Secret]] = {
    "password": lambda dice: {"DB_PASSWORD": _word(dice)},
    "URL": lambda dice: {"DATABASE_URL": f"postgresql://shop:{_word(dice)}@db.internal:5432/shop"},
    "two tokens": lambda dice: {"API_TOKEN": _word(dice, 32), "WEBHOOK_SECRET": _word(dice, 40)},
    "JSON": lambda dice: {"CRM_CREDENTIALS": json.dumps({"user": "crm", "password": _word(dice)})},
    "private key": _key,
    "base64": lambda dice: {
        "SERVICE_PASSWORD": base64.b64encode(_word(dice, 24).encode()).decode()
    },
    "odd characters": lambda dice: {
        "IMPORT_PASSWORD": f"{_word(dice, 8)}$(x)'\"`%ü\\{_word(dice, 8)}"
    },
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What one function is like. role: shared ones have the same; version: published, with an
    alias."""

    name: str
    region: str
    runtime: str
    shape: str
    role: str
    vpc: bool = False
    wrapped: bool = False
    version: bool = False
    customer_key: bool = False
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def features(self) -> tuple[str, ...]:
        named = {
            "shared role": self.role.startswith("shared"),
            "VPC": self.vpc,
            "wrapper of its own": self.wrapped,
            "published version with alias": self.version,
            "customer key": self.customer_key,
        }
        return tuple(name for name, there in named.items() if there)


def kinds(number: int, seed: int = 40) -> tuple[Kind, ...]:
    """Every runtime and shape in turn; the rest by dice."""
    dice = random.Random(seed)
    made = []
    runtimes, shapes = list(RUNTIMES), list(SHAPES)
    for at in range(number):
        shape = shapes[at % len(shapes)]
        name = f"shop-{at:02}"
        shared = dice.random() < 0.4
        made.append(
            Kind(
                name=name,
                region=dice.choice((NEAR, NEAR, FAR)),
                runtime=runtimes[(at // len(shapes) + at) % len(runtimes)],
                shape=shape,
                role=f"shared-{dice.randrange(4)}" if shared else name,
                vpc=dice.random() < 0.25,
                wrapped=dice.random() < 0.25,
                version=dice.random() < 0.25,
                customer_key=dice.random() < 0.2,
                secret=SHAPES[shape](dice),
            )
        )
    return tuple(made)


class Builder:
    """Makes functions of these kinds in a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._networks: dict[str, dict[str, Any]] = {}
        self._layers: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def make(self, kind: Kind) -> None:
        more: dict[str, Any] = {}
        harmless = {"STAGE": "production"}
        if kind.vpc:
            more["VpcConfig"] = self._network(kind.region)
        if kind.wrapped:
            more["Layers"] = [self._layer(kind.region)]
            harmless["AWS_LAMBDA_EXEC_WRAPPER"] = "/opt/traced"
        if kind.customer_key:
            more["KMSKeyArn"] = self._key(kind.region)
        self._world.function(
            kind.name,
            kind.secret,
            harmless,
            region=kind.region,
            runtime=kind.runtime,
            role=kind.role,
            **more,
        )
        if kind.version:
            client = self._world.client("lambda", kind.region)
            version = client.publish_version(FunctionName=kind.name)["Version"]
            client.create_alias(FunctionName=kind.name, Name="live", FunctionVersion=version)

    def _network(self, region: str) -> dict[str, Any]:
        """A subnet whose way out is a NAT gateway."""
        if region not in self._networks:
            ec2 = self._world.client("ec2", region)
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
            table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ec2.create_route(
                RouteTableId=table,
                DestinationCidrBlock="0.0.0.0/0",
                NatGatewayId=gateway["NatGatewayId"],
            )
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
            group = ec2.create_security_group(
                VpcId=vpc, GroupName="functions", Description="functions"
            )["GroupId"]
            self._networks[region] = {"SubnetIds": [subnet], "SecurityGroupIds": [group]}
        return self._networks[region]

    def _layer(self, region: str) -> str:
        if region not in self._layers:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                entry = zipfile.ZipInfo("traced")
                entry.external_attr = 0o755 << 16
                archive.writestr(entry, WRAPPER)
            self._layers[region] = self._world.client("lambda", region).publish_layer_version(
                LayerName=f"tracing-{secrets.token_hex(3)}", Content={"ZipFile": packed.getvalue()}
            )["LayerVersionArn"]
        return self._layers[region]

    def _key(self, region: str) -> str:
        if region not in self._keys:
            kms = self._world.client("kms", region)
            self._keys[region] = kms.create_key(Description="shop")["KeyMetadata"]["Arn"]
        return self._keys[region]
