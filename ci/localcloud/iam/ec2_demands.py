"""What EC2's calls demand: on each resource that they name, make, or use without a word.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from localcloud.iam.calls import Call, World
from localcloud.iam.policies import Demand
from localcloud.iam.reference import ResourceType, known_keys, resource_types
from localcloud.rules import rule

# The fields of a request that name something which exists, by its resource type.
NAMING = {
    "export-image-task": ("ExportTaskId", "ExportImageTaskId"),
    "image": ("ImageId",),
    "instance": ("InstanceId",),
    "key-pair": ("KeyName", "KeyPairId"),
    "security-group": ("GroupId", "SecurityGroupId"),
    "snapshot": ("SnapshotId",),
    "subnet": ("SubnetId",),
    "volume": ("VolumeId",),
    "vpc": ("VpcId",),
}
# Resource types that the reference calls optional, and that these calls use in any case.
IMPLIED = {"RunInstances": ("volume",), "CreateSecurityGroup": ("vpc",)}
# What these calls make, although they may name another thing of that type.
MAKING = {
    "CopyImage": ("image", "snapshot"),
    "ImportKeyPair": ("key-pair",),
    "RegisterImage": ("image",),
    "CreateKeyPair": ("key-pair",),
}
PREFIXES = {
    "ami": "image",
    "export-ami": "export-image-task",
    "i": "instance",
    "key": "key-pair",
    "sg": "security-group",
    "snap": "snapshot",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
}


@rule("10")
def ec2_demands(call: Call, world: World) -> Iterator[Demand]:
    """Return what one call of EC2 demands."""
    kinds = resource_types(call.action)
    if call.operation in ("CreateTags", "DeleteTags"):
        yield from _tagging(call, kinds, world)
    elif not kinds:
        yield Demand(call.action, "*", {"ec2:Region": call.region})
    else:
        yield from _on_resources(call, kinds, world)
        yield from _tags_of_what_is_made(call, world)
    if role := call.fields.get("RoleName"):
        # Whether ExportImage's check has `iam:PassedToService` is not documented: it has not.
        yield Demand("iam:PassRole", world.role_arn(role))


def _on_resources(
    call: Call, kinds: dict[str, ResourceType], world: World
) -> Iterator[Demand]:
    tags = request_tags(call)
    for kind in kinds.values():
        names = _names(call, kind.name)
        is_new = kind.name in MAKING.get(call.operation, ())
        for name in names if not is_new else []:
            yield _existing(call, kind, name, call.region, world)
        is_wanted = kind.is_required or kind.name in IMPLIED.get(call.operation, ())
        if is_new or (is_wanted and not names):
            yield _demand(
                call.action,
                kind,
                "*",
                call.region,
                world,
                _tag_context(tags.get(kind.name)),
            )
    if call.operation == "CopyImage":
        source = call.fields.get("SourceRegion", call.region)
        image = call.fields["SourceImageId"]
        yield _existing(call, kinds["image"], image, source, world)


def _existing(
    call: Call, kind: ResourceType, name: str, region: str, world: World
) -> Demand:
    context: dict[str, Any] = {}
    for key, value in (world.tags(kind.name, name, region) or {}).items():
        context |= {f"aws:ResourceTag/{key}": value, f"ec2:ResourceTag/{key}": value}
    if kind.name == "image":
        context["ec2:ImageID"] = name
        if owner := world.owner(name, region):
            context["ec2:Owner"] = owner
    if attribute := call.fields.get("Attribute"):
        context["ec2:Attribute"] = attribute
    return _demand(call.action, kind, name, region, world, context)


def _demand(
    action: str,
    kind: ResourceType,
    name: str,
    region: str,
    world: World,
    context: dict[str, Any],
) -> Demand:
    values = dict.fromkeys(re.findall(r"\$\{(\w+)\}", kind.arn), name)
    values |= {"Region": region, "Account": world.account}
    context = {"ec2:Region": region} | context
    return Demand(action, kind.fill_arn(values), known_keys(kind.keys, context))


def _tags_of_what_is_made(call: Call, world: World) -> Iterator[Demand]:
    kinds = resource_types("ec2:CreateTags")
    for name, tags in request_tags(call).items():
        context = _tag_context(tags) | {"ec2:CreateAction": call.operation}
        yield _demand("ec2:CreateTags", kinds[name], "*", call.region, world, context)


def _tagging(
    call: Call, kinds: dict[str, ResourceType], world: World
) -> Iterator[Demand]:
    given = {
        value: str(call.fields.get(name.replace(".Key", ".Value"), ""))
        for name, value in call.fields.items()
        if re.fullmatch(r"Tag\.\d+\.Key", name)
    }
    for resource in call.values("ResourceId"):
        kind = kinds[PREFIXES[resource.rpartition("-")[0]]]
        demand = _existing(call, kind, resource, call.region, world)
        yield Demand(call.action, demand.resource, demand.context | _tag_context(given))


def _names(call: Call, kind: str) -> list[str]:
    found = [n for field in NAMING.get(kind, ()) for n in call.values(field)]
    if kind == "snapshot" and call.operation == "RegisterImage":
        found += [
            str(value)
            for name, value in call.fields.items()
            if re.fullmatch(r"BlockDeviceMapping\.\d+\.Ebs\.SnapshotId", name)
        ]
    return found


def _tag_context(tags: dict[str, str] | None) -> dict[str, Any]:
    context: dict[str, Any] = {
        f"aws:RequestTag/{k}": v for k, v in (tags or {}).items()
    }
    return context | ({"aws:TagKeys": list(tags)} if tags else {})


def request_tags(call: Call) -> dict[str, dict[str, str]]:
    """Return the tags that a request gives, by the resource type that gets them."""
    found: dict[str, dict[str, str]] = {}
    for field, key in call.fields.items():
        if match := re.fullmatch(r"TagSpecification\.(\d+)\.Tag\.(\d+)\.Key", field):
            kind = call.fields[f"TagSpecification.{match[1]}.ResourceType"]
            value = call.fields.get(f"TagSpecification.{match[1]}.Tag.{match[2]}.Value")
            found.setdefault(kind, {})[key] = str(value or "")
    return found
