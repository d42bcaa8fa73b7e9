"""A subnet that nobody gave a network ACL has the default one of its VPC.

AWS: "Control subnet traffic with network access control lists" (VPC User Guide,
vpc-network-acls): a subnet is associated with the default network ACL of itself.
"""

from __future__ import annotations

from typing import Any

from ministack.services import ec2

from secretshift.demo.extensions.patching import replace_item


def apply() -> None:
    replace_item(ec2._ACTION_MAP, "DescribeNetworkAcls", _associating)


def _associating(original: Any) -> Any:
    def describe(params: Any) -> Any:
        given = {a["SubnetId"] for acl in ec2._network_acls.values() for a in acl["Associations"]}
        defaults = {acl["VpcId"]: acl for acl in ec2._network_acls.values() if acl.get("IsDefault")}
        for subnet in ec2._subnets.values():
            name, acl = subnet["SubnetId"], defaults.get(subnet["VpcId"])
            if acl is not None and name not in given:
                association = f"aclassoc-{name.removeprefix('subnet-')}"
                acl["Associations"].append(
                    {"NetworkAclAssociationId": association, "SubnetId": name}
                )
        return original(params)

    return describe
