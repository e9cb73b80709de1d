"""EC2 takes one export an image and five a region: turns are taken, and refusals waited for."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from .cloud import AssetView, Cloud
from .foreign_exports import ForeignExports
from .matrix import Matrix
from .program import RunningProgram
from .project import MANIFEST, Project

FORMATS = ["VHD", "VMDK", "RAW"]


@pytest.fixture
def imaged(project: Project) -> Project:
    """A project whose image is made and whose exports are not."""
    project.run("--only", "ami")
    return project


def asked(cloud: Cloud, mark: int) -> list[int]:
    """The status of each ExportImage since a mark."""
    return [
        r["status"] for r in cloud.requests(mark) if r["operation"] == "ec2:ExportImage"
    ]


def wait_until_refused(
    running: RunningProgram, cloud: Cloud, mark: int, times: int = 1
) -> None:
    running.wait_until(
        lambda: asked(cloud, mark).count(400) >= times, "a refused export"
    )
    # It waits: the next look has come.
    looks = len(cloud.requests(mark))
    running.wait_until(
        lambda: (
            "ec2:DescribeExportImageTasks"
            in [r["operation"] for r in cloud.requests(mark)[looks:]]
        ),
        "a look at the tasks",
    )


def extensions(project: Project) -> list[str]:
    return sorted(key.rpartition(".")[2] for key in project.view.exported())


def unfinished_exports(project: Project) -> list[dict[str, Any]]:
    """What the journal holds of exports and has not ended."""
    lines = [
        json.loads(line)
        for line in (project.results / "journal.ndjson").read_text().splitlines()
    ]
    begun = {
        line["entry"]: line
        for line in lines
        if line.get("resource") == "ec2:export-image-task"
    }
    ended = {
        line["entry"]
        for line in lines
        if line["entry"] in begun and line["line"] in ("gone", "kept")
    }
    return [line for entry, line in begun.items() if entry not in ended]


def test_three_formats_take_turns(project: Project, cloud: Cloud) -> None:
    project.set("export", "formats", value=FORMATS)
    cloud.set_speed("ec2::exportimagetask", progression="time", seconds=0.2)
    mark = cloud.mark()
    outcome = project.run()
    # Nobody else exports: nothing was ever refused.
    assert asked(cloud, mark) == [200, 200, 200]
    assert outcome.events("warning") == []
    assert extensions(project) == ["raw", "vhd", "vmdk"]
    assert len(project.view.export_tasks()) == 3
    assert project.stale() == {}


def test_an_image_is_copied_and_digested_while_the_next_is_exported(
    project: Project, cloud: Cloud
) -> None:
    cloud.add_faults({"operation": "s3:UploadPartCopy", "delaySeconds": 4, "count": 2})
    mark = cloud.mark()
    project.run()
    operations = cloud.operations(mark)
    starts = [i for i, name in enumerate(operations) if name == "ec2:ExportImage"]
    first_copy_ended = operations.index("s3:CompleteMultipartUpload")
    assert len(starts) == 2
    assert starts[1] < first_copy_ended


def test_a_foreign_export_of_the_image_is_waited_for(
    imaged: Project, cloud: Cloud, foreign: ForeignExports
) -> None:
    (image,) = imaged.view.images()
    task = foreign.start(image["ImageId"])
    mark = cloud.mark()
    running = imaged.start(MANIFEST, "--json")
    wait_until_refused(running, cloud, mark)
    # While it waits, nothing but looks: no second request every moment.
    assert asked(cloud, mark) == [400]
    cloud.release_exports(task)
    outcome = running.outcome()
    assert outcome.status == 0, str(outcome)
    assert asked(cloud, mark).count(200) == 2
    (warning,) = [e for e in outcome.events("warning") if task in e["message"]]
    assert image["ImageId"] in warning["message"]
    assert any(task in event["message"] for event in outcome.events("stage-progress"))
    assert extensions(imaged) == ["vhd", "vmdk"]
    tokens = {t["ExportImageTaskId"] for t in imaged.view.export_tasks()}
    assert len(tokens) == 2


def test_a_full_region_is_waited_for(
    imaged: Project, cloud: Cloud, foreign: ForeignExports
) -> None:
    tasks = [foreign.start() for _ in range(5)]
    mark = cloud.mark()
    running = imaged.start(MANIFEST, "--json")
    wait_until_refused(running, cloud, mark)
    cloud.release_exports(tasks[2])
    outcome = running.outcome()
    assert outcome.status == 0, str(outcome)
    assert any("5 are active" in e["message"] for e in outcome.events("warning"))
    assert extensions(imaged) == ["vhd", "vmdk"]


def test_an_image_whose_base_is_gone_is_told_before_anything_starts(
    project: Project, cloud: Cloud, foreign: ForeignExports
) -> None:
    base = foreign.make_image()
    project.set("ami", "base", value={"id": base})
    project.run("--only", "ami")
    cloud.client("ec2").deregister_image(ImageId=base)
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST, "--only", "export", check=1)
    assert f"`{base}`, which does not exist any more" in outcome.stderr
    assert "--force ami" in outcome.stderr
    assert "ec2:ImportKeyPair" not in cloud.operations(mark)


def test_two_runs_share_what_the_region_takes(
    make_project: Callable[..., Project], cloud: Cloud
) -> None:
    cloud.limit_exports(1)
    cloud.set_speed("ec2::exportimagetask", progression="time", seconds=0.3)
    projects = [make_project(), make_project()]
    running = [project.start(MANIFEST, "--json") for project in projects]
    for project, run in zip(projects, running, strict=True):
        outcome = run.outcome(240)
        assert outcome.status == 0, str(outcome)
        assert extensions(project) == ["vhd", "vmdk"]


def test_a_matrix_exports_beside_three_others(
    project: Project, cloud: Cloud, foreign: ForeignExports
) -> None:
    matrix = Matrix(project, "abcdefgh")
    for _ in range(3):
        foreign.start()
    cloud.set_speed("ec2::exportimagetask", progression="time", seconds=0.1)
    outcome = matrix.run(timeout_seconds=400)
    finished = [
        e for e in outcome.events("stage-finished") if e["status"] != "succeeded"
    ]
    assert finished == []
    for asset_id in matrix.ids:
        assert len(AssetView(cloud, asset_id).exported()) == 2
    assert matrix.stale() == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_wait_that_is_ended_leaves_nothing_to_wait_for(
    imaged: Project, cloud: Cloud, foreign: ForeignExports, number: signal.Signals
) -> None:
    (image,) = imaged.view.images()
    task = foreign.start(image["ImageId"])
    mark = cloud.mark()
    running = imaged.start(MANIFEST)
    wait_until_refused(running, cloud, mark)
    running.send(number)
    running.outcome()
    left = unfinished_exports(imaged)
    assert len(left) == (1 if number == signal.SIGKILL else 0)
    # What does not go on takes its intent away, and starts nothing to find out.
    mark = cloud.mark()
    imaged.dssbatch("clean", MANIFEST, "--yes", check=0)
    assert asked(cloud, mark) == []
    assert unfinished_exports(imaged) == []
    assert imaged.view.export_tasks() == []
    cloud.release_exports(task)
    imaged.run()
    assert len(imaged.view.export_tasks()) == 2
    assert imaged.stale() == {}


def test_a_killed_wait_is_gone_on_with(
    imaged: Project, cloud: Cloud, foreign: ForeignExports
) -> None:
    (image,) = imaged.view.images()
    task = foreign.start(image["ImageId"])
    mark = cloud.mark()
    running = imaged.start(MANIFEST)
    wait_until_refused(running, cloud, mark)
    running.send(signal.SIGKILL)
    running.outcome()
    mark = cloud.mark()
    running = imaged.start(MANIFEST)
    wait_until_refused(running, cloud, mark)
    cloud.release_exports(task)
    outcome = running.outcome()
    assert outcome.status == 0, str(outcome)
    assert len(imaged.view.export_tasks()) == 2
    assert extensions(imaged) == ["vhd", "vmdk"]
    assert imaged.stale() == {}
