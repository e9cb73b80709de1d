"""CodeBuild's batches of builds, which moto has none of: the operations and what drives them on.

A batch goes on at each look at it and at each end of one of its builds. Its builds begin as those of
StartBuild do, so whatever leads or runs builds leads and runs them.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.codebuild.exceptions import (
    InvalidInputException,
    ResourceNotFoundException,
)
from moto.codebuild.responses import CodeBuildResponse
from moto.core.utils import iso_8601_datetime_with_milliseconds

from localcloud.emulation.codebuild import builds
from localcloud.emulation.codebuild.batch_progress import advance, stop
from localcloud.emulation.codebuild.batch_record import BatchRecord
from localcloud.emulation.patching import change, operation

RETRIES = ("RETRY_ALL_BUILDS", "RETRY_FAILED_BUILDS")
STATUSES = ("SUCCEEDED", "FAILED", "FAULT", "TIMED_OUT", "IN_PROGRESS", "STOPPED")
STARTING = {
    "projectName",
    "buildspecOverride",
    "sourceVersion",
    "buildTimeoutInMinutesOverride",
    "environmentVariablesOverride",
    "idempotencyToken",
    *builds.ENVIRONMENT_OVERRIDES,
}

# Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuildBatch.html
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 2160

_batches: dict[str, BatchRecord] = {}
_tokens: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}


@operation(CodeBuildResponse)
def start_build_batch(response: Any) -> str:
    """Answer StartBuildBatch; the batch is as submitted, and goes on after the answer."""
    wanted = json.loads(response.body)
    name = wanted["projectName"]
    project = builds.require_project(response, name)
    if unknown := sorted(set(wanted) - STARTING):
        raise InvalidInputException(
            f"The local cloud does not carry out: {', '.join(unknown)}"
        )
    if "buildBatchConfig" not in project:
        raise InvalidInputException(f"Project {name} has no build batch configuration")
    if batch := _repeated(wanted, project["arn"]):
        return json.dumps({"buildBatch": batch.describe()})
    minutes = wanted.get("buildTimeoutInMinutesOverride", LONGEST_MINUTES)
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise InvalidInputException(
            f"Invalid timeout: {minutes}, from {SHORTEST_MINUTES} to {LONGEST_MINUTES} are valid"
        )
    batch = _new(response.codebuild_backend, project, wanted)
    _remember(wanted, project["arn"], batch)
    return _answer_and_advance(batch)


def _new(backend: Any, project: dict[str, Any], wanted: dict[str, Any]) -> BatchRecord:
    name = project["name"]
    batch_id = f"{name}:{uuid.uuid4()}"
    place = project["arn"].rpartition(":project/")[0]
    number = 1 + sum(b.members["projectName"] == name for b in _batches.values())
    members = builds.settings(project, wanted) | {
        "id": batch_id,
        "arn": f"{place}:build-batch/{batch_id}",
        "startTime": iso_8601_datetime_with_milliseconds(),
        "projectName": name,
        "secondarySources": [],
        "secondarySourceVersions": [],
        "artifacts": {"location": ""},
        "secondaryArtifacts": [],
        "cache": project["cache"],
        "serviceRole": project["serviceRole"],
        "logConfig": {"cloudWatchLogs": {"status": "ENABLED"}},
        "buildTimeoutInMinutes": wanted.get(
            "buildTimeoutInMinutesOverride", project["timeoutInMinutes"]
        ),
        "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
        "initiator": "localcloud",
        "encryptionKey": project["encryptionKey"],
        "buildBatchNumber": number,
        "buildBatchConfig": project["buildBatchConfig"],
    }
    batch = _batches[members["arn"]] = BatchRecord(backend, wanted, members)
    return batch


def _repeated(wanted: dict[str, Any], owner: str) -> BatchRecord | None:
    """Return the batch of an earlier request with the same token."""
    known = _tokens.get((owner, wanted.get("idempotencyToken") or ""))
    if known is None:
        return None
    before, arn = known
    if before != wanted:
        raise InvalidInputException(
            "The idempotency token was used with other parameters"
        )
    return _batches[arn]


def _remember(wanted: dict[str, Any], owner: str, batch: BatchRecord) -> None:
    if token := wanted.get("idempotencyToken"):
        _tokens[owner, token] = (wanted, batch.members["arn"])


def _answer_and_advance(batch: BatchRecord) -> str:
    answer = json.dumps({"buildBatch": batch.describe()})
    advance(batch)
    return answer


@operation(CodeBuildResponse)
def batch_get_build_batches(response: Any) -> str:
    """Answer BatchGetBuildBatches, after each batch and its builds have gone on."""
    wanted = response._get_param("ids")
    found, missing = [], []
    for batch_id in wanted:
        if ":" not in batch_id:
            raise InvalidInputException("Invalid build batch ID provided")
        batch = _batches.get(_arn(response, batch_id))
        if batch is None:
            missing.append(batch_id)
            continue
        builds.look(batch.backend, [group.build for group in batch.running()])
        advance(batch)
        found.append(batch.describe())
    return json.dumps({"buildBatches": found, "buildBatchesNotFound": missing})


@operation(CodeBuildResponse)
def stop_build_batch(response: Any) -> str:
    """Answer StopBuildBatch: the batch has ended at once, as AWS shows it."""
    batch = _required(response)
    if not batch.is_over:
        stop(batch)
    return json.dumps({"buildBatch": batch.describe()})


@operation(CodeBuildResponse)
def retry_build_batch(response: Any) -> str:
    """Answer RetryBuildBatch: the same batch begins again."""
    wanted = json.loads(response.body)
    batch = _required(response)
    if _repeated(wanted, batch.members["arn"]):
        return json.dumps({"buildBatch": batch.describe()})
    kind = wanted.get("retryType", RETRIES[0])
    if kind not in RETRIES:
        raise InvalidInputException(f"Retry types are {' and '.join(RETRIES)}")
    if batch.status != "FAILED":
        raise InvalidInputException(
            f"Only batches that have failed can be retried; this one is {batch.status}"
        )
    _remember(wanted, batch.members["arn"], batch)
    batch.begin_again(keeps_good=kind == "RETRY_FAILED_BUILDS")
    return _answer_and_advance(batch)


@operation(CodeBuildResponse)
def list_build_batches_for_project(response: Any) -> str:
    """Answer ListBuildBatchesForProject, the newest first where nothing else is asked."""
    name = response._get_param("projectName") or ""
    arn = builds.require_project(response, name)["arn"]
    status = (response._get_param("filter") or {}).get("status")
    if status not in (None, *STATUSES):
        raise InvalidInputException(f"Statuses are {', '.join(STATUSES)}")
    place = arn.rpartition(":project/")[0]
    ids = [
        batch.members["id"]
        for arn, batch in _batches.items()
        if arn.startswith(f"{place}:build-batch/{name}:")
        and status in (None, batch.status)
    ]
    if response._get_param("sortOrder") != "ASCENDING":
        ids.reverse()
    start = int(response._get_param("nextToken") or 0)
    end = start + int(response._get_param("maxResults") or 100)
    token = {"nextToken": str(end)} if end < len(ids) else {}
    return json.dumps({"ids": ids[start:end], **token})


def let_pass(batch_id: str, minutes: float) -> None:
    """Let time pass for a batch, as a test asks."""
    for batch in _batches.values():
        if batch.members["id"] == batch_id:
            batch.began_at -= 60 * minutes
            advance(batch)


def _arn(response: Any, batch_id: str) -> str:
    place = f"arn:aws:codebuild:{response.region}:{response.current_account}"
    return f"{place}:build-batch/{batch_id}"


def _required(response: Any) -> BatchRecord:
    batch_id = response._get_param("id") or ""
    if ":" not in batch_id:
        raise InvalidInputException("Invalid build batch ID provided")
    batch = _batches.get(_arn(response, batch_id))
    if batch is None:
        raise ResourceNotFoundException(f"Build batch {batch_id} does not exist")
    return batch


def build_ended(build: dict[str, Any]) -> None:
    """Let a build's batch go on: the hook for whatever ends builds, from any thread."""
    batch = _batches.get(build.get("buildBatchArn", ""))
    if batch is not None:
        advance(batch)


@change
def _listens() -> None:
    builds.ended_hooks.append(build_ended)
