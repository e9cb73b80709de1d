"""EBS encryption by default: it wins over `Encrypted: false`, and spoils exports and publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Cloud, make_export_role, newest_base_image

COPY_REGION = "us-east-1"
PLAIN = [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 20, "Encrypted": False}}]


@pytest.fixture
def ec2(cloud: Cloud) -> Iterator[Any]:
    """EC2 of the release's region with encryption by default on."""
    client = cloud.client("ec2")
    client.enable_ebs_encryption_by_default()
    yield client
    client.disable_ebs_encryption_by_default()


def made_of(ec2: Any, instance_id: str) -> dict[str, Any]:
    """Make an image of an instance and return it."""
    image = ec2.create_image(InstanceId=instance_id, Name=f"encryption-{instance_id}")
    return available(ec2, image["ImageId"])


def available(ec2: Any, image_id: str) -> dict[str, Any]:
    """Wait for an image and return it."""
    waiter = ec2.get_waiter("image_available")
    waiter.wait(ImageIds=[image_id], WaiterConfig={"Delay": 0.1})
    return ec2.describe_images(ImageIds=[image_id])["Images"][0]


def is_encrypted(ec2: Any, image: dict[str, Any]) -> bool:
    """Return whether an image and its snapshot say that they are encrypted; both say the same."""
    ebs = image["BlockDeviceMappings"][0]["Ebs"]
    (snapshot,) = ec2.describe_snapshots(SnapshotIds=[ebs["SnapshotId"]])["Snapshots"]
    assert snapshot["Encrypted"] is ebs["Encrypted"]
    return ebs["Encrypted"]


def test_the_setting_wins_over_the_request(
    cloud: Cloud, ec2: Any, launch: Callable[..., dict]
) -> None:
    instance = launch(BlockDeviceMappings=PLAIN)["InstanceId"]
    (volume,) = ec2.describe_volumes(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}]
    )["Volumes"]
    assert volume["Encrypted"] is True
    image = made_of(ec2, instance)
    assert is_encrypted(ec2, image)
    with pytest.raises(ClientError) as error:
        ec2.modify_image_attribute(
            ImageId=image["ImageId"], LaunchPermission={"Add": [{"Group": "all"}]}
        )
    assert error.value.response["Error"]["Code"] == "UnsupportedOperation"
    role, bucket = "encryption-export", "encryption-export"
    make_export_role(cloud, role, bucket)
    where = {"LocationConstraint": "eu-central-1"}
    cloud.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    with pytest.raises(ClientError) as error:
        ec2.export_image(
            ImageId=image["ImageId"],
            DiskImageFormat="VHD",
            RoleName=role,
            S3ExportLocation={"S3Bucket": bucket},
        )
    assert error.value.response["Error"]["Code"] == "NotExportable"


def test_what_was_plain_before_stays_so_and_gives_plain_images(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    ec2 = cloud.client("ec2")
    instance = launch(BlockDeviceMappings=PLAIN)["InstanceId"]
    ec2.enable_ebs_encryption_by_default()
    try:
        assert not is_encrypted(ec2, made_of(ec2, instance))
    finally:
        ec2.disable_ebs_encryption_by_default()


def test_a_copy_is_encrypted_as_its_own_region_says(
    cloud: Cloud, ec2: Any, launch: Callable[..., dict]
) -> None:
    other = cloud.client("ec2", COPY_REGION)
    source = newest_base_image(ec2)
    into = {"SourceImageId": source, "SourceRegion": "eu-central-1"}
    plain = other.copy_image(Name=f"copy-{source}", **into)["ImageId"]
    assert not is_encrypted(other, available(other, plain))
    encrypted = ec2.copy_image(Name=f"copy-{source}", **into)["ImageId"]
    assert is_encrypted(ec2, available(ec2, encrypted))
