"""What EC2 does not start: a zone without the type, without capacity, and the limit of vCPUs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Cloud

REGION = "eu-central-1"
STANDARD_VCPUS = "L-1216C47A"


@pytest.fixture(autouse=True)
def _restored(cloud: Cloud) -> Iterator[None]:
    yield
    for name in ("capacity", "quotas", "tag-policy"):
        cloud.call(f"/localcloud/{name}", "DELETE")


def refused(launch: Callable[..., dict], **options: Any) -> tuple[str, str]:
    """Return the code and message with which a launch is refused."""
    with pytest.raises(ClientError) as error:
        launch(**options)
    answer = error.value.response["Error"]
    return answer["Code"], answer["Message"]


def in_zone(letter: str) -> dict[str, Any]:
    """Ask for one zone."""
    return {"Placement": {"AvailabilityZone": f"{REGION}{letter}"}}


def test_a_zone_without_capacity_names_those_that_have_some(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    rules = {f"{REGION}a": {"t3.medium": "InsufficientInstanceCapacity"}}
    cloud.call("/localcloud/capacity", "POST", rules)
    for options in ({}, in_zone("a")):
        code, message = refused(launch, **options)
        assert code == "InsufficientInstanceCapacity"
        assert f"({REGION}a)" in message
        assert f"{REGION}b, {REGION}c" in message
    launch(**in_zone("b"))
    launch(**in_zone("a"), InstanceType="t3.small")


def test_a_type_that_a_zone_lacks_is_unsupported_there(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    cloud.call("/localcloud/capacity", "POST", {"*b": {"t3.*": "Unsupported"}})
    code, message = refused(launch, **in_zone("b"))
    assert code == "Unsupported"
    assert "is not supported in your requested Availability Zone" in message
    launch(**in_zone("c"))


def test_an_unknown_code_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(Exception, match="400"):
        cloud.call("/localcloud/capacity", "POST", {"*": {"*": "OutOfStock"}})


def test_running_vcpus_count_against_the_accounts_limit(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    ec2 = cloud.client("ec2")
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    for reservation in ec2.describe_instances(Filters=running)["Reservations"]:
        ids = [i["InstanceId"] for i in reservation["Instances"]]
        ec2.terminate_instances(InstanceIds=ids)
    cloud.call("/localcloud/quotas", "POST", {STANDARD_VCPUS: 5})
    first = launch()["InstanceId"]
    second = launch()["InstanceId"]
    code, message = refused(launch)
    assert code == "VcpuLimitExceeded"
    assert "current vCPU limit of 5" in message
    # A machine that is stopped or ended does not count, nor does one of another family.
    launch(InstanceType="g4dn.xlarge")
    ec2.stop_instances(InstanceIds=[first])
    third = launch()["InstanceId"]
    ec2.terminate_instances(InstanceIds=[first, second, third])


def test_a_tag_policy_refuses_what_lacks_a_tag(cloud: Cloud) -> None:
    cloud.call("/localcloud/tag-policy", "POST", {"requiredTags": ["Team"]})
    ec2, s3 = cloud.client("ec2"), cloud.client("s3")
    key = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl x"
    tags = [{"ResourceType": "key-pair", "Tags": [{"Key": "Team", "Value": "x"}]}]
    with pytest.raises(ClientError, match="service control policy"):
        ec2.import_key_pair(KeyName="untagged", PublicKeyMaterial=key)
    ec2.import_key_pair(KeyName="tagged", PublicKeyMaterial=key, TagSpecifications=tags)
    where = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket="tag-policy", CreateBucketConfiguration=where)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket="tag-policy", Key="x", Body=b"", Tagging="Crew=x")
    s3.put_object(Bucket="tag-policy", Key="x", Body=b"", Tagging="Team=x")
    cloud.call("/localcloud/tag-policy", "DELETE")
    s3.put_object(Bucket="tag-policy", Key="x", Body=b"")
