"""CodeBuild's builds: what was overridden, phase after phase, and a log in CloudWatch Logs.

moto keeps a build as a record that is complete at the first look. Here a build is carried out, or
is a record that each look leads on; a test holds such records and leads them through
`/localcloud/builds`, see build_control.py.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from typing import Any

from moto.codebuild.exceptions import (
    InvalidInputException,
    ResourceNotFoundException,
)
from moto.codebuild.models import CodeBuildBackend
from moto.codebuild.responses import CodeBuildResponse
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.logs.models import logs_backends

from localcloud.emulation.codebuild.build_queue import queue
from localcloud.emulation.patching import wrap

PHASES = (
    "SUBMITTED",
    "QUEUED",
    "PROVISIONING",
    "DOWNLOAD_SOURCE",
    "INSTALL",
    "PRE_BUILD",
    "BUILD",
    "POST_BUILD",
    "UPLOAD_ARTIFACTS",
    "FINALIZING",
    "COMPLETED",
)
ENDS = ("SUCCEEDED", "FAILED", "FAULT", "STOPPED", "TIMED_OUT")

# What a request overrides: the name in StartBuild, and in a build's environment.
ENVIRONMENT_OVERRIDES = {
    "imageOverride": "image",
    "computeTypeOverride": "computeType",
    "environmentTypeOverride": "type",
    "privilegedModeOverride": "privilegedMode",
    "fleetOverride": "fleet",
}

# Called with each build that has ended, at times from another thread than a request's.
ended_hooks: list[Callable[[dict[str, Any]], None]] = []

# Returns the text of a file in the source of a build or batch, given its record and a path;
# raises OSError. None: nothing here can read sources.
read_source_file: Callable[[dict[str, Any], str], str] | None = None

switches = {"hold": False}
runners: list[Any] = []
_tokens: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}


@wrap(CodeBuildResponse, "start_build")
def _start_build(_original: Any, response: Any) -> str:
    wanted = json.loads(response.body)
    key = (wanted["projectName"], wanted.get("idempotencyToken") or "")
    if key[1] and key in _tokens:
        before, build = _tokens[key]
        if before != wanted:
            raise InvalidInputException(
                "The idempotency token was used with other parameters"
            )
        return json.dumps({"build": build})
    require_project(response, wanted["projectName"])
    build = start(response.codebuild_backend, wanted)
    _tokens[key] = (wanted, build)
    return json.dumps({"build": build})


def require_project(response: Any, name: str) -> dict[str, Any]:
    """Return a project; refuse a name that no project has."""
    if project := response.codebuild_backend.codebuild_projects.get(name):
        return project.project_metadata
    arn = (
        f"arn:aws:codebuild:{response.region}:{response.current_account}:project/{name}"
    )
    raise ResourceNotFoundException(f"Project cannot be found: {arn}")


def start(backend: Any, wanted: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Start a build as StartBuild is asked to: every build begins here, a batch's too.

    `members` are what a batch has decided on before: id, ARN and the batch's ARN.
    """
    name = wanted["projectName"]
    project = backend.codebuild_projects[name].project_metadata
    made_of = settings(project, wanted)
    queue.check_room(backend, project, made_of)
    build = backend.start_build(
        name, wanted.get("sourceVersion"), wanted.get("artifactsOverride")
    )
    build |= members
    backend.build_history[name][-1] = build["id"]
    build.pop("sourceVersion", None)
    build |= made_of | {
        "buildNumber": len(backend.build_history[name]),
        "timeoutInMinutes": wanted.get(
            "timeoutInMinutesOverride", project["timeoutInMinutes"]
        ),
        "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
        "logs": {"cloudWatchLogs": {"status": "ENABLED"}},
    }
    queue.enter(backend, build, lambda: _begin(backend, build))
    return build


def _begin(backend: Any, build: dict[str, Any]) -> None:
    for runner in runners:
        runner.begin(backend, build)


def use_runner(runner: Any) -> None:
    """Let builds be carried out by a runner, while it is switched on."""
    runners[:] = [runner]


def is_record(build: dict[str, Any]) -> bool:
    return not any(runner.owns(build["id"]) for runner in runners)


def settings(project: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the project's environment and source with what a request overrides."""
    environment = copy.deepcopy(project["environment"])
    variables = {v["name"]: v for v in environment.get("environmentVariables", [])}
    for variable in wanted.get("environmentVariablesOverride", []):
        variables[variable["name"]] = {"type": "PLAINTEXT"} | variable
    environment["environmentVariables"] = list(variables.values())
    for override, member in ENVIRONMENT_OVERRIDES.items():
        if override in wanted:
            environment[member] = wanted[override]
    source = copy.deepcopy(project["source"])
    if "buildspecOverride" in wanted:
        source["buildspec"] = wanted["buildspecOverride"]
    version = wanted.get("sourceVersion") or project.get("sourceVersion")
    return {
        "environment": environment,
        "source": source,
        **({"sourceVersion": version} if version else {}),
    }


@wrap(CodeBuildBackend, "batch_get_builds")
def _batch_get_builds(original: Any, backend: Any, ids: list[str]) -> list[dict]:
    found = [
        build
        for builds in backend.build_metadata_history.values()
        for build in builds
        if build["id"] in ids
    ]
    look(backend, found)
    return found


def look(backend: Any, found: list[dict[str, Any]]) -> None:
    """Lead builds on as a look at them does, unless builds are held."""
    queue.go_on()
    if switches["hold"]:
        return
    for build in found:
        if queue.waits(build["id"]):
            continue
        if not build["buildComplete"] and is_record(build):
            is_early = PHASES.index(build["currentPhase"]) < PHASES.index("BUILD")
            phase = "BUILD" if is_early else "COMPLETED"
            lead(backend, build, phase, "SUCCEEDED", [])


@wrap(CodeBuildResponse, "batch_get_builds")
def _answer_builds(original: Any, response: Any) -> str:
    answer = json.loads(original(response))
    found = {build["id"] for build in answer["builds"]}
    ids = response._get_param("ids")
    return json.dumps(answer | {"buildsNotFound": [i for i in ids if i not in found]})


@wrap(CodeBuildBackend, "stop_build")
def _stop_build(original: Any, backend: Any, build_id: str) -> dict[str, Any]:
    build = _find(backend, build_id)
    is_ending = any(runner.end(build_id, "STOPPED") for runner in runners)
    if build["buildStatus"] == "IN_PROGRESS" and not is_ending:
        lead(backend, build, "COMPLETED", "STOPPED", [])
    return build


def _find(backend: Any, build_id: str) -> dict[str, Any]:
    builds = backend.build_metadata_history.get(build_id.partition(":")[0], [])
    return next(build for build in builds if build["id"] == build_id)


def lead(
    backend: Any, build: dict[str, Any], phase: str, status: str, contexts: list[dict]
) -> None:
    """Lead a build to a phase; `status` is what its present phase and the build end with."""
    now = iso_8601_datetime_with_milliseconds()
    known = {p["phaseType"]: p for p in build["phases"]}
    present = build["currentPhase"]
    is_good = status == "SUCCEEDED"
    for name in PHASES[: PHASES.index(phase)]:
        if not is_good and PHASES.index(name) > PHASES.index(present):
            break
        entry = known.setdefault(name, {"phaseType": name, "startTime": now})
        if "phaseStatus" not in entry:
            ending = status if name == present else "SUCCEEDED"
            reasons = contexts if name == present else []
            entry |= {"phaseStatus": ending, "endTime": now, "durationInSeconds": 1}
            entry["contexts"] = reasons or [{"statusCode": "", "message": ""}]
    known.setdefault(phase, {"phaseType": phase, "startTime": now})
    build["phases"] = [known[name] for name in PHASES if name in known]
    build["currentPhase"] = phase
    if PHASES.index(phase) >= PHASES.index("PROVISIONING") and is_good:
        _open_log(backend, build)
    if phase == "COMPLETED":
        build |= {"buildStatus": status, "buildComplete": True, "endTime": now}
        queue.leave(build)
        for hook in ended_hooks:
            hook(build)


def _open_log(backend: Any, build: dict[str, Any]) -> None:
    if "streamName" in build["logs"]:
        return
    name, _, stream = build["id"].partition(":")
    # A build goes on when its project is deleted.
    project = backend.codebuild_projects.get(name)
    settings = project.project_metadata.get("logsConfig", {}) if project else {}
    group = settings.get("cloudWatchLogs", {}).get(
        "groupName", f"/aws/codebuild/{name}"
    )
    region = backend.region_name
    logs = logs_backends[backend.account_id][region]
    logs.ensure_log_group(group)
    logs.ensure_log_stream(group, stream)
    build["logs"] |= {
        "groupName": group,
        "streamName": stream,
        "deepLink": f"https://console.aws.amazon.com/cloudwatch/home?region={region}"
        f"#logsV2:log-groups/log-group/{group.replace('/', '$252F')}"
        f"/log-events/{stream}",
    }


def write_log(backend: Any, build: dict[str, Any], lines: list[str]) -> None:
    _open_log(backend, build)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": f"{line}\n"} for line in lines]
    logs = logs_backends[backend.account_id][backend.region_name]
    logs.put_log_events(build["logs"]["groupName"], build["logs"]["streamName"], events)
