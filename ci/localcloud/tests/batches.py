"""Batches of CodeBuild for tests: buildspecs, and what boto3 finds of a batch."""

from __future__ import annotations

import json

PHASES = ["SUBMITTED", "DOWNLOAD_BATCHSPEC", "IN_PROGRESS", "COMBINE_ARTIFACTS"]
# One that has no batches, as CreateProject takes it.
PLAIN_PROJECT = {
    "source": {"type": "NO_SOURCE", "location": "none"},
    "artifacts": {"type": "NO_ARTIFACTS"},
    "environment": {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:8.0",
        "computeType": "BUILD_GENERAL1_SMALL",
    },
    "serviceRole": "arn:aws:iam::123456789012:role/build",
}


def project_template(name, **restrictions):
    """A project whose builds may come in batches."""
    project = {
        "Name": name,
        "ServiceRole": "arn:aws:iam::123456789012:role/build",
        "SourceVersion": "main",
        "Source": {
            "Type": "GITHUB",
            "Location": "https://github.com/a/b.git",
            "BuildSpec": "ci/buildspec.yaml",
        },
        "Artifacts": {"Type": "NO_ARTIFACTS"},
        "Environment": {
            "Type": "LINUX_CONTAINER",
            "Image": "aws/codebuild/standard:8.0",
            "ComputeType": "BUILD_GENERAL1_SMALL",
            "EnvironmentVariables": [
                {"Name": key, "Value": "project"} for key in ("A", "B", "C")
            ],
        },
        "BuildBatchConfig": {
            "ServiceRole": "arn:aws:iam::123456789012:role/batch",
            "Restrictions": restrictions,
        },
    }
    resource = {"Type": "AWS::CodeBuild::Project", "Properties": project}
    return json.dumps({"Resources": {"Project": resource}})


def spec(*tasks, **batch):
    """A buildspec as JSON; a task is its identifier, what it needs, and other members."""
    graph = [
        {"identifier": identifier, "depend-on": list(needs), **members}
        for identifier, needs, members in tasks
    ]
    return json.dumps({"version": 0.2, "batch": {**batch, "build-graph": graph}})


def task(identifier, needs="", **members):
    """One task; `needs` is a letter for each task that it needs."""
    return identifier, needs, {k.replace("_", "-"): v for k, v in members.items()}


def look(codebuild, batch_id):
    return codebuild.batch_get_build_batches(ids=[batch_id])["buildBatches"][0]


def groups(batch):
    """Its tasks by identifier, without what AWS reads the buildspec in."""
    first, *tasks = batch["buildGroups"]
    assert first["identifier"] == "DOWNLOAD_SOURCE"
    return {group["identifier"]: group for group in tasks}


def build_ids(codebuild, batch_id):
    return {
        name: group["currentBuildSummary"]["arn"].partition(":build/")[2]
        for name, group in groups(look(codebuild, batch_id)).items()
    }


def states(codebuild, batch_id):
    """The batch's status, then its tasks' in one word, by first letters."""
    batch = look(codebuild, batch_id)
    tasks = [g["currentBuildSummary"]["buildStatus"] for g in groups(batch).values()]
    assert batch["complete"] == (batch["buildBatchStatus"] != "IN_PROGRESS")
    assert ("endTime" in batch) == batch["complete"]
    return batch["buildBatchStatus"], " ".join(tasks)


def reasons(batch):
    """What the phases say that did not succeed."""
    return [
        (phase["phaseType"], context["statusCode"], context["message"])
        for phase in batch["phases"]
        for context in phase.get("contexts", [])
        if context["message"]
    ]
