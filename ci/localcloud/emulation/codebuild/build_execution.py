"""Builds that are carried out: source, phases, commands, log and end, each in its own thread."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from localcloud.emulation.codebuild import build_cache, build_environment, buildspecs
from localcloud.emulation.codebuild.build_process import BuildProcess

GIT_TIMEOUT_SECONDS = 120
MASK = "***"


class PhaseError(Exception):
    """What a phase failed of: a status code and a message."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.context = {"statusCode": code, "message": message}


@dataclass
class BuildHost:
    """Where and of what builds are carried out."""

    folder: Path
    # How to reach this local cloud.
    cloud: dict[str, str]
    # The git repository in place of the project's own.
    source: Path
    # What the build image has besides.
    image: dict[str, str] = field(default_factory=dict)


class BuildRecords(Protocol):
    """What an execution says of its build; the record is in other hands."""

    def lead(self, phase: str, status: str, contexts: list[dict[str, str]]) -> None:
        """Lead the record to a phase; `status` is what its present one ends with."""

    def write_log(self, lines: list[str]) -> None:
        """Write to the build's log."""

    def resolved(self, commit: str) -> None:
        """Keep which commit is built."""


_running: dict[str, BuildExecution] = {}


class BuildExecution:
    """One build from its queue to its end."""

    def __init__(
        self,
        build: dict[str, Any],
        project: dict[str, Any],
        host: BuildHost,
        records: BuildRecords,
        session: dict[str, str],
    ):
        """Take the build; `session` is the environment that tells of its role's session."""
        self._build, self._project = build, project
        self._host, self._records = host, records
        # Calls are made with the role, not with the cloud's own key.
        self._cloud = host.cloud | session
        self._folder = host.folder / "builds" / build["id"].rpartition(":")[2]
        self._source = self._folder / "src"
        self._secret: list[str] = []
        self._process: BuildProcess | None = None
        self._ended_by: str | None = None
        self._failures: dict[str, dict[str, str]] = {}
        self._phase, self._command = "QUEUED", ""

    def start(self) -> None:
        """Begin, in a thread of its own."""
        _running[self._build["id"]] = self
        threading.Thread(target=self._run_to_end, daemon=True).start()

    def end(self, how: str) -> None:
        """End it from outside."""
        self._ended_by = self._ended_by or how
        if self._process:
            self._process.end(how)

    def _run_to_end(self) -> None:
        try:
            self._run()
            status, contexts = self._outcome()
        except PhaseError as error:
            status, contexts = self._ended_by or "FAILED", [error.context]
        except Exception as error:  # noqa: BLE001 - a build must not stay in progress
            status = "FAULT"
            contexts = [{"statusCode": "INTERNAL_ERROR", "message": repr(error)}]
        finally:
            _running.pop(self._build["id"], None)
            shutil.rmtree(self._folder, ignore_errors=True)
        self._records.lead("COMPLETED", status, contexts)

    def _outcome(self) -> tuple[str, list[dict[str, str]]]:
        if self._ended_by:
            return self._ended_by, []
        if not self._failures:
            for phase in ("UPLOAD_ARTIFACTS", "FINALIZING"):
                self._records.lead(phase, "SUCCEEDED", [])
            return "SUCCEEDED", []
        # The reason of another phase stands there already.
        present = self._failures.get(self._phase)
        return "FAILED", [present] if present else []

    def _run(self) -> None:
        for phase in ("QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE"):
            self._records.lead(phase, "SUCCEEDED", [])
        self._clone()
        spec = self._spec()
        environment = self._environment(spec)
        cache = self._cache_folder()
        if cache:
            build_cache.restore(cache, self._source, spec.cached)
        script = self._folder / "script"
        script.write_text(spec.script())
        process = BuildProcess(script, spec.shell, self._source, self._place())
        self._process = process
        if self._ended_by:
            return
        seconds = self._build["timeoutInMinutes"] * 60
        ended_by, status = process.run(
            environment, seconds, self._take_line, self._take_progress
        )
        self._ended_by = self._ended_by or ended_by
        if status > 0 and not self._failures:
            # A command that ended the shell.
            self._take_progress(f"end {self._phase} {status}")
        if cache and not self._ended_by and not self._failures:
            build_cache.save(cache, self._source, spec.cached)

    # Source

    def _clone(self) -> None:
        self._folder.mkdir(parents=True)
        version = self._build.get("sourceVersion") or "HEAD"
        self._git("clone", "--quiet", str(self._host.source), str(self._source))
        self._git("-C", str(self._source), "checkout", "--quiet", version)
        self._records.resolved(
            self._git("-C", str(self._source), "rev-parse", "HEAD").strip()
        )

    def _git(self, *arguments: str) -> str:
        settings = ("-c", "advice.detachedHead=false", "-c", "safe.directory=*")
        done = subprocess.run(
            ["git", *settings, *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode:
            raise PhaseError("GIT_CLONE_FAILED", done.stderr.strip())
        return done.stdout

    def _spec(self) -> buildspecs.Buildspec:
        text = self._build["source"].get("buildspec") or buildspecs.DEFAULT_FILE
        if not buildspecs.is_text(text):
            path = self._source / text
            if not path.is_file():
                raise PhaseError(
                    "YAML_FILE_ERROR", f"stat {text}: no such file or directory"
                )
            text = path.read_text()
        try:
            return buildspecs.parse(text)
        except buildspecs.BuildspecError as error:
            raise PhaseError("YAML_FILE_ERROR", str(error)) from error

    # Surroundings

    def _place(self) -> Path | None:
        """Return the one path at which every build sees its source, where that can be had."""
        if os.geteuid() != 0:
            return None
        place = self._host.folder / "src"
        place.mkdir(parents=True, exist_ok=True)
        return place

    def _cache_folder(self) -> Path | None:
        cache = self._project.get("cache") or {}
        if "LOCAL_CUSTOM_CACHE" not in cache.get("modes", []):
            return None
        return self._host.folder / "cache" / self._build["projectName"]

    def _environment(self, spec: buildspecs.Buildspec) -> dict[str, str]:
        listed = self._build["environment"]["environmentVariables"]
        try:
            given, self._secret = build_environment.resolve(listed, self._cloud)
        except build_environment.UnresolvedError as error:
            raise PhaseError("SECRETS_MANAGER_ERROR", str(error)) from error
        home = self._folder / "home"
        home.mkdir()
        # The buildspec's own variables give way to the project's and the build's.
        return (
            build_environment.of_server()
            | {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
            | build_environment.swift_home(self._host.folder)
            | self._cloud
            | {"AWS_DEFAULT_REGION": self._cloud["AWS_REGION"]}
            | self._host.image
            | spec.variables
            | self._of_build()
            | given
        )

    def _of_build(self) -> dict[str, str]:
        build = self._build
        return {
            "CODEBUILD_BUILD_ID": build["id"],
            "CODEBUILD_BUILD_ARN": build["arn"],
            "CODEBUILD_BUILD_NUMBER": str(build.get("buildNumber", "")),
            "CODEBUILD_BUILD_SUCCEEDING": "1",
            "CODEBUILD_INITIATOR": build.get("initiator", ""),
            "CODEBUILD_RESOLVED_SOURCE_VERSION": build.get("resolvedSourceVersion", ""),
            "CODEBUILD_SOURCE_REPO_URL": build["source"].get("location", ""),
            "CODEBUILD_SOURCE_VERSION": build.get("sourceVersion", ""),
            "CODEBUILD_SRC_DIR": str(self._place() or self._source),
        }

    # What the shell says

    def _take_line(self, line: str) -> None:
        for secret in self._secret:
            line = line.replace(secret, MASK) if secret else line
        self._records.write_log([line])

    def _take_progress(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "begin":
            failure = self._failures.get(self._phase)
            self._phase = rest
            self._records.lead(
                rest, "FAILED" if failure else "SUCCEEDED", [failure] if failure else []
            )
        elif word == "command":
            self._command = rest
        elif word == "end":
            phase, _, status = rest.partition(" ")
            if status != "0":
                message = f"Error while executing command: {self._command}. Reason: exit status {status}"
                self._failures[phase] = {
                    "statusCode": "COMMAND_EXECUTION_ERROR",
                    "message": message,
                }


def end(build_id: str, how: str) -> bool:
    """End a running build; return whether there was one."""
    execution = _running.get(build_id)
    if execution is None:
        return False
    execution.end(how)
    return True


def end_all() -> None:
    """End every build, as when the local cloud ends."""
    for execution in list(_running.values()):
        execution.end("STOPPED")
