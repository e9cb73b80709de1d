"""The workflows of GitHub Actions: what they may do, and what they run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .cloud import ROOT
from .stand_ins import SWIFT, StandIns

FILE = ROOT / ".github/workflows/release.yaml"
TEXT = FILE.read_text()
WORKFLOW: dict[str, Any] = yaml.safe_load(TEXT)
JOB = WORKFLOW["jobs"]["release"]
STEPS: list[dict[str, Any]] = JOB["steps"]
ALL = sorted(FILE.parent.iterdir())
TEST: dict[str, Any] = yaml.safe_load((FILE.parent / "test.yaml").read_text())


def step_using(action: str) -> dict[str, Any]:
    (found,) = (s for s in STEPS if s.get("uses", "").startswith(f"{action}@"))
    return found


def step_named(name: str) -> dict[str, Any]:
    (found,) = (s for s in STEPS if s.get("name") == name)
    return found


def test_people_and_published_releases_start_it() -> None:
    events = WORKFLOW["on"]
    assert events.keys() == {"release", "workflow_dispatch"}
    assert events["release"] == {"types": ["published"]}
    inputs = events["workflow_dispatch"]["inputs"]
    assert inputs.keys() == {"asset_id", "release_id"}
    assert not any(i.get("required") for i in inputs.values())


def test_its_token_may_take_the_role_and_write_the_release_only() -> None:
    assert WORKFLOW["permissions"] == {"contents": "write", "id-token": "write"}
    assert "permissions" not in JOB
    assert step_using("actions/checkout")["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_actions_are_pinned_by_commit_and_say_their_version(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if " uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d", line), line


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_no_expression_becomes_the_text_of_a_command(file: Path) -> None:
    for job in yaml.safe_load(file.read_text())["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_changes_are_tested_without_secrets(tmp_path: Path) -> None:
    assert TEST["on"] == {"push": {"branches": ["main"]}, "pull_request": None}
    assert TEST["permissions"] == {"contents": "read"}
    assert "secrets." not in str(TEST)
    programs = StandIns(tmp_path)
    (job,) = TEST["jobs"].values()
    for step in job["steps"]:
        if "run" in step:
            programs.run(step["run"], GITHUB_PATH=str(tmp_path / "github-path"))
    assert programs.said() == ["setup", "lint", "test", "--fast"]


def test_secrets_are_in_the_environment_of_one_step_only() -> None:
    secret = {step["name"] for step in STEPS if "secrets." in str(step)}
    assert secret == {"Make the release"}
    assert "secrets." not in str(JOB | {"steps": []})
    environment = step_named("Make the release")["env"]
    names = (
        "DSS_DEFAULT_PASSWORD",
        "DSS_JUPYTER_PASSWORD",
        "DOCKER_REGISTRY_PASSWORD",
        "GITHUB_TOKEN",
    )
    for name in names:
        assert environment[name] == f"${{{{ secrets.{name} }}}}"


def test_the_session_lasts_as_long_as_the_job_and_the_role_allows_it() -> None:
    step = step_using("aws-actions/configure-aws-credentials")
    seconds = step["with"]["role-duration-seconds"]
    assert seconds == JOB["timeout-minutes"] * 60
    template = (ROOT / "cfn/release-codebuild.yaml").read_text()
    assert f"MaxSessionDuration: {seconds}\n" in template
    assert STEPS.index(step) == STEPS.index(step_named("Make the release")) - 1
    assert not {"aws-access-key-id", "aws-secret-access-key"} & step["with"].keys()


def test_runs_of_an_asset_follow_each_other() -> None:
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is False
    assert "inputs.asset_id" in WORKFLOW["concurrency"]["group"]


@pytest.mark.parametrize(
    ("asset_id", "options"),
    [
        ("", []),
        ("3.4.0", ["--asset-id", "3.4.0"]),
        ('"; bin/test $(bin/test)', ["--asset-id", '"; bin/test $(bin/test)']),
    ],
)
def test_a_release_names_its_asset_and_results(
    tmp_path: Path, asset_id: str, options: list[str]
) -> None:
    programs = StandIns(tmp_path)
    path = tmp_path / "github-path"
    variables = {
        "GITHUB_PATH": str(path),
        "ASSET_ID": asset_id,
        "RESULTS_BUCKET": "images",
        "RESULTS_PREFIX": "results/ci",
    }
    assert WORKFLOW["defaults"]["run"]["shell"] == "bash"
    for step in STEPS:
        if "run" in step:
            programs.run(step["run"], **variables)
    assert path.read_text() == f"{SWIFT}\n"
    results = ["--results", "s3://images/results/ci"]
    build = ["dssbatch", "--version"]
    release = ["dssbatch", "manifests/release.json", *options, *results]
    assert programs.said() == ["setup", *build, *release]
