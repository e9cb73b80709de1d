"""What drives batches on: ends of builds in another thread, and buildspecs of a source."""

from __future__ import annotations

import threading

import boto3
import pytest
from moto import mock_aws
from moto.codebuild.models import CodeBuildBackend, codebuild_backends

from localcloud import runtime
from localcloud.emulation import patching
from localcloud.emulation.codebuild import build_batches, builds
from localcloud.faults import Faults

from .batches import PLAIN_PROJECT, build_ids, look, reasons, spec, states, task

ACCOUNT, REGION, PROJECT = "123456789012", "eu-central-1", "project"


@pytest.fixture
def codebuild(monkeypatch, tmp_path):
    """A client of moto in this process, where nothing but the test leads builds on."""
    for module in (builds, build_batches):
        patching.install(module)
    monkeypatch.setattr(runtime, "_installed", [])
    monkeypatch.setitem(builds.switches, "hold", True)
    runtime.install(runtime.Runtime(None, Faults(), tmp_path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("codebuild", region_name=REGION)
        client.create_project(name=PROJECT, **PLAIN_PROJECT)
        metadata = backend().codebuild_projects[PROJECT].project_metadata
        metadata["buildBatchConfig"] = {"restrictions": {}}
        yield client


def backend():
    return codebuild_backends[ACCOUNT][REGION]


def start(codebuild, **options):
    answer = codebuild.start_build_batch(projectName=PROJECT, **options)
    return answer["buildBatch"]["id"]


def end(build_id):
    build = builds._find(backend(), build_id)
    builds.lead(backend(), build, "COMPLETED", "SUCCEEDED", [])


def test_builds_that_end_at_once_in_threads_lead_their_batch_on(codebuild):
    names = [f"t{number}" for number in range(8)]
    tasks = [*(task(name) for name in names), ("last", names, {})]
    batch_id = start(codebuild, buildspecOverride=spec(*tasks))
    ids = build_ids(codebuild, batch_id)
    threads = [threading.Thread(target=end, args=(ids[name],)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = codebuild.list_builds_for_project(projectName=PROJECT)["ids"]
    assert sorted(listed) == sorted(ids.values())
    end(ids["last"])
    assert look(codebuild, batch_id)["buildBatchStatus"] == "SUCCEEDED"


def test_a_build_may_end_after_its_batch(codebuild, monkeypatch):
    batch_id = start(codebuild, buildspecOverride=spec(task("a"), task("b", "a")))
    ids = build_ids(codebuild, batch_id)
    stopped = []
    monkeypatch.setattr(
        CodeBuildBackend, "stop_build", lambda _self, build_id: stopped.append(build_id)
    )
    codebuild.stop_build_batch(id=batch_id)
    assert stopped == [ids["a"]]
    assert states(codebuild, batch_id) == ("STOPPED", "IN_PROGRESS STOPPED")
    build_batches.build_ended(builds._find(backend(), ids["a"]))
    end(ids["a"])
    assert states(codebuild, batch_id) == ("STOPPED", "SUCCEEDED STOPPED")


def test_a_project_that_is_deleted_ends_its_batch(codebuild):
    batch_id = start(codebuild, buildspecOverride=spec(task("a")))
    codebuild.delete_project(name=PROJECT)
    batch = look(codebuild, batch_id)
    assert batch["buildBatchStatus"] == "FAILED"
    [(phase, _, message)] = reasons(batch)
    assert phase == "IN_PROGRESS" and message == "there is no project project any more"


@pytest.mark.parametrize(
    ("given", "path"),
    [({}, "buildspec.yml"), ({"buildspecOverride": "a.yaml"}, "a.yaml")],
)
def test_a_buildspec_is_read_from_the_source(codebuild, monkeypatch, given, path):
    asked = []

    def read(record, path):
        asked.append((record["sourceVersion"], path))
        return spec(task("a"))

    monkeypatch.setattr(builds, "read_source_file", read)
    batch_id = start(codebuild, sourceVersion="branch", **given)
    assert asked == [("branch", path)]
    assert states(codebuild, batch_id) == ("IN_PROGRESS", "IN_PROGRESS")


def test_a_buildspec_that_is_not_in_the_source_is_said(codebuild, monkeypatch):
    def read(_record, path):
        raise FileNotFoundError(f"no file {path}")

    monkeypatch.setattr(builds, "read_source_file", read)
    batch = look(codebuild, start(codebuild))
    assert batch["buildBatchStatus"] == "FAILED"
    assert reasons(batch) == [
        (
            "DOWNLOAD_BATCHSPEC",
            "YAML_FILE_ERROR",
            "buildspec.yml: no file buildspec.yml",
        )
    ]


def test_compute_types_can_be_restricted(codebuild):
    metadata = backend().codebuild_projects[PROJECT].project_metadata
    allowed = ["BUILD_GENERAL1_SMALL"]
    metadata["buildBatchConfig"] = {"restrictions": {"computeTypesAllowed": allowed}}
    large = task("a", env={"compute-type": "BUILD_GENERAL1_LARGE"})
    batch = look(codebuild, start(codebuild, buildspecOverride=spec(large)))
    [(phase, code, message)] = reasons(batch)
    assert (phase, code) == ("DOWNLOAD_BATCHSPEC", "CLIENT_ERROR")
    assert "BUILD_GENERAL1_LARGE" in message
