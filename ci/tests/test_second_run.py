"""The run after a release does nothing; a plan needs nothing and writes nothing."""

from __future__ import annotations

import hashlib
import re
import shutil

import pytest

from .cloud import Cloud
from .project import DURABLE, MANIFEST, PLAYBOOKS, Project
from .sshserver import free_port

# The second run


def test_second_run_does_nothing(released: Project, cloud: Cloud) -> None:
    before, mark = released.snapshot(), cloud.mark()
    outcome = released.run()
    assert outcome.started() == set()
    assert cloud.operations(mark, "creating") == []
    assert cloud.operations(mark, "deleting") == []
    after = released.snapshot()
    results = {name for name in before if name.endswith(".json")}
    assert {n: after[n] for n in results} == {n: before[n] for n in results}


def test_plan_needs_no_network_and_no_credentials(released: Project) -> None:
    bare: dict[str, str | None] = {
        name: None for name in released.cloud.environment if name.startswith("AWS_")
    }
    # EC2's endpoint says whose results they are; everything else leads nowhere.
    nowhere = f"http://127.0.0.1:{free_port()}"
    bare |= {"AWS_ENDPOINT_URL": nowhere, "AWS_ENDPOINT_URL_EC2": released.cloud.url}
    mark = released.cloud.mark()
    bare |= {"DSS_DEFAULT_PASSWORD": None, "DSS_JUPYTER_PASSWORD": None}
    before = released.snapshot()
    outcome = released.dssbatch(
        "plan", MANIFEST, "--detailed-exitcode", env=bare, check=0
    )
    assert released.snapshot() == before
    assert released.cloud.requests(mark) == []
    for stage in DURABLE:
        assert re.search(rf"^fresh +{stage}\b", outcome.stdout, re.MULTILINE), stage


def test_plan_of_an_unreleased_project_writes_nothing(
    project: Project, cloud: Cloud
) -> None:
    before, mark = project.snapshot(), cloud.mark()
    assert project.dssbatch("plan", MANIFEST, "--detailed-exitcode").status == 10
    assert project.dssbatch("plan", MANIFEST).status == 0
    assert project.dssbatch(MANIFEST, "--dry-run").status == 0
    assert project.snapshot() == before
    assert cloud.operations(mark) == []
    assert not project.results.exists()


def test_moved_project_is_still_fresh(released: Project) -> None:
    assert released.stale() == {}


def test_local_finds_the_running_cloud(project: Project) -> None:
    bare = {name: None for name in project.cloud.environment}
    bare |= {"DSS_DEFAULT_PASSWORD": None, "DSS_JUPYTER_PASSWORD": None}
    outcome = project.dssbatch("--local", MANIFEST, env=bare, check=0)
    assert "DSS_DEFAULT_PASSWORD is `dss`" in outcome.stderr
    assert len(project.view.exported()) == 2
    expected = hashlib.sha256(b"dss").hexdigest()
    digests = [
        d for call in project.runner_calls() for d in call["passwordDigests"].values()
    ]
    assert digests == [expected] * len(PLAYBOOKS)
    outcome = project.dssbatch("--local", MANIFEST, "--json", env=bare, check=0)
    assert outcome.started() == set()


@pytest.mark.slow
def test_manifest_without_optional_sections(project: Project) -> None:
    project.edit_manifest(
        lambda m: [m.pop(name, None) for name in ("export", "docker", "release")]
    )
    project.run()
    assert project.view.exported() == {}
    assert len(project.view.images()) == 1
    assert {"source-ami", "ami", "release-notes"} <= project.result_stages()
    assert not {n for n in project.result_stages() if n.startswith("export-")}


def test_results_of_lost_files_are_made_again(released: Project, cloud: Cloud) -> None:
    shutil.rmtree(released.results)
    assert {s for s in released.states().values()} <= {"run", "maybe"}


def test_unreadable_result_is_a_reason_and_no_crash(released: Project) -> None:
    (released.results / "export-vhd.json").write_text(
        '{"schema": "dssbatch.result/1", '
    )
    reasons = released.stale()["export-vhd"]
    assert any(reason.startswith("result file unreadable: ") for reason in reasons)


@pytest.mark.slow
def test_program_ends_well_every_time(released: Project) -> None:
    """What runs beside the main thread must not be torn down under its feet."""
    for _ in range(200):
        outcome = released.dssbatch(
            MANIFEST, "--only", "source-ami", "--refresh", "--quiet", check=0
        )
        assert outcome.stderr == ""
