"""Lets builds be carried out, and their records follow."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from localcloud import runtime
from localcloud.emulation.codebuild import build_execution, builds
from localcloud.emulation.iam.identities import begin_session, role_named
from localcloud.emulation.iam.permissions import distrust_of_service
from localcloud.home import REGION

SERVICE = "codebuild.amazonaws.com"


class BuildRunner:
    """Carries builds out while it is switched on; the others are records."""

    def __init__(self, host: build_execution.BuildHost, *, is_on: bool):
        self._host = host
        self._is_on = is_on
        self._taken: set[str] = set()

    def begin(self, backend: Any, build: dict[str, Any]) -> None:
        """Carry a new build out, unless builds are records."""
        if not self._is_on:
            return
        self._taken.add(build["id"])
        project = backend.codebuild_projects[build["projectName"]].project_metadata
        role = project["serviceRole"]
        if problem := distrust_of_service(role, SERVICE, project["arn"]):
            context = {"statusCode": "ACCESS_DENIED", "message": problem}
            builds.lead(backend, build, "COMPLETED", "FAILED", [context])
            return
        build_execution.BuildExecution(
            build,
            project,
            self._host,
            _Records(backend, build),
            _session(role, build["id"]),
        ).start()

    def owns(self, build_id: str) -> bool:
        """Return whether a build is carried out, so that no look leads it on."""
        return build_id in self._taken

    def end(self, build_id: str, how: str) -> bool:
        """End a build that runs; return whether it did."""
        return build_execution.end(build_id, how)

    def read_source_file(self, record: dict[str, Any], path: str) -> str:
        """Return a file of the source, at the version that a build or batch is of."""
        version = record.get("sourceVersion") or "HEAD"
        done = subprocess.run(
            ["git", "-C", str(self._host.source), "show", f"{version}:{path}"],
            capture_output=True,
            text=True,
            timeout=build_execution.GIT_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode:
            raise OSError(done.stderr.strip())
        return done.stdout

    def switch(self, wanted: dict[str, Any]) -> None:
        """Do what a request to `/localcloud/builds` asks for."""
        self._is_on = bool(wanted.get("execute", self._is_on))
        if "source" in wanted:
            self._host.source = Path(wanted["source"])
        if "environment" in wanted:
            self._host.image = wanted["environment"]


def _session(role: str, build_id: str) -> dict[str, str]:
    """Begin the session that a build works with; some tests name a role that nobody made."""
    found = role_named(role)
    name = f"AWSCodeBuild-{build_id.rpartition(':')[2]}"
    return begin_session(found, name, REGION) if found else {}


class _Records(build_execution.BuildRecords):
    """Leads the record of a build that is carried out."""

    def __init__(self, backend: Any, build: dict[str, Any]):
        self._backend, self._build = backend, build

    def lead(self, phase: str, status: str, contexts: list[dict[str, str]]) -> None:
        with runtime.current().lock:
            builds.lead(self._backend, self._build, phase, status, contexts)

    def write_log(self, lines: list[str]) -> None:
        with runtime.current().lock:
            builds.write_log(self._backend, self._build, lines)

    def resolved(self, commit: str) -> None:
        with runtime.current().lock:
            self._build["resolvedSourceVersion"] = commit
