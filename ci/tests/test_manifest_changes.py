"""Changes of the manifest: which stages they make stale, and which not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from .cloud import Cloud
from .project import EXPORTS, MACHINE, MACHINE_CALLS, Project, reason_texts

# The manifest


def test_another_order_of_keys_is_no_change(released: Project) -> None:
    def reversed_keys(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: reversed_keys(value[name]) for name in reversed(value)}
        return value

    manifest = json.loads(released.manifest_path.read_text())
    text = json.dumps(reversed_keys(manifest), separators=(" ,\n\t", "\r\n:  "))
    released.manifest_path.write_text(f"\n  {text}\n\n")
    assert released.stale() == {}


def test_a_default_written_out_is_no_change(released: Project) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["export"]["checksum"] = "sha256"
        del manifest["instance"]["ingressCidr"]
        del manifest["ami"]["base"]["architecture"]
        del manifest["$schema"]

    released.edit_manifest(change)
    assert released.stale() == {}


def test_a_changed_version_is_explained(released: Project) -> None:
    released.set("versions", "poetry", value="9.9.9")
    reasons = reason_texts(released.stale())
    assert 'setting /versions/poetry changed: "1.8.5" -> "9.9.9"' in reasons
    assert released.states()["install"] == "run"


def test_another_name_prefix_starts_from_the_machine(released: Project) -> None:
    released.set("ami", "namePrefix", value="Other")
    states = released.states()
    assert states["ami"] == "run"
    assert states["source-ami"] == "fresh"


def test_prefix_there_and_back_exports_once(released: Project, cloud: Cloud) -> None:
    released.set("export", "prefix", value="elsewhere")
    reasons = released.stale()["export-vhd"]
    assert reasons == [
        'setting /export/prefix changed: "data_science_sandbox" -> "elsewhere"'
    ]
    outcome = released.run("--skip", "retire")
    assert outcome.started() == {*EXPORTS, "release-notes"}
    assert len(released.view.exported("elsewhere")) == 2
    released.set("export", "prefix", value="data_science_sandbox")
    mark = cloud.mark()
    assert EXPORTS & set(released.stale()) == set()
    released.run("--skip", "retire")
    assert cloud.operations(mark, "creating") == []
    document = (released.results / "release.json").read_text()
    assert "elsewhere" not in document
    assert set(released.stale()) == {"retire"}


def test_set_counts_like_the_manifest(released: Project) -> None:
    assert set(released.stale("--set", "/export/prefix=elsewhere")) == {
        *EXPORTS,
        "release-notes",
        "retire",
    }
    assert released.stale("--set", "/export/prefix=data_science_sandbox") == {}


def test_publishing_needs_no_machine(released: Project, cloud: Cloud) -> None:
    released.set("ami", "public", value=True)
    assert "ami-public" in released.stale()
    assert set(released.stale()) & {*MACHINE, *EXPORTS} == set()
    mark = cloud.mark()
    released.run()
    assert MACHINE_CALLS & set(cloud.operations(mark)) == set()
    (image,) = released.view.images()
    assert image["Public"]
    released.set("ami", "public", value=False)
    released.run()
    (image,) = released.view.images()
    assert not image["Public"]


def test_copies_to_other_regions(released: Project, cloud: Cloud) -> None:
    released.set("ami", "copyToRegions", value=["us-east-1"])
    outcome = released.run()
    assert "ami-copy-us-east-1" in outcome.started()
    assert set(MACHINE) & outcome.started() == set()
    outputs = released.result("ami-copy-us-east-1")["outputs"]
    assert outputs["region"] == "us-east-1"
    ec2 = cloud.client("ec2", "us-east-1")
    (image,) = ec2.describe_images(ImageIds=[outputs["imageId"]])["Images"]
    tags = {tag["Key"]: tag["Value"] for tag in image["Tags"]}
    assert tags["exa_dss_id"] == released.asset_id
    document = (released.results / "release.json").read_text()
    assert outputs["imageId"] in document


def test_copies_are_waited_for_side_by_side_and_deprecated_like_the_image(
    released: Project, cloud: Cloud
) -> None:
    regions = ["us-east-1", "us-west-2"]
    released.set("ami", "copyToRegions", value=regions)
    released.set("ami", "deprecateAfterDays", value=30)
    cloud.set_speed("ec2::image", progression="time", seconds=2)
    outcome = released.run()
    copies = [f"ami-copy-{region}" for region in regions]
    order = [
        (event["event"], event["stage"])
        for event in outcome.events()
        if event.get("stage") in copies and event["event"].startswith("stage-")
    ]
    first_end = next(i for i, e in enumerate(order) if e[0] == "stage-finished")
    begun = {stage for kind, stage in order[:first_end] if kind == "stage-started"}
    assert begun == set(copies)
    home = released.result("ami")["outputs"]["imageId"]
    images = {"eu-central-1": home} | {
        region: released.result(f"ami-copy-{region}")["outputs"]["imageId"]
        for region in regions
    }
    for region, image_id in images.items():
        ec2 = cloud.client("ec2", region)
        (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
        assert image["State"] == "available"
        tags = {tag["Key"]: tag["Value"] for tag in image["Tags"]}
        assert tags["exa_dss_id"] == released.asset_id
        assert "exa_dss_run" in tags
        ends = datetime.fromisoformat(image["DeprecationTime"])
        days = (ends - datetime.now(UTC)).total_seconds() / 86400
        assert abs(days - 30) < 0.1, region
