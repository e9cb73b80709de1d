"""What AWS refuses or takes away: each kind has a hint of its own, which says what to do about it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .cloud import Cloud
from .program import assert_error, binary
from .project import MANIFEST, Project

STANDARD_VCPUS = "L-1216C47A"
# In EC2's words: https://github.com/NixOS/amis/issues/37
PUBLIC_IMAGES = "You have reached your quota of 5 for the number of public images allowed in this Region."
# As much as a file system may have, as whoever is root in a namespace of their own.
SMALL = """#!/bin/sh
exec unshare --map-root-user --mount sh -c '
mount -t tmpfs -o size=4k none "$TMPDIR" && {fill}
exec "$0" "$@"' {program} "$@"
"""
FILL = 'head -c 8192 /dev/zero >"$TMPDIR/full" 2>/dev/null;'


def refuse(cloud: Cloud, operation: str, code: str, message: str = "no more") -> None:
    """Let EC2 refuse an operation however often it is asked."""
    rule = {"operation": operation, "status": 400, "code": code, "message": message}
    cloud.add_faults(rule | {"count": 99})


def assert_hint(project: Project, code: str, *words: str, status: int = 1) -> None:
    """Assert that a release fails with one error of a code, whose hint has these words."""
    outcome = project.run(check=status)
    hints = [e["hint"] for e in outcome.events("error") if e["code"] == code]
    assert hints, str(outcome)
    for word in words:
        assert word in hints[0], hints[0]
    project.view.assert_nothing_runs()


def test_capacity(project: Project, cloud: Cloud) -> None:
    capacity = {"*": {"*": "Unsupported"}}
    cloud.call("/localcloud/capacity", "POST", capacity)
    assert_hint(project, "instance.no-capacity", "/instance/types")


def test_vcpus(project: Project, cloud: Cloud) -> None:
    cloud.set_quota(STANDARD_VCPUS, 1)
    assert_hint(project, "instance.no-capacity", "vCPU quota")


def test_snapshots(project: Project, cloud: Cloud) -> None:
    refuse(cloud, "ec2:CreateImage", "SnapshotLimitExceeded")
    assert_hint(project, "aws.SnapshotLimitExceeded", "delete snapshots", "quota")


def test_public_images(project: Project, cloud: Cloud) -> None:
    project.set("ami", "public", value=True)
    refuse(cloud, "ec2:ModifyImageAttribute", "ResourceLimitExceeded", PUBLIC_IMAGES)
    assert_hint(project, "aws.ResourceLimitExceeded", "public AMIs", "L-0E3CBAB9")


def test_a_missing_role(project: Project, cloud: Cloud) -> None:
    bucket = cloud.bucket
    project.edit_manifest(
        lambda m: m["export"].update(bucket=bucket, role="no-such-role")
    )
    assert_error(project.dssbatch(MANIFEST), 2, "hint: ", "/export/role")


def test_credentials_that_expire(project: Project, cloud: Cloud) -> None:
    refuse(cloud, "ec2:ImportKeyPair", "RequestExpired", "Request has expired.")
    assert_hint(project, "aws.RequestExpired", "sign in again", "AWS_ACCESS_KEY_ID")


def test_a_machine_that_somebody_ends(project: Project, cloud: Cloud) -> None:
    project.set_runner(seconds=900)
    running = project.start(MANIFEST, "--json")
    project.wait_for_playbook(running)
    (instance,) = project.view.instances()
    cloud.client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])
    project.set_runner()
    outcome = running.outcome()
    assert outcome.status == 1, str(outcome)
    (error,) = [e for e in outcome.events("error") if e["code"] == "instance.ended"]
    assert instance["InstanceId"] in error["message"]
    assert "`terminated`" in error["causes"][0]
    assert "starts another machine" in error["hint"]
    project.view.assert_nothing_runs()
    project.run()


def test_a_full_folder_for_temporary_files(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "in-little-room"
    program.write_text(SMALL.format(fill=FILL, program=binary()))
    program.chmod(0o755)
    probe = ["unshare", "--map-root-user", "--mount", "true"]
    if subprocess.run(probe, check=False, capture_output=True).returncode != 0:
        pytest.skip("this kernel gives no namespaces")
    monkeypatch.setenv("DSS_BINARY", str(program))
    outcome = project.run(check=1)
    (error,) = outcome.events("error")
    assert "No space left" in str(error), str(outcome)
    assert "free some space" in error["hint"], str(outcome)
    monkeypatch.undo()
    project.view.assert_nothing_runs()
    project.run()
