"""A machine that is kept after a failure: the next run goes on with it, or says why it does not."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

from .cloud import Cloud
from .program import Outcome, assert_error
from .project import MANIFEST, Project

KEEP = ("--on-error", "keep")
JOURNAL = "journal.ndjson"


@pytest.fixture
def kept(project: Project) -> str:
    """A project whose playbook has failed; the id of the machine that was kept."""
    project.set_runner(message="a role is broken")
    outcome = project.run(*KEEP, check=1)
    (instance,) = project.view.instances()
    (stack,) = project.view.stacks()
    assert instance["InstanceId"] in outcome.stderr
    assert stack["StackName"] in outcome.stderr
    assert "goes on with this machine" in outcome.stderr
    mend(project)
    return instance["InstanceId"]


def mend(project: Project) -> None:
    """Put right what was broken in the playbook's folder."""
    project.set_runner()
    playbook = project.manifest_path.parents[1] / "ansible" / "sandbox.yml"
    playbook.write_text(playbook.read_text() + "\n# mended\n")


def assert_all_gone(project: Project) -> None:
    """Nothing runs, and no key is left."""
    project.view.assert_nothing_runs()
    assert project.private_keys() == []


def launched(project: Project, cloud: Cloud, mark: int) -> bool:
    """Whether a machine was started since."""
    return "ec2:ImportKeyPair" in cloud.operations(mark)


def test_the_next_run_goes_on_with_the_machine(
    project: Project, cloud: Cloud, kept: str
) -> None:
    mark = cloud.mark()
    outcome = project.run()
    assert not launched(project, cloud, mark), str(outcome)
    (made,) = [
        r for r in cloud.requests(mark) if r["operation"].endswith("CreateImage")
    ]
    assert kept in json.dumps(made)
    hosts = {
        call["inventory"]["ansible_host"]
        for call in project.runner_calls()
        if call["playbook"] == "sandbox.yml"
    }
    assert len(hosts) == 1
    assert_all_gone(project)
    assert project.stale() == {}


def test_its_image_is_marked_and_is_not_made_public(
    project: Project, cloud: Cloud, kept: str
) -> None:
    project.run()
    result = project.result("ami")
    assert result["origin"] == "kept machine"
    (image,) = project.view.images()
    assert {"Key": "exa_dss_origin", "Value": "kept machine"} in image["Tags"]
    document = json.loads((project.results / "release.json").read_text())
    assert document["ami"]["origin"] == "kept machine"
    project.set("ami", "public", value=True)
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "for trying only", "--force ami")
    assert project.result("ami-public")["error"]["code"] == "ami.for-trying"
    (image,) = project.view.images()
    assert not image["Public"]
    project.run("--force", "ami")
    assert "origin" not in project.result("ami")
    assert [image["Public"] for image in project.view.images()] == [True]


def test_without_results_its_image_is_not_made_public_either(
    project: Project, kept: str
) -> None:
    project.run()
    outcome = project.dssbatch(
        "make-ami-public", "--results", str(project.temporary / "elsewhere")
    )
    assert_error(outcome, 2, "for trying only")
    assert [image["Public"] for image in project.view.images()] == [False]


def change_type(project: Project, cloud: Cloud, instance: str) -> tuple[str, ...]:
    """Ask for another type of machine."""
    project.set("instance", "type", value="t3.large")
    return ()


def end_it(project: Project, cloud: Cloud, instance: str) -> tuple[str, ...]:
    """End the machine as somebody else, or its own switch, does."""
    cloud.client("ec2").terminate_instances(InstanceIds=[instance])
    return ()


def ask_for_a_fresh_one(
    project: Project, cloud: Cloud, instance: str
) -> tuple[str, ...]:
    """Say so on the command line."""
    return ("--fresh-machine",)


def lose_the_key(project: Project, cloud: Cloud, instance: str) -> tuple[str, ...]:
    """Remove what leads onto the machine."""
    for path in project.temporary.glob("dss-*"):
        for file in sorted(path.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        path.rmdir()
    return ()


def show_another_host_key(
    project: Project, cloud: Cloud, instance: str
) -> tuple[str, ...]:
    """Remember another host key than the machine shows."""
    (path,) = project.temporary.glob("dss-*/*.known_hosts")
    path.write_text("somebody ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIother\n")
    return ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (change_type, "changed"),
        (end_it, "it has ended"),
        (ask_for_a_fresh_one, "--fresh-machine"),
        (lose_the_key, "private key is gone"),
        (show_another_host_key, "host keys"),
    ],
)
def test_another_machine_is_started_and_why_is_said(
    project: Project, cloud: Cloud, kept: str, change: Callable, reason: str
) -> None:
    options = change(project, cloud, kept)
    mark = cloud.mark()
    outcome = project.run(*options)
    assert launched(project, cloud, mark)
    (said,) = [line for line in outcome.stderr.splitlines() if "kept machine" in line]
    assert reason in said, str(outcome)
    assert "origin" not in project.result("ami")
    assert_all_gone(project)


def test_once_its_password_was_set_it_is_not_gone_on_with(
    project: Project, cloud: Cloud
) -> None:
    project.set_runner(**{"reset-password.yml": {"message": "broken"}})
    outcome = project.run(*KEEP, check=1)
    assert "password is set already" in outcome.stderr
    assert len(project.view.instances()) == 1
    project.set_runner()
    mark = cloud.mark()
    project.run()
    assert launched(project, cloud, mark)
    assert "origin" not in project.result("ami")
    assert_all_gone(project)


def of_another_computer(project: Project) -> None:
    """Have the journal say that what is held was made on another computer."""
    journal = project.results / JOURNAL
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        if "place" in line.get("details", {}):
            line["details"]["place"] = "another"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_on_another_computer_it_stays_beside_the_new_one(
    project: Project, cloud: Cloud, kept: str
) -> None:
    of_another_computer(project)
    outcome = project.run()
    assert "another computer" in outcome.stderr
    assert [i["InstanceId"] for i in project.view.instances()] == [kept]
    assert "origin" not in project.result("ami")
    assert project.run().started() == set()
    assert [i["InstanceId"] for i in project.view.instances()] == [kept]


def test_two_computers_keep_a_machine_each(
    project: Project, cloud: Cloud, kept: str
) -> None:
    of_another_computer(project)
    project.set_runner(message="broken here too")
    project.run(*KEEP, check=1)
    both = {i["InstanceId"] for i in project.view.instances()}
    assert len(both) == 2
    mend(project)
    mark = cloud.mark()
    project.run()
    assert not launched(project, cloud, mark)
    assert [i["InstanceId"] for i in project.view.instances()] == [kept]


def test_a_hold_without_end_ends_after_a_day(project: Project, kept: str) -> None:
    journal = project.results / JOURNAL
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        if "until" in line:
            line["until"] = "2099-01-01T00:00:00.000Z"
        if "time" in line:
            line["time"] = "2024-01-01T00:00:00.000Z"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    project.run("--only", "source-ami", "--refresh")
    assert_all_gone(project)


def test_what_does_not_need_it_leaves_it_alone(
    project: Project, cloud: Cloud, kept: str
) -> None:
    project.run("--only", "source-ami", "--refresh")
    assert [i["InstanceId"] for i in project.view.instances()] == [kept]
    mark = cloud.mark()
    project.run()
    assert not launched(project, cloud, mark)


def test_clean_offers_and_removes_it(project: Project, kept: str) -> None:
    shown = project.dssbatch("clean", MANIFEST, "--dry-run", check=0)
    assert "kept after a failure" in shown.stdout
    project.dssbatch("clean", MANIFEST, "--yes", check=0)
    assert_all_gone(project)


def test_kept_again_and_again(project: Project, cloud: Cloud, kept: str) -> None:
    project.set_runner(message="still broken")
    mark = cloud.mark()
    project.run(*KEEP, check=1)
    project.run(*KEEP, check=1)
    mend(project)
    project.run()
    assert not launched(project, cloud, mark)
    assert_all_gone(project)


def test_a_failure_without_keeping_takes_it_down(project: Project, kept: str) -> None:
    project.set_runner(message="still broken")
    project.run(check=1)
    assert_all_gone(project)


def test_killed_while_it_goes_on_the_next_run_starts_another(
    project: Project, cloud: Cloud, kept: str
) -> None:
    calls = len(project.runner_calls())
    project.set_runner(**{"sandbox.yml": {"seconds": 900}})
    running = project.start(MANIFEST)
    running.wait_until(lambda: len(project.runner_calls()) > calls, "the playbook")
    running.send(signal.SIGKILL)
    running.outcome()
    project.set_runner()
    mark = cloud.mark()
    project.run()
    assert launched(project, cloud, mark)
    assert_all_gone(project)


def test_interrupted_with_keep_it_is_gone_on_with(
    project: Project, cloud: Cloud
) -> None:
    project.set_runner(**{"sandbox.yml": {"seconds": 900}})
    running = project.start(MANIFEST, *KEEP)
    project.wait_for_playbook(running)
    running.send(signal.SIGINT)
    outcome: Outcome = running.outcome()
    assert outcome.status == 130
    assert "goes on with this machine" in outcome.stderr
    project.set_runner()
    mark = cloud.mark()
    project.run()
    assert not launched(project, cloud, mark)
    assert_all_gone(project)
