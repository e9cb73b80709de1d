"""What EC2 has just made is not seen at once: nothing is made twice, and nothing left."""

from __future__ import annotations

import signal

import pytest

from .cloud import Cloud
from .project import MANIFEST, Project
from .test_faults import assert_one_of_everything

# Far more than the cloud's usual two: whatever looks once only is caught.
LOOKS = 4


@pytest.mark.parametrize("seed", [1, 2])
def test_a_release_is_made_though_new_things_are_missed(
    project: Project, cloud: Cloud, seed: int
) -> None:
    cloud.hide_new(LOOKS, seed)
    project.run()
    assert_one_of_everything(project)


@pytest.mark.parametrize(
    "operation", ["ec2:ImportKeyPair", "ec2:CreateImage", "ec2:ExportImage"]
)
def test_an_answer_that_is_lost_is_made_up_for_though_new_things_are_missed(
    project: Project, cloud: Cloud, operation: str
) -> None:
    cloud.hide_new(LOOKS)
    cloud.add_faults({"operation": operation, "dropConnection": "after"})
    project.run()
    assert cloud.unused_faults() == []
    assert_one_of_everything(project)


@pytest.mark.parametrize("operation", ["ec2:CreateImage", "ec2:ExportImage"])
def test_a_killed_run_is_taken_up_though_new_things_are_missed(
    project: Project, cloud: Cloud, operation: str
) -> None:
    cloud.hide_new(LOOKS)
    # The answer is lost with the run: it never learns the id.
    cloud.add_faults({"operation": operation, "dropConnection": "after"})
    mark = cloud.mark()
    running = project.start(MANIFEST)
    running.wait_until(lambda: operation in cloud.operations(mark), operation)
    running.send(signal.SIGKILL)
    running.outcome()
    cloud.settle()
    project.run()
    assert_one_of_everything(project)


def test_clean_ends_the_exports_that_a_killed_run_has_just_begun(
    project: Project, cloud: Cloud
) -> None:
    project.run("--only", "ami")
    cloud.hide_new(LOOKS)
    cloud.set_speed("ec2::exportimagetask", progression="time", seconds=3600)
    cloud.add_faults({"operation": "ec2:ExportImage", "dropConnection": "after"})
    mark = cloud.mark()
    running = project.start(MANIFEST)
    running.wait_until(
        lambda: "ec2:ExportImage" in cloud.operations(mark), "the export"
    )
    running.send(signal.SIGKILL)
    running.outcome()
    cloud.settle()
    project.dssbatch("clean", MANIFEST, "--yes", check=0)
    assert {task["Status"] for task in project.view.export_tasks()} <= {"deleted"}


def test_clean_finds_the_image_that_a_killed_run_has_just_made(
    project: Project, cloud: Cloud
) -> None:
    cloud.hide_new(LOOKS)
    cloud.add_faults({"operation": "ec2:CreateImage", "dropConnection": "after"})
    mark = cloud.mark()
    running = project.start(MANIFEST)
    running.wait_until(lambda: "ec2:CreateImage" in cloud.operations(mark), "the image")
    running.send(signal.SIGKILL)
    running.outcome()
    cloud.settle()
    project.dssbatch("clean", MANIFEST, "--yes", check=0)
    assert project.view.images() == []
    assert project.view.snapshots() == []
    project.view.assert_nothing_runs()
