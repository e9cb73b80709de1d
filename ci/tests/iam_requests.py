"""Which IAM permissions a request needs, as the Service Authorization Reference has them.

`RequestDemands` reads lines of the local cloud's request log in order, since some requests name
what an earlier one made. What CloudFormation calls for the caller counts as the caller's.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from .iam_policy import Demand

ACCOUNT = "123456789012"
TAG = "exa_dss_id"

# S3's requests: (action, whether on the object rather than the bucket).
S3_ACTIONS = {
    "AbortMultipartUpload": ("s3:AbortMultipartUpload", True),
    "CompleteMultipartUpload": ("s3:PutObject", True),
    "CopyObject": ("s3:PutObject", True),
    "CreateMultipartUpload": ("s3:PutObject", True),
    "DeleteObject": ("s3:DeleteObject", True),
    "GetBucketLocation": ("s3:GetBucketLocation", False),
    "GetObject": ("s3:GetObject", True),
    "GetObjectTagging": ("s3:GetObjectTagging", True),
    "HeadBucket": ("s3:ListBucket", False),
    "HeadObject": ("s3:GetObject", True),
    "ListMultipartUploads": ("s3:ListBucketMultipartUploads", False),
    "ListObjectsV2": ("s3:ListBucket", False),
    "ListParts": ("s3:ListMultipartUploadParts", True),
    "PutObject": ("s3:PutObject", True),
    "PutObjectTagging": ("s3:PutObjectTagging", True),
    "UploadPart": ("s3:PutObject", True),
    "UploadPartCopy": ("s3:PutObject", True),
}
# What cfn/ec2.yaml makes CloudFormation call: (action, resource types; none: no resources).
STACK_CHECKS = {"DescribeImages": (), "DescribeKeyPairs": ()}
STACK_CREATION = {
    "CreateSecurityGroup": ("security-group", "vpc"),
    "AuthorizeSecurityGroupIngress": ("security-group",),
    "CreateTags": ("security-group", "instance", "volume"),
    "RunInstances": (
        "image",
        "instance",
        "key-pair",
        "network-interface",
        "security-group",
        "subnet",
        "volume",
    ),
}
STACK_DELETION = {
    "TerminateInstances": ("instance",),
    "DeleteSecurityGroup": ("security-group",),
}
# EC2's requests on something that exists: its type and the field that names it.
EC2_ON_EXISTING = {
    "CancelExportTask": ("export-image-task", "ExportTaskId"),
    "DeleteKeyPair": ("key-pair", "KeyName"),
    "DeleteSnapshot": ("snapshot", "SnapshotId"),
    "DeregisterImage": ("image", "ImageId"),
    "EnableImageDeprecation": ("image", "ImageId"),
    "ModifyImageAttribute": ("image", "ImageId"),
    "StopInstances": ("instance", "InstanceId.1"),
    "TerminateInstances": ("instance", "InstanceId.1"),
}
# EC2's requests that make something: what they make, and what they make it of.
EC2_MAKING: dict[str, tuple[tuple[str, ...], tuple[str, str] | None]] = {
    "CopyImage": (("image", "snapshot"), ("image", "SourceImageId")),
    "CreateImage": (("image", "snapshot"), ("instance", "InstanceId")),
    "ExportImage": (("export-image-task",), ("image", "ImageId")),
    "ImportKeyPair": (("key-pair",), None),
}
# Images and snapshots have no account in their ARNs.
WITHOUT_ACCOUNT = ("image", "snapshot")
READING = re.compile(r":(Describe|List|Get)")
FREE = {"sts:GetCallerIdentity"}


class RequestDemands:
    """Turns requests into demands; `tags_of` answers which tags the thing of an id has."""

    def __init__(self, tags_of: Callable[[str], set[str]]):
        self._tags_of = tags_of
        self._stack_of_change_set: dict[str, str] = {}
        self._tagged_names: dict[str, set[str]] = {}

    def of(self, request: dict[str, Any]) -> list[Demand]:
        """Return what one line of the request log needs."""
        service, _, operation = request["operation"].partition(":")
        if request["operation"] in FREE:
            return []
        read = {
            "s3": self._s3,
            "cloudformation": self._cloudformation,
            "ec2": self._ec2,
        }.get(service)
        if read is None:
            raise KeyError(f"no table says what `{request['operation']}` needs")
        return list(read(operation, request))

    def _s3(self, operation: str, request: dict[str, Any]) -> Iterator[Demand]:
        action, is_object = S3_ACTIONS[operation]
        bucket = f"arn:aws:s3:::{request['bucket']}"
        yield Demand(action, f"{bucket}/{request['key']}" if is_object else bucket)
        if request.get("tagged"):
            yield Demand("s3:PutObjectTagging", f"{bucket}/{request['key']}")
        if operation in ("UploadPartCopy", "CopyObject"):
            # The log does not name the source; it lies beside its copy.
            folder = request["key"].rpartition("/")[0]
            yield Demand("s3:GetObject", f"{bucket}/{folder}/source")

    def _cloudformation(
        self, operation: str, request: dict[str, Any]
    ) -> Iterator[Demand]:
        subjects, region = request.get("subjects", {}), request["region"]
        action = f"cloudformation:{operation}"
        if operation == "ListStacks" or not subjects:
            yield Demand(action, "*")
            return
        change_set = subjects.get("ChangeSetName", "")
        stack = subjects.get("StackName")
        name = _plain(stack or self._stack_of_change_set[_plain(change_set)])
        arn = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/0-0-0"
        yield Demand(action, arn)
        called: dict[str, tuple[str, ...]] = {}
        if operation == "CreateChangeSet":
            self._stack_of_change_set[change_set] = name
            if any(field.startswith("Tags.") for field in subjects):
                yield Demand("cloudformation:TagResource", arn)
            called = STACK_CHECKS
        elif operation == "ExecuteChangeSet":
            called = STACK_CREATION
        elif operation == "DeleteStack":
            called = STACK_DELETION
        yield from _through_cloudformation(called, region)
        if operation in ("ExecuteChangeSet", "DeleteStack"):
            for read in sorted(stack_reads()):
                yield Demand(read, "*")

    def _ec2(self, operation: str, request: dict[str, Any]) -> Iterator[Demand]:
        subjects, region = request.get("subjects", {}), request["region"]
        action = f"ec2:{operation}"
        if operation.startswith(("Describe", "Get")):
            yield Demand(action, "*")
        elif operation in EC2_ON_EXISTING:
            kind, field = EC2_ON_EXISTING[operation]
            yield self._on_existing(action, kind, subjects[field], region)
        else:
            yield from self._making(operation, subjects, region)

    def _making(
        self, operation: str, subjects: dict[str, str], region: str
    ) -> Iterator[Demand]:
        made, source = EC2_MAKING[operation]
        tags = _request_tags(subjects)
        if source:
            kind, field = source
            where = subjects.get("SourceRegion", region)
            yield self._on_existing(f"ec2:{operation}", kind, subjects[field], where)
        for kind in made:
            keys = tags.get(kind, set())
            name = subjects.get("KeyName", "new")
            self._tagged_names[name] = keys
            context = {f"aws:RequestTag/{key}": "…" for key in keys}
            yield Demand(f"ec2:{operation}", _ec2_arn(kind, name, region), context)
            if keys:
                context["ec2:CreateAction"] = operation
                yield Demand("ec2:CreateTags", _ec2_arn(kind, name, region), context)
        if role := subjects.get("RoleName"):
            passed = {"iam:PassedToService": "vmie.amazonaws.com"}
            yield Demand("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{role}", passed)

    def _on_existing(self, action: str, kind: str, name: str, region: str) -> Demand:
        tags = self._tagged_names.get(name) or self._tags_of(name)
        context = {f"aws:ResourceTag/{key}": "…" for key in tags}
        return Demand(action, _ec2_arn(kind, name, region), context)


@functools.cache
def stack_reads() -> set[str]:
    """Return what CloudFormation reads for cfn/ec2.yaml, as its own schemas have it."""
    found = set()
    for kind in ("AWS::EC2::SecurityGroup", "AWS::EC2::Instance"):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        for handler in ("create", "read", "delete"):
            found |= set(schema["handlers"][handler]["permissions"])
    return {action for action in found if READING.search(action)}


def _through_cloudformation(
    calls: dict[str, tuple[str, ...]], region: str
) -> Iterator[Demand]:
    context = {
        "aws:CalledVia": ["cloudformation.amazonaws.com"],
        # The template tags the machine.
        f"aws:ResourceTag/{TAG}": "…",
    }
    for operation, kinds in calls.items():
        for resource in [_ec2_arn(kind, "x", region) for kind in kinds] or ["*"]:
            yield Demand(f"ec2:{operation}", resource, context)


def _plain(name: str) -> str:
    """Return the name out of the ARN of a stack or change set, or the name as it is."""
    return name.split("/")[1] if name.startswith("arn:") else name


def _ec2_arn(kind: str, name: str, region: str) -> str:
    account = "" if kind in WITHOUT_ACCOUNT else ACCOUNT
    return f"arn:aws:ec2:{region}:{account}:{kind}/{name}"


def _request_tags(subjects: dict[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for field, value in subjects.items():
        if match := re.fullmatch(r"TagSpecification\.(\d+)\.Tag\.\d+\.Key", field):
            kind = subjects[f"TagSpecification.{match[1]}.ResourceType"]
            found.setdefault(kind, set()).add(value)
    return found
