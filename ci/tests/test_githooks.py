"""The hooks that `ci/githooks/install.sh` links into a clone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .cloud import ROOT

HOOKS = ROOT / "ci/githooks"
BODY = "\n\nBecause of this.\n"


def say(message: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "COMMIT_EDITMSG"
    file.write_text(message)
    return subprocess.run(
        [HOOKS / "commit-msg", file],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "message",
    [
        f"Localcloud: refuse a second export of an image{BODY}",
        f"CI: {'x' * 56}{BODY}",
        f"AWS: say so\n# a comment{BODY}",
        "Merge branch 'a'\n",
        "fixup! AWS: say so\n",
        f"Tests: e{'é' * 50}{BODY}",
    ],
)
def test_a_message_that_says_why_is_taken(message: str, tmp_path: Path) -> None:
    outcome = say(message, tmp_path)
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (f"refuse a second export{BODY}", "is not `Area: verb object`"),
        (f"Localcloud: Refuse a second export{BODY}", "is not `Area: verb object`"),
        (f"CI: {'x' * 57}{BODY}", "has 61 characters"),
        ("AWS: say so\n", "has no body"),
        ("AWS: say so\n\n# only\n# comments\n", "has no body"),
        (
            "AWS: say so\n# ------------------------ >8 ------------------------\n+diff\n",
            "has no body",
        ),
        ("", "is not `Area: verb object`"),
    ],
)
def test_a_message_that_tells_too_little_is_refused(
    message: str, reason: str, tmp_path: Path
) -> None:
    outcome = say(message, tmp_path)
    assert outcome.returncode == 1
    assert reason in outcome.stderr
    assert "hint: " in outcome.stderr


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the project's hooks in it, not yet installed."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    hooks = tmp_path / "ci/githooks"
    hooks.mkdir(parents=True)
    for name in ("install.sh", "pre-commit", "commit-msg"):
        (hooks / name).write_bytes((HOOKS / name).read_bytes())
        (hooks / name).chmod(0o755)
    return tmp_path


def install(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "ci/githooks/install.sh", *arguments],
        cwd=clone,
        check=False,
        capture_output=True,
        text=True,
    )


def test_hooks_are_installed_and_removed(clone: Path) -> None:
    for _ in range(2):
        assert install(clone).returncode == 0
    hooks = clone / ".git/hooks"
    for name in ("pre-commit", "commit-msg"):
        assert os.access(hooks / name, os.X_OK)
        assert (hooks / name).resolve() == clone / "ci/githooks" / name
    assert install(clone, "--remove").returncode == 0
    assert not (hooks / "pre-commit").exists()
    assert not (hooks / "commit-msg").exists()


def test_somebody_elses_hook_is_left_and_none_is_installed(clone: Path) -> None:
    theirs = clone / ".git/hooks/commit-msg"
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("#!/bin/sh\n")
    outcome = install(clone)
    assert outcome.returncode == 1
    assert "there is a hook already" in outcome.stderr
    assert theirs.read_text() == "#!/bin/sh\n"
    assert not (clone / ".git/hooks/pre-commit").exists()
    assert install(clone, "--remove").returncode == 0
    assert theirs.exists()
