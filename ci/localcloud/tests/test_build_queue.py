"""How many builds CodeBuild lets run and wait, and how long a batch may take."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError

from .batches import PLAIN_PROJECT, build_ids, project_template, reasons, spec, task
from .batches import look as look_at_batch
from .test_stacks import deploy

SMALL, LARGE = "L-9D07B6EF", "L-4DDC4A99"


@pytest.fixture
def codebuild(cloud):
    cloud.call("/localcloud/builds", "DELETE")
    cloud.call("/localcloud/builds", "POST", {"hold": True})
    yield cloud.client("codebuild")
    cloud.call("/localcloud/builds", "DELETE")
    cloud.call("/localcloud/quotas", "DELETE")


@pytest.fixture
def project(cloud, codebuild):
    name = f"project-{uuid.uuid4().hex[:8]}"
    role = f"arn:aws:iam::{cloud.description['accountId']}:role/build"
    codebuild.create_project(name=name, **PLAIN_PROJECT | {"serviceRole": role})
    return name


def allow(cloud, code, count):
    cloud.call("/localcloud/quotas", "POST", {code: count})


def end(cloud, build_id):
    document = {"id": build_id, "phase": "COMPLETED", "status": "SUCCEEDED"}
    cloud.call("/localcloud/builds", "POST", document)


def phase(codebuild, build_id):
    return codebuild.batch_get_builds(ids=[build_id])["builds"][0]["currentPhase"]


def test_one_build_runs_five_wait_and_the_next_is_refused(cloud, codebuild, project):
    allow(cloud, SMALL, 1)
    ids = [codebuild.start_build(projectName=project)["build"]["id"] for _ in range(6)]
    with pytest.raises(ClientError) as refused:
        codebuild.start_build(projectName=project)
    error = refused.value.response["Error"]
    assert error["Code"] == "AccountLimitExceededException"
    assert error["Message"] == "Cannot have more than 5 builds in queue for the account"
    cloud.call("/localcloud/builds", "POST", {"hold": False})
    assert [phase(codebuild, i) for i in ids[:2]] == ["BUILD", "QUEUED"]
    # In the order in which they were started.
    end(cloud, ids[0])
    assert [phase(codebuild, i) for i in ids[1:3]] == ["BUILD", "QUEUED"]


def test_who_waits_may_be_stopped_and_a_raised_quota_lets_others_begin(
    cloud, codebuild, project
):
    allow(cloud, SMALL, 1)
    ids = [codebuild.start_build(projectName=project)["build"]["id"] for _ in range(3)]
    codebuild.stop_build(id=ids[1])
    allow(cloud, SMALL, 2)
    cloud.call("/localcloud/builds", "POST", {"hold": False})
    assert [phase(codebuild, i) for i in ids] == ["BUILD", "COMPLETED", "BUILD"]


def test_an_account_without_builds_has_no_queue_either(cloud, codebuild, project):
    allow(cloud, SMALL, 0)
    with pytest.raises(ClientError, match="more than 0 builds in queue"):
        codebuild.start_build(projectName=project)
    # Each size of machine has a quota of its own.
    large = codebuild.start_build(
        projectName=project, computeTypeOverride="BUILD_GENERAL1_LARGE"
    )
    assert large["build"]["currentPhase"] == "QUEUED"


def test_the_quotas_are_known_to_service_quotas(cloud, codebuild):
    allow(cloud, LARGE, 3)
    quotas = cloud.client("service-quotas")
    found = quotas.get_service_quota(ServiceCode="codebuild", QuotaCode=LARGE)
    assert found["Quota"]["Value"] == 3
    with pytest.raises(ClientError):
        quotas.get_service_quota(ServiceCode="ec2", QuotaCode=LARGE)


def test_a_batch_ends_when_its_time_is_over(cloud, codebuild):
    name = f"project-{uuid.uuid4().hex[:8]}"
    deploy(cloud.client("cloudformation"), name, project_template(name))
    text = spec(task("a"))
    batch = codebuild.start_build_batch(
        projectName=name, buildspecOverride=text, buildTimeoutInMinutesOverride=960
    )["buildBatch"]
    build_id = build_ids(codebuild, batch["id"])["a"]
    build = codebuild.batch_get_builds(ids=[build_id])["builds"][0]
    assert build["timeoutInMinutes"] == 960
    for minutes, status in ((479, "IN_PROGRESS"), (2, "TIMED_OUT")):
        cloud.call(
            "/localcloud/builds", "POST", {"id": batch["id"], "minutes": minutes}
        )
        assert look_at_batch(codebuild, batch["id"])["buildBatchStatus"] == status
    build = codebuild.batch_get_builds(ids=[build_id])["builds"][0]
    assert build["buildStatus"] == "STOPPED"
    with pytest.raises(ClientError, match="Invalid timeout"):
        codebuild.start_build_batch(
            projectName=name, buildspecOverride=text, buildTimeoutInMinutesOverride=2161
        )


def test_a_batch_with_more_builds_than_may_wait_fails(cloud, codebuild):
    allow(cloud, SMALL, 1)
    name = f"project-{uuid.uuid4().hex[:8]}"
    deploy(cloud.client("cloudformation"), name, project_template(name))
    text = spec(*(task(letter) for letter in "abcdefg"))
    batch = codebuild.start_build_batch(projectName=name, buildspecOverride=text)
    seen = look_at_batch(codebuild, batch["buildBatch"]["id"])
    assert seen["buildBatchStatus"] == "FAILED"
    assert [code for _, code, text in reasons(seen) if "in queue" in text] == [
        "CLIENT_ERROR"
    ]
