"""What EC2 does not export, and how much at once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import OTHERS, Cloud, make_export_role, policy

REGION = "eu-central-1"


@pytest.fixture
def place(cloud: Cloud) -> Iterator[dict[str, Any]]:
    """Where exports may go: a bucket and a role."""
    s3, name = cloud.client("s3"), f"exports-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    make_export_role(cloud, name, name)
    yield {"S3ExportLocation": {"S3Bucket": name}, "RoleName": name}
    ec2 = cloud.client("ec2")
    for task in ec2.describe_export_image_tasks()["ExportImageTasks"]:
        ec2.cancel_export_task(ExportTaskId=task["ExportImageTaskId"])


@pytest.fixture
def make_image(cloud: Cloud, launch: Callable[..., dict]) -> Callable[..., str]:
    """Make images of a machine of its own each."""

    def make(size_gib: int = 10, base: str | None = None) -> str:
        ec2 = cloud.client("ec2")
        volume = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": size_gib}}
        machine = launch(
            BlockDeviceMappings=[volume], **({"ImageId": base} if base else {})
        )
        image = ec2.create_image(
            InstanceId=machine["InstanceId"], Name=f"i-{uuid.uuid4().hex}"
        )["ImageId"]
        ec2.get_waiter("image_available").wait(
            ImageIds=[image], WaiterConfig={"Delay": 0.05}
        )
        return image

    return make


def export(cloud: Cloud, place: dict, image: str, **how: Any) -> str:
    wanted = {"DiskImageFormat": "VMDK"} | place | how
    return cloud.client("ec2").export_image(ImageId=image, **wanted)[
        "ExportImageTaskId"
    ]


def refusal(cloud: Cloud, place: dict, image: str, **how: Any) -> ClientError:
    with pytest.raises(ClientError) as caught:
        export(cloud, place, image, **how)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return caught.value


def code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def test_an_image_has_one_export_at_a_time(cloud, place, make_image):
    cloud.call("/localcloud/exports", "POST", {"hold": True})
    image = make_image()
    first = export(cloud, place, image)
    error = refusal(cloud, place, image, DiskImageFormat="VHD")
    assert code(error) == "ResourceCountExceeded"
    assert "maximum limit (1) of active export image tasks" in str(error)
    ec2 = cloud.client("ec2")
    for _ in range(5):
        (task,) = ec2.describe_export_image_tasks(ExportImageTaskIds=[first])[
            "ExportImageTasks"
        ]
        assert task["Status"] == "active"
    cloud.call("/localcloud/exports", "POST", {"hold": False, "release": [first]})
    for _ in range(5):
        ec2.describe_export_image_tasks(ExportImageTaskIds=[first])
    assert export(cloud, place, image, DiskImageFormat="VHD") != first


def test_a_region_has_five_exports_at_a_time_until_it_is_raised(
    cloud, place, make_image
):
    cloud.call("/localcloud/exports", "POST", {"hold": True})
    images = [make_image() for _ in range(7)]
    tasks = [export(cloud, place, image) for image in images[:5]]
    error = refusal(cloud, place, images[5])
    assert code(error) == "ResourceCountExceeded"
    assert "maximum limit (5)" in str(error)
    cloud.call("/localcloud/exports", "POST", {"limit": 6})
    export(cloud, place, images[5])
    assert code(refusal(cloud, place, images[6])) == "ResourceCountExceeded"
    cloud.client("ec2").cancel_export_task(ExportTaskId=tasks[0])
    export(cloud, place, images[6])


def test_the_same_token_is_the_same_task_and_no_other_request(cloud, place, make_image):
    cloud.call("/localcloud/exports", "POST", {"hold": True})
    image, token = make_image(), uuid.uuid4().hex
    first = export(cloud, place, image, ClientToken=token)
    assert export(cloud, place, image, ClientToken=token) == first
    error = refusal(cloud, place, image, ClientToken=token, DiskImageFormat="VHD")
    assert code(error) == "IdempotentParameterMismatch"


def test_a_volume_above_a_tebibyte_is_not_exported(cloud, place, make_image):
    assert code(refusal(cloud, place, make_image(1025))) == "NotExportable"
    export(cloud, place, make_image(1024))


def test_an_image_whose_base_is_gone_is_not_exported(cloud, place, make_image):
    base = make_image()
    image = make_image(base=base)
    cloud.client("ec2").deregister_image(ImageId=base)
    assert code(refusal(cloud, place, image)) == "NotExportable"


@pytest.mark.parametrize(
    ("algorithm", "is_taken"), [("AES256", True), ("aws:kms", False)]
)
def test_a_bucket_with_a_key_of_kms_takes_no_export(
    cloud, place, make_image, algorithm, is_taken
):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    cloud.client("s3").put_bucket_encryption(
        Bucket=place["RoleName"],
        ServerSideEncryptionConfiguration={"Rules": [rule]},
    )
    image = make_image()
    if is_taken:
        export(cloud, place, image)
    else:
        assert code(refusal(cloud, place, image)) == "InvalidParameter"


def test_a_bucket_of_another_region_takes_no_export(cloud, place, make_image):
    name = f"elsewhere-{uuid.uuid4().hex[:8]}"
    cloud.client("s3", "us-west-2").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    error = refusal(cloud, place, make_image(), S3ExportLocation={"S3Bucket": name})
    assert code(error) == "InvalidParameter"


def test_a_wrong_switch_is_refused(cloud):
    for wrong in ({"limit": 21}, {"limit": 0}, {"unknown": 1}):
        with pytest.raises(OSError):
            cloud.call("/localcloud/exports", "POST", wrong)


def test_a_copy_asked_for_again_is_the_same_copy_and_no_other(cloud, make_image):
    ec2, token = cloud.client("ec2"), uuid.uuid4().hex
    wanted = {
        "Name": f"copy-{token}",
        "SourceImageId": make_image(),
        "SourceRegion": REGION,
        "ClientToken": token,
    }
    first = ec2.copy_image(**wanted)["ImageId"]
    assert ec2.copy_image(**wanted)["ImageId"] == first
    with pytest.raises(ClientError) as caught:
        ec2.copy_image(**wanted | {"Name": f"other-{token}"})
    assert code(caught.value) == "IdempotentParameterMismatch"


def test_a_launch_asked_for_again_is_the_same_and_no_other(cloud, launch):
    token = uuid.uuid4().hex
    first = launch(ClientToken=token)["InstanceId"]
    assert launch(ClientToken=token)["InstanceId"] == first
    with pytest.raises(ClientError) as caught:
        launch(ClientToken=token, InstanceType="t3.large")
    assert code(caught.value) == "IdempotentParameterMismatch"


def test_a_role_that_does_not_trust_vm_export_or_may_not_write_is_refused(
    cloud, place, make_image
):
    image, iam, name = make_image(), cloud.client("iam"), place["RoleName"]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy(OTHERS))
    error = refusal(cloud, place, image)
    assert code(error) == "InvalidParameter"
    assert "does not have sufficient permissions" in str(error)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    iam.delete_role_policy(RoleName=name, PolicyName="export")
    assert code(refusal(cloud, place, image)) == "InvalidParameter"
