"""The role of cfn/release-codebuild.yaml: all that a release calls, and little else.

The local cloud decides each call by the role's policies, CloudFormation's own calls included.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from localcloud.iam.policies import Demand, Statement, allowing

from .cloud import BUCKET_STACK, REGION, Cloud
from .program import assert_error
from .project import Project
from .roles import ReleaseRole, demands, denied
from .test_interruptions import MOMENTS, interrupt
from .test_shared_results import Shared

# Stands for the account of the cloud, which differs from one to the next.
ACCOUNT = "123456789012"
TAG = "exa_dss_id"
COPY_REGION = "us-west-2"
STACK = "release-role-under-test"
# Why actions are there that no request of the releases below needs.
REASONS = {
    "build/WriteLog": "CodeBuild itself writes the build's log",
    "build/ReadSecrets": "CodeBuild itself resolves the environment's secrets",
    "images/LookUpBaseImage": "a manifest may name its base AMI by a public SSM parameter",
    "servicequotas:GetAWSDefaultServiceQuota": "a quota that nobody has changed",
    "servicequotas:GetServiceQuota": "how many machines and exports may be at once",
    "cloudformation:ListStacks": "`clean` finds stacks by their tags",
    "ec2:DeleteVolume": "`clean` deletes a volume that a machine left",
    "ec2:GetConsoleOutput": "tells why a machine never answers",
    "ec2:DescribeInstanceTypes": "tells which type exceeds the account's vCPU limit alone",
    "ec2:CancelExportTask": "ends an export that another run began with other inputs",
    "s3:ListBucketMultipartUploads": "finds the unfinished upload of an interrupted copy",
}


@pytest.fixture(scope="module")
def deployed(session_cloud: Cloud) -> Iterator[ReleaseRole]:
    """The role, deployed beside the permanent stacks."""
    session_cloud.restore()
    role = ReleaseRole.deploy(session_cloud, STACK)
    yield role
    role.delete()


@pytest.fixture
def role(deployed: ReleaseRole, cloud: Cloud) -> Iterator[ReleaseRole]:
    """The role, which a test may change."""
    yield deployed
    deployed.write()


@pytest.fixture
def working(project: Project, role: ReleaseRole) -> Project:
    """A project whose programs have the role's permissions and no others."""
    role.take(project)
    return project


def publish_all(project: Project) -> None:
    project.set("ami", "copyToRegions", value=[COPY_REGION])
    project.set("ami", "public", value=True)
    project.set("export", "formats", value=["VHD", "VMDK", "RAW"])


def release(project: Project, cloud: Cloud) -> list[dict[str, Any]]:
    """Make a release whose first zone, image and copy fail; return all requests."""
    publish_all(project)
    results = ("--results", Shared(cloud, project.asset_id).address)
    mark = cloud.mark()
    # Its images boot by BIOS and UEFI both, and are exported by BIOS images.
    cloud.call("/localcloud/exports", "POST", {"refuseHybrid": True})
    lacking = {f"{REGION}a": {"*": "InsufficientInstanceCapacity"}}
    cloud.call("/localcloud/capacity", "POST", lacking)
    cloud.add_faults({"outcome": "fail-image"})
    project.run(*results, check=1)
    refused = {"status": 400, "code": "InvalidPart"}
    cloud.add_faults({"operation": "s3:CompleteMultipartUpload"} | refused)
    project.run(*results, check=1)
    project.run(*results)
    assert cloud.unused_faults() == []
    return cloud.requests(mark)


def refused_without(known: list[Statement], name: str, asked: list[Demand]) -> bool:
    """Return whether the statement of that name is all that allows one of the demands."""
    others = [s for s in known if s.name != name]
    return any(not allowing(others, demand) for demand in asked)


def test_the_role_allows_what_a_release_calls_and_nothing_for_nothing(
    working: Project, cloud: Cloud, role: ReleaseRole
) -> None:
    requests = release(working, cloud)
    assert denied(requests) == []
    asked = demands(requests)
    assert [d for d in asked if not allowing(role.statements, d)] == []
    # CloudFormation's calls are among them, as those of the role.
    assert {"ec2:RunInstances", "iam:PassRole"} <= {d.action for d in asked}
    used = {
        (statement.name, demand.action)
        for demand in asked
        for statement in allowing(role.statements, demand)
    }
    idle = {
        (statement.name, action)
        for statement in role.statements
        for action in statement.actions
        if (statement.name, action) not in used
    }
    without_reason = {
        pair for pair in idle if pair[0] not in REASONS and pair[1] not in REASONS
    }
    assert without_reason == set()
    needless = REASONS.keys() - {name for pair in idle for name in pair}
    assert needless == set(), "these are used: they need no reason"
    needed = [s.name for s in role.statements if s.name not in REASONS]
    spare = [n for n in needed if not refused_without(role.statements, n, asked)]
    assert spare == [], "taken away, these are not missed"


@pytest.mark.parametrize(
    "name",
    ["playbook", "image-pending", "exports-active"]
    + [
        pytest.param(name, marks=pytest.mark.slow)
        for name in MOMENTS
        if name not in ("playbook", "image-pending", "exports-active")
    ],
)
def test_a_killed_run_is_taken_up_with_the_role_alone(
    working: Project, cloud: Cloud, name: str
) -> None:
    mark = cloud.mark()
    status = interrupt(working, cloud, MOMENTS[name], signal.SIGKILL)
    assert status == -signal.SIGKILL
    working.run()
    assert denied(cloud.requests(mark)) == []
    assert working.stale() == {}
    working.view.assert_nothing_runs()


@pytest.mark.parametrize("name", ["playbook", "image-pending", "exports-active"])
def test_what_a_killed_run_left_is_cleaned_with_the_role_alone(
    working: Project, cloud: Cloud, name: str
) -> None:
    interrupt(working, cloud, MOMENTS[name], signal.SIGKILL)
    mark = cloud.mark()
    outcome = working.dssbatch("clean", "--yes")
    assert denied(cloud.requests(mark)) == []
    assert outcome.status == 0, str(outcome)
    working.view.assert_nothing_runs()


@pytest.mark.parametrize(
    ("statement", "action", "status"),
    [
        ("machine/MachineThroughCloudFormation", "ec2:", 1),
        # Asked before anything starts.
        ("machine/Look", "ec2:DescribeImages", 2),
        ("images/LetExportsWrite", "iam:PassRole", 1),
        ("images/UseTagged", "ec2:", 1),
    ],
)
def test_without_a_statement_a_release_is_refused(
    working: Project, role: ReleaseRole, statement: str, action: str, status: int
) -> None:
    role.write(without=statement)
    outcome = working.run(check=None)
    assert_error(outcome, status, f"is not authorized to perform: {action}")
    role.write()
    working.run()
    working.view.assert_nothing_runs()


def test_a_change_set_is_not_the_roles_by_its_arn_unless_its_name_says_so(
    role: ReleaseRole, cloud: Cloud
) -> None:
    place = f"arn:aws:cloudformation:{REGION}:{cloud.account}"
    for name, is_allowed in (("create-x", True), ("update-x", False)):
        demand = Demand(
            "cloudformation:ExecuteChangeSet", f"{place}:changeSet/{name}/1"
        )
        assert bool(allowing(role.statements, demand)) is is_allowed


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
        Demand("ec2:RegisterImage", arn("image", account="")),
        Demand("ec2:RegisterImage", arn("snapshot", account="")),
        Demand(
            "ec2:CopyImage", arn("image", account=""), {"ec2:Owner": "210987654321"}
        ),
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
    role: ReleaseRole, cloud: Cloud, demand: Demand
) -> None:
    here = demand.resource.replace(ACCOUNT, cloud.account)
    assert allowing(role.statements, replace(demand, resource=here)) == []


def test_the_role_reads_and_writes_only_two_prefixes(
    role: ReleaseRole, cloud: Cloud
) -> None:
    bucket, known = f"arn:aws:s3:::{cloud.bucket}", role.statements
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert allowing(known, Demand(action, f"{bucket}/results/1/ami.json"))
        assert allowing(known, Demand(action, f"{bucket}/data_science_sandbox/1/x"))
        assert not allowing(known, Demand(action, f"{bucket}/elsewhere"))
