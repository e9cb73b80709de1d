"""What an account may do: quotas, public images, policies, images that cannot be exported."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Cloud, make_export_role


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    """Return an error's code."""
    return error.value.response["Error"]["Code"]


def test_quotas_are_known_and_can_be_changed(cloud: Cloud) -> None:
    quotas = cloud.client("service-quotas")

    def limit(code: str) -> float:
        return quotas.get_service_quota(ServiceCode="ec2", QuotaCode=code)["Quota"][
            "Value"
        ]

    before = limit("L-1216C47A")
    cloud.call("/localcloud/quotas", "POST", {"L-1216C47A": 1})
    assert limit("L-1216C47A") == 1
    cloud.call("/localcloud/quotas", "DELETE")
    assert limit("L-1216C47A") == before
    with pytest.raises(ClientError) as error:
        limit("L-00000000")
    assert code_of(error) == "NoSuchResourceException"
    with pytest.raises(ClientError) as error:
        limit("L-B665C33B")
    assert code_of(error) == "NoSuchResourceException"
    usual = quotas.get_aws_default_service_quota(
        ServiceCode="ec2", QuotaCode="L-B665C33B"
    )
    assert usual["Quota"]["Value"] == 50000


@pytest.fixture
def image(cloud: Cloud, launch: Any) -> str:
    """An image of the account's own."""
    instance = launch()
    ec2 = cloud.client("ec2")
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance["InstanceId"]])
    name = f"image-of-{instance['InstanceId']}"
    image_id = ec2.create_image(InstanceId=instance["InstanceId"], Name=name)["ImageId"]
    ec2.get_waiter("image_available").wait(
        ImageIds=[image_id], WaiterConfig={"Delay": 0.1}
    )
    return image_id


def test_blocked_public_access_keeps_images_private(cloud: Cloud, image: str) -> None:
    ec2 = cloud.client("ec2")
    public = {"Add": [{"Group": "all"}]}
    answer = ec2.enable_image_block_public_access(
        ImageBlockPublicAccessState="block-new-sharing"
    )
    assert answer["ImageBlockPublicAccessState"] == "block-new-sharing"
    with pytest.raises(ClientError) as error:
        ec2.modify_image_attribute(ImageId=image, LaunchPermission=public)
    assert code_of(error) == "OperationNotPermitted"
    other = cloud.client("ec2", "us-east-1").get_image_block_public_access_state()
    assert other["ImageBlockPublicAccessState"] == "unblocked"
    ec2.disable_image_block_public_access()
    ec2.modify_image_attribute(ImageId=image, LaunchPermission=public)
    (found,) = ec2.describe_images(ImageIds=[image])["Images"]
    assert found["Public"] is True


def test_images_with_a_product_code_or_encryption_are_not_exportable(
    cloud: Cloud, image: str
) -> None:
    ec2 = cloud.client("ec2")
    copy = ec2.copy_image(
        Name=f"encrypted-{image}",
        SourceImageId=image,
        SourceRegion="eu-central-1",
        Encrypted=True,
    )["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[copy], WaiterConfig={"Delay": 0.1})
    ec2.modify_image_attribute(ImageId=image, ProductCodes=["1a2b3c"])
    found = {
        i["ImageId"]: i for i in ec2.describe_images(ImageIds=[image, copy])["Images"]
    }
    assert found[image]["ProductCodes"] == [
        {"ProductCodeId": "1a2b3c", "ProductCodeType": "marketplace"}
    ]
    assert found[copy]["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    attribute = ec2.describe_image_attribute(ImageId=image, Attribute="productCodes")
    assert attribute["ProductCodes"] == found[image]["ProductCodes"]
    s3 = cloud.client("s3")
    bucket = f"b-{image}"
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    make_export_role(cloud, bucket, bucket)
    for image_id in (image, copy):
        with pytest.raises(ClientError) as error:
            ec2.export_image(
                ImageId=image_id,
                DiskImageFormat="VMDK",
                RoleName=bucket,
                S3ExportLocation={"S3Bucket": bucket},
            )
        assert code_of(error) == "NotExportable"


def test_policies_are_simulated(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    role = iam.create_role(RoleName="simulated", AssumeRolePolicyDocument="{}")["Role"]
    statements = [
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"},
        {
            "Effect": "Deny",
            "Action": ["s3:GetObject"],
            "Resource": "arn:aws:s3:::b/s*t",
        },
    ]
    iam.put_role_policy(
        RoleName="simulated",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    decisions = {}
    for resource in ("arn:aws:s3:::b/a", "arn:aws:s3:::b/secret", "arn:aws:s3:::c/a"):
        results = iam.simulate_principal_policy(
            PolicySourceArn=role["Arn"],
            ActionNames=["s3:GetObject", "s3:PutObject"],
            ResourceArns=[resource],
        )["EvaluationResults"]
        decisions[resource[13:]] = [r["EvalDecision"] for r in results]
    assert decisions == {
        "b/a": ["allowed", "implicitDeny"],
        "b/secret": ["explicitDeny", "implicitDeny"],
        "c/a": ["implicitDeny", "implicitDeny"],
    }
    with pytest.raises(ClientError) as error:
        iam.simulate_principal_policy(
            PolicySourceArn=role["Arn"].replace("simulated", "nobody"),
            ActionNames=["s3:GetObject"],
        )
    assert code_of(error) == "NoSuchEntity"
