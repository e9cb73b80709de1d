"""Where EC2 starts no machine: other zones, other types, then a wait, and nothing is left over."""

from __future__ import annotations

from typing import Any

import pytest

from .cloud import REGION, Cloud
from .matrix import Matrix
from .program import Outcome
from .project import MANIFEST, Project
from .test_doctor import examine, healthy, the_failed  # noqa: F401 - a fixture

NO_CAPACITY, UNSUPPORTED = "InsufficientInstanceCapacity", "Unsupported"
STANDARD_VCPUS = "L-1216C47A"


def let(cloud: Cloud, rules: dict[str, dict[str, str]]) -> None:
    """Let zones lack types or capacity, by globs."""
    cloud.call("/localcloud/capacity", "POST", rules)


def machine_of(project: Project, cloud: Cloud) -> dict[str, Any]:
    """Return the ended machine that the release was made on."""
    (machine,) = [
        instance
        for reservation in cloud.every(
            "ec2", "describe_instances", Filters=project.view._filter
        )
        for instance in reservation["Instances"]
    ]
    return machine


def said(outcome: Outcome) -> str:
    """Return all that the run said on its way."""
    return "\n".join(event["message"] for event in outcome.events("stage-progress"))


def creations(cloud: Cloud, mark: int) -> int:
    """Return how many stacks were begun."""
    return cloud.operations(mark).count("cloudformation:CreateChangeSet")


@pytest.mark.parametrize("code", [NO_CAPACITY, UNSUPPORTED])
def test_the_next_zone_is_tried(project: Project, cloud: Cloud, code: str) -> None:
    let(cloud, {f"{REGION}[ab]": {"t3.medium": code}})
    mark = cloud.mark()
    outcome = project.run()
    machine = machine_of(project, cloud)
    assert machine["Placement"]["AvailabilityZone"] == f"{REGION}c"
    assert machine["InstanceType"] == "t3.medium"
    # EC2's choice is zone a, so that a and b are refused by name too.
    assert creations(cloud, mark) == 4
    assert "no machine `t3.medium`" in said(outcome)
    assert "for capacity" not in said(outcome)
    project.view.assert_nothing_runs()


def test_the_next_type_is_tried_and_is_no_input(project: Project, cloud: Cloud) -> None:
    project.set("instance", "types", value=["t3a.medium", "m5.large"])
    let(cloud, {"*": {"t3*.medium": NO_CAPACITY}})
    project.run()
    assert machine_of(project, cloud)["InstanceType"] == "m5.large"
    project.set("instance", "types", value=["m5.large"])
    assert project.stale() == {}
    project.set("instance", "type", value="t3a.medium")
    assert "setting /instance/type changed" in str(project.stale())


def test_a_type_that_no_zone_has_fails_without_a_wait(
    project: Project, cloud: Cloud
) -> None:
    let(cloud, {"*": {"t3.medium": UNSUPPORTED}})
    outcome = project.run(check=1)
    assert "instance.no-capacity" in {
        event["code"] for event in outcome.events("error")
    }
    assert "for capacity" not in said(outcome)
    project.view.assert_nothing_runs()


def test_what_exceeds_the_vcpu_limit_alone_is_not_waited_for(
    project: Project, cloud: Cloud
) -> None:
    cloud.set_quota(STANDARD_VCPUS, 1)
    mark = cloud.mark()
    outcome = project.run(check=1)
    assert "instance.no-capacity" in {
        event["code"] for event in outcome.events("error")
    }
    assert "for capacity" not in said(outcome)
    assert creations(cloud, mark) == 1


def test_another_failure_of_the_stack_is_no_lack_of_capacity(
    project: Project, cloud: Cloud
) -> None:
    cloud.add_faults({"outcome": "fail-resource", "key": "Instance"})
    mark = cloud.mark()
    outcome = project.run(check=1)
    assert "stack.failed" in {event["code"] for event in outcome.events("error")}
    assert creations(cloud, mark) == 1


def test_releases_of_a_matrix_wait_for_each_others_vcpus(
    project: Project, cloud: Cloud
) -> None:
    # As many as one machine of a new account's five leaves room for: two at once of four.
    matrix = Matrix(project, "abc")
    cloud.set_quota(STANDARD_VCPUS, running_vcpus(cloud) + 5)
    outcome = matrix.run()
    assert "for capacity" in said(outcome)
    assert "vCPU limit" in said(outcome)
    for asset_id in matrix.ids:
        mine = [{"Name": "tag:exa_dss_id", "Values": [asset_id]}]
        assert len(cloud.every("ec2", "describe_images", Filters=mine)) == 1


def running_vcpus(cloud: Cloud) -> int:
    """Return the vCPUs that other tests' machines use."""
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    ec2 = cloud.client("ec2")
    types = [
        instance["InstanceType"]
        for reservation in cloud.every("ec2", "describe_instances", Filters=running)
        for instance in reservation["Instances"]
    ]
    known = {
        kind: ec2.describe_instance_types(InstanceTypes=[kind])["InstanceTypes"][0]
        for kind in set(types)
    }
    return sum(known[kind]["VCpuInfo"]["DefaultVCpus"] for kind in types)


def test_an_interrupted_wait_leaves_nothing(project: Project, cloud: Cloud) -> None:
    let(cloud, {"*": {"*": NO_CAPACITY}})
    running = project.start(MANIFEST, "--json")
    running.wait_until(lambda: "for capacity" in running.stdout(), "the wait")
    running.send(2)
    assert running.outcome().status == 130
    project.view.assert_nothing_runs()
    cloud.call("/localcloud/capacity", "DELETE")
    project.run()


def test_doctor_names_what_no_zone_offers(
    healthy: Project,  # noqa: F811 - the fixture
) -> None:
    assert f"{REGION}a" in examine(healthy, status=0)["instance-types"]["message"]
    healthy.set("instance", "types", value=["t9.medium"])
    assert examine(healthy)["instance-types"]["status"] == "warning"
    healthy.edit_manifest(lambda m: m["instance"].pop("types"))
    healthy.set("instance", "type", value="u-24tb1.metal")
    assert the_failed(healthy)["name"] == "instance-types"
