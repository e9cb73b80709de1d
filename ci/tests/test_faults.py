"""A network that loses answers: still one of everything."""

from __future__ import annotations

from typing import Any

import pytest

from .cloud import Cloud
from .project import Project


def assert_one_of_everything(project: Project) -> None:
    """Assert that a release left what it should, once."""
    view = project.view
    view.assert_nothing_runs()
    assert len(view.images()) == 1
    assert len(view.snapshots()) == 1
    assert len(view.export_tasks()) == 2
    assert sorted(key.rpartition(".")[2] for key in view.exported()) == ["vhd", "vmdk"]
    assert project.stale() == {}


def assert_faults_met(cloud: Cloud) -> None:
    """Assert that the test tested what it meant to."""
    assert cloud.unused_faults() == []


@pytest.mark.parametrize(
    "operation",
    [
        "ec2:ImportKeyPair",
        pytest.param("cloudformation:CreateChangeSet", marks=pytest.mark.slow),
        pytest.param("cloudformation:ExecuteChangeSet", marks=pytest.mark.slow),
        "ec2:CreateImage",
        "ec2:ExportImage",
        pytest.param("s3:CreateMultipartUpload", marks=pytest.mark.slow),
        pytest.param("s3:UploadPartCopy", marks=pytest.mark.slow),
        "s3:CompleteMultipartUpload",
        pytest.param("s3:DeleteObject", marks=pytest.mark.slow),
        pytest.param("cloudformation:DeleteStack", marks=pytest.mark.slow),
        pytest.param("ec2:DeleteKeyPair", marks=pytest.mark.slow),
    ],
)
def test_answer_lost_after_the_effect(
    project: Project, cloud: Cloud, operation: str
) -> None:
    cloud.add_faults({"operation": operation, "dropConnection": "after"})
    project.run()
    assert_faults_met(cloud)
    assert_one_of_everything(project)


@pytest.mark.slow
@pytest.mark.parametrize(
    "operation",
    [
        "ec2:DescribeImages",
        "cloudformation:CreateChangeSet",
        "ec2:CreateImage",
        "ec2:ExportImage",
    ],
)
def test_connection_lost_before_the_effect(
    project: Project, cloud: Cloud, operation: str
) -> None:
    cloud.add_faults({"operation": operation, "dropConnection": "before"})
    project.run()
    assert_faults_met(cloud)
    assert_one_of_everything(project)


def test_throttling_everywhere(project: Project, cloud: Cloud) -> None:
    def throttled(service: str, code: str, count: int) -> dict[str, Any]:
        return {"operation": service, "status": 503, "code": code, "count": count}

    cloud.add_faults(
        throttled("ec2:*", "RequestLimitExceeded", 2),
        throttled("cloudformation:*", "Throttling", 2),
        throttled("s3:*", "SlowDown", 2),
    )
    project.run()
    assert_faults_met(cloud)
    assert_one_of_everything(project)


@pytest.mark.slow
def test_server_errors_while_waiting(project: Project, cloud: Cloud) -> None:
    cloud.add_faults(
        {
            "operation": "ec2:DescribeExportImageTasks",
            "status": 500,
            "code": "InternalError",
            "count": 2,
        },
        {
            "operation": "cloudformation:DescribeStacks",
            "status": 503,
            "code": "ServiceUnavailable",
        },
    )
    project.run()
    assert_faults_met(cloud)
    assert_one_of_everything(project)


def test_copy_that_answers_200_with_an_error(project: Project, cloud: Cloud) -> None:
    mark = cloud.mark()
    operations = ("s3:CompleteMultipartUpload", "s3:CopyObject", "s3:UploadPartCopy")
    cloud.add_faults(
        *(
            {"operation": name, "status": 200, "code": "InternalError"}
            for name in operations
        )
    )
    project.run()
    used = set(operations) & set(cloud.operations(mark))
    assert used
    left = {rule["operation"] for rule in cloud.unused_faults()}
    assert left == set(operations) - used
    assert_one_of_everything(project)


@pytest.mark.slow
def test_slow_answers_are_waited_for(project: Project, cloud: Cloud) -> None:
    cloud.add_faults({"operation": "ec2:CreateImage", "delaySeconds": 3})
    project.run()
    assert_faults_met(cloud)
    assert_one_of_everything(project)
