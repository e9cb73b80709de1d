"""What EC2 has just made is not seen by everybody at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import TEMPLATES, Cloud, newest_base_image

LOOKS = 2


@pytest.fixture(autouse=True)
def hiding(cloud: Cloud) -> Iterator[None]:
    """Hide as a cloud does that nobody told otherwise."""
    cloud.call("/localcloud/consistency", "DELETE")
    yield
    cloud.call("/localcloud/consistency", "POST", {"looks": 0})


def misses(look: Callable[[], Any]) -> int:
    """How many looks fail before one sees."""
    for count in range(LOOKS + 1):
        try:
            if look():
                return count
        except ClientError as error:
            assert error.response["Error"]["Code"].endswith(".NotFound")
    raise AssertionError("it is never seen")


def test_new_things_are_missed_once_or_twice_by_id_and_in_lists(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    ec2, name = cloud.client("ec2"), f"new-{uuid.uuid4().hex[:8]}"
    ec2.create_key_pair(KeyName=name)
    assert misses(lambda: ec2.describe_key_pairs(KeyNames=[name])["KeyPairs"]) > 0
    machine = launch()["InstanceId"]
    assert (
        misses(lambda: ec2.describe_instances(InstanceIds=[machine])["Reservations"])
        > 0
    )
    image = ec2.create_image(InstanceId=machine, Name=name)["ImageId"]
    by_name = [{"Name": "name", "Values": [name]}]
    assert misses(lambda: ec2.describe_images(Filters=by_name)["Images"]) > 0
    (found,) = ec2.describe_images(ImageIds=[image])["Images"]
    snapshot = found["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert (
        misses(lambda: ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]) > 0
    )
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)
    assert (
        misses(
            lambda: ec2.describe_security_groups(GroupIds=[group["GroupId"]])[
                "SecurityGroups"
            ]
        )
        > 0
    )


def test_what_uses_a_new_thing_finds_it(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    ec2, name = cloud.client("ec2"), f"used-{uuid.uuid4().hex[:8]}"
    ec2.create_key_pair(KeyName=name)
    machine = launch(KeyName=name)["InstanceId"]
    image = ec2.create_image(InstanceId=machine, Name=name)["ImageId"]
    ec2.deregister_image(ImageId=image)


def test_the_same_seed_hides_the_same(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")

    def counts(seed: int) -> list[int]:
        cloud.call("/localcloud/consistency", "POST", {"seed": seed, "looks": LOOKS})
        found = []
        for _ in range(12):
            name = f"seeded-{uuid.uuid4().hex[:8]}"
            ec2.create_key_pair(KeyName=name)
            found.append(
                misses(lambda n=name: ec2.describe_key_pairs(KeyNames=[n])["KeyPairs"])
            )
        return found

    first = counts(1)
    assert set(first) == {1, 2}
    assert counts(1) == first
    assert counts(2) != first


def test_a_parameter_that_names_a_key_pair_is_looked_up_at_once(cloud: Cloud) -> None:
    ec2, name = cloud.client("ec2"), f"pair-{uuid.uuid4().hex[:8]}"
    body = (TEMPLATES / "ec2.yaml").read_text()
    body = body.replace(
        "KeyName: {Type: String}", "KeyName: {Type: 'AWS::EC2::KeyPair::KeyName'}"
    )
    assert "KeyPair::KeyName" in body
    values = {"ImageId": newest_base_image(ec2), "KeyName": name}
    wanted = {
        "StackName": name,
        "ChangeSetName": "c",
        "ChangeSetType": "CREATE",
        "TemplateBody": body,
        "Parameters": [
            {"ParameterKey": k, "ParameterValue": v} for k, v in values.items()
        ],
    }
    client = cloud.client("cloudformation")
    ec2.create_key_pair(KeyName=name)
    with pytest.raises(ClientError, match="does not exist"):
        client.create_change_set(**wanted)
    cloud.call("/localcloud/consistency", "POST", {})
    client.create_change_set(**wanted)


def test_a_name_may_be_taken_for_a_while_after_its_image_is_gone(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    cloud.call("/localcloud/consistency", "POST", {"looks": 0, "names": 2})
    ec2, name = cloud.client("ec2"), f"taken-{uuid.uuid4().hex[:8]}"
    wanted = {"InstanceId": launch()["InstanceId"], "Name": name}
    ec2.deregister_image(ImageId=ec2.create_image(**wanted)["ImageId"])
    for _ in range(2):
        with pytest.raises(ClientError, match="InvalidAMIName.Duplicate"):
            ec2.create_image(**wanted)
    ec2.create_image(**wanted)
