"""Results in S3: what machines share, and what they must not do to each other."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .cloud import REGION, Cloud
from .program import RunningProgram, assert_error
from .project import MANIFEST, Project

RUNS = 200


class Shared:
    """Results of one test in the bucket, seen with boto3."""

    def __init__(self, cloud: Cloud, name: str, bucket: str | None = None):
        self.cloud = cloud
        self.bucket = bucket or cloud.bucket
        self.prefix = f"results/{name}"
        self.address = f"s3://{self.bucket}/{self.prefix}"

    def objects(self, asset_id: str) -> dict[str, bytes]:
        """Return what lies in an asset's folder, by name."""
        client = self.cloud.client("s3")
        start = f"{self.prefix}/{asset_id}/"
        place = {"Bucket": self.bucket, "Prefix": start}
        keys = [o["Key"] for o in self.cloud.every("s3", "list_objects_v2", **place)]
        found = {}
        for key in keys:
            # A run that goes on may have removed it meanwhile, such as its lock.
            with contextlib.suppress(client.exceptions.NoSuchKey):
                answer = client.get_object(Bucket=self.bucket, Key=key)
                found[key.removeprefix(start)] = answer["Body"].read()
        return found

    def versions(self, asset_id: str, name: str) -> list[bytes]:
        """Return everything that one object ever was, the oldest first."""
        client, bucket = self.cloud.client("s3"), self.bucket
        key = f"{self.prefix}/{asset_id}/{name}"
        place = {"Bucket": bucket, "Prefix": key}
        found = self.cloud.every("s3", "list_object_versions", **place)
        return [
            client.get_object(Bucket=bucket, Key=key, VersionId=one["VersionId"])[
                "Body"
            ].read()
            for one in reversed(found)
            if one["Key"] == key
        ]

    def result(self, asset_id: str, stage: str) -> dict[str, Any]:
        """Return one result file."""
        return json.loads(self.objects(asset_id)[f"{stage}.json"])


@pytest.fixture
def shared(cloud: Cloud, project: Project) -> Shared:
    return Shared(cloud, project.asset_id)


@pytest.fixture
def history(cloud: Cloud, project: Project) -> Shared:
    """Results in a bucket that keeps every version."""
    client, name = cloud.client("s3"), f"history-{uuid.uuid4()}"
    client.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    client.put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Enabled"}
    )
    return Shared(cloud, project.asset_id, name)


@pytest.fixture
def colleague(project: Project, tmp_path: Path) -> Project:
    """Another clone of the same state, on which nothing ever ran."""
    return project.copy_to(tmp_path / "colleague")


def test_a_release_leaves_the_files_of_a_folder(
    project: Project, shared: Shared, make_project: Callable[..., Project]
) -> None:
    project.run("--results", shared.address)
    assert not project.results.exists()
    names = set(shared.objects(project.asset_id))
    other = make_project()
    other.run()
    assert names == {
        path.name for path in other.results.iterdir() if not path.name.startswith(".")
    }
    release = json.loads(shared.objects(project.asset_id)["release.json"])
    assert release["assetId"] == project.asset_id


def test_another_clone_exports_anew_and_nothing_else(
    project: Project, colleague: Project, shared: Shared
) -> None:
    project.run("--results", shared.address)
    mark = project.cloud.mark()
    assert colleague.run("--results", shared.address).started() == set()
    before = shared.result(project.asset_id, "ami")
    outcome = colleague.run(
        "--results", shared.address, "--only", "export-vmdk", "--force", "export-vmdk"
    )
    assert outcome.started() == {"export-vmdk"}
    assert shared.result(project.asset_id, "ami") == before
    created = project.cloud.operations(mark, "creating")
    assert "ec2:ExportImage" in created
    assert not {"ec2:CreateImage", "ec2:ImportKeyPair"} & set(created)


def test_status_plan_why_and_unlock_read_the_same_place(
    project: Project, colleague: Project, shared: Shared
) -> None:
    place = ("--results", shared.address)
    project.run(*place, "--only", "source-ami")
    assert "source-ami" in colleague.dssbatch("status", MANIFEST, *place).stdout
    assert colleague.states(*place)["source-ami"] == "fresh"
    assert colleague.dssbatch("why", MANIFEST, "ami", *place).status == 0
    refused = colleague.dssbatch("unlock", MANIFEST, "--run-id", "x", *place)
    assert_error(refused, 2, "no run holds the lock")


def test_a_second_run_is_turned_away_and_the_lock_can_be_broken(
    project: Project, colleague: Project, shared: Shared
) -> None:
    place = ("--results", shared.address)
    project.set_runner(seconds=900)
    running = project.start(MANIFEST, *place, "--only", "ami")
    project.wait_for_playbook(running)
    holder = json.loads(shared.objects(project.asset_id)[".lock"])
    assert holder["pid"] == running.process.pid
    assert {"runId", "owner", "host", "startedAt", "command"} <= set(holder)
    outcome = colleague.dssbatch(MANIFEST, *place)
    assert_error(outcome, 75, holder["runId"], "unlock", "was last heard of")
    other = colleague.dssbatch("unlock", MANIFEST, "--run-id", "other", *place)
    assert_error(other, 2, holder["runId"])
    broken = colleague.dssbatch("unlock", MANIFEST, "--run-id", holder["runId"], *place)
    assert broken.status == 0
    assert "so it lives" in broken.stderr
    project.set_runner()
    stopped = running.outcome()
    assert_error(stopped, 1, "the lock of these results was broken")
    assert "ami.json" not in shared.objects(project.asset_id)
    project.set_runner()
    project.run(*place, "--only", "ami")
    project.view.assert_nothing_runs()
    assert len(project.view.images()) == 1


def test_a_killed_run_frees_the_lock_and_is_continued_elsewhere(
    project: Project, colleague: Project, shared: Shared
) -> None:
    place = ("--results", shared.address)
    project.set_runner(seconds=900)
    running = project.start(MANIFEST, *place, "--only", "ami")
    project.wait_for_playbook(running)
    running.send(signal.SIGKILL)
    running.outcome()
    assert ".lock" in shared.objects(project.asset_id)
    outcome = colleague.run(*place, "--only", "ami")
    assert "took over the lock" in str(outcome)
    colleague.view.assert_nothing_runs()
    assert len(colleague.view.images()) == 1
    assert ".lock" not in shared.objects(project.asset_id)


def test_interrupt_gives_the_lock_back(project: Project, shared: Shared) -> None:
    project.set_runner(seconds=900)
    running = project.start(MANIFEST, "--results", shared.address, "--only", "ami")
    project.wait_for_playbook(running)
    running.send(signal.SIGINT)
    assert running.outcome().status == 130
    assert ".lock" not in shared.objects(project.asset_id)


@pytest.mark.parametrize(
    "address",
    ["s3://", "s3://B", "s3://bucket//x", "s3://bucket/a/../b", "s3:///x", "s3://a b"],
)
def test_what_is_no_address_is_refused(project: Project, address: str) -> None:
    outcome = project.dssbatch("plan", MANIFEST, "--results", address)
    assert_error(outcome, 2, "s3://bucket/prefix")


def test_a_bucket_that_is_not_there(project: Project) -> None:
    outcome = project.dssbatch(MANIFEST, "--results", "s3://no-such-bucket-here/x")
    assert_error(outcome, 2, "there is no bucket `no-such-bucket-here`", "--results")


def test_a_machine_that_lasts_needs_a_folder(project: Project, shared: Shared) -> None:
    outcome = project.dssbatch(
        "setup-ec2", "--manifest", MANIFEST, "--detach", "--results", shared.address
    )
    assert_error(outcome, 2, "private key", "--results")


@pytest.mark.slow
def test_many_runs_and_kills_lose_nothing(
    project: Project, colleague: Project, history: Shared
) -> None:
    """Two clones force a stage in turn and at once; some of the runs are killed."""
    chance = random.Random(20261126)
    place = ("--results", history.address, "--only", "source-ami")
    clones = [project, colleague]
    ends: list[tuple[bool, RunningProgram]] = []
    open_runs: list[tuple[bool, RunningProgram]] = []
    for number in range(RUNS):
        clone = clones[number % 2]
        running = clone.start(
            MANIFEST, *place, "--force", "source-ami", "--json", "--wait-lock", "30"
        )
        is_killed = chance.random() < 0.2
        open_runs.append((is_killed, running))
        if is_killed:
            time.sleep(chance.random() * 0.15)
            running.send(signal.SIGKILL)
        while len(open_runs) >= 4:
            open_runs[0][1].outcome()
            ends.append(open_runs.pop(0))
    ends += open_runs
    for killed, running in ends:
        assert killed or running.outcome().status == 0, str(running.outcome())
    # The bucket keeps every version, so that nothing can hide.
    holders = [json.loads(body) for body in history.versions(project.asset_id, ".lock")]
    runs = {holder["pid"]: holder["runId"] for holder in holders}
    recorded = [
        json.loads(body)["runId"]
        for body in history.versions(project.asset_id, "source-ami.json")
    ]
    assert len(set(recorded)) == len(recorded)
    lost = [
        running
        for killed, running in ends
        if not killed and runs[running.process.pid] not in recorded
    ]
    assert not lost, str(lost[0].outcome())
    assert any(killed for killed, _ in ends)
    # Each recorded while the lock was its own: in the order in which they took it.
    order = [holder["runId"] for holder in holders]
    places = [order.index(run_id) for run_id in recorded]
    assert places == sorted(places)
    assert history.result(project.asset_id, "source-ami")["runId"] == recorded[-1]
    assert colleague.run(*place).started() == set()
    assert not history.objects(project.asset_id).get("journal.ndjson")
