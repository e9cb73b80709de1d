"""An environment that fails: the error says what to do, and nothing is left running."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .cloud import Cloud
from .program import assert_error
from .project import EXPORTS, MANIFEST, Project
from .roles import make_role
from .sshserver import free_port


def without(project: Project, *names: str) -> dict[str, str | None]:
    """Take variables away; what AWS tools would find elsewhere is kept from them."""
    blocked: dict[str, str | None] = {"AWS_EC2_METADATA_DISABLED": "true"}
    return blocked | {name: None for name in names}


def failed_stages(project: Project) -> set[str]:
    """Return the stages whose result file says that they failed."""
    return {
        stage
        for stage in project.result_stages()
        if project.result(stage)["status"] == "failed"
    }


# Before anything starts


def test_no_credentials(project: Project, cloud: Cloud) -> None:
    mark = cloud.mark()
    environment = without(project, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    outcome = project.dssbatch(MANIFEST, env=environment)
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, "credentials")
    assert cloud.operations(mark, "creating") == []


def test_wrong_credentials(project: Project, cloud: Cloud) -> None:
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST, env={"AWS_SECRET_ACCESS_KEY": "wrong" * 8})
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status)
    assert "wrongwrong" not in outcome.stderr
    assert cloud.operations(mark, "creating") == []
    assert len(cloud.requests(mark)) < 10


def test_no_passwords(project: Project, cloud: Cloud) -> None:
    for name in ("DSS_DEFAULT_PASSWORD", "DSS_JUPYTER_PASSWORD"):
        mark = cloud.mark()
        outcome = project.dssbatch(MANIFEST, env={name: None})
        assert_error(outcome, 2, name)
        assert cloud.operations(mark, "creating") == []
    project.view.assert_nothing_runs()


def test_no_passwords_needed_where_no_machine_starts(released: Project) -> None:
    released.set("export", "formats", value=["VHD", "VMDK", "RAW"])
    environment = {"DSS_DEFAULT_PASSWORD": None, "DSS_JUPYTER_PASSWORD": None}
    assert released.run(env=environment).started() == {
        "export-raw",
        "release-notes",
        "retire",
    }


def test_unreachable_endpoint(project: Project) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    outcome = project.dssbatch(MANIFEST, env={"AWS_ENDPOINT_URL": url})
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, url.removeprefix("http://"))
    assert project.private_keys() == []


def test_missing_bucket_stack_is_found_before_the_machine_starts(
    project: Project, cloud: Cloud
) -> None:
    project.set("export", "bucket", value={"stack": "NO-SUCH-STACK"})
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 2, "`NO-SUCH-STACK`", "setup-vm-bucket")
    assert cloud.operations(mark, "creating") == []
    assert project.runner_calls() == []


def test_missing_bucket_is_found_before_the_machine_starts(
    project: Project, cloud: Cloud
) -> None:
    project.edit_manifest(
        lambda m: m["export"].update(bucket="no-such-bucket", role="vmimport")
    )
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 2, "no-such-bucket")
    assert cloud.operations(mark, "creating") == []


def test_a_role_that_vm_export_cannot_take_is_found_before_the_machine_starts(
    project: Project, cloud: Cloud
) -> None:
    bucket = cloud.bucket
    for role, said in (
        ("no-such-role", "no role `no-such-role`"),
        (make_role(cloud, f"other-{project.asset_id}"), "may not assume role"),
    ):
        name = role.rpartition("/")[2]
        project.edit_manifest(
            lambda m, name=name: m["export"].update(bucket=bucket, role=name)
        )
        mark = cloud.mark()
        assert_error(project.dssbatch(MANIFEST), 2, said, "/export/role")
        assert cloud.operations(mark, "creating") == []
        # Nothing was begun, so that no stage has failed either.
        assert failed_stages(project) == set()
    # What others must not see is no mistake of the manifest: the export tells.
    denied = {"status": 403, "code": "AccessDenied", "count": 9}
    cloud.add_faults({"operation": "iam:GetRole"} | denied)
    outcome = project.run(check=1)
    assert any("iam:GetRole" in w["message"] for w in outcome.events("warning"))
    cloud.restore()


def test_everything_that_is_wrong_is_told_at_once(
    project: Project, cloud: Cloud
) -> None:
    project.set("export", "bucket", value={"stack": "NO-SUCH-STACK"})
    outcome = project.dssbatch(MANIFEST, env={"DSS_DEFAULT_PASSWORD": None})
    assert_error(outcome, 2, "`NO-SUCH-STACK`", "DSS_DEFAULT_PASSWORD")
    assert outcome.stderr.count("stack `NO-SUCH-STACK` does not exist") == 1


def test_a_service_in_trouble_is_no_mistake_of_the_manifest(
    project: Project, cloud: Cloud
) -> None:
    trouble = {"status": 500, "code": "InternalError", "count": 99}
    cloud.add_faults({"operation": "sts:GetCallerIdentity"} | trouble)
    assert_error(project.dssbatch(MANIFEST), 1, "whose credentials these are")
    cloud.restore()
    cloud.add_faults({"operation": "s3:HeadBucket"} | trouble)
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "cannot use bucket")
    assert "export-vhd" in failed_stages(project)
    cloud.restore()


def test_no_image_matches(project: Project, cloud: Cloud) -> None:
    project.set("ami", "base", "name", value="no-such-image-*")
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "no-such-image-*", "/ami/base")
    assert failed_stages(project) == {"source-ami"}
    error = project.result("source-ami")["error"]
    assert {"code", "message", "hint"} <= error.keys()
    assert cloud.operations(mark, "creating") == []
    assert project.stale()["source-ami"][0] in ("failed last time", "never ran") or (
        "failed last time" in project.stale()["source-ami"]
    )


def test_missing_ansible_runner(project: Project) -> None:
    missing = str(project.folder / "absent")
    outcome = project.dssbatch(MANIFEST, env={"DSS_ANSIBLE_RUNNER": missing})
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status, "ansible-runner")
    project.view.assert_nothing_runs()


# While the machine runs


@pytest.mark.parametrize(
    "playbook",
    ["sandbox.yml", pytest.param("reset-password.yml", marks=pytest.mark.slow)],
)
def test_failing_playbook(project: Project, playbook: str) -> None:
    project.set_runner(**{playbook: {"message": "no package poetry-1.8.5 there"}})
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "no package poetry-1.8.5 there", "install packages")
    ending = outcome.stderr[outcome.stderr.rindex("\nfailed: ") + 1 :].splitlines()
    stage = next(iter(failed_stages(project)))
    assert ending[0].startswith(f"failed: {stage} after ")
    assert "no package poetry-1.8.5 there" in "\n".join(ending)
    assert any(line.startswith("  hint: ") for line in ending)
    (waiting,) = [line for line in ending if line.startswith("not started: ")]
    assert "ami" in waiting and "release-notes" in waiting
    assert ending[-1] == waiting
    project.view.assert_nothing_runs()
    assert project.view.images() == []
    assert project.private_keys() == []
    assert list(project.temporary.iterdir()) == []
    assert failed_stages(project) != set()
    for stage in failed_stages(project):
        assert "message" in project.result(stage)["error"]
    project.set_runner()
    project.run()
    assert failed_stages(project) == set()
    assert project.stale() == {}


def test_runner_that_crashes_with_noise(project: Project) -> None:
    project.set_runner(
        noise=["ERROR! the playbook could not be found", "{broken"], status=4
    )
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "the playbook could not be found")
    project.view.assert_nothing_runs()


def test_the_log_of_a_failed_stage_outlives_it(project: Project, cloud: Cloud) -> None:
    password = project.environment["DSS_DEFAULT_PASSWORD"]
    lines = ["\x1b[31mfatal: no space left\x1b[0m", f"the password is {password}"]
    project.set_runner(**{"sandbox.yml": {"message": "full", "noise": lines}})
    place = project.results / "install.log"
    outcome = project.run(check=1)
    assert place.stat().st_mode & 0o777 == 0o600
    text = place.read_text()
    assert "fatal: no space left\n" in text and "the password is <secret>\n" in text
    assert password not in text and "\x1b" not in text
    assert project.result("install")["error"]["log"] == place.name
    (event,) = outcome.events("error")
    assert event["log"] == str(place) and f"  log: {place}\n" in outcome.stderr
    # Also where the way to it leads upstream through stages that never ran.
    whys = [["why", MANIFEST, stage] for stage in ("install", "ami", "export-vhd")]
    for command in (["status", MANIFEST], *whys):
        assert str(place) in project.dssbatch(*command, check=0).stdout
        data = project.dssbatch(*command, "--json", check=0).stdout
        assert f'"log":"{place}"' in data
    chain = json.loads(project.dssbatch(*whys[2], "--json", check=0).stdout)["chain"]
    way = [link["stage"] for link in chain]
    assert (way[0], way[-2:]) == ("install", ["ami", "export-vhd"])
    # No input of anything, and gone once the stage has succeeded.
    before = project.stale()
    place.write_text("somebody wrote something else")
    assert project.stale() == before
    project.set_runner(**{"sandbox.yml": {"noise": lines}})
    project.run("--only", "ami")
    assert not place.exists()


@pytest.mark.slow
def test_noise_between_events_is_harmless(project: Project) -> None:
    project.set_runner(
        noise=["[WARNING]: something", "{broken", "\x1b[31mred\x1b[0m", ""]
    )
    project.run("--only", "ami")


def test_failed_run_keeps_the_last_good_outputs(
    own_release: Project, cloud: Cloud
) -> None:
    before = own_release.result("ami")["outputs"]
    playbook = own_release.root / "ansible/sandbox.yml"
    content = playbook.read_text()
    playbook.write_text(content + "# changed\n")
    own_release.set_runner(message="disk full on the machine")
    own_release.run(check=1)
    assert own_release.result("ami").get("outputs", before) == before
    assert len(own_release.view.images()) == 1
    playbook.write_text(content)
    own_release.set_runner()
    mark = cloud.mark()
    own_release.run()
    assert "ec2:CreateImage" not in cloud.operations(mark)
    assert own_release.stale() == {}


def test_stack_that_rolls_back_tells_the_first_cause(project: Project) -> None:
    project.set("instance", "type", value="t3.absurd")
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "t3.absurd", "Instance:")
    assert "Resource creation cancelled" not in outcome.stderr
    project.view.assert_nothing_runs()
    assert project.private_keys() == []


@pytest.mark.slow
def test_failed_image_tells_the_reason(project: Project, cloud: Cloud) -> None:
    cloud.add_faults({"outcome": "fail-image", "message": "snapshot ran out of space"})
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "snapshot ran out of space")
    assert failed_stages(project) == {"ami"}
    project.view.assert_nothing_runs()
    project.run()
    (image,) = project.view.images()
    assert image["State"] == "available"


def test_failed_export_tells_the_message_and_only_it_is_repeated(
    project: Project, cloud: Cloud
) -> None:
    cloud.add_faults(
        {"outcome": "fail-export", "message": "ClientError: no permission on bucket"}
    )
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "ClientError: no permission on bucket")
    assert len(failed_stages(project)) == 1
    project.view.assert_nothing_runs()
    mark = cloud.mark()
    again = project.run()
    assert failed_stages(project) == set()
    assert "ec2:CreateImage" not in cloud.operations(mark)
    assert cloud.operations(mark).count("ec2:ExportImage") <= 2
    assert {"ami", "instance"} & again.started() == set()
    assert len(project.view.exported()) == 2


@pytest.mark.slow
def test_keep_going_finishes_the_other_export(project: Project, cloud: Cloud) -> None:
    cloud.add_faults({"outcome": "fail-export", "message": "bad luck"})
    project.run("-k", check=1)
    images = EXPORTS - {"export-inventory"}
    recorded = images & project.result_stages() - failed_stages(project)
    assert len(recorded) == 1
    assert len(project.view.exported()) == 1


@pytest.mark.slow
def test_machine_that_never_answers_is_interruptible(
    project: Project, cloud: Cloud
) -> None:
    project.set("instance", "sshPort", value=free_port())
    running = project.start(MANIFEST)
    running.wait_until(
        lambda: "waiting for ssh" in running.stderr(), "the wait for ssh"
    )
    running.process.terminate()
    assert running.outcome().status == 143
    project.view.assert_nothing_runs()


@pytest.mark.slow
def test_failed_result_is_recorded_with_its_error(
    project: Project, cloud: Cloud
) -> None:
    rules: dict[str, Any] = {
        "operation": "ec2:CreateImage",
        "status": 403,
        "code": "UnauthorizedOperation",
        "message": "You are not authorized to perform this operation.",
    }
    cloud.add_faults(rules)
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 1, "UnauthorizedOperation")
    result = project.result("ami")
    assert result["status"] == "failed"
    assert "UnauthorizedOperation" in json.dumps(result["error"])
    project.view.assert_nothing_runs()
    project.run()
