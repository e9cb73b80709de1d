"""`start-release-build` and `start-test-release`: builds read back with boto3."""

from __future__ import annotations

import json
import os
import pty
import secrets
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from .cloud import BUCKET_STACK, Cloud
from .code_build import SECRET, deploy, make_secrets
from .github_server import TOKEN, GitHubServer
from .program import Outcome, RunningProgram, assert_error, binary
from .project import Project

STACK = "DATA-SCIENCE-SANDBOX-RELEASE-CODEBUILD"
UPLOADS = "https://uploads.github.com/repos/exasol/data-science-sandbox/releases"


@pytest.fixture
def held(cloud: Cloud) -> Cloud:
    """The cloud with the project; builds stay where they are until a test leads them on."""
    deploy(cloud, STACK)
    cloud.hold_builds()
    return cloud


def ids(cloud: Cloud) -> set[str]:
    """Every build that the project ever had."""
    return set(
        cloud.client("codebuild").list_builds_for_project(projectName=STACK)["ids"]
    )


def read(cloud: Cloud, build_id: str) -> dict[str, Any]:
    """Read one build."""
    return cloud.client("codebuild").batch_get_builds(ids=[build_id])["builds"][0]


def variables(build: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """A build's environment."""
    return {
        v["name"]: (v["type"], v["value"])
        for v in build["environment"]["environmentVariables"]
    }


@dataclass
class Following:
    """A call that follows a build, and the build."""

    program: RunningProgram
    cloud: Cloud
    id: str

    def lead(self, phase: str | None = None, **how: Any) -> None:
        """Lead the build on."""
        self.cloud.lead_build(self.id, phase, **how)

    def sees(self, text: str) -> None:
        """Wait until the call has said something."""
        self.program.wait_until(lambda: text in self.program.stderr(), text)


@pytest.fixture
def follow(project: Project, held: Cloud) -> Callable[..., Following]:
    """Start a release build that stays in its queue."""

    def start(*options: str) -> Following:
        program = project.start("start-release-build", "--release-id", "42", *options)
        program.wait_until(lambda: program.stdout().endswith("\n"), "the build's id")
        first = program.stdout().splitlines()[0]
        build_id = json.loads(first)["id"] if first.startswith("{") else first
        return Following(program, held, build_id)

    return start


def test_a_build_is_followed_to_its_good_end(follow: Callable[..., Following]) -> None:
    following = follow("--branch", "feature/x", "--asset-id", "test-7")
    build = read(following.cloud, following.id)
    assert build["sourceVersion"] == "feature/x"
    seen = variables(build)
    assert seen["DSS_RELEASE_ID"] == ("PLAINTEXT", "42")
    assert seen["ASSET_ID"] == ("PLAINTEXT", "test-7")
    assert seen["GITHUB_TOKEN"] == ("SECRETS_MANAGER", SECRET)
    assert seen["RESULTS_BUCKET"] == ("PLAINTEXT", following.cloud.bucket)
    following.sees("phase QUEUED")
    following.lead("INSTALL", log=["one", "two", "two"])
    following.sees("two\ntwo\n")
    following.lead("BUILD", log=["three"])
    following.sees("phase BUILD\n")
    following.sees("three\n")
    # The last lines come with the end.
    following.lead(log=["four", "five"])
    following.lead("COMPLETED")
    outcome = following.program.outcome()
    assert outcome.status == 0, str(outcome)
    assert outcome.stdout == f"{following.id}\n"
    lines = outcome.stderr.splitlines()
    wanted = ["one", "two", "two", "three", "four", "five"]
    assert [line for line in lines if line in wanted] == wanted
    assert lines.count("phase QUEUED: SUCCEEDED after 1 s") == 1
    assert lines.count("phase INSTALL") == lines.count("phase BUILD") == 1
    assert lines.index("phase INSTALL") < lines.index("phase BUILD")
    assert "COMPLETED" not in outcome.stderr


def test_events_tell_the_same(follow: Callable[..., Following]) -> None:
    following = follow("--json", "--quiet")
    following.lead("BUILD", log=["one"])
    following.lead("COMPLETED")
    outcome = following.program.outcome()
    assert outcome.status == 0 and outcome.stderr == "", str(outcome)
    assert [e["id"] for e in outcome.events("build-started")] == [following.id]
    assert [e["message"] for e in outcome.events("build-line")] == ["one"]
    phases = {(e["phase"], e["status"]) for e in outcome.events("build-phase")}
    assert ("BUILD", "SUCCEEDED") in phases
    assert len(outcome.events("build-log")) == 1


@pytest.mark.parametrize("status", ["FAILED", "STOPPED", "TIMED_OUT", "FAULT"])
def test_a_bad_end_names_phase_reason_and_log(
    follow: Callable[..., Following], status: str
) -> None:
    following = follow()
    why = {"statusCode": "COMMAND_EXECUTION_ERROR", "message": "exit status 1"}
    following.lead("BUILD", log=["last words"])
    following.lead("COMPLETED", status=status, contexts=[why])
    outcome = following.program.outcome()
    link = read(following.cloud, following.id)["logs"]["deepLink"]
    assert_error(
        outcome,
        1,
        f"build `{following.id}` ended with {status} in phase BUILD",
        "because: COMMAND_EXECUTION_ERROR: exit status 1",
        f"hint: read the whole log: {link}",
        "last words\n",
    )


def test_a_build_that_nobody_holds_ends_well(project: Project, cloud: Cloud) -> None:
    deploy(cloud, STACK)
    outcome = project.dssbatch("start-release-build", "--release-id", "42", check=0)
    assert read(cloud, outcome.stdout.strip())["buildStatus"] == "SUCCEEDED"


def test_a_start_that_nobody_answers_says_where_to_look(
    project: Project, cloud: Cloud
) -> None:
    deploy(cloud, STACK)
    cloud.add_faults(
        {"operation": "codebuild:StartBuild", "dropConnection": "after", "count": 20}
    )
    outcome = project.dssbatch("start-release-build", "--release-id", "42")
    assert_error(outcome, 1, "aws codebuild list-builds-for-project --project-name")
    cloud.restore()


@pytest.mark.parametrize(
    "place", [UPLOADS, "https://github.test/api/uploads" + UPLOADS[26:]]
)
def test_no_wait_prints_the_id_and_ends(
    project: Project, held: Cloud, place: str
) -> None:
    outcome = project.dssbatch(
        "start-release-build",
        "--upload-url",
        f"{place}/77/assets{{?name,label}}",
        "--no-wait",
        check=0,
    )
    build = read(held, outcome.stdout.removesuffix("\n"))
    assert build["buildStatus"] == "IN_PROGRESS"
    # Nothing was overridden but the release.
    assert build["sourceVersion"] == "main"
    assert variables(build)["DSS_RELEASE_ID"] == ("PLAINTEXT", "77")
    assert variables(build)["ASSET_ID"] == ("PLAINTEXT", "")


def test_a_lost_answer_starts_no_second_build(project: Project, held: Cloud) -> None:
    before = ids(held)
    held.add_faults({"operation": "codebuild:StartBuild", "dropConnection": "after"})
    outcome = project.dssbatch(
        "start-release-build", "--release-id", "42", "--no-wait", check=0
    )
    assert ids(held) - before == {outcome.stdout.strip()}
    assert held.unused_faults() == []


def test_looks_that_fail_for_a_while_are_made_again(
    follow: Callable[..., Following],
) -> None:
    following = follow()
    fault = {"status": 400, "code": "ThrottlingException", "count": 4}
    following.cloud.add_faults({"operation": "codebuild:BatchGetBuilds"} | fault)
    following.lead("BUILD", log=["one", "two"])
    following.lead("COMPLETED")
    outcome = following.program.outcome()
    assert outcome.status == 0, str(outcome)
    assert outcome.stderr.count("one\ntwo\n") == 1


def test_a_log_that_may_not_be_read_does_not_end_the_following(
    follow: Callable[..., Following],
) -> None:
    following = follow()
    fault = {"status": 400, "code": "AccessDeniedException", "count": 9}
    following.cloud.add_faults({"operation": "logs:GetLogEvents"} | fault)
    following.lead("BUILD", log=["one"])
    following.sees("phase BUILD")
    following.lead("COMPLETED")
    outcome = following.program.outcome()
    assert outcome.status == 0, str(outcome)
    assert outcome.stderr.count("warning: the log cannot be read") == 1


def test_ctrl_c_without_a_terminal_leaves_the_build(
    follow: Callable[..., Following],
) -> None:
    following = follow()
    following.sees("phase QUEUED")
    following.program.send(signal.SIGINT)
    outcome = following.program.outcome()
    assert outcome.status == 130, str(outcome)
    assert outcome.stderr.endswith(f"interrupted: build {following.id} goes on\n")
    assert read(following.cloud, following.id)["buildStatus"] == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ([], "exactly one of"),
        (["--release-id", "1", "--upload-url", f"{UPLOADS}/1/assets"], "exactly one"),
        (["--release-id", "0"], "no id"),
        (["--release-id", "v1"], "v1"),
        (["--upload-url", "https://example.test/"], "no upload address"),
        (["--upload-url", f"{UPLOADS}/x/assets"], "no upload address"),
        (
            ["--upload-url", UPLOADS.replace("exasol", "else") + "/1/assets"],
            "else/data-science-sandbox",
        ),
    ],
)
def test_a_bad_release_starts_nothing(
    bad: Project, options: list[str], complaint: str
) -> None:
    outcome = bad.dssbatch("start-release-build", *options)
    assert_error(outcome, 2, complaint)


def test_without_a_stack_the_hint_says_how_to_make_one(project: Project) -> None:
    outcome = project.dssbatch(
        "start-release-build", "--release-id", "1", "--stack-name", "NONE"
    )
    assert_error(outcome, 2, "stack `NONE` does not exist", "setup-release-codebuild")


def test_another_stack_is_no_project(project: Project) -> None:
    outcome = project.dssbatch(
        "start-release-build", "--release-id", "1", "--stack-name", BUCKET_STACK
    )
    assert_error(outcome, 2, "has no output `ProjectName`", "--stack-name")


def test_a_project_that_somebody_deleted_is_missed(
    project: Project, cloud: Cloud
) -> None:
    name = f"T{secrets.token_hex(4)}"
    deploy(cloud, name)
    cloud.client("codebuild").delete_project(name=name)
    outcome = project.dssbatch(
        "start-release-build", "--release-id", "1", "--stack-name", name
    )
    assert_error(outcome, 2, f"no project `{name}`", "setup-release-codebuild")


def start_test_release(
    project: Project, hub: GitHubServer, *options: str, **env: str | None
) -> Outcome:
    """`dssbatch start-test-release` of a branch."""
    return project.dssbatch(
        "start-test-release",
        "--branch",
        "feature/x",
        "--release-title",
        "Test: new kernel",
        *options,
        env=hub.environment() | env,
    )


def test_a_test_release_is_a_draft_that_the_build_completes(
    project: Project, held: Cloud, hub: GitHubServer
) -> None:
    outcome = start_test_release(project, hub, "--no-wait", "--asset-id", "test-8")
    assert outcome.status == 0, str(outcome)
    (release,) = hub.releases
    seen = hub.eyes(release)
    assert (seen.draft, seen.prerelease) == (True, True)
    assert (seen.name, seen.tag_name) == ("Test: new kernel", "Test-new-kernel")
    assert seen.target_commitish == "feature/x"
    build = read(held, outcome.stdout.strip())
    assert build["sourceVersion"] == "feature/x"
    assert variables(build)["DSS_RELEASE_ID"] == ("PLAINTEXT", str(release.id))
    assert variables(build)["ASSET_ID"] == ("PLAINTEXT", "test-8")
    assert f"created draft release {release.id}" in outcome.stderr
    assert project.files_with(TOKEN.encode()) == []
    project.assert_secrets_kept()


def test_no_draft_is_made_where_no_build_can_be(
    project: Project, cloud: Cloud, hub: GitHubServer
) -> None:
    outcome = start_test_release(project, hub, "--stack-name", "NONE")
    assert_error(outcome, 2, "stack `NONE` does not exist")
    assert hub.log == []


def test_a_draft_whose_build_did_not_start_is_named(
    project: Project, held: Cloud, hub: GitHubServer
) -> None:
    held.add_faults(
        {
            "operation": "codebuild:StartBuild",
            "status": 400,
            "code": "AccountLimitExceededException",
        }
    )
    outcome = start_test_release(project, hub)
    (release,) = hub.releases
    again = f"start-release-build --release-id {release.id} --branch feature/x"
    assert_error(outcome, 1, f"draft release {release.id} is there", again)


def test_without_a_token_nothing_begins(
    project: Project, held: Cloud, hub: GitHubServer
) -> None:
    mark = held.mark()
    outcome = start_test_release(project, hub, GITHUB_TOKEN=None)
    assert_error(outcome, 2, "GITHUB_TOKEN")
    assert held.requests(mark) == [] and hub.log == []


@pytest.mark.parametrize("title", ["", "…"])
def test_a_title_that_makes_no_tag_is_refused(
    bad: Project, hub: GitHubServer, title: str
) -> None:
    outcome = bad.dssbatch(
        "start-test-release",
        "--branch",
        "x",
        "--release-title",
        title,
        env=hub.environment(),
    )
    assert_error(outcome, 2, "--release-title")
    assert hub.log == []


@pytest.mark.parametrize(
    ("reply", "status", "said"),
    [("y", "STOPPED", "is stopped"), ("", "IN_PROGRESS", "goes on")],
)
def test_ctrl_c_on_a_terminal_asks_whether_to_stop_the_build(
    project: Project, held: Cloud, reply: str, status: str, said: str
) -> None:
    main, side = pty.openpty()
    process = subprocess.Popen(
        [str(binary()), "start-release-build", "--release-id", "42", "--no-color"],
        env=project.environment,
        cwd=project.root,
        stdin=side,
        stdout=subprocess.PIPE,
        stderr=side,
        start_new_session=True,
    )
    try:
        os.close(side)
        build_id = process.stdout.readline().decode().strip()
        process.send_signal(signal.SIGINT)
        read_until(main, "[y/N]")
        os.write(main, f"{reply}\n".encode())
        read_until(main, f"interrupted: build {build_id} {said}")
        assert process.wait(timeout=600) == 130
    finally:
        process.kill()
        process.wait(timeout=300)
        os.close(main)
    assert read(held, build_id)["buildStatus"] == status


def test_an_interruption_before_the_build_starts_none(
    project: Project, held: Cloud
) -> None:
    before = ids(held)
    held.add_faults({"operation": "codebuild:BatchGetProjects", "delaySeconds": 3})
    mark = held.mark()
    program = project.start("start-release-build", "--release-id", "42")
    program.wait_until(
        lambda: "cloudformation:DescribeStacks" in held.operations(mark), "a look"
    )
    program.send(signal.SIGINT)
    outcome = program.outcome()
    assert (outcome.status, outcome.stdout) == (130, ""), str(outcome)
    assert "no build was started" in outcome.stderr
    assert ids(held) == before


def test_without_its_secrets_no_build_starts(
    project: Project, held: Cloud, hub: GitHubServer
) -> None:
    manager = held.client("secretsmanager")
    before = ids(held)
    manager.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    outcome = project.dssbatch("start-release-build", "--release-id", "42")
    missing = f"no secret `{SECRET}`"
    assert_error(outcome, 2, missing, f"create-secret --name {SECRET}")
    assert_error(start_test_release(project, hub), 2, missing)
    assert hub.log == [] and ids(held) == before
    findings = project.dssbatch("doctor", "--json").events("check")
    (finding,) = [f for f in findings if f["name"] == "release-build"]
    assert finding["status"] == "failed" and missing in finding["message"]
    make_secrets(held)
    manager.delete_secret(SecretId=SECRET, RecoveryWindowInDays=7)
    outcome = project.dssbatch("start-release-build", "--release-id", "42")
    assert_error(outcome, 2, "scheduled for deletion", "restore-secret")
    manager.restore_secret(SecretId=SECRET)
    project.dssbatch("start-release-build", "--release-id", "42", "--no-wait", check=0)


def test_without_a_credential_builds_are_warned_of(
    project: Project, held: Cloud
) -> None:
    held.forget_source_credentials()
    try:
        outcome = project.dssbatch(
            "start-release-build", "--release-id", "42", "--no-wait", check=0
        )
    finally:
        held.import_source_credential()
    assert "no credential for GitHub" in outcome.stderr
    assert "public repository only" in outcome.stderr


def read_until(terminal: int, text: str) -> None:
    """Read what a terminal shows until a text is there."""
    shown, deadline = "", time.monotonic() + 600
    while text not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096).decode()
