"""`tags` of the manifest: on everything that a release creates, from the creating call on."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from .cloud import REGION, Cloud
from .program import assert_error
from .project import MANIFEST, Project

COPY_REGION = "us-east-1"
OWN = {"CostCenter": "4711 a/b", "Größe": "", "a.b_c-d:e/f=g+h@i": "x=y + z"}


@pytest.fixture
def tagged(project: Project) -> Project:
    """A project whose manifest has tags, in an account that requires two of them."""
    project.set("tags", value=OWN)
    project.set("ami", "copyToRegions", value=[COPY_REGION])
    require(project.cloud, "CostCenter", "exa_dss_id")
    return project


def require(cloud: Cloud, *keys: str) -> None:
    """Let creating calls without these tags be refused."""
    cloud.call("/localcloud/tag-policy", "POST", {"requiredTags": list(keys)})


def own(thing: dict[str, Any]) -> dict[str, str]:
    """Return a thing's tags without the program's and CloudFormation's."""
    tags = {
        tag["Key"]: tag["Value"] for tag in thing.get("Tags", thing.get("TagSet", []))
    }
    assert tags.keys() >= {"exa_dss_id", "exa_dss_run"}
    others = ("exa_dss_", "aws:")
    return {k: v for k, v in tags.items() if not k.startswith(others) and k != "Name"}


def test_every_creating_call_carries_them(tagged: Project, cloud: Cloud) -> None:
    tagged.set_runner(seconds=600)
    running = tagged.start(MANIFEST)
    tagged.wait_for_playbook(running)
    view = tagged.view
    machines = [
        view.stacks(),
        view.instances(),
        view.security_groups(),
        view.key_pairs(),
    ]
    volumes = cloud.every("ec2", "describe_volumes", Filters=view._filter)
    for things in (*machines, volumes):
        (thing,) = things
        assert own(thing) == OWN
    running.send(signal.SIGINT)
    running.outcome()
    tagged.set_runner()
    tagged.run()
    ec2 = cloud.client("ec2", COPY_REGION)
    mine = {"Filters": view._filter}
    found = [
        *view.images(),
        *view.snapshots(),
        *view.export_tasks(),
        *ec2.describe_images(Owners=["self"], **mine)["Images"],
        *ec2.describe_snapshots(OwnerIds=["self"], **mine)["Snapshots"],
    ]
    assert len(found) == 2 + 2 + 2
    keys = view.objects()
    # Two images, inventory and SBOM.
    assert len(keys) == 4
    s3 = cloud.client("s3")
    found += [s3.get_object_tagging(Bucket=cloud.bucket, Key=key) for key in keys]
    for thing in found:
        assert own(thing) == OWN


def test_without_them_the_policy_refuses(project: Project, cloud: Cloud) -> None:
    require(cloud, "CostCenter")
    outcome = project.run(check=1)
    assert "service control policy" in outcome.stderr + outcome.stdout
    project.view.assert_nothing_runs()


def test_other_tags_make_nothing_stale(own_release: Project) -> None:
    own_release.set("tags", value=OWN)
    assert own_release.stale() == {}
    own_release.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    assert own_release.run().started() == {"export-raw", "release-notes", "retire"}
    s3 = own_release.cloud.client("s3")
    for key in own_release.view.exported():
        tags = own(s3.get_object_tagging(Bucket=own_release.cloud.bucket, Key=key))
        assert tags == (OWN if key.endswith(".raw") else {})


@pytest.mark.parametrize(
    ("tags", "place"),
    [
        ({"aws:x": "y"}, "/tags/aws:x"),
        ({"AWS:x": "y"}, "/tags/AWS:x"),
        ({"exa_dss_id": "y"}, "/tags/exa_dss_id"),
        ({"exa_dss_other": "y"}, "/tags/exa_dss_other"),
        ({"": "y"}, "/tags/"),
        ({"k" * 129: "y"}, "/tags/" + "k" * 129),
        ({"k": "v" * 257}, "/tags/k"),
        ({"a&b": "y"}, "/tags/a&b"),
        ({"k": "a,b"}, "/tags/k"),
        ({"k": 1}, "/tags/k"),
        ({f"k{i}": "" for i in range(8)}, "#/tags"),
        ([], "/tags"),
    ],
)
def test_what_a_service_would_refuse_is_an_error_of_the_manifest(
    bad: Project, tags: Any, place: str
) -> None:
    bad.set("tags", value=tags)
    assert_error(bad.dssbatch(MANIFEST), 2, place)


def test_a_variant_of_a_matrix_has_tags_of_its_own(
    project: Project, cloud: Cloud
) -> None:
    ids = [f"{project.asset_id}-{letter}" for letter in "ab"]
    project.edit_manifest(lambda manifest: manifest.pop("export"))
    variants = [{"assetId": id, "set": {"/tags/Team": id}} for id in ids]
    matrix = {"kind": "matrix", "base": "release.json", "variants": variants}
    path = project.root / "manifests/many.json"
    path.write_text(json.dumps(matrix))
    project.dssbatch("manifests/many.json", check=0)
    for id in ids:
        mine = [{"Name": "tag:exa_dss_id", "Values": [id]}]
        (image,) = cloud.client("ec2", REGION).describe_images(Filters=mine)["Images"]
        assert own(image) == {"Team": id}
