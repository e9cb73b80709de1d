"""What a program of before realms and revisions left ends fresh, and is not made again.

Its files are those of today less what it did not know; `OLD_LINES` and `OLD_RESULT` are what it
wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
from typing import Any

import pytest

from .cloud import Cloud
from .project import MANIFEST, PLAYBOOKS, Project
from .test_interruptions import MOMENTS, assert_released_once, interrupt

# The members of its lines for an export whose id it never learnt, and of its result of the image.
OLD_LINES = {"line", "entry", "stage", "resource", "region", "token", "details"}
OLD_LINES |= {"assetId", "runId", "time"}
OLD_DETAILS = {"bucket", "folder", "format", "imageId", "key"}
OLD_RESULT = {"schema", "stage", "assetId", "status", "key", "inputs", "outputs"}
OLD_RESULT |= {"startedAt", "finishedAt", "seconds", "runId", "tool", "settings"}
OLD_RESULT |= {"revisions", "identity"}
# What it made of the template that lay beside it.
OLD_TEMPLATE = "sha256:cd1838741125c43575e77089862f99091c42599c3bb480dcf181544d8a999424"


def make_old(project: Project, cloud: Cloud) -> None:
    """Take out of results and journal what that program did not write."""
    region = cloud.client("ec2").meta.region_name
    for stage in project.result_stages():
        result = project.result(stage)
        result.pop("realm", None)
        result.pop("by", None)
        if stage == "ami" and "outputs" in result:
            result["identity"] = f"{region}/{result['outputs']['name']}"
            assert result.keys() == OLD_RESULT
            assert result["inputs"]["file:cfn/ec2.yaml"] == OLD_TEMPLATE
        (project.results / f"{stage}.json").write_text(json.dumps(result, indent=2))
    path = project.results / "journal.ndjson"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        line.pop("realm", None)
        line.get("details", {}).pop("description", None)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def assert_went_on(project: Project, cloud: Cloud, mark: int) -> None:
    """Assert that a run ends fresh, with everything there once."""
    project.run()
    assert_released_once(project)
    assert cloud.account in project.result("ami")["realm"]
    assert project.run().started() == set()
    assert cloud.operations(mark).count("ec2:CreateImage") == 1


@pytest.mark.parametrize("name", ["playbook", "image-pending", "exports-active"])
def test_a_killed_run_goes_on(project: Project, cloud: Cloud, name: str) -> None:
    mark = cloud.mark()
    assert interrupt(project, cloud, MOMENTS[name], signal.SIGKILL) == -signal.SIGKILL
    make_old(project, cloud)
    assert_went_on(project, cloud, mark)
    if MOMENTS[name].kept:
        played = [call["playbook"] for call in project.runner_calls()]
        assert played == PLAYBOOKS, "the playbooks ran again"
        assert len(project.view.export_tasks()) == 2, "an export was repeated"


@pytest.mark.parametrize("changes", [False, True])
def test_an_export_whose_id_was_never_learnt_is_found(
    project: Project, cloud: Cloud, changes: bool
) -> None:
    """It described the tasks of all formats alike."""
    mark = cloud.mark()
    cloud.add_faults(
        {"operation": "ec2:ExportImage", "status": 503, "code": "x", "count": 999}
    )
    running = project.start(MANIFEST)
    running.wait_until(
        lambda: "ec2:ExportImage" in cloud.operations(mark), "the export"
    )
    running.send(signal.SIGKILL)
    running.outcome()
    cloud.restore()
    make_old(project, cloud)
    lines = (project.results / "journal.ndjson").read_text().splitlines()
    intents = [
        line
        for line in map(json.loads, lines)
        if line.get("resource") == "ec2:export-image-task"
    ]
    line = intents[0]
    assert line.keys() == OLD_LINES and line["details"].keys() == OLD_DETAILS
    begin_as_before(cloud, line)
    if changes:
        project.set("export", "prefix", value=f"other/{project.asset_id}")
        project.run()
        assert project.view.exported() == {}, "what it wrote is left"
        return
    assert_went_on(project, cloud, mark)
    assert len(project.view.export_tasks()) == 2, "the export was repeated"


def begin_as_before(cloud: Cloud, line: dict) -> None:
    """Ask for an export as that program asked for it."""
    details = line["details"]
    tags = {"exa_dss_id": line["assetId"], "exa_dss_run": line["runId"]}
    role = cloud.client("cloudformation").describe_stack_resources(
        StackName="DATA-SCIENCE-SANDBOX-VM-Bucket"
    )["StackResources"]
    (name,) = (
        resource["PhysicalResourceId"]
        for resource in role
        if resource["LogicalResourceId"] == "VMExportRole"
    )
    cloud.client("ec2").export_image(
        ImageId=details["imageId"],
        DiskImageFormat=details["format"],
        S3ExportLocation={"S3Bucket": details["bucket"], "S3Prefix": details["folder"]},
        ClientToken=line["token"],
        RoleName=name,
        Description=f"Data Science Sandbox {line['assetId']}",
        TagSpecifications=[
            {
                "ResourceType": "export-image-task",
                "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
            }
        ],
    )


def test_a_complete_release_is_looked_at_once_and_bound(
    own_release: Project, cloud: Cloud
) -> None:
    make_old(own_release, cloud)
    (own_release.results / "retire.json").unlink()
    mark = cloud.mark()
    assert own_release.run().started() == {"retire"}
    assert cloud.operations(mark, "creating") == []
    assert cloud.account in own_release.result("ami")["realm"]
    mark = cloud.mark()
    assert own_release.run().started() == set()
    assert cloud.requests(mark) == []


def key(result: dict[str, Any]) -> str:
    """Make the key of what is recorded, as every program makes it."""
    parts = {"kind": "durable", "stage": result["stage"]}
    parts |= {"revision": result["revisions"], "inputs": result["inputs"]}
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_what_was_an_input_and_is_none_by_now_is_missed_by_nobody(
    released: Project,
) -> None:
    path = released.results / "ami.json"
    result = json.loads(path.read_text())
    assert result["key"] == key(result)
    for name in (".mypy_cache/x", "roles/._tasks", "roles/.main.yml.swo"):
        result["inputs"][f"file:ansible/{name}"] = "sha256:" + 64 * "0"
    result["key"] = key(result)
    path.write_text(json.dumps(result))
    assert released.stale() == {}
    result["inputs"]["file:ansible/gone.yml"] = "sha256:" + 64 * "0"
    result["key"] = key(result)
    path.write_text(json.dumps(result))
    assert released.stale()["ami"] == ["file ansible/gone.yml removed"]


def test_a_name_that_is_recorded_in_another_form_by_now_keeps_its_key(
    project: Project,
) -> None:
    """Keys are over names as they are, results over names that JSON and Swift can bear."""
    folder = os.fsencode(project.root / "ansible")
    names = [b"caf\xe9.yml", "e\u0301.yml".encode(), "\u00e9.yml".encode(), b"a\\b.yml"]
    for number, name in enumerate(names):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"# %d\n" % number)
    project.run("--only", "ami")
    result = project.result("ami")
    recorded = [
        "file:ansible/caf\\xe9.yml",
        "file:ansible/e\\xcc\\x81.yml",
        "file:ansible/\u00e9.yml",
        "file:ansible/a\\\\b.yml",
    ]
    assert set(recorded) <= result["inputs"].keys()
    found = result["key"]
    for old, name in zip(recorded, names, strict=True):
        digest = result["inputs"].pop(old)
        kind = "file" if old != recorded[0] else "bytes"
        text = old[5:] if old == recorded[0] else "ansible/" + name.decode()
        result["inputs"][f"{kind}:{text}"] = digest
    assert found == key(result)
    assert project.states("--only", "ami") == {"ami": "fresh"}
    for number, name in enumerate(names):
        with open(os.path.join(folder, name), "ab") as file:
            file.write(b"more\n")
        said = recorded[number].replace("file:", "file ", 1)
        assert f"{said} changed" in project.stale("--only", "ami")["ami"]
