"""`distribute`: the batch that it writes and starts, by builds that are records."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from localcloud.emulation.codebuild import batch_spec

from .cloud import AssetView, Cloud
from .code_build import deploy
from .foreign_exports import ForeignExports
from .matrix import FILE, Matrix
from .program import RunningProgram, assert_error
from .project import Project
from .roles import denied
from .test_shared_results import Shared

STACK = "DATA-SCIENCE-SANDBOX-RELEASE-CODEBUILD"


@pytest.fixture
def matrix(project: Project, cloud: Cloud) -> Matrix:
    """A matrix, and a project whose builds stay where they are until a test leads them on."""
    deploy(cloud, STACK)
    cloud.hold_builds()
    return Matrix(project)


@pytest.fixture
def place(matrix: Matrix, cloud: Cloud) -> tuple[str, str]:
    """Where the results are."""
    return ("--results", Shared(cloud, matrix.project.asset_id).address)


def dry_run(matrix: Matrix, *options: str) -> dict[str, Any]:
    """The batch that would be started."""
    outcome = matrix.project.dssbatch(
        "distribute", FILE, "--dry-run", *options, check=0
    )
    return json.loads(outcome.stdout)


def batches(cloud: Cloud) -> set[str]:
    """Every batch that the project ever had."""
    client = cloud.client("codebuild")
    return set(client.list_build_batches_for_project(projectName=STACK)["ids"])


def read(cloud: Cloud, batch_id: str) -> dict[str, Any]:
    """Look at a batch."""
    client = cloud.client("codebuild")
    return client.batch_get_build_batches(ids=[batch_id])["buildBatches"][0]


def test_the_batch_is_as_aws_documents_it(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    before = batches(cloud)
    spec = dry_run(matrix, *place)
    tasks = batch_spec.parse(json.dumps(spec)).tasks
    assert [task.identifier for task in tasks] == [
        "shared",
        "releases_001",
        "releases_002",
        "releases_003",
        "collect",
    ]
    graph = spec["batch"]["build-graph"]
    variables = [task["env"]["variables"] for task in graph]
    assert {v["DSS_MATRIX"] for v in variables} == {FILE}
    assert {v["DSS_RESULTS"] for v in variables} == {place[1]}
    assert variables[0]["DSS_OPTIONS"] == "--only source-ami"
    assert [v.get("DSS_VARIANTS") for v in variables[1:4]] == matrix.ids
    assert variables[4]["DSS_COMMAND"] == "collect"
    assert graph[4]["depend-on"] == [task["identifier"] for task in graph[:4]]
    assert batches(cloud) == before


def test_only_stale_releases_are_built(matrix: Matrix, place: tuple[str, str]) -> None:
    first, second, third = matrix.ids
    matrix.run(*place, "--asset-id", first)
    spec = dry_run(matrix, *place)
    names = [
        t["env"]["variables"].get("DSS_VARIANTS") for t in spec["batch"]["build-graph"]
    ]
    assert [n for n in names if n] == [second, third]
    spec = dry_run(matrix, *place, "--builds", "3")
    (made,) = [
        t
        for t in spec["batch"]["build-graph"]
        if "DSS_VARIANTS" in t["env"]["variables"]
    ]
    assert made["env"]["variables"]["DSS_VARIANTS"] == f"{second},{third}"
    # One stale release shares nothing with another.
    spec = dry_run(matrix, *place, "--asset-id", third)
    assert [t["identifier"] for t in spec["batch"]["build-graph"]] == [
        "releases_001",
        "collect",
    ]


def test_nothing_is_started_where_nothing_is_stale(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    matrix.run(*place)
    before = batches(cloud)
    bucket, _, prefix = place[1].removeprefix("s3://").partition("/")
    summary = {"Bucket": bucket, "Key": f"{prefix}/many/summary.json"}
    cloud.client("s3").delete_object(**summary)
    outcome = matrix.project.dssbatch("distribute", FILE, "-n", *place, check=0)
    assert outcome.stdout == "" and "no release is stale" in outcome.stderr
    with pytest.raises(ClientError):
        cloud.client("s3").head_object(**summary)
    outcome = matrix.project.dssbatch("distribute", FILE, *place, check=0)
    assert "3 variants: 3 fresh" in outcome.stderr
    assert batches(cloud) == before


def start(
    matrix: Matrix, place: tuple[str, str], *options: str
) -> tuple[RunningProgram, str]:
    """Start a batch that waits for its builds; return the call and the batch's id."""
    running = matrix.project.start("distribute", FILE, *place, *options)
    running.wait_until(lambda: running.stdout().endswith("\n"), "the batch's id")
    return running, running.stdout().splitlines()[0]


def builds(cloud: Cloud, batch_id: str) -> dict[str, str]:
    """The ids of a batch's builds that have begun."""
    return {
        group["identifier"]: group["currentBuildSummary"]["arn"].rpartition("/")[2]
        for group in read(cloud, batch_id)["buildGroups"]
        if group.get("currentBuildSummary", {}).get("buildStatus") == "IN_PROGRESS"
    }


def test_a_batch_is_followed_and_its_failure_shown(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    running, batch_id = start(matrix, place, "--branch", "main")
    shared = builds(cloud, batch_id)
    assert [*shared] == ["shared"]
    cloud.lead_build(shared["shared"], "COMPLETED")
    makers = builds(cloud, batch_id)
    assert len(makers) == 3
    why = {"statusCode": "COMMAND_EXECUTION_ERROR", "message": "exit status 1"}
    cloud.lead_build(makers["releases_001"], "BUILD", log=["last words"])
    cloud.lead_build(
        makers["releases_001"], "COMPLETED", status="FAILED", contexts=[why]
    )
    for name in ("releases_002", "releases_003"):
        cloud.lead_build(makers[name], "COMPLETED")
    outcome = running.outcome()
    assert outcome.status == 1, str(outcome)
    assert outcome.stdout == f"{batch_id}\n"
    for text in (
        "build shared (source-ami): SUCCEEDED",
        f"build releases_001 ({matrix.ids[0]}): FAILED",
        "last words",
        "COMMAND_EXECUTION_ERROR: exit status 1",
        f"batch `{batch_id}` ended with FAILED",
        # What is recorded decides, whatever builds say.
        "3 variants: 3 never ran",
    ):
        assert text in outcome.stderr, text
    assert read(cloud, batch_id)["sourceVersion"] == "main"


def test_a_lost_answer_starts_no_second_batch(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    before = batches(cloud)
    cloud.add_faults(
        {"operation": "codebuild:StartBuildBatch", "dropConnection": "after"}
    )
    outcome = matrix.project.dssbatch("distribute", FILE, *place, "--no-wait", check=0)
    assert batches(cloud) - before == {outcome.stdout.strip()}
    assert cloud.unused_faults() == []


def test_ctrl_c_without_a_terminal_leaves_the_batch(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    running, batch_id = start(matrix, place)
    running.wait_until(lambda: "build shared" in running.stderr(), "its first build")
    running.send(signal.SIGINT)
    outcome = running.outcome()
    assert outcome.status == 130, str(outcome)
    assert outcome.stderr.endswith(f"interrupted: batch {batch_id} goes on\n")
    assert read(cloud, batch_id)["buildBatchStatus"] == "IN_PROGRESS"


def test_events_tell_the_same(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    outcome = matrix.project.dssbatch(
        "distribute",
        FILE,
        *place,
        "--json",
        "--no-wait",
        "--output",
        "batch.json",
        check=0,
    )
    (event,) = outcome.events("batch-started")
    assert event["id"] in batches(cloud)
    written = json.loads((matrix.project.root / "batch.json").read_text())
    assert len(written["batch"]["build-graph"]) == 5


@pytest.mark.parametrize(
    ("options", "status", "complaint"),
    [
        (["--results", "out"], 2, "cannot record in the folder"),
        (["--set", "/region=us-east-1"], 2, "--set does not reach"),
        (["--builds", "2"], 2, "do not fit into 2 builds"),
        (["--builds", "0"], 2, "above 0"),
        (["--asset-id", "nobody"], 2, "no variant `nobody`"),
        (["--stack-name", "NONE"], 2, "stack `NONE` does not exist"),
    ],
)
def test_what_cannot_be_distributed_starts_nothing(
    matrix: Matrix,
    cloud: Cloud,
    place: tuple[str, str],
    options: list[str],
    status: int,
    complaint: str,
) -> None:
    before = batches(cloud)
    outcome = matrix.project.dssbatch("distribute", FILE, *place, *options)
    assert_error(outcome, status, complaint)
    assert batches(cloud) == before


def test_a_batch_works_with_its_own_role(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    projects = cloud.client("codebuild").batch_get_projects(names=[STACK])["projects"]
    role = projects[0]["buildBatchConfig"]["serviceRole"].rpartition("/")[2]
    iam = cloud.client("iam")
    policy = {"RoleName": role, "PolicyName": "batch"}
    document = iam.get_role_policy(**policy)["PolicyDocument"]
    iam.delete_role_policy(**policy)
    try:
        outcome = matrix.project.dssbatch("distribute", FILE, *place)
    finally:
        iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))
    assert_error(outcome, 1, "is not authorized to perform: codebuild:StartBuild")


LARGE = "L-4DDC4A99"


def test_no_more_builds_than_the_account_runs_at_once(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    first, second, third = matrix.ids
    for limit, dealt in (
        (1, [f"{first},{second},{third}"]),
        (2, [first, f"{second},{third}"]),
        (20, [first, second, third]),
    ):
        cloud.set_quota(LARGE, limit)
        graph = dry_run(matrix, *place)["batch"]["build-graph"]
        variables = [task["env"]["variables"] for task in graph]
        assert [v["DSS_VARIANTS"] for v in variables if "DSS_VARIANTS" in v] == dealt
    cloud.set_quota(LARGE, 0)
    outcome = matrix.project.dssbatch("distribute", FILE, *place)
    assert_error(outcome, 2, "may run no builds", "request-service-quota-increase")


def test_a_build_of_many_releases_gets_their_time_and_one_runs_at_a_time(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    cloud.set_quota(LARGE, 1)
    running, batch_id = start(matrix, place)
    seen = read(cloud, batch_id)
    assert seen["buildTimeoutInMinutes"] == 3 * 480
    assert seen["buildBatchConfig"]["timeoutInMins"] == 2160
    for name in ("shared", "releases_001", "collect"):
        (present,) = builds(cloud, batch_id).items()
        assert present[0] == name
        cloud.lead_build(present[1], "COMPLETED")
    assert running.outcome().status == 1  # No build of a record makes anything.


@pytest.fixture
def starter(cloud: Cloud) -> Iterator[dict[str, str]]:
    """The environment of somebody who may do what the stack's policy says, and no more."""
    client, iam = cloud.client("cloudformation"), cloud.client("iam")
    # Results lie in the bucket that the project names.
    name = f"{STACK}-STARTER"
    deploy(cloud, name)
    outputs = client.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    (policy,) = [
        o["OutputValue"] for o in outputs if o["OutputKey"] == "BuildStarterPolicyArn"
    ]
    role = f"starter-{secrets.token_hex(4)}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    yield cloud.call("/localcloud/role", "POST", {"role": role})
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    iam.delete_role(RoleName=role)
    client.delete_stack(StackName=name)


def test_the_stacks_policy_is_all_that_who_distributes_needs(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str], starter: dict[str, str]
) -> None:
    name = ("--stack-name", f"{STACK}-STARTER")
    mark = cloud.mark()
    running = matrix.project.start("distribute", FILE, *place, *name, env=starter)
    running.wait_until(lambda: running.stdout().endswith("\n"), "the batch's id")
    batch_id = running.stdout().splitlines()[0]
    (shared,) = builds(cloud, batch_id).values()
    cloud.lead_build(shared, "BUILD", log=["last words"])
    cloud.lead_build(shared, "COMPLETED", status="FAILED")
    outcome = running.outcome()
    assert "last words" in outcome.stderr, str(outcome)
    assert denied(cloud.requests(mark)) == []
    outcome = matrix.project.dssbatch(
        "start-release-build", "--release-id", "42", "--no-wait", *name, env=starter
    )
    assert outcome.status == 0, str(outcome)
    assert denied(cloud.requests(mark)) == []


def test_more_builds_than_ec2_takes_exports_are_told_and_get_the_time(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    cloud.set_quota(LARGE, 20)
    outcome = matrix.project.dssbatch("distribute", FILE, "--dry-run", *place, check=0)
    assert "wait for each other" not in outcome.stderr
    many = Matrix(matrix.project, "abcdefg")
    outcome = matrix.project.dssbatch("distribute", FILE, "--no-wait", *place, check=0)
    assert "7 builds may export at once" in outcome.stderr
    batch_id = outcome.stdout.splitlines()[0]
    assert read(cloud, batch_id)["buildTimeoutInMinutes"] == 2 * 480
    # Where the images are there, EC2 has nothing to export.
    for variant in many.ids:
        many.change(variant, "/export/formats", [])
    outcome = matrix.project.dssbatch("distribute", FILE, "--dry-run", *place, check=0)
    assert "wait for each other" not in outcome.stderr


def test_exports_that_others_started_take_their_room(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    foreign = ForeignExports(cloud)
    try:
        for _ in range(4):
            foreign.start()
        outcome = matrix.project.dssbatch(
            "distribute", FILE, "--no-wait", *place, check=0
        )
    finally:
        foreign.end()
    count = len(matrix.ids)
    assert f"{count} builds may export at once" in outcome.stderr
    assert "beside 4 that run there already" in outcome.stderr
    batch_id = outcome.stdout.splitlines()[0]
    assert read(cloud, batch_id)["buildTimeoutInMinutes"] == count * 480


def test_what_is_published_is_not_replaced_by_builds_unless_told(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str]
) -> None:
    project = matrix.project
    project.set("ami", "public", value=True)
    matrix.run(*place)
    (image,) = AssetView(cloud, matrix.ids[0]).images()
    playbook = project.root / "ansible/sandbox.yml"
    playbook.write_text(playbook.read_text() + "\n# other\n")
    before = batches(cloud)
    outcome = project.dssbatch("distribute", FILE, *place, "--no-wait")
    assert_error(outcome, 2, image["ImageId"], "--replace-published")
    assert batches(cloud) == before
    told = ("--replace-published", "--no-wait")
    outcome = project.dssbatch("distribute", FILE, *place, *told, check=0)
    (batch_id,) = batches(cloud) - before
    assert outcome.stdout.splitlines()[0] == batch_id
    graph = dry_run(matrix, *place, "--replace-published")["batch"]["build-graph"]
    makers = [
        task["env"]["variables"]
        for task in graph
        if "DSS_VARIANTS" in task["env"]["variables"]
    ]
    assert makers
    assert {v["DSS_OPTIONS"] for v in makers} == {"--replace-published"}


def test_a_manifest_that_the_builds_clone_lacks_is_refused(
    matrix: Matrix, cloud: Cloud, place: tuple[str, str], tmp_path: Path
) -> None:
    root, before = matrix.project.root, batches(cloud)

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        command = ["git", "-C", str(root), *identity, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def refused(cause: str) -> None:
        outcome = matrix.project.dssbatch("distribute", FILE, *place, "--no-wait")
        assert_error(outcome, 2, "the builds' clone has no such", cause)
        assert batches(cloud) == before

    git("init", "--initial-branch=main")
    refused("git does not know it")
    git("add", "manifests")
    git("commit", "--message=Add manifests")
    origin = tmp_path / "origin"
    subprocess.run(["git", "init", "--bare", str(origin)], check=True)
    git("remote", "add", "origin", str(origin))
    refused("was not pushed")
    git("push", "origin", "main")
    text = matrix.path.read_text()
    matrix.change(matrix.ids[0], "/export/prefix", "elsewhere")
    refused("changed and not committed")
    matrix.path.write_text(text)
    matrix.project.dssbatch("distribute", FILE, *place, "--no-wait", check=0)
    assert len(batches(cloud) - before) == 1


def test_only_a_matrix_is_distributed(bad: Project) -> None:
    for command in ("distribute", "collect"):
        for name in ("release", "infrastructure"):
            outcome = bad.dssbatch(command, f"manifests/{name}.json")
            fragments = ("needs a manifest of kind `matrix`", f"of kind `{name}`")
            assert_error(outcome, 2, *fragments, f"{name}.json#/kind", "matrix.json")
