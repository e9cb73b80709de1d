"""`setup-ec2` and `setup-ec2-and-install-dependencies`: until Ctrl-C, and detached."""

from __future__ import annotations

import shlex
import signal
import stat
from pathlib import Path

import pytest

from .cloud import Cloud
from .machines import (
    SETUP,
    SETUP_AND_INSTALL,
    detached,
    machine_folder,
    make_key,
    ready,
)
from .program import assert_error
from .project import Project
from .sshserver import SSHServer


class TestSetUp:
    """`setup-ec2` and `setup-ec2-and-install-dependencies`, until Ctrl-C."""

    @pytest.mark.parametrize(
        "numbers",
        [
            (signal.SIGINT,),
            (signal.SIGTERM,),
            # The terminal and its shell both say that it was closed.
            (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM),
        ],
    )
    def test_machine_stays_until_a_signal_and_then_all_of_it_goes(
        self, project: Project, numbers: tuple[signal.Signals, ...]
    ) -> None:
        running = project.start(SETUP, "--json")
        event = ready(running)
        (instance,) = project.view.instances()
        assert event["instanceId"] == instance["InstanceId"]
        assert event["stackName"] == project.view.stacks()[0]["StackName"]
        assert Path(event["privateKeyPath"]).is_file()
        for number in numbers:
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
        running.wait_until(lambda: project.view.stacks() != [], "the stack")
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
        make_key(other)
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
