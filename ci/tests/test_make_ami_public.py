"""`make-ami-public`: every AMI of the asset id in every region, read back with boto3."""

from __future__ import annotations

import shutil
import signal

import pytest

from .cloud import REGION, Cloud
from .program import Outcome, assert_error
from .project import MACHINE_CALLS, MANIFEST, Project

COPIES = ("us-east-1", "eu-west-1")
REGIONS = (REGION, *COPIES)


def image_ids(project: Project, region: str) -> list[str]:
    """Return the ids of the asset's images in a region."""
    images = project.cloud.client("ec2", region).describe_images(
        Owners=["self"],
        Filters=[{"Name": "tag:exa_dss_id", "Values": [project.asset_id]}],
    )["Images"]
    return sorted(image["ImageId"] for image in images)


def is_public(cloud: Cloud, region: str, image_id: str) -> bool:
    """Return whether everybody may launch an image."""
    answer = cloud.client("ec2", region).describe_image_attribute(
        ImageId=image_id, Attribute="launchPermission"
    )
    return {"Group": "all"} in answer["LaunchPermissions"]


def public_regions(project: Project) -> set[str]:
    """Return the regions where the asset has images and all are public."""
    regions = set()
    for region in REGIONS:
        ids = image_ids(project, region)
        if ids and all(is_public(project.cloud, region, i) for i in ids):
            regions.add(region)
    return regions


def publish(project: Project, *options: str, check: int | None = 0) -> Outcome:
    """`dssbatch --json make-ami-public`."""
    return project.dssbatch("make-ami-public", "--json", *options, check=check)


@pytest.fixture
def spread(project: Project) -> Project:
    """A finished release with private images in three regions."""
    project.set("ami", "copyToRegions", value=list(COPIES))
    project.run()
    assert public_regions(project) == set()
    return project


def test_all_regions_become_public_and_the_stage_records_it(
    spread: Project, cloud: Cloud
) -> None:
    mark = cloud.mark()
    outcome = publish(spread)
    assert outcome.started() == {"ami-public"}
    assert public_regions(spread) == set(REGIONS)
    outputs = spread.result("ami-public")["outputs"]
    assert outputs["public"] is True
    assert outputs["images"] == {r: image_ids(spread, r)[0] for r in REGIONS}
    assert set(cloud.operations(mark, "creating")) == {"ec2:ModifyImageAttribute"}
    # Nothing is left to do, and the second time that is looked up.
    mark = cloud.mark()
    assert publish(spread).started() == set()
    assert cloud.operations(mark, "creating") == []


def test_permission_that_was_taken_away_by_hand_is_given_again(
    spread: Project, cloud: Cloud
) -> None:
    publish(spread)
    (image_id,) = image_ids(spread, COPIES[0])
    cloud.client("ec2", COPIES[0]).modify_image_attribute(
        ImageId=image_id, LaunchPermission={"Remove": [{"Group": "all"}]}
    )
    publish(spread)
    assert public_regions(spread) == set(REGIONS)


def test_later_run_with_a_private_manifest_takes_it_back(spread: Project) -> None:
    publish(spread)
    assert spread.run().started() == {"ami-public"}
    assert public_regions(spread) == set()
    publish(spread)
    spread.set("ami", "public", value=True)
    assert "ami-public" not in spread.run().started()
    assert public_regions(spread) == set(REGIONS)


def test_stale_image_is_published_as_recorded_and_no_machine_starts(
    spread: Project, cloud: Cloud
) -> None:
    playbook = spread.root / "ansible/sandbox.yml"
    playbook.write_text(playbook.read_text() + "# changed\n")
    mark = cloud.mark()
    outcome = publish(spread)
    assert not MACHINE_CALLS & set(cloud.operations(mark))
    assert public_regions(spread) == set(REGIONS)
    (warning,) = outcome.events("warning")
    assert "file ansible/sandbox.yml changed" in warning["message"]


def test_without_results_the_tag_finds_every_image(
    spread: Project, cloud: Cloud
) -> None:
    shutil.rmtree(spread.results)
    mark = cloud.mark()
    outcome = publish(spread)
    assert public_regions(spread) == set(REGIONS)
    said = [event["message"] for event in outcome.events("stage-progress")]
    assert len(said) == 3
    assert all("is public" in message for message in said)
    assert set(cloud.operations(mark, "creating")) == {"ec2:ModifyImageAttribute"}
    assert spread.result_stages() == set()


def test_region_without_an_image_is_named(released: Project) -> None:
    shutil.rmtree(released.results)
    released.set("ami", "copyToRegions", value=["us-west-2"])
    outcome = publish(released)
    assert "us-west-2" in outcome.stderr
    assert public_regions(released) == {REGION}
    ec2 = released.cloud.client("ec2")
    for image_id in image_ids(released, REGION):
        ec2.modify_image_attribute(
            ImageId=image_id, LaunchPermission={"Remove": [{"Group": "all"}]}
        )


def test_nothing_anywhere_is_an_error_and_starts_nothing(
    project: Project, cloud: Cloud
) -> None:
    mark = cloud.mark()
    outcome = project.dssbatch("make-ami-public")
    assert_error(outcome, 2, "there is no image of release", "dssbatch adopt")
    assert cloud.operations(mark, "creating") == []


def test_failed_image_is_not_looked_for_by_its_tag(
    project: Project, cloud: Cloud
) -> None:
    cloud.add_faults({"outcome": "fail-image"})
    project.run(check=1)
    outcome = project.dssbatch("make-ami-public")
    assert_error(outcome, 1, "has left an image of this release unfinished", MANIFEST)


def test_killed_between_two_regions_then_run_again(
    spread: Project, cloud: Cloud
) -> None:
    cloud.add_faults(
        {"operation": "ec2:ModifyImageAttribute", "count": 2, "delaySeconds": 3}
    )
    running = spread.start("make-ami-public")
    running.wait_until(lambda: public_regions(spread) != set(), "a public image")
    running.send(signal.SIGKILL)
    running.outcome()
    cloud.restore()
    publish(spread)
    assert public_regions(spread) == set(REGIONS)


def test_account_that_blocks_public_images(spread: Project, cloud: Cloud) -> None:
    ec2 = cloud.client("ec2", COPIES[0])
    ec2.enable_image_block_public_access(
        ImageBlockPublicAccessState="block-new-sharing"
    )
    try:
        outcome = spread.dssbatch("make-ami-public")
        command = "aws ec2 disable-image-block-public-access --region us-east-1"
        assert_error(outcome, 1, "OperationNotPermitted", command, "10 minutes")
        # The other regions do not wait for this one.
        assert public_regions(spread) == set(REGIONS) - {COPIES[0]}
    finally:
        ec2.disable_image_block_public_access()
    publish(spread)
    assert public_regions(spread) == set(REGIONS)


def test_image_that_failed_its_verification_stays_private(released: Project) -> None:
    # No such emulator: the verification, which is on and stale, fails.
    released.set("export", "verify", value=True)
    released.environment["DSS_QEMU"] = "/nowhere/qemu"
    outcome = publish(released, check=None)
    assert outcome.status != 0
    assert public_regions(released) == set()


def test_contradiction_is_a_usage_error(project: Project) -> None:
    outcome = project.dssbatch("make-ami-public", "--set", "/ami/public=false")
    assert_error(outcome, 2, "leave `/ami/public` out")


def test_other_asset_id_is_published_instead(released: Project) -> None:
    outcome = released.dssbatch("make-ami-public", "--asset-id", "no-such-release")
    assert_error(outcome, 2, "no-such-release", MANIFEST)
    assert public_regions(released) == set()
