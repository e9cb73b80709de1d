"""What CloudFormation's handlers demand of the caller, where a stack has no role of its own.

Each permission that a resource type's schema gives for a handler is needed, but for those that
only some properties call for.
Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from localcloud.iam.calls import Call, World
from localcloud.iam.ec2_demands import ec2_demands
from localcloud.iam.policies import Demand
from localcloud.iam.reference import resource_types
from localcloud.rules import rule

CALLED_VIA = {
    "aws:CalledVia": ["cloudformation.amazonaws.com"],
    "aws:CalledViaFirst": "cloudformation.amazonaws.com",
    "aws:CalledViaLast": "cloudformation.amazonaws.com",
    "aws:ViaAWSService": True,
}
READING = re.compile(r":(Describe|List|Get)")
# Permissions that a handler uses only for these properties.
ONLY_FOR = {
    "ec2:AssociateIamInstanceProfile": {"IamInstanceProfile"},
    "ec2:AttachVolume": {"Volumes"},
    "ec2:AuthorizeSecurityGroupEgress": {"SecurityGroupEgress"},
    "ec2:AuthorizeSecurityGroupIngress": {"SecurityGroupIngress"},
    "ec2:CreateTags": {"Tags"},
    "ec2:DetachVolume": {"Volumes"},
    "ec2:DisassociateIamInstanceProfile": {"IamInstanceProfile"},
    "ec2:ModifyInstanceAttribute": {"SourceDestCheck"},
    "ec2:ModifyInstanceCreditSpecification": {"CreditSpecification"},
    "ec2:ModifyInstancePlacement": {"Affinity", "HostId", "Tenancy"},
    "ec2:ModifyPrivateDnsNameOptions": {"PrivateDnsNameOptions"},
    "ec2:MonitorInstances": {"Monitoring"},
    "ec2:ReplaceIamInstanceProfileAssociation": {"IamInstanceProfile"},
    "ec2:RevokeSecurityGroupEgress": {"SecurityGroupEgress"},
    # Of a machine that an update has stopped.
    "ec2:StartInstances": set(),
    "iam:PassRole": {"IamInstanceProfile", "ServiceRole"},
    "ssm:CreateAssociation": {"SsmAssociations"},
}
# What a parameter of these types lets CloudFormation look up when a change set is made.
LOOKUPS = {
    "AWS::EC2::Image::Id": "ec2:DescribeImages",
    "AWS::EC2::Instance::Id": "ec2:DescribeInstances",
    "AWS::EC2::KeyPair::KeyName": "ec2:DescribeKeyPairs",
    "AWS::EC2::SecurityGroup::Id": "ec2:DescribeSecurityGroups",
    "AWS::EC2::Subnet::Id": "ec2:DescribeSubnets",
    "AWS::EC2::VPC::Id": "ec2:DescribeVpcs",
    "AWS::EC2::Volume::Id": "ec2:DescribeVolumes",
}
TAGGED_BY = {
    "ec2:CreateSecurityGroup": ("security-group",),
    "ec2:RunInstances": ("instance", "volume"),
}


@functools.cache
def permissions_of(resource_type: str, handler: str) -> tuple[str, ...]:
    """Return what a resource type's schema says that a handler needs; cfn-lint carries it."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type)
    except Exception:  # noqa: BLE001 - cfn-lint has a kind of its own for each way to miss
        return ()
    handlers = schema.schema.get("handlers") or {}
    return tuple(dict.fromkeys((handlers.get(handler) or {}).get("permissions", [])))


@rule("11")
def handler_demands(
    resource_type: str,
    handler: str,
    properties: dict[str, Any],
    world: World,
    region: str,
    physical_id: str = "",
) -> Iterator[Demand]:
    """Return what `handler` (`create`, `update` or `delete`) of one resource demands."""
    wanted = [
        *permissions_of(resource_type, handler),
        *permissions_of(resource_type, "read"),
    ]
    for action in dict.fromkeys(wanted):
        needed_for = ONLY_FOR.get(action)
        if needed_for is not None and not needed_for & properties.keys():
            continue
        for demand in _demands(action, properties, world, region, physical_id):
            yield Demand(demand.action, demand.resource, demand.context | CALLED_VIA)


def lookup_demands(template: dict[str, Any]) -> Iterator[Demand]:
    """Return what the types of a template's parameters let CloudFormation look up."""
    for parameter in (template.get("Parameters") or {}).values():
        kind = str(parameter.get("Type", ""))
        inner = re.sub(r"^List<(.*)>$", r"\1", kind)
        if kind.startswith("AWS::SSM::Parameter::"):
            yield Demand("ssm:GetParameters", "*", dict(CALLED_VIA))
        elif inner in LOOKUPS:
            yield Demand(LOOKUPS[inner], "*", dict(CALLED_VIA))


def _demands(
    action: str, properties: dict[str, Any], world: World, region: str, physical_id: str
) -> Iterator[Demand]:
    service, _, operation = action.partition(":")
    if READING.search(action):
        yield Demand(action, "*")
    elif action == "ec2:CreateTags":
        # Tags come with the calls that make; see `TAGGED_BY`.
        return
    elif service == "ec2":
        fields = _fields(action, properties, physical_id)
        yield from ec2_demands(Call(service, operation, region, fields), world)
    else:
        kinds = [k for k in resource_types(action).values() if k.is_required]
        values = {"Region": region, "Account": world.account}
        yield from (Demand(action, kind.fill_arn(values)) for kind in kinds)
        if not kinds:
            yield Demand(action, "*")


def _fields(
    action: str, properties: dict[str, Any], physical_id: str
) -> dict[str, Any]:
    """Return what the handler's request names, as EC2's own form has it."""
    fields = {
        name: str(properties[name])
        for name in ("ImageId", "KeyName", "SubnetId", "VpcId")
        if name in properties and action in TAGGED_BY
    }
    for number, group in enumerate(properties.get("SecurityGroupIds", []), 1):
        fields[f"SecurityGroupId.{number}"] = str(group)
    if physical_id:
        fields["GroupId" if physical_id.startswith("sg-") else "InstanceId.1"] = (
            physical_id
        )
    for number, kind in enumerate(TAGGED_BY.get(action, ()), 1):
        place = f"TagSpecification.{number}"
        for index, tag in enumerate(properties.get("Tags", []), 1):
            fields[f"{place}.ResourceType"] = kind
            fields[f"{place}.Tag.{index}.Key"] = str(tag["Key"])
            fields[f"{place}.Tag.{index}.Value"] = str(tag["Value"])
    return fields
