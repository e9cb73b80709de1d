"""Two runs at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from .cloud import Cloud
from .program import RunningProgram, assert_error
from .project import MANIFEST, Project


@pytest.fixture
def holder(project: Project) -> Iterator[RunningProgram]:
    """A run that is at work until the runner is set to something else."""
    project.set_runner(seconds=900)
    running = project.start(MANIFEST, "--only", "ami")
    project.wait_for_playbook(running)
    yield running


def test_second_run_is_turned_away(
    project: Project, holder: RunningProgram, cloud: Cloud
) -> None:
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 75, str(holder.process.pid), "unlock", "--run-id")
    assert holder.process.poll() is None
    assert not set(cloud.operations(mark, "creating")) & {"ec2:ImportKeyPair"}
    assert project.dssbatch("plan", MANIFEST).status == 0
    assert project.dssbatch("status", MANIFEST).status == 0
    project.set_runner()
    assert holder.outcome().status == 0
    assert len(project.view.images()) == 1


def test_another_asset_is_not_locked(project: Project, holder: RunningProgram) -> None:
    outcome = project.dssbatch("plan", MANIFEST, "--asset-id", "other")
    assert outcome.status == 0
    outcome = project.run("--asset-id", f"{project.asset_id}-b", "--only", "source-ami")
    assert outcome.started() == {"source-ami"}
    assert holder.process.poll() is None


@pytest.mark.slow
def test_wait_lock_waits(
    project: Project, holder: RunningProgram, cloud: Cloud
) -> None:
    second = project.start(MANIFEST, "--only", "ami", "--json", "--wait-lock", "900")
    project.set_runner()
    assert holder.outcome().status == 0
    outcome = second.outcome()
    assert outcome.status == 0, str(outcome)
    assert outcome.started() == set()
    assert len(project.view.images()) == 1


def test_wait_lock_gives_up(project: Project, holder: RunningProgram) -> None:
    for words in (
        [MANIFEST],
        ["adopt", MANIFEST, "ami", "--id", "ami-0123456789abcdef0"],
        ["clean", MANIFEST, "--yes"],
    ):
        outcome = project.dssbatch(*words, "--wait-lock", "1")
        assert_error(outcome, 75, str(holder.process.pid))
        assert outcome.seconds > 0.9
    assert holder.process.poll() is None


def test_killed_holder_frees_the_lock(project: Project, holder: RunningProgram) -> None:
    holder.send(signal.SIGKILL)
    holder.outcome()
    project.set_runner()
    project.run("--only", "ami")
    project.view.assert_nothing_runs()
    assert len(project.view.images()) == 1


@pytest.mark.slow
def test_unlock_breaks_just_that_lock(project: Project, holder: RunningProgram) -> None:
    refused = project.dssbatch("unlock", MANIFEST, "--run-id", "someone-else")
    assert refused.status != 0
    message = project.dssbatch(MANIFEST).stderr
    words = message.replace("`", " ").split()
    run_id = words[words.index("--run-id") + 1]
    project.dssbatch("unlock", MANIFEST, "--run-id", run_id, check=0)
    project.set_runner()
    outcome = holder.outcome()
    assert outcome.status == 1, str(outcome)
    assert "lock" in outcome.stderr
    project.set_runner()
    project.run("--only", "ami")
    project.view.assert_nothing_runs()
    assert len(project.view.images()) == 1
