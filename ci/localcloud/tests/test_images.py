"""Images and exports in paper mode."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from .conftest import newest_base_image


def name() -> str:
    return f"image-{uuid.uuid4().hex[:8]}"


def outputs(cloud, stack="DATA-SCIENCE-SANDBOX-VM-Bucket"):
    stacks = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in stacks[0]["Outputs"]}


def wait_available(ec2, image_id):
    for _ in range(5):
        image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
        if image["State"] != "pending":
            return image
    raise AssertionError("the image stays pending")


@pytest.fixture
def image_id(cloud, launch):
    ec2 = cloud.client("ec2")
    instance = launch()
    image_id = ec2.create_image(
        InstanceId=instance["InstanceId"],
        Name=name(),
        TagSpecifications=[
            {"ResourceType": kind, "Tags": [{"Key": "exa_dss_id", "Value": "3.4.0"}]}
            for kind in ("image", "snapshot")
        ],
    )["ImageId"]
    assert wait_available(ec2, image_id)["State"] == "available"
    return image_id


def test_the_newest_base_image_differs_from_region_to_region(cloud):
    here, there = cloud.client("ec2"), cloud.client("ec2", "us-west-2")
    assert newest_base_image(here) != newest_base_image(there)
    image = here.describe_images(ImageIds=[newest_base_image(here)])["Images"][0]
    assert image["Name"].endswith("20260915")
    assert image["Public"] is True
    parameter = cloud.client("ssm").get_parameter(
        Name="/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id"
    )
    assert parameter["Parameter"]["Value"] == image["ImageId"]


def test_a_new_image_is_pending_first_and_its_snapshot_is_tagged(cloud, launch):
    ec2 = cloud.client("ec2")
    instance = launch(
        BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 20}}]
    )
    wanted = name()
    tags = [{"Key": "a", "Value": "b"}]
    specifications = [
        {"ResourceType": kind, "Tags": tags} for kind in ("image", "snapshot")
    ]
    image_id = ec2.create_image(
        InstanceId=instance["InstanceId"], Name=wanted, TagSpecifications=specifications
    )["ImageId"]
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    assert image["State"] == "pending"
    image = wait_available(ec2, image_id)
    assert image["Tags"] == tags
    assert image["Name"] == wanted
    assert image["RootDeviceType"] == "ebs"
    ebs = image["BlockDeviceMappings"][0]["Ebs"]
    assert ebs["VolumeSize"] == 20
    snapshot = ec2.describe_snapshots(SnapshotIds=[ebs["SnapshotId"]])["Snapshots"][0]
    assert snapshot["Tags"] == tags
    with pytest.raises(ClientError) as caught:
        ec2.create_image(InstanceId=instance["InstanceId"], Name=wanted)
    assert caught.value.response["Error"]["Code"] == "InvalidAMIName.Duplicate"


def test_an_image_fails_when_a_fault_says_so(cloud, launch):
    ec2 = cloud.client("ec2")
    cloud.call(
        "/localcloud/faults", "POST", [{"outcome": "fail-image", "message": "no luck"}]
    )
    image_id = ec2.create_image(InstanceId=launch()["InstanceId"], Name=name())[
        "ImageId"
    ]
    image = wait_available(ec2, image_id)
    assert image["State"] == "failed"
    assert image["StateReason"]["Message"] == "no luck"


def test_images_and_snapshots_come_in_pages(cloud):
    ec2 = cloud.client("ec2")
    first = ec2.describe_images(Owners=["099720109477"], MaxResults=5)
    assert len(first["Images"]) == 5
    second = ec2.describe_images(
        Owners=["099720109477"], MaxResults=5, NextToken=first["NextToken"]
    )
    assert len(second["Images"]) == 1
    assert "NextToken" not in second
    snapshots = ec2.describe_snapshots(MaxResults=5)
    assert len(snapshots["Snapshots"]) == 5


def test_permissions_deprecation_copy_and_deregistration(cloud, image_id):
    ec2, there = cloud.client("ec2"), cloud.client("ec2", "us-west-2")
    ec2.modify_image_attribute(
        ImageId=image_id, LaunchPermission={"Add": [{"Group": "all"}]}
    )
    end = (datetime.now(UTC) + timedelta(days=365)).replace(second=0, microsecond=0)
    ec2.enable_image_deprecation(ImageId=image_id, DeprecateAt=end)
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    assert image["Public"] is True
    assert image["DeprecationTime"] == f"{end:%Y-%m-%dT%H:%M}:00.000Z"
    copied = there.copy_image(
        SourceImageId=image_id,
        SourceRegion="eu-central-1",
        Name=name(),
        TagSpecifications=[
            {"ResourceType": "image", "Tags": [{"Key": "copied", "Value": "yes"}]}
        ],
    )["ImageId"]
    copy = wait_available(there, copied)
    assert (copy["State"], copy["Tags"]) == (
        "available",
        [{"Key": "copied", "Value": "yes"}],
    )
    ebs = image["BlockDeviceMappings"][0]["Ebs"]
    with pytest.raises(ClientError) as caught:
        ec2.delete_snapshot(SnapshotId=ebs["SnapshotId"])
    assert caught.value.response["Error"]["Code"] == "InvalidSnapshot.InUse"
    ec2.deregister_image(ImageId=image_id)
    ec2.delete_snapshot(SnapshotId=ebs["SnapshotId"])
    with pytest.raises(ClientError) as caught:
        ec2.describe_images(ImageIds=[image_id])
    assert caught.value.response["Error"]["Code"] == "InvalidAMIID.NotFound"


@pytest.mark.parametrize(("is_public", "years"), [(False, 10), (True, 2)])
def test_a_deprecation_is_not_too_late_and_not_past(cloud, image_id, is_public, years):
    ec2, now = cloud.client("ec2"), datetime.now(UTC)
    if is_public:
        ec2.modify_image_attribute(
            ImageId=image_id, LaunchPermission={"Add": [{"Group": "all"}]}
        )
    days = 365 * years
    for moment in (now - timedelta(days=1), now + timedelta(days=days + 4)):
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            ec2.enable_image_deprecation(ImageId=image_id, DeprecateAt=moment)
    ec2.enable_image_deprecation(
        ImageId=image_id, DeprecateAt=now + timedelta(days=days - 1)
    )


def test_a_disabled_image_is_hidden_and_nobodys_to_launch(cloud, image_id, launch):
    ec2 = cloud.client("ec2")
    everybody = {"Add": [{"Group": "all"}]}
    ec2.modify_image_attribute(ImageId=image_id, LaunchPermission=everybody)
    ec2.disable_image(ImageId=image_id)

    def found(**how):
        return [i["ImageId"] for i in ec2.describe_images(**how)["Images"]]

    for how in ({"ImageIds": [image_id]}, {"Owners": ["self"]}):
        assert image_id not in found(**how)
        assert image_id in found(**how, IncludeDisabled=True)
    with pytest.raises(ClientError, match="InvalidAMIID.Unavailable"):
        launch(ImageId=image_id)
    with pytest.raises(ClientError, match="IncorrectState"):
        ec2.disable_image(ImageId=image_id)
    ec2.enable_image(ImageId=image_id)
    (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
    # Whom it was shared with is forgotten.
    assert (image["State"], image["Public"]) == ("available", False)
    with pytest.raises(ClientError, match="IncorrectState"):
        ec2.enable_image(ImageId=image_id)
    ec2.disable_image(ImageId=image_id)
    ec2.deregister_image(ImageId=image_id)


@pytest.mark.parametrize("with_cooldown", [False, True])
def test_a_protected_image_is_not_deregistered(cloud, image_id, with_cooldown):
    ec2 = cloud.client("ec2")

    def state():
        (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
        return image["DeregistrationProtection"]

    assert state() == "disabled"
    ec2.enable_image_deregistration_protection(
        ImageId=image_id, WithCooldown=with_cooldown
    )
    assert state() == f"enabled-with{'' if with_cooldown else 'out'}-cooldown"
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        ec2.deregister_image(ImageId=image_id)
    ec2.disable_image_deregistration_protection(ImageId=image_id)
    if with_cooldown:
        assert state().startswith("disabled after 2")
        with pytest.raises(ClientError, match="OperationNotPermitted"):
            ec2.deregister_image(ImageId=image_id)
    else:
        assert state() == "disabled"
        ec2.deregister_image(ImageId=image_id)


@pytest.mark.parametrize("disk_format", ["VMDK", "VHD", "RAW"])
def test_an_export_ends_as_an_object(cloud, image_id, disk_format):
    ec2, s3, known = cloud.client("ec2"), cloud.client("s3"), outputs(cloud)
    wanted = {
        "ImageId": image_id,
        "DiskImageFormat": disk_format,
        "S3ExportLocation": {"S3Bucket": known["VMBucketId"], "S3Prefix": "a b/3.4.0/"},
        "RoleName": known["VMExportRoleId"],
        "ClientToken": uuid.uuid4().hex,
        "TagSpecifications": [
            {"ResourceType": "export-image-task", "Tags": [{"Key": "k", "Value": "v"}]}
        ],
    }
    task = ec2.export_image(**wanted)
    assert task["Status"] == "active"
    task_id = task["ExportImageTaskId"]
    assert ec2.export_image(**wanted)["ExportImageTaskId"] == task_id
    seen = []
    for _ in range(8):
        task = ec2.describe_export_image_tasks(
            ExportImageTaskIds=[task_id], Filters=[{"Name": "tag:k", "Values": ["v"]}]
        )["ExportImageTasks"][0]
        seen.append(task.get("Progress"))
        if task["Status"] != "active":
            break
    assert task["Status"] == "completed"
    assert seen[:-1] == ["40", "85"]
    key = f"a b/3.4.0/{task_id}.{disk_format.lower()}"
    head = s3.head_object(Bucket=known["VMBucketId"], Key=key)
    assert head["ContentLength"] == 11 << 20


def test_an_export_fails_or_is_cancelled(cloud, image_id):
    ec2, known = cloud.client("ec2"), outputs(cloud)
    wanted = {
        "ImageId": image_id,
        "DiskImageFormat": "VMDK",
        "S3ExportLocation": {"S3Bucket": known["VMBucketId"]},
        "RoleName": known["VMExportRoleId"],
    }
    cloud.call(
        "/localcloud/faults",
        "POST",
        [{"outcome": "fail-export", "message": "ClientError: kernel"}],
    )
    failing = ec2.export_image(**wanted)["ExportImageTaskId"]
    for _ in range(4):
        ec2.describe_export_image_tasks(ExportImageTaskIds=[failing])
    cancelled = ec2.export_image(**wanted)["ExportImageTaskId"]
    ec2.cancel_export_task(ExportTaskId=cancelled)
    for _ in range(4):
        tasks = ec2.describe_export_image_tasks(ExportImageTaskIds=[failing, cancelled])
    tasks = {t["ExportImageTaskId"]: t for t in tasks["ExportImageTasks"]}
    assert tasks[failing]["Status"] == "deleted"
    assert tasks[failing]["StatusMessage"] == "ClientError: kernel"
    assert tasks[cancelled]["Status"] == "deleted"
    page = ec2.describe_export_image_tasks(MaxResults=1)
    assert len(page["ExportImageTasks"]) == 1
    assert page["NextToken"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"RoleName": "nobody"}, "InvalidParameter"),
        ({"S3ExportLocation": {"S3Bucket": "no-such-bucket"}}, "InvalidParameter"),
        ({"DiskImageFormat": "ZIP"}, "InvalidParameter"),
        ({"ImageId": "base"}, "NotExportable"),
    ],
)
def test_an_impossible_export_is_refused(cloud, image_id, change, code):
    ec2, known = cloud.client("ec2"), outputs(cloud)
    wanted = {
        "ImageId": image_id,
        "DiskImageFormat": "VMDK",
        "S3ExportLocation": {"S3Bucket": known["VMBucketId"]},
        "RoleName": known["VMExportRoleId"],
    } | change
    if wanted["ImageId"] == "base":
        wanted["ImageId"] = newest_base_image(ec2)
    with pytest.raises(ClientError) as caught:
        ec2.export_image(**wanted)
    assert caught.value.response["Error"]["Code"] == code
