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
    tasks = cloud.every("ec2", "describe_export_image_tasks")
    ended = {t["ExportImageTaskId"] for t in tasks if t["Status"] != "active"}
    return {
        (kind, id_) for kind, id_ in found if kind != "export-task" or id_ not in ended
    }


def _in_region(cloud: Cloud, asset_id: str, region: str) -> Found:
    things = _listed(cloud, region)
    return {name for name, tags in things.items() if _has_tag(tags, asset_id)}


def _listed(cloud: Cloud, region: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the tags of everything in a region, terminated instances left out."""

    def every(operation: str, **parameters: Any) -> list[dict[str, Any]]:
        return cloud.every("ec2", operation, region, **parameters)

    instances = [
        instance
        for reservation in every("describe_instances")
        for instance in reservation["Instances"]
        if instance["State"]["Name"] != "terminated"
    ]
    # Key pairs have no pages.
    pairs = cloud.client("ec2", region).describe_key_pairs()["KeyPairs"]
    lists = {
        ("ami", "ImageId"): every("describe_images", Owners=["self"]),
        ("snapshot", "SnapshotId"): every("describe_snapshots", OwnerIds=["self"]),
        ("export-task", "ExportImageTaskId"): every("describe_export_image_tasks"),
        ("stack", "StackId"): cloud.every("cloudformation", "describe_stacks", region),
        ("key-pair", "KeyPairId"): pairs,
        ("instance", "InstanceId"): instances,
        ("volume", "VolumeId"): every("describe_volumes"),
        ("security-group", "GroupId"): every("describe_security_groups"),
    }
    return {
        (kind, thing[name]): thing.get("Tags", [])
        for (kind, name), things in lists.items()
        for thing in things
    }


def _objects(cloud: Cloud, asset_id: str) -> Found:
    s3 = cloud.client("s3")
    tasks = cloud.every("ec2", "describe_export_image_tasks")
    mine = {
        t["ExportImageTaskId"] for t in tasks if _has_tag(t.get("Tags", []), asset_id)
    }
    found: Found = set()
    for item in cloud.every("s3", "list_objects_v2", Bucket=cloud.bucket):
        key = item["Key"]
        tags = s3.get_object_tagging(Bucket=cloud.bucket, Key=key)["TagSet"]
        name = key.rpartition("/")[2].partition(".")[0]
        if _has_tag(tags, asset_id) or name in mine:
            found.add(("object", f"s3://{cloud.bucket}/{key}"))
    return found


def _uploads(cloud: Cloud, asset_id: str) -> Found:
    return {
        ("upload", upload["UploadId"])
        for upload in cloud.every("s3", "list_multipart_uploads", Bucket=cloud.bucket)
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
    return things & _listed(cloud, region).keys()
