"""Tags of EC2's things: what a thing shows is what a search among all tags finds for its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .conftest import Cloud


def shown(ec2: Any, instance_id: str) -> dict[str, str]:
    """Return the tags that an instance shows."""
    reservations = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    return as_map(reservations[0]["Instances"][0].get("Tags", []))


def found(ec2: Any, instance_id: str) -> dict[str, str]:
    """Return the tags that are found for an instance among those of everything."""
    ours = [{"Name": "resource-id", "Values": [instance_id]}]
    tags = ec2.describe_tags(Filters=ours)["Tags"]
    assert {tag["ResourceType"] for tag in tags} <= {"instance"}
    return as_map(tags)


def as_map(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def test_a_thing_shows_the_tags_that_a_search_finds(
    cloud: Cloud, launch: Callable[..., dict]
) -> None:
    ec2 = cloud.client("ec2")
    wanted = [{"Name": "first", "who": "x*[?"}, {"Name": "second"}]
    ids = [
        launch(
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
                }
            ]
        )["InstanceId"]
        for tags in wanted
    ]
    for instance_id, tags in zip(ids, wanted, strict=True):
        assert shown(ec2, instance_id) == found(ec2, instance_id) == tags
    ec2.delete_tags(Resources=ids[:1], Tags=[{"Key": "who"}, {"Key": "Name"}])
    assert shown(ec2, ids[0]) == found(ec2, ids[0]) == {}
    assert shown(ec2, ids[1]) == wanted[1]
    untagged = launch()["InstanceId"]
    assert shown(ec2, untagged) == found(ec2, untagged) == {}
