"""The role of cfn/release-codebuild.yaml: all that a release calls, and little else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .cloud import BUCKET_STACK, REGION, ROOT, Cloud
from .iam_policy import Demand, Statement, allowing, statements
from .iam_requests import ACCOUNT, TAG, RequestDemands
from .project import Project

COPY_REGION = "us-west-2"
STACK = "release-role-under-test"
SECRETS = {"GitHubTokenSecret": "team/github", "DockerRegistryPasswordSecret": "hub"}
# Why actions are there that no request of the release below needs.
REASONS = {
    "build/WriteLog": "CodeBuild itself writes the build's log",
    "build/ReadSecrets": "CodeBuild itself resolves the environment's secrets",
    "bucket/WriteResults": "`--results s3://…`: the local release keeps results in a folder",
    "images/LookUpBaseImage": "a manifest may name its base AMI by a public SSM parameter",
    "cloudformation:DescribeStackEvents": "tells why a stack failed",
    "ec2:DescribeAvailabilityZones": "another zone where one has no capacity",
    "ec2:DescribeInstanceTypeOfferings": "which zones have an instance type",
    "ec2:GetEbsEncryptionByDefault": "an encrypted image can be neither exported nor public",
    "servicequotas:GetAWSDefaultServiceQuota": "a quota that nobody has changed",
    "servicequotas:GetServiceQuota": "how many machines and exports may be at once",
    "ec2:CancelExportTask": "ends an export that another run began with other inputs",
    "s3:GetObjectTagging": "takes an export up only where its object belongs to the run",
    "s3:ListBucketMultipartUploads": "finds the unfinished upload of an interrupted copy",
}


@pytest.fixture(scope="module")
def role(session_cloud: Cloud) -> Iterator[list[Statement]]:
    """The role's statements as the stack has them, deployed beside the permanent stacks."""
    session_cloud.restore()
    client = session_cloud.client("cloudformation")
    outputs = {
        o["OutputKey"]: o["OutputValue"]
        for o in client.describe_stacks(StackName=BUCKET_STACK)["Stacks"][0]["Outputs"]
    }
    values = SECRETS | {
        "VMBucketName": outputs["VMBucketId"],
        "VMExportRoleName": outputs["VMExportRoleId"],
    }
    change_set = client.create_change_set(
        StackName=STACK,
        ChangeSetName="test",
        ChangeSetType="CREATE",
        TemplateBody=(ROOT / "cfn/release-codebuild.yaml").read_text(),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {"ParameterKey": k, "ParameterValue": v} for k, v in values.items()
        ],
    )
    client.describe_change_set(ChangeSetName=change_set["Id"])
    client.execute_change_set(ChangeSetName=change_set["Id"])
    client.describe_stacks(StackName=STACK)
    resources = client.describe_stack_resources(StackName=STACK)["StackResources"]
    name = next(
        r["PhysicalResourceId"]
        for r in resources
        if r["LogicalResourceId"] == "ReleaseRole"
    )
    iam = session_cloud.client("iam")
    policies = {
        policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    yield statements(policies)
    client.delete_stack(StackName=STACK)


def release(project: Project, cloud: Cloud) -> list[dict[str, Any]]:
    """Make a release with a first image and a first copy that fail; return all requests."""
    project.set("ami", "copyToRegions", value=[COPY_REGION])
    project.set("ami", "public", value=True)
    project.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    mark = cloud.mark()
    cloud.add_faults({"outcome": "fail-image"})
    project.run(check=1)
    refused = {"status": 400, "code": "InvalidPart"}
    cloud.add_faults({"operation": "s3:CompleteMultipartUpload"} | refused)
    project.run(check=1)
    project.run()
    assert cloud.unused_faults() == []
    return cloud.requests(mark)


def tags_by_id(cloud: Cloud, project: Project) -> Callable[[str], set[str]]:
    """Look up the tags of what the release made, gone machines and images included."""
    tags: dict[str, set[str]] = {}
    for region in (REGION, COPY_REGION):
        for image in cloud.every("ec2", "describe_images", region, Owners=["self"]):
            tags[image["ImageId"]] = {t["Key"] for t in image.get("Tags", [])}
        for reservation in cloud.every("ec2", "describe_instances", region):
            for machine in reservation["Instances"]:
                tags[machine["InstanceId"]] = {
                    t["Key"] for t in machine.get("Tags", [])
                }
    # The failed image is gone; CreateImage tagged it like the one that succeeded.
    assert all(TAG in tags[i["ImageId"]] for i in project.view.images())
    return lambda name: tags.get(name, {TAG})


def test_the_role_allows_what_a_release_calls_and_nothing_for_nothing(
    role: list[Statement], project: Project, cloud: Cloud
) -> None:
    requests = release(project, cloud)
    read = RequestDemands(tags_by_id(cloud, project))
    used: set[tuple[str, str]] = set()
    missing = set()
    for request in requests:
        for demand in read.of(request):
            found = allowing(role, demand)
            used |= {(statement.name, demand.action) for statement in found}
            if not found:
                missing.add((request["operation"], demand.action, demand.resource))
    assert missing == set()
    idle = {
        (statement.name, action)
        for statement in role
        for action in statement.actions
        if (statement.name, action) not in used
    }
    without_reason = {
        pair for pair in idle if pair[0] not in REASONS and pair[1] not in REASONS
    }
    assert without_reason == set()
    needless = REASONS.keys() - {name for pair in idle for name in pair}
    assert needless == set(), "these are used: they need no reason"


def arn(kind: str, name: str = "x", account: str = ACCOUNT) -> str:
    return f"arn:aws:ec2:{REGION}:{account}:{kind}/{name}"


@pytest.mark.parametrize(
    "demand",
    [
        Demand("ec2:TerminateInstances", arn("instance")),
        Demand("ec2:DeregisterImage", arn("image", account="")),
        Demand("ec2:DeleteSnapshot", arn("snapshot", account="")),
        Demand("ec2:DeleteKeyPair", arn("key-pair")),
        Demand("ec2:ModifyImageAttribute", arn("image", account="")),
        Demand("ec2:ExportImage", arn("image", account="")),
        Demand("ec2:RunInstances", arn("instance")),
        Demand("ec2:CreateTags", arn("instance"), {f"aws:RequestTag/{TAG}": "x"}),
        Demand("ec2:ImportKeyPair", arn("key-pair")),
        Demand("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/administrator"),
        Demand("s3:PutObject", "arn:aws:s3:::another-bucket/data_science_sandbox/x"),
        Demand(
            "cloudformation:DeleteStack",
            f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{BUCKET_STACK}/0",
        ),
        Demand(
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:other-AbCdEf",
        ),
    ],
    ids=lambda demand: demand.action,
)
def test_the_role_refuses_what_is_not_the_releases(
    role: list[Statement], demand: Demand
) -> None:
    assert allowing(role, demand) == []


def test_the_role_reads_and_writes_only_two_prefixes(
    role: list[Statement], cloud: Cloud
) -> None:
    bucket = f"arn:aws:s3:::{cloud.bucket}"
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert allowing(role, Demand(action, f"{bucket}/results/1/ami.json"))
        assert allowing(role, Demand(action, f"{bucket}/data_science_sandbox/1/x"))
        assert not allowing(role, Demand(action, f"{bucket}/elsewhere"))
