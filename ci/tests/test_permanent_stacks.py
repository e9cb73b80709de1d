"""The four permanent stacks of the project, deployed from nothing and by their presets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .cloud import REGION, Cloud, control
from .program import assert_error
from .project import Project
from .stacks import MANIFEST

PREFIX = "DATA-SCIENCE-SANDBOX-"
WAF = ("us-east-1", f"{PREFIX}VM-Bucket-WAF")
BUCKET = (REGION, f"{PREFIX}VM-Bucket")
CI = (REGION, f"{PREFIX}CI-TEST-CODEBUILD")
RELEASE = (REGION, f"{PREFIX}RELEASE-CODEBUILD")
ALL = {WAF, BUCKET, CI, RELEASE}


@pytest.fixture
def empty_cloud(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cloud]:
    """A paper cloud of the test's own, without any stack."""
    home = tmp_path_factory.mktemp("cloud")
    templates = tmp_path_factory.mktemp("no-templates")
    monkeypatch.setenv("DSS_LOCALCLOUD_TEMPLATES", str(templates))
    control(home, "up", "--paper")
    cloud = Cloud(home)
    cloud.restore()
    cloud.import_source_credential()
    yield cloud
    control(home, "down")


@pytest.fixture
def fresh(empty_cloud: Cloud, tmp_path: Any) -> Iterator[Project]:
    """A project for an account that has none of the stacks."""
    project = Project(tmp_path / "fresh", empty_cloud)
    project.fill("unused", 22)
    yield project
    project.end_processes()


def stacks_of(cloud: Cloud) -> dict[tuple[str, str], dict[str, Any]]:
    """Return every stack of both regions, by region and name."""
    found = {}
    for region in ("us-east-1", REGION):
        for stack in cloud.every("cloudformation", "describe_stacks", region):
            found[region, stack["StackName"]] = stack
    return found


def values(stack: dict[str, Any], kind: str = "Parameter") -> dict[str, str]:
    """Return a stack's parameters, or its outputs."""
    return {p[f"{kind}Key"]: p[f"{kind}Value"] for p in stack[f"{kind}s"]}


def test_all_four_are_deployed_from_nothing_and_then_fresh(fresh: Project) -> None:
    cloud = fresh.cloud
    outcome = fresh.dssbatch(MANIFEST, "--json", check=0)
    found = stacks_of(cloud)
    assert found.keys() == ALL
    assert {s["StackStatus"] for s in found.values()} == {"CREATE_COMPLETE"}
    finished = outcome.stages("succeeded")
    assert finished.index("vm-bucket-waf") < finished.index("vm-bucket")
    assert finished.index("vm-bucket") < finished.index("release-codebuild")
    waf, bucket = values(found[WAF], "Output"), values(found[BUCKET], "Output")
    assert values(found[BUCKET])["WebAclArn"] == waf["VMDownloadACLArn"]
    assert values(found[RELEASE])["VMBucketName"] == bucket["VMBucketId"]
    assert values(found[RELEASE])["VMExportRoleName"] == bucket["VMExportRoleId"]
    projects = cloud.client("codebuild").list_projects()["projects"]
    built = {values(found[name], "Output")["ProjectName"] for name in (CI, RELEASE)}
    assert built <= set(projects)
    assert all(not stack.get("Tags") for stack in found.values())
    mark = cloud.mark()
    outcome = fresh.dssbatch(MANIFEST, "--json", check=0)
    assert outcome.started() == set()
    assert cloud.requests(mark) == []
    status = fresh.dssbatch("status", MANIFEST, "--verify", check=0).stdout
    assert status.count("fresh") == len(ALL)


def test_without_a_credential_for_the_source_nothing_is_begun(fresh: Project) -> None:
    cloud = fresh.cloud
    cloud.forget_source_credentials()
    mark = cloud.mark()
    outcome = fresh.dssbatch("setup-ci-codebuild")
    assert_error(outcome, 2, "no credential for GitHub", "import-source-credentials")
    assert "codebuild:ListSourceCredentials" in cloud.operations(mark)
    assert cloud.operations(mark, "creating") == []
    cloud.import_source_credential()
    fresh.dssbatch("setup-ci-codebuild", check=0)


def test_the_page_for_what_is_not_there_is_written(fresh: Project) -> None:
    cloud = fresh.cloud
    fresh.dssbatch("setup-vm-bucket", check=0)
    outputs = values(stacks_of(cloud)[BUCKET], "Output")
    page = cloud.client("s3").get_object(
        Bucket=outputs["VMBucketId"], Key=outputs["NotFoundPageKey"]
    )
    assert page["ContentType"].startswith("text/html")
    assert page["CacheControl"] == "no-cache"
    assert b"no such file" in page["Body"].read()
    # The page that the template maps.
    assert outputs["NotFoundPageKey"] == "data_science_sandbox/404.html"


def test_secrets_that_are_not_there_yet_are_warned_of(fresh: Project) -> None:
    manager = fresh.cloud.client("secretsmanager")
    for secret in manager.list_secrets()["SecretList"]:
        manager.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
    outcome = fresh.dssbatch("setup-release-codebuild", check=0)
    for name in ("default-password", "jupyter-password"):
        assert f"no secret `data-science-sandbox/{name}`" in outcome.stderr


def test_presets_deploy_what_they_name_and_what_that_needs(fresh: Project) -> None:
    cloud = fresh.cloud
    fresh.dssbatch("setup-ci-codebuild", check=0)
    assert stacks_of(cloud).keys() == {CI}
    fresh.dssbatch("setup-vm-bucket", check=0)
    assert stacks_of(cloud).keys() == {CI, WAF, BUCKET}
    outcome = fresh.dssbatch("setup-release-codebuild", "--json", check=0)
    assert outcome.started() == {"release-codebuild"}
    assert stacks_of(cloud).keys() == ALL
    mark = cloud.mark()
    fresh.dssbatch("setup-vm-bucket", check=0)
    assert cloud.requests(mark) == []


def test_allowed_blocks_are_parted_by_version_and_for_one_run(fresh: Project) -> None:
    def addresses() -> dict[str, list[str]]:
        client = cloud.client("wafv2", "us-east-1")
        sets = client.list_ip_sets(Scope="CLOUDFRONT")["IPSets"]
        found = {}
        for ip_set in sets:
            answer = client.get_ip_set(
                Name=ip_set["Name"], Scope="CLOUDFRONT", Id=ip_set["Id"]
            )
            found[ip_set["Name"]] = sorted(answer["IPSet"]["Addresses"])
        return found

    cloud = fresh.cloud
    blocks = ("203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32")
    options = [word for block in blocks for word in ("--allowed-cidr", block)]
    fresh.dssbatch("setup-vm-bucket-waf", *options, check=0)
    assert stacks_of(cloud).keys() == {WAF}
    assert addresses() == {
        "VMBucketAllowedIpv4": ["198.51.100.7/32", "203.0.113.0/24"],
        "VMBucketAllowedIpv6": ["2001:db8::/32"],
    }
    mark = cloud.mark()
    fresh.dssbatch("setup-vm-bucket-waf", *options, check=0)
    assert cloud.requests(mark) == []
    # A command about other stacks leaves the firewall as it is.
    opened = addresses()
    for command in ("setup-vm-bucket", "setup-release-codebuild"):
        outcome = fresh.dssbatch(command, check=0)
        assert "stack `vm-bucket-waf` is not up to date" in outcome.stderr
    assert stacks_of(cloud).keys() == {WAF, BUCKET, RELEASE}
    assert addresses() == opened
    fresh.dssbatch("setup-vm-bucket-waf", check=0)
    assert addresses() == {"VMBucketAllowedIpv4": [], "VMBucketAllowedIpv6": []}


@pytest.mark.parametrize("block", ["203.0.113.0", "203.0.113.0/33", "auto", "::/129"])
def test_a_bad_block_is_a_usage_error(bad: Project, block: str) -> None:
    outcome = bad.dssbatch("setup-vm-bucket-waf", "--allowed-cidr", block)
    assert_error(outcome, 2, block)


def test_a_preset_wants_the_infrastructure(bad: Project) -> None:
    outcome = bad.dssbatch("setup-vm-bucket", "--manifest", "manifests/release.json")
    assert_error(outcome, 2, "`infrastructure`", "`release`")


def test_the_local_clouds_own_stacks_are_found_unchanged(
    project: Project, cloud: Cloud
) -> None:
    mark = cloud.mark()
    outcome = project.dssbatch("setup-vm-bucket", "--json", check=0)
    assert outcome.stages("succeeded") == ["vm-bucket-waf", "vm-bucket"]
    assert "cloudformation:ExecuteChangeSet" not in cloud.operations(mark)
