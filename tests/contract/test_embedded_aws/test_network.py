"""What EC2 tells of the network around functions."""

from __future__ import annotations


def test_a_subnet_has_the_default_network_acl_of_its_vpc(cloud):
    """Source: "Control subnet traffic with network access control lists" (VPC User Guide)."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = {
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{n}.0/24")["Subnet"]["SubnetId"]
        for n in (1, 2)
    }

    (acl,) = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]

    assert acl["IsDefault"]
    assert {one["SubnetId"] for one in acl["Associations"]} == subnets
    again = ec2.describe_network_acls(NetworkAclIds=[acl["NetworkAclId"]])["NetworkAcls"][0]
    assert len(again["Associations"]) == 2
