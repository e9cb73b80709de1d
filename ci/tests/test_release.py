"""One release on the paper cloud, looked at from every side, and the run after it."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

import jsonschema
import pytest

from .cloud import ROOT, Cloud
from .program import Outcome
from .project import DURABLE, MACHINE, MANIFEST, PASSWORDS, PLAYBOOKS, Project
from .sshserver import SSHServer


class Release:
    """A release that was made under observation."""

    def __init__(self, project: Project):
        self.project = project
        self.mark = project.cloud.mark()
        self.outcome: Outcome = project.dssbatch(MANIFEST, check=0)
        self.requests = project.cloud.requests(self.mark)


@pytest.fixture(scope="module")
def release(
    session_cloud: Cloud, sshd: SSHServer, tmp_path_factory: pytest.TempPathFactory
) -> Release:
    session_cloud.restore()
    project = Project(tmp_path_factory.mktemp("observed"), session_cloud)
    project.fill("observed-1.0", sshd.port)
    return Release(project)


def test_images_lie_at_the_promised_keys_and_nothing_else_does(
    release: Release,
) -> None:
    assert release.project.view.exported() == {
        "data_science_sandbox/observed-1.0/exasol-data-science-sandbox-observed-1.0.vhd": 11
        << 20,
        "data_science_sandbox/observed-1.0/exasol-data-science-sandbox-observed-1.0.vmdk": 11
        << 20,
    }


def test_images_are_of_their_formats(release: Release) -> None:
    heads = {"export-vhd": b"conectix", "export-vmdk": b"KDMV"}
    for stage, magic in heads.items():
        assert _content(release.project, stage).startswith(magic)


def test_nothing_keeps_running(release: Release) -> None:
    release.project.view.assert_nothing_runs()


def test_ami_and_snapshot_carry_name_and_tags(release: Release) -> None:
    view, run_id = release.project.view, release.project.result("ami")["runId"]
    expected = {"exa_dss_id": "observed-1.0", "exa_dss_run": run_id}
    (image,), (snapshot,) = view.images(), view.snapshots()
    assert image["Name"] == "Exasol-Data-Science-Sandbox-observed-1.0"
    assert image["State"] == "available"
    assert not image["Public"]
    for resource in (image, snapshot):
        tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
        assert expected.items() <= tags.items()
    outputs = release.project.result("ami")["outputs"]
    assert outputs["imageId"] == image["ImageId"]
    assert outputs["snapshotIds"] == [snapshot["SnapshotId"]]
    assert outputs["name"] == image["Name"]


def test_exported_objects_and_tasks_are_tagged(release: Release) -> None:
    s3 = release.project.cloud.client("s3")
    for key in release.project.view.exported():
        answer = s3.get_object_tagging(Bucket=release.project.cloud.bucket, Key=key)
        tags = {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
        assert tags["exa_dss_id"] == "observed-1.0"
        assert tags["exa_dss_run"] == release.project.result("export-vhd")["runId"]
    assert len(release.project.view.export_tasks()) == 2


def test_every_request_is_signed_well_and_answered(release: Release) -> None:
    assert {request["signature"] for request in release.requests} == {"ok"}
    services = {request["service"] for request in release.requests}
    assert {"ec2", "s3", "cloudformation"} <= services
    unwanted = [r for r in release.requests if r["status"] >= 500]
    assert unwanted == []


def test_each_thing_is_created_once(release: Release) -> None:
    operations = [r["operation"] for r in release.requests]
    for operation, times in {
        "ec2:ImportKeyPair": 1,
        "ec2:CreateKeyPair": 0,
        "cloudformation:CreateChangeSet": 1,
        "cloudformation:ExecuteChangeSet": 1,
        "ec2:CreateImage": 1,
        "ec2:ExportImage": 2,
        "cloudformation:DeleteStack": 1,
        "ec2:DeleteKeyPair": 1,
    }.items():
        assert operations.count(operation) == times, operation


def test_machine_is_gone_before_the_exports_end(release: Release) -> None:
    finished = [
        release.project.result(name)["finishedAt"] for name in ("export-vhd", "ami")
    ]
    deleted = next(
        r["time"]
        for r in release.requests
        if r["operation"] == "cloudformation:DeleteStack"
    )
    assert deleted <= finished[0]


@pytest.mark.parametrize("stage", DURABLE)
def test_result_file_is_valid(release: Release, stage: str) -> None:
    schema = json.loads((ROOT / "manifests/schema/result.schema.json").read_text())
    result = release.project.result(stage)
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(result)] == []
    assert result["schema"] == "dssbatch.result/1"
    assert (result["stage"], result["assetId"]) == (stage, "observed-1.0")
    assert result["status"] == "succeeded"
    assert result["tool"].startswith("dssbatch ")
    assert result["seconds"] >= 0
    assert result["startedAt"] <= result["finishedAt"]


def test_every_result_file_is_of_a_stage(release: Release) -> None:
    known = {*DURABLE, *MACHINE, "ami-deprecation"}
    assert set(DURABLE) <= release.project.result_stages() <= known


def test_manifest_and_its_schema_agree(release: Release) -> None:
    schema = json.loads((ROOT / "manifests/schema/release.schema.json").read_text())
    manifest = json.loads(release.project.manifest_path.read_text())
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(manifest)] == []


@pytest.mark.parametrize("stage", ["export-vhd", "export-vmdk"])
def test_export_outputs_are_what_s3_says(release: Release, stage: str) -> None:
    cloud, outputs = release.project.cloud, release.project.result(stage)["outputs"]
    extension = stage.removeprefix("export-")
    assert outputs["bucket"] == cloud.bucket
    assert outputs["key"].endswith(
        f"/exasol-data-science-sandbox-observed-1.0.{extension}"
    )
    head = cloud.client("s3").head_object(Bucket=outputs["bucket"], Key=outputs["key"])
    assert outputs["bytes"] == head["ContentLength"] == 11 << 20
    assert outputs["etag"].strip('"') == head["ETag"].strip('"')
    content = _content(release.project, stage)
    assert outputs["sha256"] == hashlib.sha256(content).hexdigest()
    assert outputs["url"].startswith("https://")
    assert outputs["url"].endswith(quote(outputs["key"]))


@pytest.mark.parametrize("stage", ["install", "reset-password"])
def test_the_recap_of_a_playbook_is_recorded(release: Release, stage: str) -> None:
    outputs = release.project.result(stage)["outputs"]
    assert set(outputs) == {"ok", "changed", "skipped", "seconds", "slowest"}
    assert outputs["ok"] > 0 and outputs["seconds"] > 0
    seconds = [task["seconds"] for task in outputs["slowest"]]
    assert seconds and seconds == sorted(seconds, reverse=True)


def test_release_json_holds_the_whole_release(release: Release) -> None:
    project = release.project
    document = json.loads((project.results / "release.json").read_text())
    manifest = json.loads(project.manifest_path.read_text())
    assert document["assetId"] == "observed-1.0"
    assert document["region"] == "eu-central-1"
    assert document["versions"] == manifest["versions"]
    text = json.dumps(document)
    for stage, names in {
        "source-ami": ["imageId", "name"],
        "ami": ["imageId"],
        "export-vhd": ["key", "sha256", "url", "bucket", "bytes"],
        "export-vmdk": ["key", "sha256", "url", "bucket", "bytes"],
    }.items():
        outputs = project.result(stage)["outputs"]
        for name in names:
            assert str(outputs[name]) in text, (stage, name)


def test_artifacts_md_lists_every_artifact(release: Release) -> None:
    text = (release.project.results / "artifacts.md").read_text()
    assert release.project.result("ami")["outputs"]["imageId"] in text
    for stage in ("export-vhd", "export-vmdk"):
        outputs = release.project.result(stage)["outputs"]
        assert outputs["sha256"] in text
        assert outputs["url"] in text


def test_secrets_appear_in_no_file_and_no_stream(release: Release) -> None:
    release.project.assert_secrets_kept()
    leftover = [path.name for path in release.project.temporary.iterdir()]
    assert leftover == []


def test_playbooks_get_their_secrets_by_environment(release: Release) -> None:
    calls = release.project.runner_calls()
    assert [call["playbook"] for call in calls] == PLAYBOOKS
    digests = {n: hashlib.sha256(v.encode()).hexdigest() for n, v in PASSWORDS.items()}
    arrived = {name for call in calls for name in call["passwordDigests"]}
    assert arrived == set(PASSWORDS)
    secret = release.project.cloud.environment["AWS_SECRET_ACCESS_KEY"]
    for call in calls:
        assert call["passwordDigests"].items() <= digests.items()
        for text in [*PASSWORDS.values(), secret]:
            assert text not in json.dumps(call)
        assert not [name for name in call["environment"] if name.startswith("AWS_")]
        assert call["keyMode"] == "0o600"
        assert call["dataMode"] == "0o700"


def test_host_key_is_the_one_of_first_contact(
    release: Release, sshd: SSHServer
) -> None:
    for call in release.project.runner_calls():
        lines = call["knownHosts"].splitlines()
        assert lines
        assert all(f"[127.0.0.1]:{sshd.port}" in line for line in lines)
        assert {line.split()[2] for line in lines} == {sshd.host_key()}


def test_playbooks_get_versions_and_address(release: Release, sshd: SSHServer) -> None:
    manifest = json.loads(release.project.manifest_path.read_text())
    for call in release.project.runner_calls():
        assert call["extravars"]["versions"] == manifest["versions"]
        assert call["inventory"]["ansible_host"] == "127.0.0.1"
        assert call["inventory"]["ansible_port"] == sshd.port
        assert call["inventory"]["ansible_user"] == "ubuntu"


def test_instance_is_locked_down(project: Project, cloud: Cloud) -> None:
    """Only while it lives can it be looked at."""
    project.set_runner(seconds=900)
    running = project.start(MANIFEST, "--only", "ami")
    project.wait_for_playbook(running)
    (instance,) = project.view.instances()
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert {"exa_dss_id", "exa_dss_run"} <= tags.keys()
    (group,) = project.view.security_groups()
    (rule,) = group["IpPermissions"]
    assert [r["CidrIp"] for r in rule["IpRanges"]] == ["127.0.0.1/32"]
    assert rule["FromPort"] == rule["ToPort"]
    volumes = cloud.client("ec2").describe_volumes(
        VolumeIds=[m["Ebs"]["VolumeId"] for m in instance["BlockDeviceMappings"]]
    )["Volumes"]
    assert [(v["VolumeType"], v["Size"]) for v in volumes] == [("gp3", 100)]
    (pair,) = project.view.key_pairs()
    assert pair["KeyType"] == "ed25519"
    assert pair["KeyName"] == instance["KeyName"]
    assert len(project.private_keys()) == 1
    project.set_runner()
    assert running.outcome().status == 0
    assert project.private_keys() == []
    project.view.assert_nothing_runs()


def _content(project: Project, stage: str) -> bytes:
    outputs = project.result(stage)["outputs"]
    answer = project.cloud.client("s3").get_object(
        Bucket=outputs["bucket"], Key=outputs["key"]
    )
    return answer["Body"].read()
