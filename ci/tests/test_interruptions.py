"""Signals and crashes: what was begun is finished or removed, and never made twice."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .cloud import Cloud
from .program import POLL_SECONDS, RUN_TIMEOUT_SECONDS, RunningProgram
from .project import MANIFEST, PLAYBOOKS, Project

Prepare = Callable[[Cloud, Project], None]


@dataclass(frozen=True)
class Moment:
    """A point of a run: how to stretch it, and the request that shows that it is reached."""

    prepare: Prepare
    operation: str
    times: int = 1
    # What the second run must not do again.
    kept: tuple[str, ...] = ()


def slowly(model: str, seconds: float) -> Prepare:
    return lambda cloud, project: cloud.set_speed(
        model, progression="time", seconds=seconds
    )


def delayed(operation: str) -> Prepare:
    def prepare(cloud: Cloud, project: Project) -> None:
        cloud.add_faults({"operation": operation, "delaySeconds": 3, "count": 4})

    return prepare


def as_it_is(cloud: Cloud, project: Project) -> None:
    """Stretch nothing."""


def long_playbook(cloud: Cloud, project: Project) -> None:
    project.set_runner(seconds=900)


MACHINE_ONCE = ("ec2:CreateImage",)
MOMENTS = {
    "key-imported": Moment(as_it_is, "ec2:ImportKeyPair"),
    "change-set-pending": Moment(
        slowly("cloudformation::changeset", 3), "cloudformation:CreateChangeSet"
    ),
    "stack-in-progress": Moment(
        slowly("cloudformation::stack", 3), "cloudformation:ExecuteChangeSet"
    ),
    "playbook": Moment(long_playbook, ""),
    "image-pending": Moment(
        slowly("ec2::image", 3), "ec2:CreateImage", 1, MACHINE_ONCE
    ),
    "stack-being-deleted": Moment(
        slowly("cloudformation::stack", 1),
        "cloudformation:DeleteStack",
        1,
        MACHINE_ONCE,
    ),
    "first-export-asked-for": Moment(
        slowly("ec2::exportimagetask", 1), "ec2:ExportImage", 1, MACHINE_ONCE
    ),
    "exports-active": Moment(
        slowly("ec2::exportimagetask", 1),
        "ec2:DescribeExportImageTasks",
        2,
        MACHINE_ONCE,
    ),
    "documents-uploaded": Moment(
        delayed("s3:PutObject"), "s3:PutObject", 1, MACHINE_ONCE
    ),
    "copy-begun": Moment(
        delayed("s3:UploadPartCopy"), "s3:CreateMultipartUpload", 1, MACHINE_ONCE
    ),
    "copy-ended": Moment(
        delayed("s3:DeleteObject"), "s3:CompleteMultipartUpload", 1, MACHINE_ONCE
    ),
    "export-settled": Moment(
        delayed("s3:GetObject"), "s3:DeleteObject", 1, MACHINE_ONCE
    ),
}

# What the fast tier kills; the slow one does all.
QUICK = ("playbook", "image-pending", "documents-uploaded", "exports-active")


def interrupt(
    project: Project, cloud: Cloud, moment: Moment, number: signal.Signals
) -> int:
    """Send a signal at a moment of a first run and return the exit status."""
    moment.prepare(cloud, project)
    mark = cloud.mark()
    running = project.start(MANIFEST)

    def is_reached() -> bool:
        if not moment.operation:
            return bool(project.runner_calls())
        return cloud.operations(mark).count(moment.operation) >= moment.times

    running.wait_until(is_reached, moment.operation or "the playbook")
    running.send(number)
    status = running.outcome().status
    cloud.restore()
    project.set_runner()
    return status


def assert_released_once(project: Project) -> None:
    """Assert that all is there, once, and nothing else is."""
    view = project.view
    view.assert_nothing_runs()
    assert len(view.images()) == 1
    assert len(view.snapshots()) == 1
    assert sorted(key.rpartition(".")[2] for key in view.exported()) == ["vhd", "vmdk"]
    assert project.private_keys() == []
    assert project.stale() == {}


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in MOMENTS
    ],
)
def test_killed_run_is_taken_up(project: Project, cloud: Cloud, name: str) -> None:
    moment = MOMENTS[name]
    mark = cloud.mark()
    assert interrupt(project, cloud, moment, signal.SIGKILL) == -signal.SIGKILL
    project.run()
    assert_released_once(project)
    operations = cloud.operations(mark)
    for operation in moment.kept:
        assert operations.count(operation) == 1, operation
    if moment.kept:
        played = [call["playbook"] for call in project.runner_calls()]
        assert played == PLAYBOOKS, "the playbooks ran again"
        assert len(project.view.export_tasks()) == 2, "an export was repeated"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("playbook", signal.SIGINT),
        ("exports-active", signal.SIGTERM),
        pytest.param("playbook", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("stack-in-progress", signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("stack-in-progress", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("exports-active", signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_signal_ends_a_run_in_good_order(
    project: Project, cloud: Cloud, name: str, number: signal.Signals
) -> None:
    mark = cloud.mark()
    assert interrupt(project, cloud, MOMENTS[name], number) == 128 + number
    project.view.assert_nothing_runs()
    assert project.private_keys() == []
    project.run()
    assert_released_once(project)
    if name == "exports-active":
        assert cloud.operations(mark).count("ec2:CreateImage") == 1
        assert len(project.view.export_tasks()) == 2


@pytest.mark.slow
def test_interrupted_image_is_continued(project: Project, cloud: Cloud) -> None:
    mark = cloud.mark()
    assert interrupt(project, cloud, MOMENTS["image-pending"], signal.SIGINT) == 130
    project.run()
    assert_released_once(project)
    assert cloud.operations(mark).count("ec2:CreateImage") == 1


@pytest.mark.slow
def test_second_signal_ends_at_once(project: Project, cloud: Cloud) -> None:
    cloud.set_speed("cloudformation::stack", progression="time", seconds=1200)
    mark = cloud.mark()
    running = project.start(MANIFEST)
    running.wait_until(
        lambda: "cloudformation:ExecuteChangeSet" in cloud.operations(mark), "the stack"
    )
    running.send(signal.SIGINT)
    running.wait_until(
        lambda: "cloudformation:DeleteStack" in cloud.operations(mark), "clean-up"
    )
    # Within a second of the first it would be taken for the same.
    insist(running, signal.SIGINT)
    outcome = running.outcome()
    assert outcome.status == 130
    # The first said what is removed, the second what stays and how it goes.
    assert re.search(r"interrupted: removing stack `EC2-[^`]+` in ", outcome.stderr)
    assert "Ctrl-C again leaves" in outcome.stderr
    assert f"dssbatch clean {MANIFEST} --asset-id {project.asset_id}" in outcome.stderr
    # The stack is there still: nobody waited for its end.
    assert project.view.stacks() != []
    cloud.restore()
    project.run()
    assert_released_once(project)


def insist(running: RunningProgram, number: signal.Signals) -> None:
    """Send a signal again and again until it ends the program."""
    deadline = time.monotonic() + RUN_TIMEOUT_SECONDS
    while running.process.poll() is None:
        assert time.monotonic() < deadline, running.stderr()
        running.send(number)
        time.sleep(POLL_SECONDS)


@pytest.mark.parametrize(
    "echo", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name
)
def test_a_closed_terminal_is_one_interruption(
    project: Project, cloud: Cloud, echo: signal.Signals
) -> None:
    """The terminal and its shell both say so, and services say it in two ways."""
    cloud.set_speed("cloudformation::stack", progression="time", seconds=3)
    mark = cloud.mark()
    running = project.start(MANIFEST)
    running.wait_until(
        lambda: "cloudformation:ExecuteChangeSet" in cloud.operations(mark), "the stack"
    )
    for number in (signal.SIGHUP, echo):
        running.send(number)
    outcome = running.outcome()
    # Which of two pending signals is handled first, the kernel decides.
    assert outcome.status in (129, 128 + echo), str(outcome)
    project.view.assert_nothing_runs()


def test_interrupted_run_says_how_to_go_on(project: Project, cloud: Cloud) -> None:
    project.set_runner(seconds=900)
    running = project.start(MANIFEST)
    project.wait_for_playbook(running)
    running.send(signal.SIGINT)
    outcome = running.outcome()
    assert outcome.status == 130
    assert "interrupted" in outcome.stderr
    assert "run the same command again" in outcome.stderr


def test_interrupted_runner_does_not_live_on(project: Project) -> None:
    project.set_runner(seconds=900)
    running = project.start(MANIFEST)
    project.wait_for_playbook(running)
    running.send(signal.SIGTERM)
    assert running.outcome().status == 143
    assert _processes_naming(str(project.tools)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["image-pending", "exports-active"])
def test_changed_inputs_after_a_kill(project: Project, cloud: Cloud, name: str) -> None:
    """What was begun belongs to the old inputs: it is replaced, not adopted."""
    assert interrupt(project, cloud, MOMENTS[name], signal.SIGKILL) == -signal.SIGKILL
    project.set("versions", "poetry", value="9.9.9")
    project.run()
    played = [call["playbook"] for call in project.runner_calls()]
    assert played == [*PLAYBOOKS, *PLAYBOOKS], "the machine was not made again"
    assert project.runner_calls()[-1]["extravars"]["versions"]["poetry"] == "9.9.9"
    assert_released_once(project)


@pytest.mark.slow
def test_three_kills_in_a_row(project: Project, cloud: Cloud) -> None:
    for name in ("stack-in-progress", "image-pending", "copy-begun"):
        assert (
            interrupt(project, cloud, MOMENTS[name], signal.SIGKILL) == -signal.SIGKILL
        )
    project.run()
    assert_released_once(project)


def _processes_naming(text: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in command:
            found.append(command)
    return found
