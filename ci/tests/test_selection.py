"""Choosing stages, saved plans, and the commands beside `run`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .cloud import Cloud
from .program import assert_error
from .project import DURABLE, EXPORTS, MACHINE, MANIFEST, Project


def remove_object(project: Project, stage: str) -> dict[str, Any]:
    """Delete the object that an export recorded."""
    outputs = project.result(stage)["outputs"]
    project.cloud.client("s3").delete_object(
        Bucket=outputs["bucket"], Key=outputs["key"]
    )
    return outputs


# --only, --force, --skip


def test_only_takes_stages_groups_and_globs(released: Project) -> None:
    assert set(released.states("--only", "export")) == EXPORTS
    assert set(released.states("--only", "export-*")) == EXPORTS
    assert set(released.states("--only", "export-vhd")) == {"export-vhd"}
    assert set(released.states("--only", "export-vhd", "--only", "ami")) == {
        "export-vhd",
        "ami",
    }


def test_only_pulls_in_stale_upstream(project: Project) -> None:
    states = project.states("--only", "export-vhd")
    assert {"source-ami", *MACHINE, "export-vhd"} == set(states)


def test_force_makes_a_fresh_stage_run(released: Project, cloud: Cloud) -> None:
    assert released.stale("--force", "export-vhd")["export-vhd"] == ["forced"]
    mark = cloud.mark()
    outcome = released.run("--force", "export-vhd")
    assert outcome.started() - {"release-notes", "retire"} == {"export-vhd"}
    assert cloud.operations(mark).count("ec2:ExportImage") == 1
    assert released.stale() == {}
    assert set(released.view.exported().values()) == {11 << 20}


def test_skip_leaves_stages_out(released: Project) -> None:
    released.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    outcome = released.run("--skip", "release-notes")
    assert outcome.started() == {"export-raw"}
    assert set(released.stale()) == {"release-notes", "retire"}


def test_skipped_upstream_blocks(project: Project) -> None:
    states = project.states("--skip", "ami")
    assert states["export-vhd"] == "blocked"


@pytest.mark.parametrize("option", ["--only", "--force", "--skip"])
def test_unknown_selection_lists_the_names(
    released: Project, cloud: Cloud, option: str
) -> None:
    mark = cloud.mark()
    outcome = released.dssbatch(MANIFEST, option, "export-vmkd")
    assert_error(
        outcome, 2, "`export-vmkd`", "export-vmdk", "export-vhd", "release-notes"
    )
    assert "did you mean" in outcome.stderr.lower()
    assert cloud.operations(mark) == []


def test_glob_without_match_is_an_error(released: Project) -> None:
    assert_error(
        released.dssbatch("plan", MANIFEST, "--only", "exprot-*"), 2, "exprot-*"
    )


# plan


def test_what_if_plans_a_change_that_is_not_there(released: Project) -> None:
    # As if the change concerned nothing, a misspelt name would look.
    outcome = released.dssbatch("plan", MANIFEST, "--what-if", "nowhere.yml")
    assert_error(outcome, 2, "no stage is made from `nowhere.yml`", "--what-if")
    stale = released.stale("--what-if", "ansible/sandbox.yml")
    assert set(MACHINE) <= set(stale)
    assert any("ansible/sandbox.yml" in reason for r in stale.values() for reason in r)
    assert released.stale() == {}


def test_saved_plan_is_done_as_it_is(released: Project) -> None:
    released.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    plan = released.folder / "plan.json"
    released.dssbatch(
        "plan", MANIFEST, "--only", "export", "--output", str(plan), check=0
    )
    json.loads(plan.read_text())
    outcome = released.run("--plan", str(plan))
    assert outcome.started() == {"export-raw"}
    assert set(released.stale()) == {"release-notes", "retire"}


def test_saved_plan_is_refused_after_a_change(released: Project, cloud: Cloud) -> None:
    released.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    plan = released.folder / "plan.json"
    released.dssbatch("plan", MANIFEST, "--output", str(plan), check=0)
    playbook = released.root / "ansible/sandbox.yml"
    playbook.write_text(playbook.read_text() + "# changed\n")
    mark = cloud.mark()
    outcome = released.dssbatch(MANIFEST, "--plan", str(plan))
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, "ansible/sandbox.yml")
    # Whose account it is comes first.
    assert set(cloud.operations(mark)) <= {"sts:GetCallerIdentity"}


def test_saved_plan_is_refused_once_it_is_done(released: Project) -> None:
    released.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    plan = released.folder / "plan.json"
    released.dssbatch("plan", MANIFEST, "--output", str(plan), check=0)
    released.run()
    outcome = released.dssbatch(MANIFEST, "--plan", str(plan))
    assert outcome.status in (1, 2), str(outcome)
    assert "export-raw" in outcome.stderr


def test_broken_plan_file_is_refused(released: Project) -> None:
    plan = released.folder / "plan.json"
    plan.write_text('{"schema": ')
    assert_error(released.dssbatch(MANIFEST, "--plan", str(plan)), 2, "plan.json")
    assert_error(
        released.dssbatch(MANIFEST, "--plan", str(plan) + ".absent"), 2, "plan.json"
    )


def test_dry_run_is_a_plan(released: Project, cloud: Cloud) -> None:
    released.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    before, mark = released.snapshot(), cloud.mark()
    outcome = released.run("-n")
    assert outcome.plan()["export-raw"]["state"] == "run"
    assert outcome.events("stage-started") == []
    assert released.snapshot() == before
    assert cloud.operations(mark) == []


# status and --verify


def test_status_of_a_release(released: Project) -> None:
    outcome = released.dssbatch("status", MANIFEST, check=0)
    for stage in DURABLE:
        assert stage in outcome.stdout
    assert "stale" not in outcome.stdout


def test_status_of_nothing(project: Project) -> None:
    outcome = project.dssbatch("status", MANIFEST, check=0)
    assert outcome.stdout.count("never ran") >= len(DURABLE)


def test_status_verify_finds_a_lost_object(own_release: Project) -> None:
    outputs = remove_object(own_release, "export-vhd")
    before = own_release.snapshot()
    plain = own_release.dssbatch("status", MANIFEST, check=0)
    assert "output missing in AWS" not in plain.stdout
    outcome = own_release.dssbatch("status", MANIFEST, "--verify", check=0)
    assert "output missing in AWS" in outcome.stdout
    assert outputs["key"] in outcome.stdout
    assert own_release.snapshot() == before


def test_status_verify_says_of_each_row_what_it_could_not_ask(
    own_release: Project, cloud: Cloud
) -> None:
    remove_object(own_release, "export-vhd")
    cloud.add_faults(
        {
            "operation": "ec2:DescribeImages",
            "status": 403,
            "code": "UnauthorizedOperation",
            "count": 999,
        }
    )
    outcome = own_release.dssbatch("status", MANIFEST, "--verify", check=None)
    assert_error(outcome, 1, "could not be asked about")
    rows = {row.split()[0]: row for row in outcome.stdout.splitlines()}
    assert rows.keys() >= set(DURABLE)
    assert "not verified: ec2:DescribeImages failed" in rows["ami"]
    assert "UnauthorizedOperation" in rows["ami"]
    assert "output missing in AWS" in rows["export-vhd"]
    assert "not verified" not in rows["export-vmdk"]
    outcome = own_release.dssbatch("status", MANIFEST, "--verify", "--json", check=None)
    lines = {line["stage"]: line for line in outcome.events("status")}
    assert "UnauthorizedOperation" in lines["ami"]["unverified"]
    assert lines["export-vmdk"]["unverified"] is None


def test_status_verify_asks_nothing_of_a_cloud_that_nobody_knows(
    own_release: Project, cloud: Cloud
) -> None:
    cloud.add_faults(
        {
            "operation": "sts:GetCallerIdentity",
            "status": 403,
            "code": "AccessDenied",
            "count": 999,
        }
    )
    mark = cloud.mark()
    outcome = own_release.dssbatch("status", MANIFEST, "--verify", check=None)
    rows = {row.split()[0]: row for row in outcome.stdout.splitlines()}
    assert "not verified" in rows["ami"] and "not verified" in rows["export-vhd"]
    assert outcome.status != 0
    assert set(cloud.operations(mark)) == {"sts:GetCallerIdentity"}


def test_run_verify_exports_just_what_is_lost(
    own_release: Project, cloud: Cloud
) -> None:
    remove_object(own_release, "export-vhd")
    assert own_release.run().started() == set()
    mark = cloud.mark()
    outcome = own_release.run("--verify")
    assert outcome.started() - {"release-notes", "retire"} == {"export-vhd"}
    assert cloud.operations(mark).count("ec2:ExportImage") == 1
    assert "ec2:CreateImage" not in cloud.operations(mark)
    assert len(own_release.view.exported()) == 2


@pytest.mark.slow
def test_run_verify_remakes_a_lost_image(own_release: Project, cloud: Cloud) -> None:
    image = own_release.result("ami")["outputs"]["imageId"]
    cloud.client("ec2").deregister_image(ImageId=image)
    outcome = own_release.run("--verify")
    assert {*MACHINE, *EXPORTS} <= outcome.started()
    assert len(own_release.view.images()) == 1
    own_release.view.assert_nothing_runs()
