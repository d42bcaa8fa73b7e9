"""What EC2 says of the way from a function to Secrets Manager.

Source: DescribeSubnets, DescribeRouteTables, DescribeVpcEndpoints, DescribeSecurityGroups,
DescribeNetworkAcls in the EC2 API reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from secretshift.model.errors import Refused
from secretshift.model.functions import Network

from .errors import aws_errors
from .network import EVERYWHERE, AclEntry, Endpoint, Group, Rule, Subnet, View, decide

_TARGETS = ("GatewayId", "InterfaceId", "InstanceId", "ConnectionId", "Arn")


def route(ec2: Any, network: Network | None, region: str) -> tuple[bool, str]:
    """Whether the way to Secrets Manager is proved, and why, in a sentence."""
    if network is None:
        return True, "no VPC: the internet is reachable"
    try:
        view = read_view(ec2, network, region)
    except Refused as error:
        return False, f"not proved: the VPC could not be read ({error.code})"
    return decide(view)


def read_view(ec2: Any, network: Network, region: str) -> View:
    """Ask EC2 for what `decide` needs. ec2: its client, of which there are no stubs here."""
    with aws_errors("reading the function's VPC", network.vpc):
        own = _by_id(_pages(ec2, "describe_subnets", "Subnets", SubnetIds=list(network.subnets)))
        vpc = network.vpc or next((str(item["VpcId"]) for item in own.values()), "")
        in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
        service = [{"Name": "service-name", "Values": _service_names(region)}]
        tables = _pages(ec2, "describe_route_tables", "RouteTables", Filters=in_vpc)
        acls = _pages(ec2, "describe_network_acls", "NetworkAcls", Filters=in_vpc)
        endpoints = [
            item
            for item in _pages(
                ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=[*in_vpc, *service]
            )
            if item.get("VpcEndpointType") == "Interface"
        ]
        far = sorted({i for item in endpoints for i in item.get("SubnetIds") or ()} - own.keys())
        known = dict(own)
        if far:
            known.update(_by_id(_pages(ec2, "describe_subnets", "Subnets", SubnetIds=far)))
        wanted = {
            *network.security_groups,
            *(g["GroupId"] for item in endpoints for g in item.get("Groups") or ()),
        }
        groups = {
            str(item["GroupId"]): _group(item)
            for item in _pages(
                ec2, "describe_security_groups", "SecurityGroups", GroupIds=sorted(wanted)
            )
        }
    subnets = {
        name: _subnet(name, str(item["CidrBlock"]), tables, acls) for name, item in known.items()
    }
    return View(
        subnets=tuple(subnets[name] for name in network.subnets if name in subnets),
        groups=tuple(groups[name] for name in network.security_groups if name in groups),
        endpoints=tuple(_endpoint(item, groups, subnets) for item in endpoints),
    )


def _service_names(region: str) -> list[str]:
    prefix = "cn.com.amazonaws" if region.startswith("cn-") else "com.amazonaws"
    return [f"{prefix}.{region}.secretsmanager"]


def _pages(ec2: Any, call: str, field: str, **request: Any) -> list[dict[str, Any]]:
    return [item for page in ec2.get_paginator(call).paginate(**request) for item in page[field]]


def _by_id(subnets: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(item["SubnetId"]): item for item in subnets}


def _subnet(
    name: str, network: str, tables: list[dict[str, Any]], acls: list[dict[str, Any]]
) -> Subnet:
    acl = next(
        (
            acl
            for acl in acls
            if any(a.get("SubnetId") == name for a in acl.get("Associations") or ())
        ),
        None,
    )
    entries = [] if acl is None else sorted(acl["Entries"], key=lambda e: int(e["RuleNumber"]))
    return Subnet(
        id=name,
        network=network,
        default_route=_default_route(name, tables),
        acl_in=tuple(_acl_entry(e) for e in entries if not e["Egress"] and _is_tcp(e)),
        acl_out=tuple(_acl_entry(e) for e in entries if e["Egress"] and _is_tcp(e)),
    )


def _default_route(subnet: str, tables: list[dict[str, Any]]) -> str:
    """Of the table that names the subnet, else of the VPC's main table."""

    def associations(table: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        return table.get("Associations") or ()

    own = [t for t in tables if any(a.get("SubnetId") == subnet for a in associations(t))]
    main = [t for t in tables if any(a.get("Main") for a in associations(t))]
    for table in (own or main)[:1]:
        for entry in table.get("Routes") or ():
            if entry.get("DestinationCidrBlock") != EVERYWHERE:
                continue
            if entry.get("State", "active") != "active":
                return ""
            for field, value in sorted(entry.items()):
                if field.endswith(_TARGETS):
                    return str(value)
    return ""


def _is_tcp(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("Protocol")) in ("-1", "6") and "CidrBlock" in entry


def _acl_entry(entry: Mapping[str, Any]) -> AclEntry:
    ports = entry.get("PortRange") or {}
    return AclEntry(
        allow=entry["RuleAction"] == "allow",
        network=str(entry["CidrBlock"]),
        first=int(ports.get("From", 0)),
        last=int(ports.get("To", 65535)),
    )


def _group(item: Mapping[str, Any]) -> Group:
    return Group(
        id=str(item["GroupId"]),
        inbound=_rules(item.get("IpPermissions") or ()),
        outbound=_rules(item.get("IpPermissionsEgress") or ()),
    )


def _rules(permissions: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    rules = []
    for permission in permissions:
        protocol = str(permission.get("IpProtocol"))
        if protocol not in ("-1", "6", "tcp"):
            continue
        everything = protocol == "-1"
        rules.append(
            Rule(
                first=0 if everything else int(permission.get("FromPort", 0)),
                last=65535 if everything else int(permission.get("ToPort", 65535)),
                networks=tuple(str(r["CidrIp"]) for r in permission.get("IpRanges") or ()),
                groups=tuple(
                    str(pair["GroupId"])
                    for pair in permission.get("UserIdGroupPairs") or ()
                    if "GroupId" in pair
                ),
            )
        )
    return tuple(rules)


def _endpoint(
    item: Mapping[str, Any], groups: Mapping[str, Group], subnets: Mapping[str, Subnet]
) -> Endpoint:
    return Endpoint(
        id=str(item["VpcEndpointId"]),
        available=str(item.get("State", "")).lower() == "available",
        private_dns=bool(item.get("PrivateDnsEnabled")),
        groups=tuple(
            groups[g["GroupId"]] for g in item.get("Groups") or () if g["GroupId"] in groups
        ),
        subnets=tuple(subnets[name] for name in item.get("SubnetIds") or () if name in subnets),
        open_policy=_allows_everything(item.get("PolicyDocument")),
    )


def _allows_everything(document: Any) -> bool:
    """Whether an endpoint's policy is the default: one statement that allows all of everything."""
    if not document:
        return True
    try:
        body = json.loads(document) if isinstance(document, str) else document
        statements = body["Statement"]
        statements = statements if isinstance(statements, list) else [statements]
        return all(
            s["Effect"] == "Allow"
            and s["Action"] in ("*", ["*"])
            and s["Resource"] in ("*", ["*"])
            and s["Principal"] in ("*", {"AWS": "*"})
            and not s.get("Condition")
            for s in statements
        )
    except (ValueError, KeyError, TypeError):
        return False
