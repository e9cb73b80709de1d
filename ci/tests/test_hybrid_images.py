"""EC2 refuses an image that boots by BIOS and UEFI both: one for BIOS alone is exported."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from .cloud import Cloud
from .program import Outcome
from .project import MANIFEST, Project
from .test_exports import asked

EXPORT_TAG = "exa_dss_export_of"
REGISTER = "ec2:RegisterImage"


@pytest.fixture
def imaged(project: Project, cloud: Cloud) -> Project:
    """A project whose image is made, in a cloud that exports none that boots both ways."""
    project.run("--only", "ami")
    cloud.call("/localcloud/exports", "POST", {"refuseHybrid": True})
    return project


def bios_images(project: Project) -> list[dict[str, Any]]:
    """The images that are there for an export."""
    return [
        image
        for image in project.view.images()
        if any(tag["Key"] == EXPORT_TAG for tag in image["Tags"])
    ]


def assert_released(project: Project) -> None:
    """Assert that all is there once, and no BIOS image is left."""
    assert bios_images(project) == []
    assert len(project.view.images()) == 1
    assert len(project.view.snapshots()) == 1
    formats = sorted(key.rpartition(".")[2] for key in project.view.exported())
    assert formats == ["vhd", "vmdk"]
    assert project.stale() == {}


def stop_while_exporting(project: Project, cloud: Cloud) -> None:
    """Kill a run while a BIOS image is exported."""
    cloud.hold_exports()
    mark = cloud.mark()
    running = project.start(MANIFEST)
    running.wait_until(lambda: 200 in asked(cloud, mark), "an export of a BIOS image")
    running.send(signal.SIGKILL)
    running.outcome()
    assert len(bios_images(project)) == 1


def say_why(outcome: Outcome) -> list[str]:
    return [
        e["message"]
        for e in outcome.events("stage-progress")
        if "boots by BIOS and UEFI both" in e["message"]
    ]


def test_each_format_is_exported_of_a_bios_image_in_its_turn(
    imaged: Project, cloud: Cloud
) -> None:
    (image,) = imaged.view.images()
    mark = cloud.mark()
    outcome = imaged.run()
    # Refused once; the second format need not ask.
    assert asked(cloud, mark) == [400, 200, 200]
    operations = [
        name
        for name in cloud.operations(mark)
        if name in (REGISTER, "ec2:DeregisterImage", "ec2:DeleteSnapshot")
    ]
    assert sorted(operations) == ["ec2:DeregisterImage"] * 2 + [REGISTER] * 2
    assert len(say_why(outcome)) == 1
    assert outcome.events("warning") == []
    # Made with the tags of asset and run, and with whose place it takes.
    made = [e for e in outcome.events("resource-created") if "bios" in e["resource"]]
    assert len(made) == 2
    assert_released(imaged)
    assert imaged.view.images()[0]["ImageId"] == image["ImageId"]
    assert imaged.view.images()[0]["BootMode"] == "uefi-preferred"


def test_bios_images_have_their_tags_from_the_first_moment(
    imaged: Project, cloud: Cloud
) -> None:
    (image,) = imaged.view.images()
    stop_while_exporting(imaged, cloud)
    (bios,) = bios_images(imaged)
    tags = {tag["Key"]: tag["Value"] for tag in bios["Tags"]}
    assert tags[EXPORT_TAG] == image["ImageId"]
    assert tags["exa_dss_id"] == imaged.asset_id
    assert tags["exa_dss_run"]
    assert bios["BootMode"] == "legacy-bios"
    snapshots = [
        seen["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"] for seen in (image, bios)
    ]
    assert snapshots[0] == snapshots[1]
    cloud.release_exports()
    imaged.run()
    assert_released(imaged)


def test_where_ec2_exports_it_no_bios_image_is_made(
    project: Project, cloud: Cloud
) -> None:
    mark = cloud.mark()
    project.run()
    assert REGISTER not in cloud.operations(mark)
    assert asked(cloud, mark) == [200, 200]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_makes_no_second_bios_image(
    imaged: Project, cloud: Cloud, moment: str
) -> None:
    mark = cloud.mark()
    cloud.add_faults({"operation": REGISTER, "dropConnection": moment})
    imaged.run()
    assert cloud.unused_faults() == []
    assert cloud.operations(mark).count("ec2:DeregisterImage") == 2
    assert_released(imaged)


def test_a_killed_run_is_gone_on_with_by_the_same_bios_image(
    imaged: Project, cloud: Cloud
) -> None:
    stop_while_exporting(imaged, cloud)
    mark = cloud.mark()
    cloud.release_exports()
    imaged.run()
    # The other format's.
    assert cloud.operations(mark).count(REGISTER) == 1
    assert len(imaged.view.export_tasks()) == 2
    assert_released(imaged)


def test_a_bios_image_whose_export_never_began_is_used(
    imaged: Project, cloud: Cloud
) -> None:
    cloud.add_faults({"operation": REGISTER, "delaySeconds": 1})
    mark = cloud.mark()
    running = imaged.start(MANIFEST)
    running.wait_until(lambda: REGISTER in cloud.operations(mark), "a BIOS image")
    running.send(signal.SIGKILL)
    running.outcome()
    imaged.run()
    assert cloud.operations(mark).count(REGISTER) == 2
    assert_released(imaged)


def test_a_run_without_exports_takes_the_bios_image_away(
    imaged: Project, cloud: Cloud
) -> None:
    stop_while_exporting(imaged, cloud)
    mark = cloud.mark()
    # What the exports are needed for is blocked.
    imaged.run("--skip", "export", check=1)
    assert bios_images(imaged) == []
    assert len(imaged.view.snapshots()) == 1
    assert "ec2:DeleteSnapshot" not in cloud.operations(mark)


def test_clean_takes_the_bios_image_and_spares_the_snapshot(
    imaged: Project, cloud: Cloud
) -> None:
    stop_while_exporting(imaged, cloud)
    (bios,) = bios_images(imaged)
    listed = imaged.dssbatch("show-aws-assets", "--format", "text", check=0).stdout
    rows = [row for row in listed.splitlines() if bios["ImageId"] in row]
    assert any("leftover" in row for row in rows)
    mark = cloud.mark()
    imaged.dssbatch("clean", MANIFEST, "--yes", check=0)
    assert "ec2:DeleteSnapshot" not in cloud.operations(mark)
    assert bios_images(imaged) == []
    assert len(imaged.view.images()) == len(imaged.view.snapshots()) == 1
    cloud.release_exports()
    imaged.run()
    assert_released(imaged)


def test_without_the_journal_clean_knows_a_bios_image_by_its_tag(
    imaged: Project, cloud: Cloud
) -> None:
    stop_while_exporting(imaged, cloud)
    imaged.set("results", value="elsewhere")
    imaged.dssbatch("clean", MANIFEST, "--yes", "--older-than", "0", check=0)
    assert bios_images(imaged) == []
    assert len(imaged.view.images()) == len(imaged.view.snapshots()) == 1


def test_a_bios_image_is_never_made_public(imaged: Project, cloud: Cloud) -> None:
    stop_while_exporting(imaged, cloud)
    imaged.set("results", value="elsewhere")
    imaged.dssbatch("make-ami-public", check=0)
    assert [
        (bool([t for t in image["Tags"] if t["Key"] == EXPORT_TAG]), image["Public"])
        for image in sorted(imaged.view.images(), key=lambda image: image["Public"])
    ] == [(True, False), (False, True)]


def test_a_failed_export_leaves_no_bios_image(imaged: Project, cloud: Cloud) -> None:
    cloud.add_faults({"outcome": "fail-export", "count": 2})
    imaged.run(check=1)
    assert bios_images(imaged) == []
    imaged.run()
    assert_released(imaged)
