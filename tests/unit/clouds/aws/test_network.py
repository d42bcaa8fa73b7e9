"""Each way to Secrets Manager that is proved, and each that is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from secretshift.clouds.aws.network import (
    AclEntry,
    Endpoint,
    Group,
    Rule,
    Subnet,
    View,
    decide,
)
from secretshift.clouds.aws.network_view import route
from secretshift.model.functions import Network

ANY_OUT = Rule(0, 65535, networks=("0.0.0.0/0",))
FUNCTION_GROUP = Group("sg-fn", outbound=(ANY_OUT,))
HTTPS_FROM_FUNCTION = Rule(443, 443, groups=("sg-fn",))
OWN = Subnet("subnet-a", "10.0.1.0/24")
NAT = replace(OWN, default_route="nat-1")
ENDPOINT = Endpoint(
    "vpce-1",
    available=True,
    private_dns=True,
    groups=(Group("sg-ep", inbound=(HTTPS_FROM_FUNCTION,)),),
    subnets=(Subnet("subnet-e", "10.0.9.0/24"),),
)
CLOSED = replace(ENDPOINT, groups=(Group("sg-ep"),))


def view(subnet: Subnet = OWN, **fields: Any) -> View:
    return View(**{"subnets": (subnet,), "groups": (FUNCTION_GROUP,), "endpoints": (), **fields})


def acl(*entries: AclEntry) -> dict[str, Any]:
    return {"acl_in": entries, "acl_out": entries}


ALLOW = AclEntry(True, "0.0.0.0/0")
DENY = AclEntry(False, "0.0.0.0/0")

CASES: list[tuple[str, View, bool, str]] = [
    ("nothing", view(), False, "no way to the internet"),
    ("nat", view(NAT), True, "NAT gateway"),
    ("one of two subnets", view(subnets=(NAT, OWN)), False, "subnet-a has no way"),
    ("internet gateway", view(replace(OWN, default_route="igw-1")), False, "no function"),
    ("transit gateway", view(replace(OWN, default_route="tgw-1")), False, "not proved"),
    ("nat instance", view(replace(OWN, default_route="eni-1")), False, "not proved"),
    ("no group lets it out", view(NAT, groups=(Group("sg-fn"),)), False, "on port 443"),
    (
        "only inside the VPC",
        view(NAT, groups=(Group("sg-fn", outbound=(Rule(443, 443, ("10.0.0.0/8",)),)),)),
        False,
        "on port 443",
    ),
    ("acl denies", view(replace(NAT, **acl(DENY))), False, "network ACL"),
    ("acl denies first", view(replace(NAT, **acl(DENY, ALLOW))), False, "network ACL"),
    ("acl allows first", view(replace(NAT, **acl(ALLOW, DENY))), True, "NAT gateway"),
    (
        "acl denies a part",
        view(replace(NAT, **acl(AclEntry(False, "52.0.0.0/8"), ALLOW))),
        False,
        "network ACL",
    ),
    (
        "acl denies another port",
        view(replace(NAT, **acl(AclEntry(False, "0.0.0.0/0", 22, 22), ALLOW))),
        True,
        "NAT gateway",
    ),
    (
        "acl knows only 443",
        view(replace(NAT, **acl(AclEntry(True, "0.0.0.0/0", 443, 443), DENY))),
        False,
        "network ACL",
    ),
    (
        "acl written with a host's address",
        view(replace(NAT, **acl(AclEntry(False, "10.9.9.9/8"), ALLOW))),
        False,
        "network ACL",
    ),
    ("endpoint", view(endpoints=(ENDPOINT,)), True, "vpce-1"),
    (
        "endpoint open to the subnet",
        view(
            endpoints=(
                replace(ENDPOINT, groups=(Group("sg-ep", (Rule(443, 443, ("10.0.0.0/16",)),)),)),
            )
        ),
        True,
        "vpce-1",
    ),
    ("endpoint lets nobody in", view(endpoints=(CLOSED,)), False, "does not let the function in"),
    ("its DNS name wins over the nat", view(NAT, endpoints=(CLOSED,)), False, "does not let"),
    (
        "two endpoints, one good",
        view(endpoints=(CLOSED, replace(ENDPOINT, id="vpce-2"))),
        True,
        "2",
    ),
    (
        "endpoint open on another port",
        view(
            endpoints=(
                replace(ENDPOINT, groups=(Group("sg-ep", (Rule(80, 80, groups=("sg-fn",)),)),)),
            )
        ),
        False,
        "does not let",
    ),
    (
        "endpoint pending",
        view(endpoints=(replace(ENDPOINT, available=False),)),
        False,
        "not available",
    ),
    (
        "endpoint with a policy",
        view(endpoints=(replace(ENDPOINT, open_policy=False),)),
        False,
        "policy of its own",
    ),
    (
        "no private DNS",
        view(endpoints=(replace(ENDPOINT, private_dns=False),)),
        False,
        "no private DNS",
    ),
    (
        "no private DNS but a nat",
        view(NAT, endpoints=(replace(ENDPOINT, private_dns=False),)),
        True,
        "NAT gateway",
    ),
    (
        "function not let out to it",
        view(groups=(Group("sg-fn"),), endpoints=(ENDPOINT,)),
        False,
        "do not let it out",
    ),
    (
        "let out to its group",
        view(
            groups=(Group("sg-fn", outbound=(Rule(443, 443, groups=("sg-ep",)),)),),
            endpoints=(ENDPOINT,),
        ),
        True,
        "vpce-1",
    ),
    (
        "acl before the endpoint",
        view(replace(OWN, **acl(DENY)), endpoints=(ENDPOINT,)),
        False,
        "network ACL",
    ),
    ("subnets gone", view(subnets=()), False, "could not be found"),
]


@pytest.mark.parametrize(
    ("seen", "reached", "words"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_decision(seen: View, reached: bool, words: str) -> None:
    answer, why = decide(seen)
    assert answer is reached, why
    assert words in why and not why.endswith(".")


class Ec2:
    """Answers each paged question from a table."""

    def __init__(self, **answers: list[dict[str, Any]]) -> None:
        self._answers = answers

    def get_paginator(self, call: str) -> Ec2:
        self._call = call
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        fields = {
            "describe_subnets": "Subnets",
            "describe_route_tables": "RouteTables",
            "describe_network_acls": "NetworkAcls",
            "describe_vpc_endpoints": "VpcEndpoints",
            "describe_security_groups": "SecurityGroups",
        }
        found = self._answers.get(self._call.removeprefix("describe_"), [])
        ids = request.get("SubnetIds") or request.get("GroupIds")
        if ids is not None:
            found = [f for f in found if f.get("SubnetId", f.get("GroupId")) in ids]
        return [{fields[self._call]: found}]


NETWORK = Network(("subnet-a",), ("sg-fn",), "vpc-1")
EGRESS = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
SUBNETS = [
    {"SubnetId": "subnet-a", "CidrBlock": "10.0.1.0/24", "VpcId": "vpc-1"},
    {"SubnetId": "subnet-e", "CidrBlock": "10.0.9.0/24", "VpcId": "vpc-1"},
]
GROUPS = [
    {"GroupId": "sg-fn", "IpPermissions": [], "IpPermissionsEgress": EGRESS},
    {
        "GroupId": "sg-ep",
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": "sg-fn"}],
            }
        ],
    },
]
OPEN_ACL = {
    "Associations": [{"SubnetId": "subnet-a"}, {"SubnetId": "subnet-e"}],
    "Entries": [
        {
            "RuleNumber": number,
            "Egress": egress,
            "Protocol": "-1",
            "RuleAction": action,
            "CidrBlock": "0.0.0.0/0",
        }
        for number, action in ((32767, "deny"), (100, "allow"))
        for egress in (True, False)
    ],
}
ONE_ENDPOINT = {
    "VpcEndpointId": "vpce-1",
    "VpcEndpointType": "Interface",
    "State": "available",
    "PrivateDnsEnabled": True,
    "Groups": [{"GroupId": "sg-ep"}],
    "SubnetIds": ["subnet-e"],
    "PolicyDocument": (
        '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}'
    ),
}


def table(target: dict[str, str], **association: Any) -> dict[str, Any]:
    return {
        "Associations": [association],
        "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **target}],
    }


def seen(**answers: list[dict[str, Any]]) -> tuple[bool, str]:
    given = {"subnets": SUBNETS, "security_groups": GROUPS, "network_acls": [OPEN_ACL], **answers}
    return route(Ec2(**given), NETWORK, "eu-west-1")


def test_without_a_vpc_nothing_is_asked() -> None:
    assert route(None, None, "eu-west-1") == (True, "no VPC: the internet is reachable")


def test_the_table_of_the_subnet_goes_before_the_main_one() -> None:
    nat, igw = table({"NatGatewayId": "nat-1"}, SubnetId="subnet-a"), {"GatewayId": "igw-1"}
    assert seen(route_tables=[table(igw, Main=True), nat])[0]
    assert not seen(
        route_tables=[table(igw, SubnetId="subnet-a"), table({"NatGatewayId": "nat-1"}, Main=True)]
    )[0]
    assert seen(route_tables=[table({"NatGatewayId": "nat-1"}, Main=True)])[0]


def test_a_black_hole_is_no_way() -> None:
    hole = table({"NatGatewayId": "nat-1", "State": "blackhole"}, Main=True)
    assert "no way to the internet" in seen(route_tables=[hole])[1]


def test_an_endpoint_is_read_with_its_groups_and_policy() -> None:
    assert seen(vpc_endpoints=[ONE_ENDPOINT]) == (
        True,
        "the endpoint vpce-1 of Secrets Manager in its VPC takes its calls",
    )
    narrow = {**ONE_ENDPOINT, "PolicyDocument": '{"Statement":[{"Effect":"Deny"}]}'}
    assert "policy of its own" in seen(vpc_endpoints=[narrow])[1]


def test_a_refusal_to_look_is_never_a_yes() -> None:
    from botocore.exceptions import ClientError

    class Refusing:
        def get_paginator(self, _call: str) -> None:
            raise ClientError({"Error": {"Code": "UnauthorizedOperation"}}, "DescribeSubnets")

    assert route(Refusing(), NETWORK, "eu-west-1") == (
        False,
        "not proved: the VPC could not be read (access-denied)",
    )
