"""Builds of CodeBuild: one a token, phase after phase, and an end that stays."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError

from .test_project_stacks import BUCKET, given, template
from .test_stacks import deploy


@pytest.fixture
def name(cloud):
    stack = f"stack-{uuid.uuid4().hex[:8]}"
    body = template("release-codebuild")
    deploy(cloud.client("cloudformation"), stack, body, **given(**BUCKET))
    yield stack
    cloud.call("/localcloud/builds", "DELETE")


@pytest.fixture
def codebuild(cloud, name):
    return cloud.client("codebuild")


def test_a_token_starts_one_build(codebuild, name):
    start = {"projectName": name, "idempotencyToken": "a"}
    first = codebuild.start_build(**start)["build"]
    assert codebuild.start_build(**start)["build"]["id"] == first["id"]
    with pytest.raises(ClientError, match="InvalidInputException"):
        codebuild.start_build(**start, sourceVersion="other")
    other = codebuild.start_build(projectName=name, idempotencyToken="b")["build"]
    assert other["id"] != first["id"]
    assert len(codebuild.list_builds_for_project(projectName=name)["ids"]) == 2


def test_a_build_goes_on_with_each_look(codebuild, name):
    build_id = codebuild.start_build(projectName=name)["build"]["id"]
    seen = [codebuild.batch_get_builds(ids=[build_id])["builds"][0] for _ in range(3)]
    assert [b["currentPhase"] for b in seen] == ["BUILD", "COMPLETED", "COMPLETED"]
    assert [b["buildStatus"] for b in seen] == ["IN_PROGRESS", *["SUCCEEDED"] * 2]
    phases = [phase["phaseType"] for phase in seen[2]["phases"]]
    assert phases[0] == "SUBMITTED" and phases[-1] == "COMPLETED" and len(phases) == 11
    assert seen[2]["phases"] == seen[1]["phases"]


def test_a_held_build_waits_and_can_be_stopped(cloud, codebuild, name):
    cloud.call("/localcloud/builds", "POST", {"hold": True})
    build_id = codebuild.start_build(projectName=name)["build"]["id"]
    for _ in range(2):
        build = codebuild.batch_get_builds(ids=[build_id])["builds"][0]
        assert build["currentPhase"] == "QUEUED"
    assert codebuild.stop_build(id=build_id)["build"]["buildStatus"] == "STOPPED"
    build = codebuild.batch_get_builds(ids=[build_id])["builds"][0]
    ends = {p["phaseType"]: p.get("phaseStatus") for p in build["phases"]}
    assert ends == {"SUBMITTED": "SUCCEEDED", "QUEUED": "STOPPED", "COMPLETED": None}


def test_unknown_builds_are_named(codebuild, name):
    answer = codebuild.batch_get_builds(ids=[f"{name}:none"])
    assert (answer["builds"], answer["buildsNotFound"]) == ([], [f"{name}:none"])
