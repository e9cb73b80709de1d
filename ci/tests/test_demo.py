"""bin/demo: a release on paper that anybody can make, and nothing that stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .cloud import ROOT
from .program import POLL_SECONDS, binary

LINKED = ("manifests", "ansible", "checks", "cfn", "ci")
# Long enough for a machine that is busy with all other tests.
TIMEOUT_SECONDS = 240
RELEASE = "$ bin/dssbatch --local"
CLOUD = "$ bin/localcloud up"


class Demo:
    """The project's scripts over the program under test, run with a temporary folder of their own."""

    def __init__(self, folder: Path):
        self.root, self.temporary = folder / "project", folder / "tmp"
        self.temporary.mkdir()
        self.root.mkdir()
        shutil.copytree(ROOT / "bin", self.root / "bin")
        for name in LINKED:
            (self.root / name).symlink_to(ROOT / name)
        program = self.root / "bin/dssbatch"
        program.write_text(f"#!/bin/sh\nexec '{binary()}' \"$@\"\n")

    def start(self, *options: str, **settings: Any) -> subprocess.Popen[str]:
        """Start it in a session of its own, as a terminal would."""
        return subprocess.Popen(
            [self.root / "bin/demo", *options],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.temporary),
                "TMPDIR": str(self.temporary),
                "DSS_PYTHON": sys.executable,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **settings,
        )

    def processes(self) -> list[int]:
        """Return the processes that were started with its temporary folder."""
        mark = f"TMPDIR={self.temporary}\0".encode()
        return [
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/environ")
            if mark in _read(path)
        ]

    def assert_nothing_left(self) -> None:
        """Assert that neither a process nor a file is left."""
        assert self.processes() == []
        assert list(self.temporary.iterdir()) == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    for pid in demo.processes():
        os.kill(pid, signal.SIGKILL)


def read_until(running: subprocess.Popen[str], text: str) -> str:
    """Read what it says until a line begins with a text."""
    said = ""
    for line in running.stdout:
        said += line
        if line.startswith(text):
            return said
    raise AssertionError(f"it never said {text}:\n{said}")


def wait_for(folder: Path, pattern: str) -> None:
    """Wait until there is a file."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not any(folder.glob(pattern)):
        assert time.monotonic() < deadline, pattern
        time.sleep(POLL_SECONDS)


def test_two_demos_side_by_side_leave_only_what_shall_stay(demo: Demo) -> None:
    keeping = demo.start("--keep")
    for running in (demo.start(), keeping):
        said, _ = running.communicate(timeout=TIMEOUT_SECONDS)
        assert running.returncode == 0, said
        assert said.count(RELEASE) == 2
        assert said.count("everything is fresh") == 1
        assert "release-notes: done" in said
        plan = said.partition("$ bin/dssbatch plan")[2].splitlines()
        assert "fresh    source-ami" in plan
        assert any(
            line.startswith("16 run, 1 fresh, replaces 3, about ") for line in plan
        )
        assert said.count("results are in") == 2
        assert "# Data Science Sandbox 3.4.0" in said
        assert '"schema": "dssbatch.release/1"' in said
        assert "bin/quickstart" in said
    (left,) = demo.temporary.iterdir()
    assert str(left) in said.splitlines()[-1]
    assert (left / "out/3.4.0/release.json").is_file()
    shutil.rmtree(left)
    demo.assert_nothing_left()


@pytest.mark.parametrize("moment", [CLOUD, RELEASE])
@pytest.mark.parametrize("is_typed", [True, False])
def test_interrupted_demo_ends_its_cloud(
    demo: Demo, moment: str, is_typed: bool
) -> None:
    running = demo.start()
    read_until(running, moment)
    # The server is recorded long before it answers.
    wait_for(demo.temporary, "*/cloud/server.pid")
    if is_typed:
        os.killpg(running.pid, signal.SIGINT)
    else:
        running.send_signal(signal.SIGTERM)
    said, _ = running.communicate(timeout=TIMEOUT_SECONDS)
    assert running.returncode == (130 if is_typed else 143), said
    demo.assert_nothing_left()


def test_failed_demo_says_where_its_files_are(demo: Demo) -> None:
    (demo.root / "manifests").unlink()
    running = demo.start()
    said, _ = running.communicate(timeout=TIMEOUT_SECONDS)
    assert running.returncode == 2, said
    (left,) = demo.temporary.iterdir()
    assert "ended with status 2" in said
    assert f"Left for you to look at: {left}" in said
    assert (left / "cloud/server.log").is_file()
    assert demo.processes() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="another user needs root")
def test_another_user_needs_nothing_of_this_one(tmp_path: Path) -> None:
    if subprocess.run(["test", "-r", binary()], user="nobody", check=False).returncode:
        pytest.skip("the project is nothing for others to read")
    # pytest's own folders are for this user only.
    with tempfile.TemporaryDirectory(prefix="dss-demo-test.") as folder:
        Path(folder).chmod(0o755)
        demo = Demo(Path(folder))
        shutil.chown(demo.temporary, "nobody")
        running = demo.start(user="nobody", group="nogroup", extra_groups=[])
        said, _ = running.communicate(timeout=TIMEOUT_SECONDS)
        assert running.returncode == 0, said
        demo.assert_nothing_left()


def test_unknown_argument_is_refused(demo: Demo) -> None:
    running = demo.start("--quick")
    said, _ = running.communicate(timeout=TIMEOUT_SECONDS)
    assert running.returncode == 2
    assert "hint: bin/demo [--keep]" in said
    demo.assert_nothing_left()
