"""Whether a function can reach Secrets Manager over its network, told from the control plane.

A function that cannot does not get an error: it hangs until its own timeout. So what is not
proved counts as no. Pure.

Source: "Connecting outbound networking to resources in a VPC" (Lambda guide), "Using an AWS
Secrets Manager VPC endpoint", DescribeVpcEndpoints, DescribeRouteTables, DescribeSecurityGroups,
DescribeNetworkAcls (EC2 API reference).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

HTTPS = 443
EPHEMERAL = (1024, 65535)
EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission of a security group: ports, and whom they are open to."""

    first: int
    last: int
    networks: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A security group."""

    id: str
    inbound: tuple[Rule, ...] = ()
    outbound: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class AclEntry:
    """An entry of a network ACL for TCP, in the order of its number."""

    allow: bool
    network: str
    first: int = 0
    last: int = 65535


@dataclass(frozen=True, slots=True)
class Subnet:
    """default_route: what 0.0.0.0/0 leads to (``nat-…``, ``igw-…``, …), "" where there is none or
    it is a black hole."""

    id: str
    network: str
    default_route: str = ""
    acl_in: tuple[AclEntry, ...] = (AclEntry(True, EVERYWHERE),)
    acl_out: tuple[AclEntry, ...] = (AclEntry(True, EVERYWHERE),)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An interface endpoint for Secrets Manager in the function's VPC."""

    id: str
    available: bool
    private_dns: bool
    groups: tuple[Group, ...]
    subnets: tuple[Subnet, ...]
    open_policy: bool = True
    """Whether its policy is the one that allows everything."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of a VPC that a function's call to Secrets Manager passes."""

    subnets: tuple[Subnet, ...]
    groups: tuple[Group, ...]
    endpoints: tuple[Endpoint, ...] = ()


def decide(view: View) -> tuple[bool, str]:
    """One endpoint with private DNS takes all calls, so that a NAT gateway beside it is no way."""
    named = [endpoint for endpoint in view.endpoints if endpoint.private_dns]
    if named:
        problems = [_endpoint_problem(view, endpoint) for endpoint in named]
        if "" in problems:
            good = named[problems.index("")]
            return True, f"the endpoint {good.id} of Secrets Manager in its VPC takes its calls"
        return False, problems[0]
    problem = _nat_problem(view)
    if not problem:
        return True, "every subnet leads to the internet through a NAT gateway"
    if view.endpoints:
        return False, f"the endpoint {view.endpoints[0].id} has no private DNS, and {problem}"
    return False, f"there is no endpoint of Secrets Manager in its VPC, and {problem}"


def _endpoint_problem(view: View, endpoint: Endpoint) -> str:
    if not endpoint.available:
        return f"the endpoint {endpoint.id} is not available"
    if not endpoint.open_policy:
        return f"not proved: the endpoint {endpoint.id} has a policy of its own"
    sources = tuple(group.id for group in view.groups)
    networks = tuple(subnet.network for subnet in view.subnets)
    if not _open_to(endpoint.groups, "in", sources, networks):
        return f"the security group of the endpoint {endpoint.id} does not let the function in"
    targets = tuple(group.id for group in endpoint.groups)
    places = tuple(subnet.network for subnet in endpoint.subnets)
    if not places or not _open_to(view.groups, "out", targets, places):
        return "the function's security groups do not let it out to the endpoint"
    for near in view.subnets:
        for far in endpoint.subnets:
            if near.id != far.id and not _acls_open(near, far):
                return f"a network ACL between {near.id} and {far.id} is not proved to be open"
    return ""


def _nat_problem(view: View) -> str:
    if not view.subnets:
        return "its subnets could not be found"
    for subnet in view.subnets:
        target = subnet.default_route
        if not target:
            return f"the subnet {subnet.id} has no way to the internet"
        if target.startswith("igw-"):
            return (
                f"the subnet {subnet.id} leads to an internet gateway, "
                "which serves no function without a public address"
            )
        if not target.startswith("nat-"):
            return f"not proved: the subnet {subnet.id} leads to {target}"
        if not _passes(subnet.acl_out, EVERYWHERE, HTTPS, HTTPS) or not _passes(
            subnet.acl_in, EVERYWHERE, *EPHEMERAL
        ):
            return f"the network ACL of {subnet.id} is not proved to be open"
    if not _open_to(view.groups, "out", (), (EVERYWHERE,)):
        return "its security groups do not let it out to the internet on port 443"
    return ""


def _open_to(
    groups: Iterable[Group], way: str, peers: tuple[str, ...], networks: tuple[str, ...]
) -> bool:
    """Rules of all groups add up: open to one of the peers, or to each of the networks."""
    rules = [
        rule
        for group in groups
        for rule in (group.inbound if way == "in" else group.outbound)
        if rule.first <= HTTPS <= rule.last
    ]
    if any(set(rule.groups) & set(peers) for rule in rules):
        return True
    open_networks = [network for rule in rules for network in rule.networks]
    return bool(networks) and all(
        any(_covers(wide, narrow) for wide in open_networks) for narrow in networks
    )


def _acls_open(near: Subnet, far: Subnet) -> bool:
    return (
        _passes(near.acl_out, far.network, HTTPS, HTTPS)
        and _passes(far.acl_in, near.network, HTTPS, HTTPS)
        and _passes(far.acl_out, near.network, *EPHEMERAL)
        and _passes(near.acl_in, far.network, *EPHEMERAL)
    )


def _passes(entries: tuple[AclEntry, ...], network: str, first: int, last: int) -> bool:
    """The first entry that concerns the traffic decides; one that concerns a part of it and
    denies leaves it unproved."""
    for entry in entries:
        touches = _overlaps(entry.network, network) and entry.first <= last and first <= entry.last
        if not touches:
            continue
        if not entry.allow:
            return False
        if _covers(entry.network, network) and entry.first <= first and last <= entry.last:
            return True
    return False


def _covers(wide: str, narrow: str) -> bool:
    outer, inner = (
        ipaddress.ip_network(wide, strict=False),
        ipaddress.ip_network(narrow, strict=False),
    )
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _overlaps(one: str, other: str) -> bool:
    left = ipaddress.ip_network(one, strict=False)
    right = ipaddress.ip_network(other, strict=False)
    return left.version == right.version and left.overlaps(right)
