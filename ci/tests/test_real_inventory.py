"""What is on the machine and in the container, judged by CycloneDX's own library."""

from __future__ import annotations

import hashlib
import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from .real_release import RealRelease

pytestmark = pytest.mark.slow

STAGES = ["ami", "docker-image"]
UPLOADS = {"ami": "export-inventory", "docker-image": "docker-inventory"}


@pytest.mark.parametrize("stage", STAGES)
def test_the_inventory_names_what_the_manifest_asks_for(
    real: RealRelease, stage: str
) -> None:
    inventory = real.document(f"{stage}.inventory.json")
    assert inventory["schema"] == "dssbatch.inventory/1"
    packages = {
        package["name"].lower(): package["version"]
        for environment in inventory["pip"]
        for package in environment["packages"]
    }
    assert packages["jupyterlab"] == real.versions["jupyterlab"]
    assert packages["poetry"] == real.versions["poetry"]
    names = {package["name"] for package in inventory["apt"]}
    assert {"git", "libc6", "python3"} <= names
    assert ("docker.io" in names) == (stage == "ami")
    (clone,) = inventory["repositories"]
    assert clone["path"].endswith("/script-languages-release")
    assert len(clone["commit"]) == 40
    assert real.outputs(stage)["documents"]["packages"] == len(inventory["apt"]) + sum(
        len(environment["packages"]) for environment in inventory["pip"]
    )


@pytest.mark.parametrize("stage", STAGES)
def test_the_bill_of_materials_is_valid(real: RealRelease, stage: str) -> None:
    text = (real.results / real.asset_id / f"{stage}.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    addresses = [c["purl"] for c in bill["components"] if "purl" in c]
    assert addresses
    assert [PackageURL.from_string(a).to_string() for a in addresses] == addresses


@pytest.mark.parametrize("stage", STAGES)
def test_both_lie_beside_the_images(real: RealRelease, stage: str) -> None:
    recorded = real.outputs(stage)["documents"]
    uploaded = real.outputs(UPLOADS[stage])
    s3 = real.cloud.client("s3")
    for name in ("inventory", "sbom"):
        item = uploaded[name]
        answer = s3.get_object(Bucket=uploaded["bucket"], Key=item["key"])
        body = answer["Body"].read()
        assert answer["ContentType"] == "application/json"
        assert "sha256:" + hashlib.sha256(body).hexdigest() == recorded[name]["sha256"]
        assert item["key"].startswith(f"data_science_sandbox/{real.asset_id}/")
        tags = s3.get_object_tagging(Bucket=uploaded["bucket"], Key=item["key"])
        found = {tag["Key"]: tag["Value"] for tag in tags["TagSet"]}
        assert found["exa_dss_id"] == real.asset_id
