"""`install-dependencies` and `reset-password` on a machine that is there."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from pathlib import Path

import pytest

from .cloud import Cloud
from .machines import (
    make_key,
)
from .program import assert_error
from .project import Project
from .sshserver import SSHServer


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class TestGivenHost:
    """`install-dependencies` and `reset-password` on a machine that is there."""

    def options(self, sshd: SSHServer, key_file: Path) -> list[str]:
        return [
            *("--host-name", "127.0.0.1", "--port", str(sshd.port)),
            *("--ssh-private-key", str(key_file), "--user", "somebody"),
        ]

    def test_the_playbook_runs_there_with_the_users_key(
        self, cloud: Cloud, project: Project, sshd: SSHServer, key_file: Path
    ) -> None:
        mark = cloud.mark()
        project.dssbatch("install-dependencies", *self.options(sshd, key_file), check=0)
        (call,) = project.runner_calls()
        assert call["playbook"] == "sandbox.yml"
        host = call["inventory"]
        assert host["ansible_host"] == "127.0.0.1"
        assert host["ansible_port"] == sshd.port
        assert host["ansible_user"] == "somebody"
        assert host["ansible_ssh_private_key_file"] == str(key_file)
        assert key_file.is_file()
        assert cloud.requests(mark) == []
        assert list(project.temporary.iterdir()) == []

    def test_it_runs_each_time(
        self, project: Project, sshd: SSHServer, key_file: Path
    ) -> None:
        for _ in range(2):
            project.dssbatch(
                "install-dependencies", *self.options(sshd, key_file), check=0
            )
        assert len(project.runner_calls()) == 2

    def test_a_password_out_of_a_file(
        self, project: Project, sshd: SSHServer, key_file: Path, tmp_path: Path
    ) -> None:
        password = "out of a file 1"
        file = tmp_path / "password"
        file.write_text(password + "\nsecond line\n")
        outcome = project.dssbatch(
            "reset-password",
            *self.options(sshd, key_file),
            *("--password-file", str(file)),
            env={"DSS_DEFAULT_PASSWORD": None},
            check=0,
        )
        (call,) = project.runner_calls()
        assert call["playbook"] == "reset-password.yml"
        assert call["passwordDigests"]["DSS_DEFAULT_PASSWORD"] == digest(password)
        assert password not in outcome.stdout + outcome.stderr
        found = set(project.files_with(password.encode())) - {file}
        assert found == set()

    @pytest.mark.parametrize(
        ("contents", "fragment"), [(None, "--password-file"), ("\n", "is empty")]
    )
    def test_unusable_password_files(
        self,
        project: Project,
        sshd: SSHServer,
        key_file: Path,
        tmp_path: Path,
        contents: str | None,
        fragment: str,
    ) -> None:
        file = tmp_path / "password"
        if contents is not None:
            file.write_text(contents)
        outcome = project.dssbatch(
            "reset-password",
            *self.options(sshd, key_file),
            *("--password-file", str(file)),
        )
        assert_error(outcome, 2, fragment)
        assert project.runner_calls() == []

    @pytest.mark.parametrize(
        ("command", "variable"),
        [
            ("install-dependencies", "DSS_JUPYTER_PASSWORD"),
            ("reset-password", "DSS_DEFAULT_PASSWORD"),
        ],
    )
    def test_missing_passwords(
        self,
        project: Project,
        sshd: SSHServer,
        key_file: Path,
        command: str,
        variable: str,
    ) -> None:
        outcome = project.dssbatch(
            command, *self.options(sshd, key_file), env={variable: None}
        )
        assert_error(outcome, 2, variable)
        assert project.runner_calls() == []

    def test_an_unusable_key(
        self, project: Project, sshd: SSHServer, tmp_path: Path
    ) -> None:
        locked = tmp_path / "locked"
        make_key(locked, "secret")
        for path in (tmp_path / "none", locked, Path("/dev/null")):
            outcome = project.dssbatch(
                "install-dependencies", *self.options(sshd, path)
            )
            assert_error(outcome, 2, f"`{path}`", "passphrase")
        assert project.runner_calls() == []

    def test_a_host_whose_known_key_is_another(
        self, project: Project, sshd: SSHServer, key_file: Path, tmp_path: Path
    ) -> None:
        # OpenSSH takes the home folder from the user data base, not from HOME: the check needs
        # an `ssh-keygen` that looks where this test says.
        folder = tmp_path / "bin"
        folder.mkdir()
        known = tmp_path / "known_hosts"
        other = key_file.with_suffix(".pub").read_text()
        known.write_text(f"[127.0.0.1]:{sshd.port} {other}")
        wrapper = folder / "ssh-keygen"
        wrapper.write_text(
            "#!/bin/sh\n"
            f'case "$1" in -F) set -- "$@" -f {shlex.quote(str(known))};; esac\n'
            f'exec {subprocess.check_output(["which", "ssh-keygen"], text=True).strip()} "$@"\n'
        )
        wrapper.chmod(0o755)
        outcome = project.dssbatch(
            "install-dependencies",
            *self.options(sshd, key_file),
            env={"PATH": f"{folder}:{project.environment['PATH']}"},
        )
        assert_error(outcome, 1, "shows other host keys", "ssh-keygen -R")
        assert project.runner_calls() == []
