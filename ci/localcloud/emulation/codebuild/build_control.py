"""How tests lead CodeBuild's builds and batches: `/localcloud/builds`."""

from __future__ import annotations

import json
from typing import Any

from moto.codebuild.models import codebuild_backends

from localcloud.answers import Answer, json_answer
from localcloud.emulation.codebuild import build_batches, builds
from localcloud.emulation.codebuild.build_queue import queue


def answer(method: str, body: bytes) -> Answer:
    """Answer `/localcloud/builds`.

    POST `{"execute": true, "source": …, "environment": {…}}` lets new builds be carried out, of
    that git repository and with these variables in their image. With `{"execute": false}` builds
    are records: POST `{"hold": true}` stops them where they are, POST `{"id": …, "phase": …,
    "status": …, "contexts": […], "log": […]}` writes log lines and leads one on. POST `{"id": …,
    "kill": true}` loses the machine of one that is carried out, and `{"id": …, "minutes": …}` lets
    time pass for a batch. DELETE lets all go on as records,
    to their end.
    """
    if method == "DELETE":
        builds.switches["hold"] = False
        for runner in builds.runners:
            runner.switch({"execute": False})
        _end_records()
    elif method == "POST":
        wanted = json.loads(body)
        if "hold" in wanted:
            builds.switches["hold"] = bool(wanted["hold"])
        for runner in builds.runners:
            runner.switch(wanted)
            if wanted.get("kill") and not runner.end(wanted["id"], "FAULT"):
                return json_answer(404, {"error": f"no build {wanted['id']} runs"})
        if "minutes" in wanted:
            build_batches.let_pass(wanted["id"], wanted["minutes"])
        elif problem := _lead_as_told(wanted) if "id" in wanted else None:
            return json_answer(400, {"error": problem})
    return json_answer(200, builds.switches)


def _every() -> list[tuple[Any, dict[str, Any]]]:
    """Return each build with its backend."""
    return [
        (backend, build)
        for backends in codebuild_backends.values()
        for backend in backends.values()
        for known in list(backend.build_metadata_history.values())
        for build in list(known)
    ]


def _end_records() -> None:
    """Lead every record to its end: what a test left does not keep others waiting."""
    while left := [
        (backend, build)
        for backend, build in _every()
        if not build["buildComplete"]
        and builds.is_record(build)
        and not queue.waits(build["id"])
    ]:
        for backend, build in left:
            # The end of one may have ended others, as where a batch fails fast.
            if not build["buildComplete"]:
                builds.lead(backend, build, "COMPLETED", "SUCCEEDED", [])


def _lead_as_told(wanted: dict[str, Any]) -> str | None:
    """Do what a test asks of one build; returns what is wrong with it."""
    phase, status = wanted.get("phase"), wanted.get("status", "SUCCEEDED")
    if phase not in (None, *builds.PHASES) or status not in builds.ENDS:
        return f"phases are {builds.PHASES}, and ends {builds.ENDS}"
    for backend, build in _every():
        if build["id"] != wanted["id"]:
            continue
        if queue.waits(build["id"]):
            return f"build {wanted['id']} waits for another to end"
        if lines := wanted.get("log"):
            builds.write_log(backend, build, lines)
        if phase:
            builds.lead(backend, build, phase, status, wanted.get("contexts", []))
        return None
    return f"no build {wanted['id']}"
