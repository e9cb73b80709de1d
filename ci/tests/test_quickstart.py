"""bin/quickstart: what it says before, which steps it takes, and what a step's end means."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from .cloud import ROOT

REAL = ("bin/quickstart", "bin/lib/run.sh", "bin/lib/build.sh", "bin/lib/swift.sh")
COPIED = (*REAL, "bin/lib/packages.sh", "ci/packages.txt", "ci/localcloud/packages.txt")
STEP = """#!/bin/sh
echo "${0##*/} $*" >>"$SAID"
if [ "${0##*/}" = "$WAITS" ]; then trap 'exit 143' TERM; sleep 60 & wait; fi
[ "${0##*/}" != "$BROKEN" ] || exit 3
"""
TIMEOUT_SECONDS = 60


class Clone:
    """A fresh clone whose steps only say that they were taken."""

    def __init__(self, folder: Path):
        self.folder, self._said = folder / "project", folder / "said"
        for name in COPIED:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.folder / name)
        for name in ("setup", "dssbatch", "localcloud"):
            self.write(f"bin/{name}", STEP)
        self.write("tools/id", "#!/bin/sh\necho 0\n")
        self.write("tools/dpkg-query", "#!/bin/sh\nexit 1\n")
        self.write("tools/swift", "#!/bin/sh\necho Swift version 5.1\n")

    def write(self, name: str, text: str) -> None:
        """Write a program."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def start(self, *options: str, **variables: str) -> subprocess.Popen[str]:
        """Start it."""
        self._said.write_text("")
        return subprocess.Popen(
            [self.folder / "bin/quickstart", *options],
            env={
                "PATH": f"{self.folder / 'tools'}:{os.environ['PATH']}",
                "HOME": str(self.folder),
                "SAID": str(self._said),
                "BROKEN": "",
                "WAITS": "",
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: str, **variables: str) -> tuple[int, str]:
        """Run it; its status and what it said on standard error."""
        running = self.start(*options, **variables)
        out, err = running.communicate(timeout=TIMEOUT_SECONDS)
        assert out == ""
        return running.returncode, err

    def steps(self) -> list[str]:
        """The steps that were taken."""
        return self._said.read_text().splitlines()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_it_says_first_what_it_takes_and_at_the_end_what_next(clone: Clone) -> None:
    status, said = clone.run("--yes", "--set", "/instance/sshPort=2222")
    assert status == 0, said
    assert clone.steps() == [
        "setup --yes",
        "dssbatch --version",
        "localcloud base",
        "dssbatch --local --set /instance/sshPort=2222 manifests/release.json",
    ]
    before, _, after = said.partition("[1/4]")
    assert "packages with apt" in before
    for what in ("Swift 6.3.1", "the program", "the base machine", "the release"):
        (row,) = [line for line in before.splitlines() if line.startswith(f"  {what}")]
        assert " min " in row and "GB" in row
    assert "bin/dssbatch plan --local --explain" in after
    assert "bin/localcloud down" in after


def test_what_is_there_is_not_announced(clone: Clone) -> None:
    clone.write("tools/dpkg-query", "#!/bin/sh\nprintf installed\n")
    clone.write("tools/swift", "#!/bin/sh\necho Swift version 6.3.1\n")
    clone.write(".venv/.setup", "")
    clone.write(".build/release/dssbatch", "")
    (clone.folder / "cache/base-machines/x/root").mkdir(parents=True)
    status, said = clone.run(DSS_CACHE_DIR=str(clone.folder / "cache"))
    assert status == 0, said
    rows = [line for line in said.partition("[1/4]")[0].splitlines() if " min " in line]
    assert len(rows) == 1 and rows[0].startswith("  the release")
    assert clone.steps()[0] == "setup "


@pytest.mark.parametrize(
    ("broken", "count"), [("setup", 1), ("dssbatch", 2), ("localcloud", 3)]
)
def test_a_step_that_fails_ends_it(clone: Clone, broken: str, count: int) -> None:
    status, said = clone.run(BROKEN=broken)
    assert status == 3
    assert len(clone.steps()) == count
    assert "Done." not in said


def test_without_root_it_ends_before_anything_begins(clone: Clone) -> None:
    clone.write("tools/id", "#!/bin/sh\necho 1000\n")
    clone.write("tools/sudo", "#!/bin/sh\nexit 1\n")
    status, said = clone.run()
    assert (status, clone.steps()) == (1, [])
    assert "bin/demo" in said


def test_a_signal_to_it_ends_the_step_too(clone: Clone) -> None:
    running = clone.start(WAITS="setup")
    for line in running.stderr:
        if "[1/4]" in line:
            break
    while not clone.steps():
        pass
    running.send_signal(signal.SIGTERM)
    assert running.wait(TIMEOUT_SECONDS) == 143
    assert clone.steps() == ["setup "]
    running.communicate()
