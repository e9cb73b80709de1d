"""An independent search for what carries an asset's tag, with boto3."""

from __future__ import annotations

from typing import Any

from .cloud import REGION, Cloud

TAG = "exa_dss_id"
Found = set[tuple[str, str]]


def find_tagged(cloud: Cloud, asset_id: str, *regions: str) -> Found:
    """Return type and id of everything with the tag, ended tasks included."""
    found: Found = set()
    for region in regions or (REGION,):
        found |= _in_region(cloud, asset_id, region)
    return found | _objects(cloud, asset_id) | _uploads(cloud, asset_id)


def without_ended(cloud: Cloud, found: Found) -> Found:
    """Leave out export tasks, once none is active: nobody can remove them."""
    tasks = cloud.client("ec2").describe_export_image_tasks()["ExportImageTasks"]
    ended = {t["ExportImageTaskId"] for t in tasks if t["Status"] != "active"}
    return {
        (kind, id_) for kind, id_ in found if kind != "export-task" or id_ not in ended
    }


def _in_region(cloud: Cloud, asset_id: str, region: str) -> Found:
    ec2 = cloud.client("ec2", region)
    stacks = cloud.client("cloudformation", region).describe_stacks()["Stacks"]
    instances = [
        instance
        for reservation in ec2.describe_instances()["Reservations"]
        for instance in reservation["Instances"]
        if instance["State"]["Name"] != "terminated"
    ]
    lists = {
        ("ami", "ImageId"): ec2.describe_images(Owners=["self"])["Images"],
        ("snapshot", "SnapshotId"): ec2.describe_snapshots(OwnerIds=["self"])[
            "Snapshots"
        ],
        ("export-task", "ExportImageTaskId"): ec2.describe_export_image_tasks()[
            "ExportImageTasks"
        ],
        ("stack", "StackId"): stacks,
        ("key-pair", "KeyPairId"): ec2.describe_key_pairs()["KeyPairs"],
        ("instance", "InstanceId"): instances,
        ("volume", "VolumeId"): ec2.describe_volumes()["Volumes"],
        ("security-group", "GroupId"): ec2.describe_security_groups()["SecurityGroups"],
    }
    return {
        (kind, thing[name])
        for (kind, name), things in lists.items()
        for thing in things
        if _has_tag(thing.get("Tags", []), asset_id)
    }


def _objects(cloud: Cloud, asset_id: str) -> Found:
    s3 = cloud.client("s3")
    tasks = cloud.client("ec2").describe_export_image_tasks()["ExportImageTasks"]
    mine = {
        t["ExportImageTaskId"] for t in tasks if _has_tag(t.get("Tags", []), asset_id)
    }
    found: Found = set()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=cloud.bucket):
        for item in page.get("Contents", []):
            key = item["Key"]
            tags = s3.get_object_tagging(Bucket=cloud.bucket, Key=key)["TagSet"]
            name = key.rpartition("/")[2].partition(".")[0]
            if _has_tag(tags, asset_id) or name in mine:
                found.add(("object", f"s3://{cloud.bucket}/{key}"))
    return found


def _uploads(cloud: Cloud, asset_id: str) -> Found:
    answer = cloud.client("s3").list_multipart_uploads(Bucket=cloud.bucket)
    return {
        ("upload", upload["UploadId"])
        for upload in answer.get("Uploads", [])
        if f"/{asset_id}/exasol-data-science-sandbox-{asset_id}." in upload["Key"]
    }


def _has_tag(tags: list[dict[str, Any]], asset_id: str) -> bool:
    return {"Key": TAG, "Value": asset_id} in tags


def tags(asset_id: str, run_id: str = "another-run") -> list[dict[str, str]]:
    """Return the tags of a thing that a run elsewhere made."""
    return [
        {"Key": TAG, "Value": asset_id},
        {"Key": "exa_dss_run", "Value": run_id},
    ]


def specification(kind: str, asset_id: str | None) -> list[dict[str, Any]]:
    """Return the `TagSpecifications` of a creating call; none for what has no tag."""
    if asset_id is None:
        return []
    return [{"ResourceType": kind, "Tags": tags(asset_id)}]


def make_things(cloud: Cloud, asset_id: str | None, region: str, name: str) -> Found:
    """Make a volume, a snapshot, an AMI, a key pair and a group there, tagged or not."""
    ec2 = cloud.client("ec2", region)
    volume = ec2.create_volume(
        Size=3,
        AvailabilityZone=f"{region}a",
        VolumeType="gp3",
        TagSpecifications=specification("volume", asset_id),
    )["VolumeId"]
    source = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.register_image(
        Name=name,
        RootDeviceName="/dev/sda1",
        BlockDeviceMappings=[
            {"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": source}}
        ],
    )["ImageId"]
    # The emulation gives a registered image a snapshot of its own.
    (described,) = ec2.describe_images(ImageIds=[image])["Images"]
    snapshot = described["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    if asset_id is not None:
        ec2.create_tags(Resources=[image, snapshot], Tags=tags(asset_id))
    pair = ec2.create_key_pair(
        KeyName=name, TagSpecifications=specification("key-pair", asset_id)
    )["KeyPairId"]
    group = ec2.create_security_group(
        GroupName=name.replace(" ", "-"),
        Description="made by a test",
        TagSpecifications=specification("security-group", asset_id),
    )["GroupId"]
    return {
        ("volume", volume),
        ("snapshot", snapshot),
        ("ami", image),
        ("key-pair", pair),
        ("security-group", group),
    }


def existing(cloud: Cloud, things: Found, region: str) -> Found:
    """Return which of some things made by `make_things` are there."""
    ec2 = cloud.client("ec2", region)
    there = {i["ImageId"] for i in ec2.describe_images(Owners=["self"])["Images"]}
    there |= {v["VolumeId"] for v in ec2.describe_volumes()["Volumes"]}
    there |= {
        s["SnapshotId"] for s in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    }
    there |= {k["KeyPairId"] for k in ec2.describe_key_pairs()["KeyPairs"]}
    there |= {g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"]}
    return {thing for thing in things if thing[1] in there}
