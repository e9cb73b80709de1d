"""CodeBuild's builds: what was overridden, phase after phase, and a log in CloudWatch Logs.

moto keeps a build as a record that is complete at the first look. Here a build is carried out, or
is a record that each look leads on; a test holds such records and leads them through
`/localcloud/builds`.
"""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

from moto.codebuild.exceptions import InvalidInputException
from moto.codebuild.models import CodeBuildBackend, codebuild_backends
from moto.codebuild.responses import CodeBuildResponse
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.logs.models import logs_backends

from localcloud import runtime
from localcloud.answers import Answer, json_answer
from localcloud.emulation import build_execution
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

_switches = {"hold": False, "execute": False}
_host: list[build_execution.BuildHost] = []
# Those that are carried out: no look leads them on.
_executed: set[str] = set()
_tokens: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}


@wrap(CodeBuildResponse, "start_build")
def _start_build(original: Any, response: Any) -> str:
    wanted = json.loads(response.body)
    key = (wanted["projectName"], wanted.get("idempotencyToken") or "")
    if key[1] and key in _tokens:
        before, build = _tokens[key]
        if before != wanted:
            raise InvalidInputException(
                "The idempotency token was used with other parameters"
            )
        return json.dumps({"build": build})
    original(response)
    backend = response.codebuild_backend
    build = backend.build_metadata[wanted["projectName"]].build_metadata
    _fill(backend, build, wanted)
    begin(backend, build)
    _tokens[key] = (wanted, build)
    return json.dumps({"build": build})


def _fill(backend: Any, build: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Take over what moto leaves out: the project's settings and what overrides them."""
    name = build["projectName"]
    project = backend.codebuild_projects[name].project_metadata
    environment = copy.deepcopy(project["environment"])
    variables = {v["name"]: v for v in environment.get("environmentVariables", [])}
    for variable in wanted.get("environmentVariablesOverride", []):
        variables[variable["name"]] = {"type": "PLAINTEXT"} | variable
    environment["environmentVariables"] = list(variables.values())
    version = wanted.get("sourceVersion") or project.get("sourceVersion")
    build |= {
        "buildNumber": len(backend.build_history[name]),
        "environment": environment,
        "source": copy.deepcopy(project["source"]),
        "timeoutInMinutes": project["timeoutInMinutes"],
        "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
        "logs": {"cloudWatchLogs": {"status": "ENABLED"}},
    }
    if "buildspecOverride" in wanted:
        build["source"]["buildspec"] = wanted["buildspecOverride"]
    if "timeoutInMinutesOverride" in wanted:
        build["timeoutInMinutes"] = wanted["timeoutInMinutesOverride"]
    build.pop("sourceVersion", None)
    if version:
        build["sourceVersion"] = version


def use_host(host: build_execution.BuildHost, *, execute: bool) -> None:
    """Say where builds are carried out, and whether they are where no test says otherwise."""
    _host[:] = [host]
    _switches["execute"] = execute


def begin(backend: Any, build: dict[str, Any]) -> None:
    """Carry a new build out, unless builds are records."""
    if not _switches["execute"]:
        return
    _executed.add(build["id"])
    project = backend.codebuild_projects[build["projectName"]].project_metadata
    build_execution.BuildExecution(
        build, project, _host[0], _Records(backend, build)
    ).start()


class _Records(build_execution.BuildRecords):
    """Leads the record of a build that is carried out."""

    def __init__(self, backend: Any, build: dict[str, Any]):
        self._backend, self._build = backend, build

    def lead(self, phase: str, status: str, contexts: list[dict[str, str]]) -> None:
        with runtime.current().lock:
            _lead(self._backend, self._build, phase, status, contexts)

    def write_log(self, lines: list[str]) -> None:
        with runtime.current().lock:
            _write_log(self._backend, self._build, lines)

    def resolved(self, commit: str) -> None:
        with runtime.current().lock:
            self._build["resolvedSourceVersion"] = commit


@wrap(CodeBuildBackend, "batch_get_builds")
def _batch_get_builds(original: Any, backend: Any, ids: list[str]) -> list[dict]:
    found = [
        build
        for builds in backend.build_metadata_history.values()
        for build in builds
        if build["id"] in ids
    ]
    if not _switches["hold"]:
        for build in found:
            if not build["buildComplete"] and build["id"] not in _executed:
                is_early = PHASES.index(build["currentPhase"]) < PHASES.index("BUILD")
                phase = "BUILD" if is_early else "COMPLETED"
                _lead(backend, build, phase, "SUCCEEDED", [])
    return found


@wrap(CodeBuildResponse, "batch_get_builds")
def _answer_builds(original: Any, response: Any) -> str:
    answer = json.loads(original(response))
    found = {build["id"] for build in answer["builds"]}
    ids = response._get_param("ids")
    return json.dumps(answer | {"buildsNotFound": [i for i in ids if i not in found]})


@wrap(CodeBuildBackend, "stop_build")
def _stop_build(original: Any, backend: Any, build_id: str) -> dict[str, Any]:
    build = _find(backend, build_id)
    is_record = not build_execution.end(build_id, "STOPPED")
    if is_record and build["buildStatus"] == "IN_PROGRESS":
        _lead(backend, build, "COMPLETED", "STOPPED", [])
    return build


def _find(backend: Any, build_id: str) -> dict[str, Any]:
    builds = backend.build_metadata_history.get(build_id.partition(":")[0], [])
    return next(build for build in builds if build["id"] == build_id)


def _lead(
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


def _open_log(backend: Any, build: dict[str, Any]) -> None:
    if "streamName" in build["logs"]:
        return
    name, _, stream = build["id"].partition(":")
    settings = backend.codebuild_projects[name].project_metadata.get("logsConfig", {})
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


def _write_log(backend: Any, build: dict[str, Any], lines: list[str]) -> None:
    _open_log(backend, build)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": f"{line}\n"} for line in lines]
    logs = logs_backends[backend.account_id][backend.region_name]
    logs.put_log_events(build["logs"]["groupName"], build["logs"]["streamName"], events)


def answer(method: str, body: bytes) -> Answer:
    """Answer `/localcloud/builds`.

    POST `{"execute": true, "source": …, "environment": {…}}` lets new builds be carried out, of
    that git repository and with these variables in their image. With `{"execute": false}` builds
    are records: POST `{"hold": true}` stops them where they are, POST `{"id": …, "phase": …,
    "status": …, "contexts": […], "log": […]}` writes log lines and leads one on. POST `{"id": …,
    "kill": true}` loses the machine of one that is carried out. DELETE lets all go on as records.
    """
    if method == "DELETE":
        _switches.update(hold=False, execute=False)
    elif method == "POST":
        wanted = json.loads(body)
        for switch in _switches.keys() & wanted.keys():
            _switches[switch] = bool(wanted[switch])
        if "source" in wanted:
            _host[0].source = Path(wanted["source"])
        if "environment" in wanted:
            _host[0].image = wanted["environment"]
        if wanted.get("kill"):
            is_there = build_execution.end(wanted["id"], "FAULT")
            return json_answer(200 if is_there else 404, _switches)
        if problem := _lead_as_told(wanted) if "id" in wanted else None:
            return json_answer(400, {"error": problem})
    return json_answer(200, _switches)


def _lead_as_told(wanted: dict[str, Any]) -> str | None:
    """Do what a test asks of one build; returns what is wrong with it."""
    phase, status = wanted.get("phase"), wanted.get("status", "SUCCEEDED")
    if phase not in (None, *PHASES) or status not in ENDS:
        return f"phases are {PHASES}, and ends {ENDS}"
    for backends in codebuild_backends.values():
        for backend in backends.values():
            history = backend.build_metadata_history.values()
            for build in (b for builds in history for b in builds):
                if build["id"] != wanted["id"]:
                    continue
                if lines := wanted.get("log"):
                    _write_log(backend, build, lines)
                if phase:
                    _lead(backend, build, phase, status, wanted.get("contexts", []))
                return None
    return f"no build {wanted['id']}"
