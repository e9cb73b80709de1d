"""Batches of CodeBuild: what begins when, how they end, and begin again."""

from __future__ import annotations

import re
import uuid

import pytest
from botocore.exceptions import ClientError

from .batches import (
    PHASES,
    PLAIN_PROJECT,
    build_ids,
    groups,
    look,
    project_template,
    reasons,
    spec,
    states,
    task,
)
from .test_stacks import deploy

RUNNING, DONE, WAITING = "IN_PROGRESS", "SUCCEEDED", "PENDING"
CHAIN = spec(task("a"), task("b"), task("c", "ab"))


@pytest.fixture
def codebuild(cloud):
    yield cloud.client("codebuild")
    cloud.call("/localcloud/builds", "DELETE")


@pytest.fixture
def project(cloud):
    name = f"project-{uuid.uuid4().hex[:8]}"
    body = project_template(name, MaximumBuildsAllowed=4)
    stack, _ = deploy(cloud.client("cloudformation"), name, body)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return name


@pytest.fixture
def start(codebuild, project):
    """Start a batch of a text and return its id."""

    def start(buildspec, **options):
        batch = codebuild.start_build_batch(
            projectName=project, buildspecOverride=buildspec, **options
        )["buildBatch"]
        assert (batch["currentPhase"], batch["complete"]) == ("SUBMITTED", False)
        return batch["id"]

    return start


@pytest.fixture
def held(cloud, codebuild):
    cloud.call("/localcloud/builds", "POST", {"hold": True})


@pytest.fixture
def end(cloud, codebuild):
    """End the present build of one task."""

    def end(batch_id, identifier, status="SUCCEEDED"):
        build_id = build_ids(codebuild, batch_id)[identifier]
        document = {"id": build_id, "phase": "COMPLETED", "status": status}
        cloud.call("/localcloud/builds", "POST", document)

    return end


def test_each_look_leads_the_builds_on_in_their_order(codebuild, start):
    batch_id = start(CHAIN)
    expected = [
        (RUNNING, f"{RUNNING} {RUNNING} {WAITING}"),
        (RUNNING, f"{DONE} {DONE} {RUNNING}"),
        (RUNNING, f"{DONE} {DONE} {RUNNING}"),
        (DONE, f"{DONE} {DONE} {DONE}"),
        (DONE, f"{DONE} {DONE} {DONE}"),
    ]
    assert [states(codebuild, batch_id) for _ in expected] == expected
    batch = look(codebuild, batch_id)
    assert [p["phaseType"] for p in batch["phases"]] == [*PHASES, DONE]
    assert [p.get("phaseStatus") for p in batch["phases"]] == [*[DONE] * 4, None]
    assert groups(batch)["c"]["dependsOn"] == ["a", "b"]


def test_builds_are_builds(codebuild, project, held, start):
    batch_id = start(
        spec(
            task("a", buildspec="ci/a.yaml", env={"variables": {"B": 1, "C": True}}),
            task("b", env={"image": "other", "privileged-mode": True}),
        ),
        sourceVersion="branch",
        environmentVariablesOverride=[{"name": n, "value": "batch"} for n in "AB"],
    )
    batch = look(codebuild, batch_id)
    ids = build_ids(codebuild, batch_id)
    builds = {
        b["id"]: b for b in codebuild.batch_get_builds(ids=[*ids.values()])["builds"]
    }
    first, second = builds[ids["a"]], builds[ids["b"]]
    listed = codebuild.list_builds_for_project(projectName=project)["ids"]
    assert set(listed) == set(ids.values())
    assert first["buildBatchArn"] == second["buildBatchArn"] == batch["arn"]
    assert first["sourceVersion"] == batch["sourceVersion"] == "branch"
    assert first["source"]["buildspec"] == "ci/a.yaml"
    assert second["source"]["buildspec"] == batch["source"]["buildspec"]
    variables = {
        v["name"]: v["value"] for v in first["environment"]["environmentVariables"]
    }
    assert variables == {
        "A": "batch",
        "B": "1",
        "C": "true",
        "CODEBUILD_BATCH_BUILD_IDENTIFIER": "a",
    }
    assert first["environment"]["image"] == "aws/codebuild/standard:8.0"
    assert second["environment"]["image"] == "other"
    assert second["environment"]["privilegedMode"] is True


def test_held_builds_wait_and_begin_together(codebuild, held, start, end):
    batch_id = start(CHAIN)
    begun = (RUNNING, f"{RUNNING} {RUNNING} {WAITING}")
    assert [states(codebuild, batch_id) for _ in range(3)] == [begun] * 3
    waiting = build_ids(codebuild, batch_id)["c"]
    assert codebuild.batch_get_builds(ids=[waiting])["buildsNotFound"] == [waiting]
    end(batch_id, "b")
    assert states(codebuild, batch_id) == (RUNNING, "IN_PROGRESS SUCCEEDED PENDING")
    end(batch_id, "a")
    # It has begun with that end, before any look, and is what was announced.
    assert codebuild.batch_get_builds(ids=[waiting])["builds"][0]["id"] == waiting
    end(batch_id, "c")
    assert states(codebuild, batch_id)[0] == DONE


@pytest.mark.parametrize("status", ["FAILED", "FAULT", "TIMED_OUT", "STOPPED"])
def test_nothing_begins_behind_a_failure(codebuild, held, start, end, status):
    batch_id = start(spec(task("a"), task("b"), task("c", "a"), task("d", "b")))
    end(batch_id, "a", status)
    meanwhile = f"{status} {RUNNING} {WAITING} {WAITING}"
    assert states(codebuild, batch_id) == (RUNNING, meanwhile)
    end(batch_id, "b")
    end(batch_id, "d")
    assert states(codebuild, batch_id) == ("FAILED", f"{status} {DONE} STOPPED {DONE}")
    batch = look(codebuild, batch_id)
    assert [p["phaseType"] for p in batch["phases"]] == [*PHASES[:3], "FAILED"]
    assert reasons(batch) == [("IN_PROGRESS", "CLIENT_ERROR", "builds failed: `a`")]


def test_a_failure_can_be_ignored(codebuild, held, start, end):
    batch_id = start(spec(task("a", ignore_failure=True), task("b", "a")))
    end(batch_id, "a", "FAILED")
    assert states(codebuild, batch_id) == (RUNNING, f"FAILED {RUNNING}")
    end(batch_id, "b")
    assert states(codebuild, batch_id) == (DONE, f"FAILED {DONE}")
    assert groups(look(codebuild, batch_id))["a"]["ignoreFailure"] is True


def test_the_first_failure_can_stop_the_rest(codebuild, held, start, end):
    tasks = [task("a"), task("b"), task("c", "b")]
    batch_id = start(spec(*tasks, **{"fast-fail": True}))
    end(batch_id, "a", "FAILED")
    assert states(codebuild, batch_id) == ("FAILED", "FAILED STOPPED STOPPED")


def test_a_batch_is_stopped_with_its_builds(codebuild, held, start, end):
    batch_id = start(CHAIN)
    end(batch_id, "a")
    batch = codebuild.stop_build_batch(id=batch_id)["buildBatch"]
    assert batch["currentPhase"] == batch["buildBatchStatus"] == "STOPPED"
    assert states(codebuild, batch_id) == ("STOPPED", "SUCCEEDED STOPPED STOPPED")
    assert batch["phases"][2]["phaseStatus"] == "STOPPED"
    assert codebuild.stop_build_batch(id=batch_id)["buildBatch"]["id"] == batch_id
    with pytest.raises(ClientError, match="InvalidInputException.*STOPPED"):
        codebuild.retry_build_batch(id=batch_id)


def test_a_stopped_build_lets_its_batch_fail(codebuild, held, start):
    batch_id = start(spec(task("a")))
    codebuild.stop_build(id=build_ids(codebuild, batch_id)["a"])
    assert states(codebuild, batch_id) == ("FAILED", "STOPPED")


@pytest.fixture
def failed(codebuild, held, start, end):
    """A batch with one build that succeeded, one that failed, one that never began."""
    batch_id = start(CHAIN)
    end(batch_id, "a")
    end(batch_id, "b", "FAILED")
    assert states(codebuild, batch_id) == ("FAILED", "SUCCEEDED FAILED STOPPED")
    return batch_id


def test_what_failed_is_built_again(codebuild, failed, end):
    before = build_ids(codebuild, failed)
    retry = {"id": failed, "retryType": "RETRY_FAILED_BUILDS", "idempotencyToken": "r"}
    batch = codebuild.retry_build_batch(**retry)["buildBatch"]
    assert (batch["id"], batch["currentPhase"]) == (failed, "SUBMITTED")
    assert states(codebuild, failed) == (RUNNING, f"{DONE} {RUNNING} PENDING")
    assert codebuild.retry_build_batch(**retry)["buildBatch"]["id"] == failed
    after = build_ids(codebuild, failed)
    assert {n for n in "abc" if before[n] == after[n]} == {"a"}
    prior = {
        name: [summary["buildStatus"] for summary in group["priorBuildSummaryList"]]
        for name, group in groups(look(codebuild, failed)).items()
        if "priorBuildSummaryList" in group
    }
    assert prior == {"b": ["FAILED"]}
    end(failed, "b")
    end(failed, "c")
    assert states(codebuild, failed)[0] == DONE
    phases = [p["phaseType"] for p in look(codebuild, failed)["phases"]]
    assert phases == [*PHASES[:3], "FAILED", *PHASES, DONE]


def test_everything_is_built_again(codebuild, failed):
    before = build_ids(codebuild, failed)
    codebuild.retry_build_batch(id=failed, retryType="RETRY_ALL_BUILDS")
    assert states(codebuild, failed) == (RUNNING, f"{RUNNING} {RUNNING} PENDING")
    assert not set(before.values()) & set(build_ids(codebuild, failed).values())
    with pytest.raises(ClientError, match="InvalidInputException.*IN_PROGRESS"):
        codebuild.retry_build_batch(id=failed)


def test_a_token_starts_one_batch(codebuild, project, held, start):
    first = start(CHAIN, idempotencyToken="a")
    wanted = {"projectName": project, "buildspecOverride": CHAIN}
    again = codebuild.start_build_batch(**wanted, idempotencyToken="a")["buildBatch"]
    assert again["id"] == first
    with pytest.raises(ClientError, match="InvalidInputException.*token"):
        codebuild.start_build_batch(projectName=project, idempotencyToken="a")
    second = start(CHAIN, idempotencyToken="b")
    assert look(codebuild, second)["buildBatchNumber"] == 2
    codebuild.stop_build_batch(id=first)

    def listed(**options):
        answer = codebuild.list_build_batches_for_project(
            projectName=project, **options
        )
        return answer["ids"], "nextToken" in answer

    assert listed() == ([second, first], False)
    assert listed(sortOrder="ASCENDING", maxResults=1) == ([first], True)
    assert listed(maxResults=1, nextToken="1") == ([first], False)
    assert listed(filter={"status": "STOPPED"}) == ([first], False)


def test_what_is_not_there_is_said(codebuild, project):
    unknown = f"{project}:none"
    answer = codebuild.batch_get_build_batches(ids=[unknown])
    assert (answer["buildBatches"], answer["buildBatchesNotFound"]) == ([], [unknown])
    for call in (codebuild.stop_build_batch, codebuild.retry_build_batch):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            call(id=unknown)
        with pytest.raises(ClientError, match="InvalidInputException"):
            call(id="none")
    for call in (codebuild.start_build_batch, codebuild.list_build_batches_for_project):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            call(projectName="no-project")


def test_a_project_without_batches_starts_none(cloud, codebuild):
    name = f"project-{uuid.uuid4().hex[:8]}"
    role = f"arn:aws:iam::{cloud.description['accountId']}:role/build"
    codebuild.create_project(name=name, **(PLAIN_PROJECT | {"serviceRole": role}))
    with pytest.raises(ClientError, match="InvalidInputException.*batch config"):
        codebuild.start_build_batch(projectName=name, buildspecOverride=CHAIN)


def test_what_is_not_carried_out_is_refused(codebuild, project):
    with pytest.raises(ClientError, match="InvalidInputException.*cacheOverride"):
        codebuild.start_build_batch(
            projectName=project, cacheOverride={"type": "NO_CACHE"}
        )


@pytest.mark.parametrize(
    ("buildspec", "code", "reason"),
    [
        (spec(*(task(i) for i in "abcde")), "CLIENT_ERROR", "has 5 builds.*allows 4"),
        (spec(task("a", "b")), "YAML_FILE_ERROR", "depends on `b`"),
        ("batch: [\n", "YAML_FILE_ERROR", "no YAML"),
        ("ci/batch.yaml", "YAML_FILE_ERROR", "path 'ci/batch.yaml' does not exist"),
    ],
)
def test_a_bad_batch_fails_before_any_build(codebuild, start, buildspec, code, reason):
    batch_id = start(buildspec)
    batch = look(codebuild, batch_id)
    assert batch["buildBatchStatus"] == "FAILED" and batch["complete"]
    assert groups(batch) == {}
    phases = [p["phaseType"] for p in batch["phases"]]
    assert phases == ["SUBMITTED", "DOWNLOAD_BATCHSPEC", "FAILED"]
    [(phase, found, message)] = reasons(batch)
    assert (phase, found) == ("DOWNLOAD_BATCHSPEC", code)
    assert re.search(reason, message)
