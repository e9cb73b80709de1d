"""Builds that are carried out: phases, environment, log and ends, seen with boto3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from localcloud.emulation.codebuild import buildspecs

from .conftest import OTHERS, policy
from .test_project_stacks import BUCKET, given, template
from .test_stacks import deploy

SECRET = "s3cr3t-text"
LONGEST_SECONDS = 600


class Builds:
    """A project whose builds are carried out from a small repository."""

    def __init__(self, cloud: Any, folder: Path):
        self.cloud, self.repository = cloud, folder
        self.name = f"stack-{uuid.uuid4().hex[:8]}"
        self.client = cloud.client("codebuild")
        self._secrets()
        deploy(
            cloud.client("cloudformation"),
            self.name,
            template("release-codebuild"),
            **given(**BUCKET),
        )
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit({"file": "one"})
        cloud.call(
            "/localcloud/builds", "POST", {"execute": True, "source": str(folder)}
        )

    def _secrets(self) -> None:
        manager = self.cloud.client("secretsmanager")
        for name in ("default-password", "jupyter-password"):
            place = f"data-science-sandbox/{name}"
            known = [s["Name"] for s in manager.list_secrets()["SecretList"]]
            if place not in known:
                manager.create_secret(Name=place, SecretString=SECRET)

    def git(self, *arguments: str) -> str:
        """Run git in the repository."""
        identity = ("-c", "user.name=test", "-c", "user.email=test@localhost")
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.repository,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str]) -> str:
        """Commit files; return the commit."""
        for name, text in files.items():
            path = self.repository / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(text)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def start(
        self, *commands: str, spec: dict[str, Any] | None = None, **options: Any
    ) -> str:
        """Start a build of these commands; return its id."""
        text = json.dumps(spec or simple(*commands))
        started = self.client.start_build(
            projectName=self.name, buildspecOverride=text, **options
        )
        return started["build"]["id"]

    def read(self, build_id: str) -> dict[str, Any]:
        """Look at a build."""
        return self.client.batch_get_builds(ids=[build_id])["builds"][0]

    def wait(self, build_id: str, phase: str = "COMPLETED") -> dict[str, Any]:
        """Wait until a build has come to a phase."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while (build := self.read(build_id))["currentPhase"] != phase:
            assert time.monotonic() < deadline, build
            time.sleep(0.05)
        return build

    def run(self, *commands: str, **options: Any) -> dict[str, Any]:
        """Start a build and wait for its end."""
        return self.wait(self.start(*commands, **options))

    def log(self, build: dict[str, Any]) -> list[str]:
        """The lines of a build's log, without those that CodeBuild writes."""
        events = self.cloud.client("logs").get_log_events(
            logGroupName=build["logs"]["groupName"],
            logStreamName=build["logs"]["streamName"],
            startFromHead=True,
        )["events"]
        lines = [event["message"].rstrip("\n") for event in events]
        return [line for line in lines if not line.startswith("[Container]")]


def simple(*commands: str, **sections: Any) -> dict[str, Any]:
    """A buildspec of one phase."""
    return {"version": 0.2, "phases": {"build": {"commands": [*commands]}}} | sections


def ends(build: dict[str, Any]) -> dict[str, str | None]:
    """How each phase ended."""
    return {p["phaseType"]: p.get("phaseStatus") for p in build["phases"]}


@pytest.fixture
def builds(cloud, tmp_path):
    yield Builds(cloud, tmp_path)
    cloud.call("/localcloud/builds", "DELETE")


def test_commands_run_in_one_shell_and_show_in_the_log(builds):
    spec = {
        "version": 0.2,
        "env": {"shell": "bash"},
        "phases": {
            "install": {"commands": ["x=1", 'echo "installed in $PWD" >&2']},
            "build": {"commands": ["echo x is $x", "[[ $x = 1 ]]", "cat file; echo"]},
            "post_build": {"commands": ["echo ok $CODEBUILD_BUILD_SUCCEEDING"]},
        },
    }
    build = builds.run(spec=spec)
    assert build["buildStatus"] == "SUCCEEDED"
    source, *lines = builds.log(build)
    assert source.startswith("installed in /")
    assert lines == ["x is 1", "one", "ok 1"]
    assert set(ends(build).values()) == {"SUCCEEDED", None}
    assert build["resolvedSourceVersion"] == builds.git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("phase", "ran"),
    [
        ("install", ["last"]),
        ("pre_build", ["install", "last"]),
        ("build", ["install", "last", "after 0"]),
    ],
)
def test_a_command_that_fails_ends_its_phase(builds, phase, ran):
    phases = {
        "install": {"commands": ["echo install"]},
        "build": {"commands": ["echo build"]},
        "post_build": {"commands": ["echo after $CODEBUILD_BUILD_SUCCEEDING"]},
    }
    phases[phase] = {"commands": ["false", "echo never"], "finally": ["echo last"]}
    build = builds.run(spec={"version": 0.2, "phases": phases})
    assert build["buildStatus"] == "FAILED"
    assert builds.log(build) == ran
    assert ends(build)[phase.upper()] == "FAILED"


def test_on_failure_continue_goes_on(builds):
    spec = simple("echo build")
    spec["phases"]["install"] = {"commands": ["false"], "on-failure": "CONTINUE"}
    build = builds.run(spec=spec)
    assert builds.log(build) == ["build"]


def test_a_failure_names_the_command(builds):
    build = builds.run("exit 7 # by hand")
    (context,) = next(p for p in build["phases"] if p["phaseType"] == "BUILD")[
        "contexts"
    ]
    assert context["statusCode"] == "COMMAND_EXECUTION_ERROR"
    assert "exit 7" in context["message"]


def test_the_nearer_variable_wins_and_secrets_are_masked(builds):
    spec = simple(
        "echo $A $B $DSS_DEFAULT_PASSWORD",
        "echo ${#DSS_DEFAULT_PASSWORD} $CODEBUILD_BUILD_ID",
        "env | grep -c AWS_PROFILE || true",
        env={"variables": {"A": "spec", "B": "spec", "ASSET_ID": "spec"}},
    )
    given_here = [{"name": "B", "value": "build", "type": "PLAINTEXT"}]
    build = builds.run(spec=spec, environmentVariablesOverride=given_here)
    assert builds.log(build) == [
        "spec build ***",
        f"{len(SECRET)} {build['id']}",
        "0",
    ]


def test_a_secret_that_is_not_there_fails_the_build(builds):
    name = [{"name": "X", "value": "no-such-secret", "type": "SECRETS_MANAGER"}]
    build = builds.run("true", environmentVariablesOverride=name)
    assert build["buildStatus"] == "FAILED"
    assert "no-such-secret" in json.dumps(build["phases"][-2]["contexts"])


def test_the_cloud_is_in_reach_of_commands(builds):
    command = "python3 -c 'import os; print(os.environ[\"AWS_ENDPOINT_URL\"])'"
    assert builds.log(builds.run(command)) == [builds.cloud.url]


def test_versions_of_the_source(builds):
    first = builds.git("rev-parse", "HEAD")
    builds.git("checkout", "--quiet", "-b", "other")
    builds.commit({"file": "two"})
    builds.git("tag", "v2")
    builds.git("checkout", "--quiet", "main")
    for version, text in (
        (first, "one"),
        ("other", "two"),
        ("v2", "two"),
        ("main", "one"),
    ):
        assert builds.log(builds.run("cat file", sourceVersion=version)) == [text]
    build = builds.run("cat file", sourceVersion="none")
    assert ends(build)["DOWNLOAD_SOURCE"] == "FAILED"


def test_a_buildspec_of_the_source(builds):
    builds.commit(
        {
            "ci/spec.yaml": "version: 0.2\nphases:\n  build:\n    commands:\n      - echo hi\n"
        }
    )
    start = {"projectName": builds.name, "buildspecOverride": "ci/spec.yaml"}
    build = builds.wait(builds.client.start_build(**start)["build"]["id"])
    assert builds.log(build) == ["hi"]
    start["buildspecOverride"] = "ci/none.yaml"
    build = builds.wait(builds.client.start_build(**start)["build"]["id"])
    assert build["buildStatus"] == "FAILED"


def processes_with(text: str) -> list[str]:
    """Processes whose command line holds a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("ending", "status"), [("stop", "STOPPED"), ("kill", "FAULT"), ("shell", "FAULT")]
)
def test_an_end_from_outside_ends_all_that_runs(builds, ending, status):
    seconds = str(1000 + int(uuid.uuid4().hex[:4], 16))
    build_id = builds.start(f"echo begun; (setsid sleep {seconds} & wait)")
    builds.wait(build_id, "BUILD")
    deadline = time.monotonic() + 600
    while not processes_with(f"sleep\0{seconds}") and time.monotonic() < deadline:
        time.sleep(0.05)
    if ending == "stop":
        builds.client.stop_build(id=build_id)
    elif ending == "kill":
        builds.cloud.call("/localcloud/builds", "POST", {"id": build_id, "kill": True})
    else:
        # Its subshells have the same command line.
        os.kill(
            min(map(int, processes_with(f"{build_id.rpartition(':')[2]}/script"))), 9
        )
    assert builds.wait(build_id)["buildStatus"] == status
    if ending != "shell":
        assert processes_with(f"sleep\0{seconds}") == []
    for pid in processes_with(f"sleep\0{seconds}"):
        os.kill(int(pid), 9)


def test_cached_folders_are_found_again(builds):
    spec = simple(
        "cat kept/number 2>/dev/null || echo none",
        "mkdir -p kept; echo $N >kept/new; mv kept/new kept/number",
        "exit $E",
        cache={"paths": ["kept/**/*"]},
    )

    def run(number: int, end: int = 0) -> list[str]:
        variables = [
            {"name": "N", "value": str(number)},
            {"name": "E", "value": str(end)},
        ]
        return builds.log(builds.run(spec=spec, environmentVariablesOverride=variables))

    assert run(1) == ["none"]
    assert run(2) == ["1"]
    # What a build left that failed is not kept.
    assert run(3, end=1) == ["2"]
    assert run(4) == ["2"]


def test_a_batch_is_carried_out_by_a_file_of_the_source(builds):
    task = {"buildspec": "build.json", "env": {"variables": {"N": "1"}}}
    graph = [
        {"identifier": "a"} | task,
        {"identifier": "b", "depend-on": ["a"]} | task,
        {"identifier": "c", "depend-on": ["b"], "buildspec": "fail.json"},
        {"identifier": "d", "depend-on": ["c"]} | task,
    ]
    builds.commit(
        {
            "batch.json": json.dumps({"version": 0.2, "batch": {"build-graph": graph}}),
            "build.json": json.dumps(simple("echo $CODEBUILD_BATCH_BUILD_IDENTIFIER")),
            "fail.json": json.dumps(simple("exit 3")),
        }
    )
    batch_id = builds.client.start_build_batch(
        projectName=builds.name, buildspecOverride="batch.json"
    )["buildBatch"]["id"]
    deadline = time.monotonic() + LONGEST_SECONDS
    batch: dict[str, Any] = {"complete": False}
    while not batch["complete"]:
        assert time.monotonic() < deadline, batch
        time.sleep(0.1)
        (batch,) = builds.client.batch_get_build_batches(ids=[batch_id])["buildBatches"]
    seen = {
        group["identifier"]: group["currentBuildSummary"]
        for group in batch["buildGroups"]
    }
    assert batch["buildBatchStatus"] == "FAILED"
    statuses = {name: seen[name]["buildStatus"] for name in "abcd"}
    assert statuses == {
        "a": "SUCCEEDED",
        "b": "SUCCEEDED",
        "c": "FAILED",
        "d": "STOPPED",
    }
    for name in "ab":
        build = builds.read(seen[name]["arn"].rpartition("/")[2])
        assert builds.log(build) == [name]


def test_builds_run_side_by_side_at_one_path(builds, tmp_path):
    meeting = tmp_path / "meeting"
    meeting.mkdir(mode=0o777)
    # Each waits for the others, which would never come if they ran one after the other.
    everybody = f"until [ $(ls {meeting} | wc -l) = 4 ]; do sleep 0.1; done"
    spec = simple(
        f"touch mine-$N {meeting}/$N; timeout 600 bash -c '{everybody}'; ls mine-*; pwd"
    )
    ids = [
        builds.start(
            spec=spec, environmentVariablesOverride=[{"name": "N", "value": str(n)}]
        )
        for n in range(4)
    ]
    logs = [builds.log(builds.wait(build_id)) for build_id in ids]
    assert {len(list(meeting.iterdir()))} == {4}
    assert [lines[0] for lines in logs] == [f"mine-{n}" for n in range(4)]
    if os.geteuid() == 0:
        assert len({lines[1] for lines in logs}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version: 0.1",
        "{",
        "version: 0.2\nphases: {test: {}}",
        "version: 0.2\nenv: {shell: fish}",
    ],
)
def test_bad_buildspecs(text):
    with pytest.raises(buildspecs.BuildspecError):
        buildspecs.parse(text)


ASK = (
    f"{sys.executable} -c 'import boto3; "
    'print(boto3.client("sts").get_caller_identity()["Arn"]); '
    'boto3.client("ec2").describe_addresses()\' || echo refused'
)


def test_a_build_works_with_its_projects_role(builds, cloud):
    role = (
        cloud.client("codebuild")
        .batch_get_projects(names=[builds.name])["projects"][0]["serviceRole"]
        .rpartition("/")[2]
    )
    lines = builds.log(builds.run(ASK))
    session = f":assumed-role/{role}/AWSCodeBuild-"
    assert any(session in line for line in lines), lines
    assert lines[-1] == "refused"
    assert any("ec2:DescribeAddresses" in line for line in lines)


def test_a_role_that_does_not_trust_codebuild_begins_no_build(builds, cloud):
    iam = cloud.client("iam")
    project = cloud.client("codebuild").batch_get_projects(names=[builds.name])
    role = project["projects"][0]["serviceRole"].rpartition("/")[2]
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=policy(OTHERS))
    try:
        build = builds.run("echo never")
    finally:
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
    assert build["buildStatus"] == "FAILED"
    assert "sts:AssumeRole" in json.dumps(build["phases"], default=str)
