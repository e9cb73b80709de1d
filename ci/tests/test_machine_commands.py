"""The developer's commands for one machine: new, detached, given; and images of what is there."""

from __future__ import annotations

import hashlib
import json
import shlex
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .cloud import Cloud
from .program import RunningProgram, assert_error
from .project import EXPORTS, PASSWORDS, PLAYBOOKS, Project
from .sshserver import SSHServer

SETUP = "setup-ec2"
SETUP_AND_INSTALL = "setup-ec2-and-install-dependencies"


def ready(running: RunningProgram) -> dict[str, Any]:
    """Wait until a machine is handed over; what `--json` says of it."""
    running.wait_until(lambda: "machine-ready" in running.stdout(), "the machine")
    (event,) = [
        json.loads(line)
        for line in running.stdout().splitlines()
        if '"machine-ready"' in line
    ]
    return event


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def machine_folder(project: Project) -> Path:
    return project.results / "machine"


def detached(project: Project, command: str = SETUP) -> dict[str, Any]:
    """Start a machine that stays; what `--json` says of it."""
    outcome = project.dssbatch(command, "--detach", "--json", check=0)
    (event,) = outcome.events("machine-ready")
    return event


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A private key of the user's own."""
    path = tmp_path / "own_key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)],
        check=True,
        timeout=20,
    )
    return path


@pytest.fixture
def own_pair(
    cloud: Cloud, project: Project, key_file: Path
) -> Iterator[tuple[str, Path]]:
    """A key pair of the user's own: what EC2 calls it, and its file."""
    name = f"own-{project.asset_id}"
    public = key_file.with_suffix(".pub").read_bytes()
    ec2 = cloud.client("ec2")
    ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public)
    yield name, key_file
    ec2.delete_key_pair(KeyName=name)


class TestSetUp:
    """`setup-ec2` and `setup-ec2-and-install-dependencies`, until Ctrl-C."""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_machine_stays_until_a_signal_and_then_all_of_it_goes(
        self, project: Project, number: signal.Signals
    ) -> None:
        running = project.start(SETUP, "--json")
        event = ready(running)
        (instance,) = project.view.instances()
        assert event["instanceId"] == instance["InstanceId"]
        assert event["stackName"] == project.view.stacks()[0]["StackName"]
        assert Path(event["privateKeyPath"]).is_file()
        running.send(number)
        outcome = running.outcome()
        assert outcome.status == 0, str(outcome)
        project.view.assert_nothing_runs()
        project.assert_secrets_kept()
        assert project.runner_calls() == []

    def test_the_ssh_command_is_the_one_line_of_standard_output(
        self, project: Project, sshd: SSHServer
    ) -> None:
        running = project.start(SETUP)
        running.wait_until(lambda: running.stdout().endswith("\n"), "the ssh command")
        (line,) = running.stdout().splitlines()
        words = shlex.split(line)
        assert words[0] == "ssh"
        assert words[words.index("-p") + 1] == str(sshd.port)
        key = Path(words[words.index("-i") + 1])
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        known = next(w for w in words if w.startswith("UserKnownHostsFile="))
        assert sshd.host_key() in Path(known.partition("=")[2]).read_text()
        assert words[-1].startswith("ubuntu@")
        running.send(signal.SIGINT)
        assert running.outcome().status == 0
        assert not key.exists()

    def test_dependencies_are_installed_before_the_machine_is_handed_over(
        self, project: Project
    ) -> None:
        running = project.start(SETUP_AND_INSTALL, "--json")
        ready(running)
        assert [call["playbook"] for call in project.runner_calls()] == ["sandbox.yml"]
        running.send(signal.SIGINT)
        assert running.outcome().status == 0
        project.view.assert_nothing_runs()

    def test_a_failed_playbook_removes_the_machine(self, project: Project) -> None:
        project.set_runner(message="no package of that name")
        outcome = project.dssbatch(SETUP_AND_INSTALL)
        assert_error(outcome, 1, "no package of that name")
        project.view.assert_nothing_runs()

    def test_ctrl_c_before_it_is_up_cleans_up(
        self, cloud: Cloud, project: Project
    ) -> None:
        cloud.set_speed("cloudformation::stack", progression="time", seconds=3)
        running = project.start(SETUP, "--json")
        running.wait_until(
            lambda: project.view.stacks() != [], "the stack", timeout_seconds=20
        )
        running.send(signal.SIGINT)
        assert running.outcome().status == 130
        project.view.assert_nothing_runs()

    def test_what_a_killed_one_left_the_next_removes(self, project: Project) -> None:
        running = project.start(SETUP, "--json")
        first = ready(running)
        running.send(signal.SIGKILL)
        running.outcome()
        again = project.start(SETUP, "--json")
        second = ready(again)
        assert second["instanceId"] != first["instanceId"]
        assert len(project.view.instances()) == 1
        again.send(signal.SIGINT)
        assert again.outcome().status == 0
        project.view.assert_nothing_runs()

    def test_a_machine_that_is_held_does_not_lock_the_release(
        self, released: Project
    ) -> None:
        running = released.start(SETUP, "--json")
        ready(running)
        outcome = released.run()
        assert outcome.started() == set()
        second = released.dssbatch(SETUP)
        assert_error(second, 75, "setup-ec2")
        running.send(signal.SIGINT)
        assert running.outcome().status == 0

    def test_a_key_pair_of_the_users_own_is_left_alone(
        self, cloud: Cloud, project: Project, own_pair: tuple[str, Path]
    ) -> None:
        name, key_file = own_pair
        running = project.start(
            SETUP, "--json", "--ec2-key-name", name, "--ec2-key-file", str(key_file)
        )
        event = ready(running)
        assert event["privateKeyPath"] == str(key_file)
        assert project.view.key_pairs() == []
        assert project.view.instances()[0]["KeyName"] == name
        running.send(signal.SIGINT)
        assert running.outcome().status == 0
        project.view.assert_nothing_runs()
        pairs = cloud.client("ec2").describe_key_pairs(KeyNames=[name])["KeyPairs"]
        assert len(pairs) == 1
        assert key_file.is_file()

    def test_a_key_file_of_another_pair_starts_nothing(
        self, cloud: Cloud, project: Project, own_pair: tuple[str, Path], tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)],
            check=True,
            timeout=20,
        )
        outcome = project.dssbatch(
            SETUP, "--ec2-key-name", own_pair[0], "--ec2-key-file", str(other)
        )
        assert_error(outcome, 2, "is not the private half of key pair")
        project.view.assert_nothing_runs()

    @pytest.mark.parametrize(
        ("options", "fragment"),
        [
            (("--ec2-key-name", "x"), "go together"),
            (("--ec2-key-file", "x"), "go together"),
            (("--ec2-key-name", "x", "--ec2-key-file", "/none"), "`/none`"),
        ],
    )
    def test_unusable_keys(
        self, project: Project, options: tuple[str, ...], fragment: str
    ) -> None:
        assert_error(project.dssbatch(SETUP, *options), 2, fragment)
        project.view.assert_nothing_runs()


class TestDetached:
    """Machines that outlive the command."""

    def test_it_stays_and_its_key_leads_there(self, project: Project) -> None:
        event = detached(project)
        (instance,) = project.view.instances()
        assert instance["InstanceId"] == event["instanceId"]
        key = Path(event["privateKeyPath"])
        assert key.parent == machine_folder(project)
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert list(project.temporary.iterdir()) == []

    def test_the_same_command_again_finds_it(
        self, cloud: Cloud, project: Project
    ) -> None:
        first = detached(project)
        mark = cloud.mark()
        second = detached(project)
        assert second["instanceId"] == first["instanceId"]
        assert second["sshCommand"] == first["sshCommand"]
        assert cloud.operations(mark, "creating") == []

    def test_one_that_is_gone_is_started_anew(
        self, cloud: Cloud, project: Project
    ) -> None:
        first = detached(project)
        cloud.client("cloudformation").delete_stack(StackName=first["stackName"])
        second = detached(project)
        assert second["instanceId"] != first["instanceId"]
        assert len(project.view.instances()) == 1

    def test_of_one_that_has_ended_itself_nothing_stays(
        self, cloud: Cloud, project: Project
    ) -> None:
        first = detached(project)
        cloud.client("ec2").terminate_instances(InstanceIds=[first["instanceId"]])
        second = detached(project)
        assert [stack["StackName"] for stack in project.view.stacks()] == [
            second["stackName"]
        ]
        assert [pair["KeyName"] for pair in project.view.key_pairs()] == [
            second["stackName"]
        ]

    def test_one_that_lives_is_named_when_another_is_asked_for(
        self, project: Project
    ) -> None:
        first = detached(project)
        outcome = project.dssbatch(
            SETUP, "--detach", "--set", "/instance/type=t3.large", check=0
        )
        assert f"`{first['stackName']}` stays beside the new one" in outcome.stderr
        assert len(project.view.instances()) == 2

    def test_installing_uses_the_machine_that_is_there(self, project: Project) -> None:
        first = detached(project)
        second = detached(project, SETUP_AND_INSTALL)
        assert second["instanceId"] == first["instanceId"]
        assert [call["playbook"] for call in project.runner_calls()] == ["sandbox.yml"]

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
    def test_interrupted_before_it_is_up_leaves_nothing(
        self, cloud: Cloud, project: Project, number: signal.Signals
    ) -> None:
        cloud.set_speed("cloudformation::stack", progression="time", seconds=2)
        running = project.start(SETUP, "--detach", "--json")
        running.wait_until(lambda: project.view.stacks() != [], "the stack")
        running.send(number)
        running.outcome()
        if number == signal.SIGKILL:
            detached(project)
            assert len(project.view.instances()) == 1
        else:
            project.view.assert_nothing_runs()


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
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(locked)],
            check=True,
            timeout=20,
        )
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


class TestExportVM:
    """`export-vm` of a stack, an instance and an AMI."""

    def reference(self, how: str, event: dict[str, Any]) -> list[str]:
        if how == "stack":
            return ["--stack-name", event["stackName"]]
        return ["--instance-id", event["instanceId"]]

    @pytest.mark.parametrize("how", ["stack", "instance"])
    def test_a_detached_machine_becomes_images(
        self, project: Project, how: str
    ) -> None:
        event = detached(project, SETUP_AND_INSTALL)
        project.dssbatch("export-vm", *self.reference(how, event), check=0)
        (image,) = project.view.images()
        assert {Path(key).suffix for key in project.view.exported()} == {
            ".vhd",
            ".vmdk",
        }
        record = project.result("ami")
        assert record["outputs"]["imageId"] == image["ImageId"]
        assert record["origin"] == "adopted"
        # The machine is not the command's own: it stays.
        assert len(project.view.instances()) == 1

    def test_complete_exports_mean_a_new_image_and_others_go_on(
        self, project: Project
    ) -> None:
        event = detached(project)
        options = self.reference("stack", event)
        project.dssbatch("export-vm", *options, check=0)
        (first,) = project.view.images()
        project.dssbatch("export-vm", *options, "--vm-image-format", "RAW", check=0)
        (second,) = project.view.images()
        assert second["ImageId"] == first["ImageId"]
        assert len(project.view.exported()) == 3
        project.dssbatch("export-vm", *options, check=0)
        (third,) = project.view.images()
        assert third["ImageId"] != first["ImageId"]

    @pytest.mark.parametrize(
        ("model", "operation"),
        [
            ("ec2::image", "ec2:CreateImage"),
            ("ec2::exportimagetask", "ec2:ExportImage"),
        ],
    )
    def test_a_killed_export_goes_on(
        self, cloud: Cloud, project: Project, model: str, operation: str
    ) -> None:
        event = detached(project)
        options = self.reference("instance", event)
        cloud.set_speed(model, progression="time", seconds=2)
        mark = cloud.mark()
        running = project.start("export-vm", *options)
        running.wait_until(lambda: operation in cloud.operations(mark), operation)
        running.send(signal.SIGKILL)
        running.outcome()
        project.dssbatch("export-vm", *options, check=0)
        assert cloud.operations(mark).count("ec2:CreateImage") == 1
        assert len(project.view.exported()) == 2

    def test_an_ami_is_exported_as_it_is(self, cloud: Cloud, released: Project) -> None:
        image = released.result("ami")["outputs"]["imageId"]
        mark = cloud.mark()
        asset_id = f"{released.asset_id}-copy"
        released.dssbatch(
            "export-vm",
            *("--asset-id", asset_id, "--ami-id", image, "--vm-image-format", "vmdk"),
            check=0,
        )
        assert "ec2:CreateImage" not in cloud.operations(mark)
        assert "cloudformation:CreateChangeSet" not in cloud.operations(mark)
        keys = cloud.client("s3").list_objects_v2(
            Bucket=cloud.bucket, Prefix=f"data_science_sandbox/{asset_id}/"
        )["Contents"]
        assert [Path(item["Key"]).suffix for item in keys] == [".vmdk"]

    @pytest.mark.parametrize(
        ("options", "status", "fragment"),
        [
            ((), 2, "one of --stack-name"),
            (("--ami-id", "ami-1", "--instance-id", "i-1"), 2, "one of --stack-name"),
            (("--stack-name", "no-such-stack"), 1, "`no-such-stack` does not exist"),
            (("--instance-id", "i-0123456789abcdef0"), 1, "no instance `i-0123"),
            (("--ami-id", "ami-0123456789abcdef0"), 1, "no image `ami-0123"),
            (("--ami-id", "ami-1", "--vm-image-format", "QCOW"), 2, "QCOW"),
        ],
    )
    def test_bad_references(
        self, project: Project, options: tuple[str, ...], status: int, fragment: str
    ) -> None:
        outcome = project.dssbatch("export-vm", *options)
        assert_error(outcome, status, fragment)
        assert project.view.images() == []


class TestCreateVM:
    """`create-vm`: the release's stages without Docker image and GitHub."""

    def test_ami_and_images(self, project: Project) -> None:
        project.dssbatch("create-vm", "--vm-image-format", "raw", check=0)
        (image,) = project.view.images()
        assert image["Public"] is False
        assert {Path(key).suffix for key in project.view.exported()} == {".raw"}
        assert [call["playbook"] for call in project.runner_calls()] == PLAYBOOKS
        project.view.assert_nothing_runs()
        assert (project.results / "release.json").is_file()

    def test_no_vm(self, project: Project) -> None:
        project.dssbatch("create-vm", "--no-vm", "--make-ami-public", check=0)
        (image,) = project.view.images()
        assert image["Public"] is True
        assert project.view.objects() == {}
        assert project.result_stages() & EXPORTS == set()

    def test_a_finished_release_needs_nothing(self, released: Project) -> None:
        outcome = released.dssbatch("create-vm", "--json", check=0)
        assert outcome.started() == set()

    def test_own_key_pair(
        self, project: Project, own_pair: tuple[str, Path], cloud: Cloud
    ) -> None:
        name, key_file = own_pair
        options = ("--ec2-key-name", name, "--ec2-key-file", str(key_file))
        project.dssbatch("create-vm", "--no-vm", *options, check=0)
        assert project.runner_calls()[0]["keyPath"] == str(key_file)
        assert cloud.client("ec2").describe_key_pairs(KeyNames=[name])["KeyPairs"]
        # Who gets in to install changes nothing about what is installed.
        again = project.dssbatch("create-vm", "--no-vm", "--json", check=0)
        assert again.started() == set()

    def test_formats_and_no_vm_exclude_each_other(self, bad: Project) -> None:
        outcome = bad.dssbatch("create-vm", "--no-vm", "--vm-image-format", "RAW")
        assert_error(outcome, 2, "exclude each other")


class TestClean:
    """What `clean` does about such machines."""

    def test_a_machine_that_was_to_last_goes_with_its_files(
        self, project: Project
    ) -> None:
        event = detached(project)
        outcome = project.dssbatch("clean", "--yes", check=0)
        assert event["stackName"] in outcome.stderr
        project.view.assert_nothing_runs()
        assert not Path(event["privateKeyPath"]).exists()
        assert not Path(event["knownHostsPath"]).exists()
        project.assert_secrets_kept()
        again = detached(project)
        assert again["instanceId"] != event["instanceId"]

    def test_a_machine_that_somebody_works_with_is_left(self, project: Project) -> None:
        running = project.start(SETUP, "--json")
        event = ready(running)
        outcome = project.dssbatch("clean", "--yes", "--older-than", "0", check=0)
        assert "worked with now" in outcome.stderr
        assert len(project.view.stacks()) == len(project.view.instances()) == 1
        assert Path(event["privateKeyPath"]).is_file()
        running.send(signal.SIGINT)
        assert running.outcome().status == 0

    def test_what_a_killed_one_left_goes_at_once(self, project: Project) -> None:
        running = project.start(SETUP, "--json")
        ready(running)
        running.send(signal.SIGKILL)
        running.outcome()
        project.dssbatch("clean", "--yes", check=0)
        project.view.assert_nothing_runs()
        project.assert_secrets_kept()
        assert list(project.temporary.iterdir()) == []


def test_verify_asks_for_what_the_selected_stages_will_read(
    own_release: Project, cloud: Cloud
) -> None:
    (image,) = own_release.view.images()
    cloud.client("ec2").deregister_image(ImageId=image["ImageId"])
    only = ("--only", "export-vmdk", "--verify")
    assert own_release.states(*only) == {"export-vmdk": "fresh"}
    forced = own_release.states(*only, "--force", "export-vmdk")
    assert forced["ami"] == "run"


def test_one_step_after_the_other_makes_a_release_of_a_machine(
    project: Project, sshd: SSHServer, make_project: Callable[..., Project]
) -> None:
    """The way of the guide: set up, install, reset the password, export, look at the record."""
    event = detached(project)
    host = [
        *("--host-name", event["host"], "--port", str(event["port"])),
        *("--ssh-private-key", event["privateKeyPath"]),
    ]
    project.dssbatch("install-dependencies", *host, check=0)
    project.dssbatch("reset-password", *host, check=0)
    project.dssbatch("export-vm", "--stack-name", event["stackName"], check=0)
    assert [call["playbook"] for call in project.runner_calls()] == [
        "sandbox.yml",
        "reset-password.yml",
    ]
    assert len(project.view.exported()) == 2
    # The release goes on from the image that is recorded.
    assert "ami" not in project.stale()
    for password in PASSWORDS.values():
        assert project.files_with(password.encode()) == []
