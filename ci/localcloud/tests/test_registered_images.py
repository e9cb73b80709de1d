"""RegisterImage: one more image of the same snapshot, and what EC2 exports of it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.iam.calls import Call
from localcloud.iam.demands import demands_of

from .conftest import Cloud
from .test_export_limits import code, export, make_image, place, refusal

__all__ = ["make_image", "place"]


def register(cloud: Cloud, image: str, **how: Any) -> str:
    """Register the snapshot of an image anew."""
    ec2 = cloud.client("ec2")
    (known,) = ec2.describe_images(ImageIds=[image])["Images"]
    device = known["BlockDeviceMappings"][0]
    wanted = {
        "Name": f"again-{uuid.uuid4().hex}",
        "Architecture": known["Architecture"],
        "VirtualizationType": "hvm",
        "RootDeviceName": known["RootDeviceName"],
        "BlockDeviceMappings": [
            {
                "DeviceName": device["DeviceName"],
                "Ebs": {"SnapshotId": device["Ebs"]["SnapshotId"]},
            }
        ],
        "BootMode": "legacy-bios",
    }
    return ec2.register_image(**wanted | how)["ImageId"]


def described(cloud: Cloud, image: str) -> dict[str, Any]:
    ec2 = cloud.client("ec2")
    ec2.get_waiter("image_exists").wait(
        ImageIds=[image], WaiterConfig={"Delay": 0.05, "MaxAttempts": 100}
    )
    return ec2.describe_images(ImageIds=[image])["Images"][0]


def test_an_image_boots_as_its_base_does(cloud, make_image):
    assert described(cloud, make_image())["BootMode"] == "uefi-preferred"


def test_what_boots_both_ways_is_refused_where_asked_and_goes_registered_anew(
    cloud, place, make_image
):
    image = make_image()
    cloud.call("/localcloud/exports", "POST", {"refuseHybrid": True})
    error = refusal(cloud, place, image)
    assert code(error) == "NotExportable"
    again = register(cloud, image)
    assert described(cloud, again)["BootMode"] == "legacy-bios"
    task = export(cloud, place, again)
    ec2 = cloud.client("ec2")
    (seen,) = ec2.describe_export_image_tasks()["ExportImageTasks"][-1:]
    assert (seen["ExportImageTaskId"], seen["ImageId"]) == (task, again)
    # As observed: by default it goes as it is.
    cloud.call("/localcloud/exports", "DELETE")
    export(cloud, place, image)


def test_an_image_registered_anew_shares_its_snapshot_which_outlives_either(
    cloud, make_image
):
    ec2, image = cloud.client("ec2"), make_image()
    before = {s["SnapshotId"] for s in own_snapshots(cloud)}
    again = register(cloud, image, TagSpecifications=tags_of("image"))
    seen = described(cloud, again)
    snapshot = seen["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert {s["SnapshotId"] for s in own_snapshots(cloud)} == before
    assert (seen["State"], seen["Tags"]) == ("available", [{"Key": "a", "Value": "b"}])
    ec2.deregister_image(ImageId=again)
    with pytest.raises(ClientError) as caught:
        ec2.delete_snapshot(SnapshotId=snapshot)
    assert code(caught.value) == "InvalidSnapshot.InUse"
    ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)


def test_a_snapshot_of_no_image_can_be_registered_too(cloud):
    ec2 = cloud.client("ec2")
    zone = "eu-central-1a"
    volume = ec2.create_volume(AvailabilityZone=zone, Size=3)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    device = {"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": snapshot}}
    image = ec2.register_image(
        Name=f"own-{uuid.uuid4().hex}",
        RootDeviceName="/dev/sda1",
        BlockDeviceMappings=[device],
    )["ImageId"]
    (seen,) = described(cloud, image)["BlockDeviceMappings"]
    assert seen["Ebs"]["SnapshotId"] == snapshot
    assert seen["Ebs"]["VolumeSize"] == 3
    ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)


def own_snapshots(cloud: Cloud) -> list[dict[str, Any]]:
    ec2 = cloud.client("ec2")
    return ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]


def tags_of(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "a", "Value": "b"}]}]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"BootMode": "bios"}, "InvalidParameterValue"),
        ({"RootDeviceName": "/dev/xvda"}, "InvalidBlockDeviceMapping"),
        (
            {
                "BlockDeviceMappings": [
                    {"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-0"}}
                ]
            },
            "InvalidSnapshot.NotFound",
        ),
    ],
)
def test_what_cannot_be_registered_is_refused(cloud, make_image, how, expected):
    with pytest.raises(ClientError) as caught:
        register(cloud, make_image(), **how)
    assert code(caught.value) == expected


def test_a_name_is_taken_once(cloud, make_image):
    image, name = make_image(), f"again-{uuid.uuid4().hex}"
    register(cloud, image, Name=name)
    with pytest.raises(ClientError) as caught:
        register(cloud, image, Name=name)
    assert code(caught.value) == "InvalidAMIName.Duplicate"


class World:
    """A snapshot with a tag."""

    account = "123456789012"

    def tags(self, kind: str, name: str, region: str) -> dict[str, str] | None:
        return {"k": "v"} if (kind, name) == ("snapshot", "snap-1") else None

    def owner(self, image_id: str, region: str) -> str | None:
        return None


def test_registering_demands_the_snapshot_and_the_new_images_tags():
    fields = {
        "BlockDeviceMapping.1.Ebs.SnapshotId": "snap-1",
        "TagSpecification.1.ResourceType": "image",
        "TagSpecification.1.Tag.1.Key": "exa_dss_id",
        "TagSpecification.1.Tag.1.Value": "1",
    }
    call = Call("ec2", "RegisterImage", "eu-central-1", fields)
    found = {(d.action, d.resource): d.context for d in demands_of(call, World())}
    image, snapshot = (
        f"arn:aws:ec2:eu-central-1::{kind}" for kind in ("image/*", "snapshot/snap-1")
    )
    assert found.keys() == {
        ("ec2:RegisterImage", image),
        ("ec2:RegisterImage", snapshot),
        ("ec2:CreateTags", image),
    }
    assert found["ec2:RegisterImage", snapshot]["aws:ResourceTag/k"] == "v"
    assert found["ec2:RegisterImage", image]["aws:RequestTag/exa_dss_id"] == "1"
    made = found["ec2:CreateTags", image]["ec2:CreateAction"]
    assert made == "RegisterImage"
