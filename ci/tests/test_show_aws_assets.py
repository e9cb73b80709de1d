"""`show-aws-assets` finds what boto3 finds, in every form that it prints."""

from __future__ import annotations

import json
import secrets
import shlex
import signal

import jsonschema
import pytest

from .asset_search import Found, find_tagged, make_things
from .cloud import REGION, Cloud
from .program import Outcome, assert_error
from .project import Project
from .test_interruptions import MOMENTS, interrupt

OTHER_REGION = "eu-west-1"
TEXT = {"type": "string", "minLength": 1}
MAYBE_TEXT = {"type": ["string", "null"]}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema", "assetId", "regions", "assets", "cost"],
    "properties": {
        "schema": {"const": "dssbatch.assets/1"},
        "assetId": TEXT,
        "regions": {"type": "array", "items": TEXT, "minItems": 1},
        "assets": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", "id", "region", "assetId", "role", "sizeBytes"],
                "properties": {
                    "type": TEXT,
                    "id": TEXT,
                    "name": MAYBE_TEXT,
                    "region": TEXT,
                    "assetId": TEXT,
                    "runId": MAYBE_TEXT,
                    "state": MAYBE_TEXT,
                    "role": {
                        "enum": [
                            "artifact",
                            "leftover",
                            "superseded",
                            "in-use",
                            "ended",
                        ]
                    },
                    "foundBy": {"enum": ["tag", "export-task", "key"]},
                    "bucket": MAYBE_TEXT,
                    "key": MAYBE_TEXT,
                    "sizeBytes": {"type": ["integer", "null"], "minimum": 0},
                    "createdAt": MAYBE_TEXT,
                    "monthlyUSD": {"type": ["number", "null"], "minimum": 0},
                    "removeCommand": MAYBE_TEXT,
                },
            },
        },
        "cost": {
            "type": "object",
            "additionalProperties": False,
            "required": ["currency", "monthly", "assumptions"],
            "properties": {
                "currency": {"const": "USD"},
                "monthly": {"type": "number", "minimum": 0},
                "assumptions": {"type": "array", "items": TEXT, "minItems": 1},
            },
        },
    },
}


def show(project: Project, *options: str, check: int = 0) -> Outcome:
    return project.dssbatch("show-aws-assets", *options, check=check)


def document(project: Project, *options: str) -> dict:
    answer = json.loads(show(project, "--format", "json", *options).stdout)
    jsonschema.validate(answer, SCHEMA)
    return answer


def shown(project: Project, *options: str) -> Found:
    assets = document(project, *options)["assets"]
    found = {(asset["type"], asset["id"]) for asset in assets}
    assert len(found) == len(assets), "something is shown twice"
    return found


@pytest.mark.parametrize(
    "name",
    [
        "key-imported",
        "playbook",
        "exports-active",
        "copy-begun",
        pytest.param("stack-in-progress", marks=pytest.mark.slow),
        pytest.param("image-pending", marks=pytest.mark.slow),
        pytest.param("documents-uploaded", marks=pytest.mark.slow),
        pytest.param("copy-ended", marks=pytest.mark.slow),
        pytest.param("export-settled", marks=pytest.mark.slow),
    ],
)
def test_finds_what_boto3_finds_after_a_kill(
    project: Project, cloud: Cloud, name: str
) -> None:
    assert interrupt(project, cloud, MOMENTS[name], signal.SIGKILL) == -signal.SIGKILL
    cloud.settle()
    expected = find_tagged(cloud, project.asset_id)
    assert expected
    mark = cloud.mark()
    assert shown(project) == expected
    assert cloud.operations(mark, "creating") == []
    names = cloud.operations(mark)
    assert not [n for n in names if "Delete" in n or "Abort" in n]


def test_release_in_text(released: Project, cloud: Cloud) -> None:
    outcome = show(released)
    (image,) = released.view.images()
    lines = outcome.stdout.splitlines()
    assert lines[0].split()[:3] == ["TYPE", "ID", "NAME"]
    (row,) = [line for line in lines if line.startswith("ami ")]
    assert image["ImageId"] in row
    assert "artifact" in row
    (row,) = [line for line in lines if line.startswith("snapshot ")]
    assert "GiB" in row
    assert any(line.startswith("storage: about ") for line in lines)
    assert any("incremental" in line or "upper bound" in line for line in lines)
    command = f"aws ec2 deregister-image --region {REGION} --image-id"
    assert f"  {command} {image['ImageId']}" in lines
    columns = {line.find(REGION) for line in lines if line.startswith(("ami", "snap"))}
    assert len(columns) == 1, "the columns are not aligned"
    assert outcome.stderr == ""


def test_sizes_and_cost_are_exact_in_json(released: Project) -> None:
    answer = document(released)
    objects = {a["key"]: a["sizeBytes"] for a in answer["assets"] if a["key"]}
    assert objects == released.view.objects()
    (snapshot,) = released.view.snapshots()
    (size,) = [a["sizeBytes"] for a in answer["assets"] if a["type"] == "snapshot"]
    assert size == snapshot["VolumeSize"] * 2**30
    expected = size / 2**30 * 0.054 + sum(objects.values()) / 2**30 * 0.0245
    assert answer["cost"]["monthly"] == pytest.approx(expected, abs=0.01)


def test_json_events(own_release: Project) -> None:
    # Of its own: other tests export the shared one to other places of the bucket.
    expected = find_tagged(own_release.cloud, own_release.asset_id)
    outcome = show(own_release, "--json")
    events = outcome.events("asset")
    assert {(event["type"], event["id"]) for event in events} == expected
    (cost,) = outcome.events("asset-cost")
    assert cost["monthly"] > 0
    assert all(event["time"].endswith("Z") for event in outcome.events())


def test_output_file(released: Project) -> None:
    path = released.folder / "assets.md"
    outcome = show(released, "--format", "markdown", "--output", str(path))
    assert outcome.stdout == ""
    text = path.read_text()
    assert text.startswith(f"# AWS assets of `{released.asset_id}`")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert "```sh" in text
    outcome = show(released, "--json", "--format", "json", "--output", str(path))
    assert outcome.events("asset")
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)
    outcome = show(released, "--output", str(path / "no-folder"), check=1)
    assert_error(outcome, 1, "no-folder")


def test_type_selects(released: Project) -> None:
    everything = shown(released)
    for kinds in (["ami"], ["snapshot"], ["object", "export-task"], ["volume"]):
        options = [word for kind in kinds for word in ("--type", kind)]
        assert shown(released, *options) == {t for t in everything if t[0] in kinds}
    roles = {a["role"] for a in document(released, "--type", "snapshot")["assets"]}
    assert roles == {"artifact"}


def test_globs_regions_and_what_has_no_tag(project: Project, cloud: Cloud) -> None:
    stem = f"Glob {secrets.token_hex(3)}"
    first = make_things(cloud, f"{stem}.1", REGION, f"{stem}.1")
    second = make_things(cloud, f"{stem}.2", OTHER_REGION, f"{stem}.2")
    lower = make_things(cloud, f"{stem}.1".lower(), REGION, f"{stem}.1 lower")
    make_things(cloud, None, REGION, f"{stem}.1 untagged")
    assert shown(project, "--asset-id", f"{stem}.1") == first
    assert shown(project, "--asset-id", f"{stem}.?") == first
    assert shown(project, "--asset-id", f"{stem}*", "--region", "all") == first | second
    assert shown(project, "--asset-id", f"*{stem[5:]}.1") == first | lower
    project.set("ami", "copyToRegions", value=[OTHER_REGION])
    assert shown(project, "--asset-id", f"{stem}.*") == first | second
    assert shown(project, "--asset-id", f"{stem}.*", "--region", "us-east-1") == second
    everywhere = document(project, "--asset-id", f"{stem}.2", "--region", "all")
    assert len(everywhere["regions"]) > 10
    # Each command is one that a shell reads back.
    for asset in everywhere["assets"]:
        words = shlex.split(asset["removeCommand"])
        assert words[0] == "aws"
        assert OTHER_REGION in words


def test_nothing_found(project: Project) -> None:
    assert shown(project, "--asset-id", "no-such-*") == set()
    outcome = show(project, "--asset-id", "no-such-*")
    assert "nothing carries" in outcome.stdout
    assert not (project.root / "out").exists()


def test_one_region_that_cannot_be_read(project: Project, cloud: Cloud) -> None:
    stem = f"part-{secrets.token_hex(3)}"
    things = make_things(cloud, stem, REGION, stem)
    project.set("ami", "copyToRegions", value=[OTHER_REGION])
    make_things(cloud, stem, OTHER_REGION, stem)
    cloud.add_faults(
        {
            "operation": "ec2:DescribeVolumes",
            "status": 403,
            "code": "UnauthorizedOperation",
        }
    )
    outcome = show(project, "--asset-id", stem, "--format", "json", check=1)
    assert_error(outcome, 1, "cannot look for assets in region")
    found = {(a["type"], a["id"]) for a in json.loads(outcome.stdout)["assets"]}
    assert len(found) == len(things), "the other region is missing"


def test_without_a_bucket(project: Project) -> None:
    project.set("export", "bucket", value={"stack": "no-such-stack"})
    outcome = show(project)
    assert "no-such-stack" in outcome.stderr


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        (["--type", "snapshots"], "did you mean `snapshot`?"),
        (["--type", "docker-image"], "allowed: `ami`"),
        (["--asset-id", "a/b"], "matches no asset id"),
        (["--format", "xml"], "xml"),
        (["--manifest", "none.json"], "none.json"),
    ],
)
def test_bad_options(bad: Project, options: list[str], fragment: str) -> None:
    assert_error(bad.dssbatch("show-aws-assets", *options), 2, fragment)
