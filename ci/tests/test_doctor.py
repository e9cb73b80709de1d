"""`doctor`: what would make a release fail is said before anything is begun."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .cloud import BUCKET_STACK, REGION, Cloud
from .foreign_exports import ForeignExports
from .matrix import FILE, Matrix
from .program import Outcome, assert_error
from .project import MANIFEST, PASSWORDS, Project
from .roles import make_role

AWS_CHECKS = {
    "credential-lifetime",
    "results",
    "release-build",
    "region",
    "permissions",
    "instance-types",
    "vcpu-quota",
    "image-quota",
    "ebs-encryption",
    "image-name",
    "network",
    "base-image",
    "export-quota",
    "export-bucket",
    "export-encryption",
    "export-role",
    "export-permissions",
}
BASE_NAME = "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"


@pytest.fixture
def healthy(project: Project) -> Project:
    """A project that nothing is wrong with."""
    for name, text in [
        ("ansible-runner", "2.4.0"),
        ("ansible-playbook", "ansible-playbook [core 2.17.5]"),
    ]:
        tool = project.tools / name
        tool.write_text(f"#!/bin/sh\necho '{text}'\n")
        tool.chmod(0o755)
    project.environment["GITHUB_TOKEN"] = "github-token-of-a-test"
    project.cloud.set_quota("L-1216C47A", 4096)
    return project


def examine(
    project: Project, *options: str, status: int | None = None, **settings: Any
):
    """Run `dssbatch doctor --json` and return its checks by name."""
    outcome = project.dssbatch("doctor", "--json", *options, check=status, **settings)
    checks = outcome.events("check")
    assert len(checks) == len(outcome.stdout.splitlines()), str(outcome)
    for check in checks:
        assert check["status"] in ("ok", "warning", "failed", "skipped")
        assert check["message"]
        if check["status"] in ("warning", "failed"):
            assert len(check["hint"]) > 10, check
    return {check["name"]: check for check in checks}


def with_status(checks: dict[str, dict], status: str) -> set[str]:
    """Return the names of the checks that have a status."""
    return {name for name, check in checks.items() if check["status"] == status}


def the_failed(project: Project, *options: str, **settings: Any) -> dict[str, Any]:
    """Return the one check that failed."""
    checks = examine(project, *options, status=1, **settings)
    (name,) = with_status(checks, "failed")
    return checks[name]


def test_all_green_and_nothing_is_changed(healthy: Project, cloud: Cloud) -> None:
    before, mark = healthy.snapshot(), cloud.mark()
    checks = examine(healthy, status=0)
    # The shipped base image boots both ways, which EC2 has reservations about.
    # The local cloud's caller is none of IAM's.
    assert with_status(checks, "warning") <= {"base-image", "git", "permissions"}
    assert "IAM of this account does not know" in checks["permissions"]["message"]
    assert with_status(checks, "failed") | with_status(checks, "skipped") == set()
    assert AWS_CHECKS | {"credentials", "passwords", "ansible", "ssh"} <= set(checks)
    assert cloud.account in checks["credentials"]["message"]
    assert "core 2.17.5" in checks["ansible"]["message"]
    assert cloud.operations(mark, "deleting") == []
    changing = set(cloud.operations(mark, "creating"))
    assert changing <= {"iam:SimulatePrincipalPolicy"}
    assert healthy.snapshot() == before
    healthy.assert_secrets_kept()
    assert healthy.files_with(b"github-token-of-a-test") == []


def test_text_is_a_line_a_check_in_the_same_order(healthy: Project) -> None:
    names = list(examine(healthy))
    outcome = healthy.dssbatch("doctor", MANIFEST, check=0)
    lines = outcome.stdout.splitlines()
    assert [line.split()[1] for line in lines] == names
    assert {line.split()[0] for line in lines} <= {"ok", "warning"}
    warned = healthy.dssbatch(
        "doctor", MANIFEST, env={"DSS_DEFAULT_PASSWORD": None}, check=1
    )
    (line,) = [x for x in warned.stdout.splitlines() if x.startswith("failed")]
    assert "passwords" in line
    assert "`DSS_DEFAULT_PASSWORD` -> set each" in line


def test_local_run_needs_no_account_and_no_passwords(healthy: Project) -> None:
    bare = {name: None for name in (*healthy.cloud.environment, *PASSWORDS)}
    checks = examine(healthy, "--local", status=0, env=bare)
    assert checks["passwords"]["status"] == "ok"
    assert checks["credentials"]["status"] == "ok"


# Credentials and regions


def test_without_credentials_what_needs_them_is_skipped_once(healthy: Project) -> None:
    gone = {n: None for n in healthy.cloud.environment if n.startswith("AWS_")}
    env = gone | {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": healthy.cloud.url,
    }
    checks = examine(healthy, status=1, env=env)
    assert with_status(checks, "failed") == {"credentials"}
    assert "aws configure" in checks["credentials"]["hint"]
    assert with_status(checks, "skipped") == AWS_CHECKS
    assert checks["passwords"]["status"] == "ok"


def test_wrong_keys(healthy: Project) -> None:
    wrong = {"AWS_ACCESS_KEY_ID": "AKIAWRONGWRONGWRONG0"}
    checks = examine(healthy, status=1, env=wrong)
    assert with_status(checks, "failed") == {"credentials"}


@pytest.mark.parametrize(
    ("seconds", "status"), [(86400 * 30, "ok"), (600, "failed"), (None, "warning")]
)
def test_token_against_the_length_of_the_run(
    healthy: Project, seconds: int | None, status: str
) -> None:
    role = make_role(healthy.cloud, f"person-{healthy.asset_id}")
    session = healthy.cloud.client("sts").assume_role(
        RoleArn=role, RoleSessionName="person"
    )["Credentials"]
    env: dict[str, str | None] = {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
    if seconds is not None:
        end = datetime.now(UTC) + timedelta(seconds=seconds)
        env["AWS_CREDENTIAL_EXPIRATION"] = end.strftime("%Y-%m-%dT%H:%M:%SZ")
    checks = examine(healthy, env=env)
    assert checks["credential-lifetime"]["status"] == status
    assert healthy.files_with(session["SessionToken"].encode()) == []


@pytest.mark.parametrize(
    ("region", "hint"),
    [("eu-centrall-1", "eu-central-1"), ("ap-east-1", "enable-region")],
)
def test_region_that_is_none_or_not_enabled(
    healthy: Project, region: str, hint: str
) -> None:
    checks = examine(healthy, "--region", region, status=1)
    assert with_status(checks, "failed") == {"region"}
    assert hint in checks["region"]["hint"]
    assert with_status(checks, "skipped") == AWS_CHECKS - {
        "region",
        "credential-lifetime",
        "results",
    }


def test_region_of_a_copy_counts(healthy: Project) -> None:
    healthy.set("ami", "copyToRegions", value=["us-est-1"])
    assert the_failed(healthy)["message"] == "there is no region `us-est-1`"


# The account


def test_quota_too_small(healthy: Project, cloud: Cloud) -> None:
    cloud.set_quota("L-1216C47A", 1)
    check = the_failed(healthy)
    assert check["name"] == "vcpu-quota"
    assert "2 more needed" in check["message"]
    assert "request-service-quota-increase" in check["hint"]


def test_running_machines_count(healthy: Project, cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    image = ec2.describe_images(Owners=["099720109477"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="m5.xlarge"
    )["Instances"][0]["InstanceId"]
    try:
        used = int(examine(healthy)["vcpu-quota"]["message"].split()[0])
        assert used >= 4
        cloud.set_quota("L-1216C47A", used + 1)
        assert the_failed(healthy)["name"] == "vcpu-quota"
        cloud.set_quota("L-1216C47A", used + 2)
        examine(healthy, status=0)
    finally:
        ec2.terminate_instances(InstanceIds=[instance])


def test_machines_of_a_matrix_count_together(healthy: Project, cloud: Cloud) -> None:
    matrix = Matrix(healthy)
    cloud.set_quota("L-1216C47A", used_vcpus(cloud) + 5)
    asked = ("--asset-id", matrix.ids[0])
    checks = matrix_checks(healthy, *asked)
    assert checks["vcpu-quota"]["status"] == "warning", checks["vcpu-quota"]
    assert "/atOnce" in checks["vcpu-quota"]["hint"]
    cloud.set_quota("L-1216C47A", used_vcpus(cloud) + 6)
    assert matrix_checks(healthy, *asked)["vcpu-quota"]["status"] == "ok"


def matrix_checks(project: Project, *options: str) -> dict[str, dict[str, Any]]:
    outcome = project.dssbatch("doctor", FILE, "--json", *options)
    return {check["name"]: check for check in outcome.events("check")}


def used_vcpus(cloud: Cloud) -> int:
    """Every machine of these tests has two."""
    states = {"Name": "instance-state-name", "Values": ["pending", "running"]}
    found = cloud.client("ec2").describe_instances(Filters=[states])["Reservations"]
    return 2 * sum(len(r["Instances"]) for r in found)


def test_instance_type_that_does_not_exist(healthy: Project) -> None:
    healthy.set("instance", "type", value="t3.gigantic")
    check = the_failed(healthy)
    assert check["name"] == "instance-types"
    assert "t3.gigantic" in check["message"]


def test_blocked_public_access(healthy: Project, cloud: Cloud) -> None:
    healthy.set("ami", "public", value=True)
    assert examine(healthy, status=0)["public-access"]["status"] == "ok"
    ec2 = cloud.client("ec2")
    ec2.enable_image_block_public_access(
        ImageBlockPublicAccessState="block-new-sharing"
    )
    try:
        check = the_failed(healthy)
        assert check["name"] == "public-access"
        assert "disable-image-block-public-access" in check["hint"]
        healthy.set("ami", "public", value=False)
        examine(healthy, status=0)
    finally:
        ec2.disable_image_block_public_access()


def test_public_images_have_a_quota_of_their_own(
    healthy: Project, cloud: Cloud
) -> None:
    healthy.set("ami", "public", value=True)
    cloud.set_quota("L-0E3CBAB9", 0)
    assert the_failed(healthy)["name"] == "public-image-quota"


@pytest.fixture
def own_image(healthy: Project, cloud: Cloud) -> Callable[..., str]:
    """Make images of the account's own."""
    ec2 = cloud.client("ec2")
    base = ec2.describe_images(
        Owners=["099720109477"], Filters=[{"Name": "name", "Values": [BASE_NAME]}]
    )["Images"][0]["ImageId"]

    def make(name: str, **options: Any) -> str:
        options = {"SourceImageId": base, "SourceRegion": REGION, **options}
        return ec2.copy_image(Name=name, **options)["ImageId"]

    return make


def test_name_taken_by_somebody_elses_image(
    healthy: Project, cloud: Cloud, own_image: Callable[..., str]
) -> None:
    name = f"Exasol-Data-Science-Sandbox-{healthy.asset_id}"
    image = own_image(name)
    check = examine(healthy, status=0)["image-name"]
    assert image in check["message"]
    assert f"{name}-r2" in check["message"]
    cloud.client("ec2").create_tags(
        Resources=[image], Tags=[{"Key": "exa_dss_id", "Value": healthy.asset_id}]
    )
    examine(healthy, status=0)


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"Encrypted": True}, "encrypted"), ({}, "product code")],
)
def test_base_image_that_cannot_be_exported(
    healthy: Project,
    cloud: Cloud,
    own_image: Callable[..., str],
    options: dict[str, Any],
    reason: str,
) -> None:
    image = own_image(f"base-{healthy.asset_id}", **options)
    if not options:
        cloud.client("ec2").modify_image_attribute(
            ImageId=image, ProductCodes=["9z8y7x"]
        )
    healthy.set("ami", "base", value={"id": image})
    check = the_failed(healthy)
    assert check["name"] == "base-image"
    assert reason in check["message"]
    # What is not exported need not be exportable.
    healthy.edit_manifest(lambda manifest: manifest.pop("export"))
    examine(healthy, status=0)


def test_base_image_that_nothing_matches(healthy: Project) -> None:
    healthy.set("ami", "base", "name", value="no-such-image-*")
    assert the_failed(healthy)["name"] == "base-image"


# Bucket and role


def test_missing_stack_bucket_and_role(healthy: Project) -> None:
    healthy.set("export", "bucket", "stack", value="No-Such-Stack")
    checks = examine(healthy, status=1)
    assert with_status(checks, "failed") == {"export-bucket"}
    assert with_status(checks, "skipped") == {
        "export-encryption",
        "export-role",
        "export-permissions",
    }

    def name(bucket: str, role: str) -> None:
        healthy.edit_manifest(lambda m: m["export"].update(bucket=bucket, role=role))

    name("no-such-bucket-at-all", "no-such-role")
    assert the_failed(healthy)["name"] == "export-bucket"
    name(healthy.cloud.bucket, "no-such-role")
    check = the_failed(healthy)
    assert check["name"] == "export-role"
    assert "`no-such-role`" in check["message"]


def test_bucket_in_another_region(healthy: Project, cloud: Cloud) -> None:
    bucket = f"elsewhere-{healthy.asset_id}"
    cloud.client("s3", "us-west-2").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    healthy.edit_manifest(lambda m: m["export"].update(bucket=bucket, role="any"))
    check = the_failed(healthy)
    assert check["name"] == "export-bucket"
    assert "us-west-2" in check["message"] + check["hint"]


def test_bucket_with_a_key_of_kms(healthy: Project, cloud: Cloud) -> None:
    bucket, s3 = f"kms-{healthy.asset_id}", cloud.client("s3")
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    iam = cloud.client("iam")
    iam.create_role(RoleName=bucket, AssumeRolePolicyDocument="{}")
    healthy.edit_manifest(lambda m: m["export"].update(bucket=bucket, role=bucket))
    checks = examine(healthy, status=1)
    assert "export-encryption" in with_status(checks, "failed")


def test_large_raw_image_and_busy_region_are_told(
    healthy: Project, cloud: Cloud, foreign: ForeignExports
) -> None:
    healthy.set("export", "formats", value=["VMDK", "RAW"])
    assert "delivery" in with_status(examine(healthy), "warning")
    for _ in range(5):
        foreign.start()
    assert "export-quota" in with_status(examine(healthy), "warning")


@pytest.fixture
def role(healthy: Project, cloud: Cloud) -> str:
    """A copy of the export role that a test may break; the manifest names it."""
    iam = cloud.client("iam")
    outputs = cloud.client("cloudformation").describe_stacks(StackName=BUCKET_STACK)
    original = {
        o["OutputKey"]: o["OutputValue"] for o in outputs["Stacks"][0]["Outputs"]
    }["VMExportRoleId"]
    trust = iam.get_role(RoleName=original)["Role"]["AssumeRolePolicyDocument"]
    bucket = f"arn:aws:s3:::{healthy.cloud.bucket}"
    actions = ["s3:GetBucketLocation", "s3:GetBucketAcl", "s3:ListBucket"]
    statements = [
        {"Effect": "Allow", "Action": actions, "Resource": bucket},
        {"Effect": "Allow", "Action": "s3:*Object", "Resource": f"{bucket}/*"},
    ]
    name = f"export-{healthy.asset_id}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(
        RoleName=name,
        PolicyName="export",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    healthy.edit_manifest(
        lambda m: m["export"].update(bucket=healthy.cloud.bucket, role=name)
    )
    examine(healthy, status=0)
    return name


@pytest.mark.parametrize("broken", ["service", "external-id", "deny"])
def test_broken_trust(healthy: Project, cloud: Cloud, role: str, broken: str) -> None:
    iam = cloud.client("iam")
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]
    if broken == "service":
        statement["Principal"] = {"Service": "ec2.amazonaws.com"}
    elif broken == "external-id":
        statement["Condition"]["StringEquals"]["sts:ExternalId"] = "another"
    else:
        denial = statement | {"Effect": "Deny"}
        denial.pop("Condition")
        trust["Statement"].append(denial)
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
    checks = examine(healthy, status=1)
    assert with_status(checks, "failed") == {"export-role"}
    assert "vmie.amazonaws.com" in checks["export-role"]["message"]
    assert with_status(checks, "skipped") == {"export-permissions"}


def test_policy_that_does_not_cover_the_bucket(
    healthy: Project, cloud: Cloud, role: str
) -> None:
    cloud.client("iam").delete_role_policy(RoleName=role, PolicyName="export")
    check = the_failed(healthy)
    assert check["name"] == "export-permissions"
    assert "`s3:PutObject`" in check["message"]


def test_refused_question_is_a_warning(healthy: Project, cloud: Cloud) -> None:
    refused = {"count": 5, "status": 403, "code": "AccessDenied"}
    cloud.add_faults(
        {"operation": "iam:GetRole", **refused},
        {
            "operation": "servicequotas:GetServiceQuota",
            **refused,
            "status": 400,
            "code": "AccessDeniedException",
        },
    )
    checks = examine(healthy, status=0)
    for name in ("export-role", "vcpu-quota"):
        assert checks[name]["status"] == "warning"
        assert "could not be checked" in checks[name]["message"]


# This machine


def test_missing_tools(healthy: Project) -> None:
    tools = healthy.folder / "few-tools"
    tools.mkdir()
    for name in ("sh", "git"):
        (tools / name).symlink_to(_which(name))
    env = {"PATH": str(tools), "DSS_ANSIBLE_RUNNER": "/nowhere/ansible-runner"}
    checks = examine(healthy, status=1, env=env)
    assert with_status(checks, "failed") == {"ssh", "ssh-keygen", "ansible"}
    assert checks["git"]["status"] == "ok"


def _which(name: str) -> Path:
    for folder in os.environ["PATH"].split(":"):
        if (path := Path(folder) / name).exists():
            return path
    raise AssertionError(f"no `{name}` on the PATH")


def test_verification_asks_for_its_emulator(healthy: Project) -> None:
    healthy.set("export", "verify", value=True)
    checks = examine(healthy, status=1, env={"DSS_QEMU": "/nowhere/qemu"})
    assert checks["qemu"]["status"] == "failed"
    assert "disk-space" in checks


def test_docker_engine_that_does_not_answer(healthy: Project) -> None:
    healthy.edit_manifest(lambda m: m.update(docker={"repository": "team/sandbox"}))
    nobody = {"DOCKER_HOST": f"unix://{healthy.temporary}/nobody.sock"}
    assert the_failed(healthy, env=nobody)["name"] == "docker"


def test_missing_token_of_github_is_a_warning(healthy: Project) -> None:
    checks = examine(healthy, status=0, env={"GITHUB_TOKEN": None})
    assert checks["github-token"]["status"] == "warning"


# Usage


@pytest.mark.parametrize("kind", ["infrastructure", "nonsense"])
def test_other_kinds_of_manifests(bad: Project, kind: str) -> None:
    bad.edit_manifest(lambda m: m.update(kind=kind))
    assert_error(bad.dssbatch("doctor"), 2, "release", kind)


def test_no_manifest(bad: Project) -> None:
    outcome: Outcome = bad.dssbatch("doctor", "manifests/none.json")
    assert_error(outcome, 2, "manifests/none.json")
