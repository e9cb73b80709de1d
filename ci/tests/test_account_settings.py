"""What an account's settings forbid is said before anything starts, and never found out late."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from .cloud import REGION, Cloud
from .program import assert_error
from .project import MANIFEST, Project
from .test_doctor import examine, healthy, the_failed  # noqa: F401 - a fixture

COPY_REGION = "us-east-1"


@pytest.fixture
def encrypt(cloud: Cloud) -> Iterator[Callable[[str], None]]:
    """Switch EBS encryption by default on in a region, until the test ends."""
    regions: list[str] = []

    def switch(region: str = REGION) -> None:
        regions.append(region)
        cloud.client("ec2", region).enable_ebs_encryption_by_default()

    yield switch
    for region in regions:
        cloud.client("ec2", region).disable_ebs_encryption_by_default()


def drop_exports(project: Project) -> None:
    """Let the release be an image and no more."""
    project.edit_manifest(lambda manifest: manifest.pop("export"))


@pytest.mark.parametrize(
    ("is_exported", "is_public", "said"),
    [(True, False, "exported"), (False, True, "made public")],
)
def test_encryption_by_default_is_refused_before_anything_starts(
    project: Project,
    cloud: Cloud,
    encrypt,
    is_exported: bool,
    is_public: bool,
    said: str,
) -> None:
    encrypt()
    if not is_exported:
        drop_exports(project)
    project.set("ami", "public", value=is_public)
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert_error(
        outcome, 2, said, f"disable-ebs-encryption-by-default --region {REGION}"
    )
    assert cloud.operations(mark, "creating") == []
    assert cloud.operations(mark).count("ec2:GetEbsEncryptionByDefault") == 1
    assert not project.results.exists() or project.result_stages() <= {"source-ami"}


def test_an_image_that_nobody_needs_plain_may_be_encrypted(
    project: Project, encrypt
) -> None:
    encrypt()
    drop_exports(project)
    project.run()
    (image,) = project.view.images()
    assert image["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True


def test_a_copy_region_has_a_setting_of_its_own(
    project: Project, cloud: Cloud, encrypt
) -> None:
    encrypt(COPY_REGION)
    project.set("ami", "copyToRegions", value=[COPY_REGION])
    project.set("ami", "public", value=True)
    mark = cloud.mark()
    assert_error(project.dssbatch(MANIFEST), 2, COPY_REGION, "made public")
    assert cloud.operations(mark, "creating") == []
    # Exports are made of the release's own region alone.
    project.set("ami", "public", value=False)
    project.run()


def test_where_the_setting_may_not_be_asked_the_new_machine_tells(
    project: Project, cloud: Cloud, encrypt
) -> None:
    encrypt()
    denied = {"status": 403, "code": "UnauthorizedOperation"}
    cloud.add_faults({"operation": "ec2:GetEbsEncryptionByDefault"} | denied)
    outcome = project.run(check=1)
    assert any(
        "GetEbsEncryptionByDefault" in w["message"] for w in outcome.events("warning")
    )
    assert "ebs.encrypted" in {event["code"] for event in outcome.events("error")}
    # Nothing was installed on a machine whose image would be no good, and it is gone.
    assert project.runner_calls() == []
    project.view.assert_nothing_runs()


def test_doctor_knows_each_regions_setting(
    healthy: Project,  # noqa: F811 - the fixture
    encrypt,
) -> None:
    assert examine(healthy, status=0)["ebs-encryption"]["status"] == "ok"
    healthy.set("ami", "copyToRegions", value=[COPY_REGION])
    encrypt(COPY_REGION)
    assert examine(healthy)["ebs-encryption"]["status"] == "ok"
    healthy.set("ami", "public", value=True)
    found = the_failed(healthy)
    assert found["name"] == "ebs-encryption"
    assert COPY_REGION in found["message"]
    assert f"--region {COPY_REGION}" in found["hint"]


@pytest.mark.parametrize("region", [REGION, COPY_REGION])
def test_blocked_public_access_is_refused_before_anything_starts(
    project: Project, cloud: Cloud, region: str
) -> None:
    project.set("ami", "copyToRegions", value=[COPY_REGION])
    project.set("ami", "public", value=True)
    ec2 = cloud.client("ec2", region)
    ec2.enable_image_block_public_access(
        ImageBlockPublicAccessState="block-new-sharing"
    )
    try:
        mark = cloud.mark()
        outcome = project.dssbatch(MANIFEST)
        assert_error(outcome, 2, f"disable-image-block-public-access --region {region}")
        assert cloud.operations(mark, "creating") == []
    finally:
        ec2.disable_image_block_public_access()


def test_a_quota_that_was_never_changed_is_everybodys(
    healthy: Project,  # noqa: F811 - the fixture
    cloud: Cloud,
) -> None:
    mark = cloud.mark()
    found = examine(healthy, status=0)["image-quota"]
    assert " of 50000 AMIs in use" in found["message"]
    asked = cloud.operations(mark)
    assert "servicequotas:GetAWSDefaultServiceQuota" in asked
