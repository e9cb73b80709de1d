"""Results that cannot be written: the disk is full, the folder is none or read-only."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cloud import Cloud
from .program import assert_error
from .project import MANIFEST, Project

# The results folder


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    if os.geteuid() != 0:
        pytest.skip("a small file system needs root")
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(
            f"no small file system can be mounted here: {mounted.stderr.strip()}"
        )
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Fill a file system to its last byte."""
    with (
        contextlib.suppress(OSError),
        (folder / "ballast").open("wb", buffering=0) as ballast,
    ):
        while ballast.write(b"\0" * 256):
            pass


def test_full_disk_under_the_results(
    project: Project, tiny_folder: Path, cloud: Cloud
) -> None:
    fill(tiny_folder)
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST, "--results", str(tiny_folder))
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, str(tiny_folder))
    assert "space" in outcome.stderr
    assert cloud.operations(mark, "creating") == []


@pytest.mark.slow
def test_disk_that_fills_during_the_run(project: Project, tiny_folder: Path) -> None:
    project.set_runner(seconds=900)
    running = project.start(MANIFEST, "--results", str(tiny_folder))
    project.wait_for_playbook(running)
    fill(tiny_folder)
    project.set_runner()
    outcome = running.outcome()
    assert_error(outcome, 1, str(tiny_folder))
    assert "space" in outcome.stderr
    assert project.view.instances() == []
    assert project.view.stacks() == []
    (tiny_folder / "ballast").unlink()
    project.set_runner()
    project.run("--results", str(tiny_folder))
    project.view.assert_nothing_runs()
    assert len(project.view.images()) == 1
    assert len(project.view.exported()) == 2


def test_results_folder_that_is_a_file(project: Project, cloud: Cloud) -> None:
    (project.root / "out").write_text("in the way\n")
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, "out")
    assert cloud.operations(mark, "creating") == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_results(project: Project, cloud: Cloud) -> None:
    (project.root / "out").mkdir(mode=0o500)
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, "out")
    assert cloud.operations(mark, "creating") == []


def test_results_file_system_that_is_read_only(
    project: Project, tiny_folder: Path, cloud: Cloud
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_folder)], check=True)
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST, "--results", str(tiny_folder))
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, str(tiny_folder))
    assert cloud.operations(mark, "creating") == []
