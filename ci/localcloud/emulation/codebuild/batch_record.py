"""One batch of builds: its groups, its phases, and how CodeBuild describes it.

The descriptions follow the answers in the AWS CLI's examples of the batch commands. A task that has
not begun has the ARN that its build will have and the status PENDING; STOPPED after the batch's end.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds

from localcloud.emulation.codebuild.batch_spec import BatchSpec, Task

ENDS = ("SUCCEEDED", "FAILED", "STOPPED", "TIMED_OUT")
# What CodeBuild takes where a project sets nothing.
USUAL_MINUTES = 480


@dataclass
class Group:
    """One task and its builds, the present one and those before a retry."""

    task: Task
    build_id: str
    arn: str
    requested_on: str
    build: dict[str, Any] | None = None
    prior: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        """Whether its build has begun and not ended."""
        return self.build is not None and not self.build["buildComplete"]

    @property
    def is_good(self) -> bool:
        """Whether what depends on it may begin."""
        if self.build is None or self.is_running:
            return False
        return self.task.ignore_failure or self.build["buildStatus"] == "SUCCEEDED"

    @property
    def is_bad(self) -> bool:
        """Whether its end lets the batch fail."""
        return self.build is not None and not self.is_running and not self.is_good

    def summary(self, is_over: bool) -> dict[str, Any]:
        """Describe its present build."""
        unbegun = "STOPPED" if is_over else "PENDING"
        status = self.build["buildStatus"] if self.build else unbegun
        return {
            "arn": self.arn,
            "requestedOn": self.requested_on,
            "buildStatus": status,
        }


@dataclass
class BatchRecord:
    """A batch; `members` are those of its description that do not change."""

    backend: Any
    wanted: dict[str, Any]
    members: dict[str, Any]
    phases: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    fast_fail: bool = False
    # Nothing begins any more, though builds may still run.
    is_halted: bool = False
    is_advancing: bool = False
    end_time: str | None = None
    began_at: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self.download_arn = self._new_build()[1]
        self.enter("SUBMITTED")

    @property
    def project_name(self) -> str:
        """The project that it belongs to."""
        return self.members["projectName"]

    @property
    def is_late(self) -> bool:
        """Whether it takes longer than its project lets it."""
        minutes = self.members["buildBatchConfig"].get("timeoutInMins", USUAL_MINUTES)
        return time.time() > self.began_at + 60 * int(minutes)

    @property
    def phase(self) -> str:
        """Where it is."""
        return self.phases[-1]["phaseType"]

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.phase in ENDS

    @property
    def status(self) -> str:
        """Its `buildBatchStatus`."""
        return self.phase if self.is_over else "IN_PROGRESS"

    def enter(
        self, phase: str, before: str = "SUCCEEDED", reason: tuple[str, str] = ("", "")
    ) -> None:
        """Go on to a phase; `before` and `reason` are how and why the present one ended."""
        now = iso_8601_datetime_with_milliseconds()
        if self.phases:
            code, message = reason
            self.phases[-1] |= {
                "phaseStatus": before,
                "endTime": now,
                "durationInSeconds": 1,
                "contexts": [{"statusCode": code, "message": message}],
            }
        self.phases.append({"phaseType": phase, "startTime": now})
        self.end_time = now if phase in ENDS else None

    def plan(self, spec: BatchSpec) -> None:
        """Take over the tasks; those of the same name keep their builds after a retry."""
        self.fast_fail = spec.fast_fail
        known = self.groups
        self.groups = {}
        for task in spec.tasks:
            group = known.get(task.identifier) or self._new_group(task)
            group.task = task
            self.groups[task.identifier] = group

    def begin_again(self, keeps_good: bool) -> None:
        """Go back to the start with new builds for all tasks, or for those that are not good."""
        for identifier, group in self.groups.items():
            if keeps_good and group.build and group.build["buildStatus"] == "SUCCEEDED":
                continue
            new = self.groups[identifier] = self._new_group(group.task)
            begun = [group.summary(is_over=True)] if group.build else []
            new.prior = [*group.prior, *begun]
        self.is_halted = False
        self.began_at = time.time()
        self.enter("SUBMITTED", "RETRY")

    def ready(self) -> list[Group]:
        """Return the tasks whose builds can begin now."""
        return [
            group
            for group in self.groups.values()
            if group.build is None
            and all(self.groups[needed].is_good for needed in group.task.depends_on)
        ]

    def running(self) -> list[Group]:
        """Return the tasks whose builds run."""
        return [group for group in self.groups.values() if group.is_running]

    def bad(self) -> list[Group]:
        """Return the tasks that let the batch fail."""
        return [group for group in self.groups.values() if group.is_bad]

    def describe(self) -> dict[str, Any]:
        """Return it as BatchGetBuildBatches tells it."""
        end = {"endTime": self.end_time} if self.end_time else {}
        return {
            **self.members,
            **end,
            "currentPhase": self.phase,
            "buildBatchStatus": self.status,
            "complete": self.is_over,
            "phases": self.phases,
            "buildGroups": [
                *self._download(),
                *(self._describe(group) for group in self.groups.values()),
            ],
        }

    def _download(self) -> list[dict[str, Any]]:
        """Describe the build that AWS reads the buildspec in; here it is no build."""
        ends = [p for p in self.phases if p["phaseType"] == "DOWNLOAD_BATCHSPEC"]
        if not ends:
            return []
        summary = {
            "arn": self.download_arn,
            "requestedOn": self.members["startTime"],
            "buildStatus": ends[-1].get("phaseStatus", "IN_PROGRESS"),
        }
        return [
            {
                "identifier": "DOWNLOAD_SOURCE",
                "ignoreFailure": False,
                "currentBuildSummary": summary,
            }
        ]

    def _describe(self, group: Group) -> dict[str, Any]:
        prior = {"priorBuildSummaryList": group.prior} if group.prior else {}
        return {
            "identifier": group.task.identifier,
            "dependsOn": list(group.task.depends_on),
            "ignoreFailure": group.task.ignore_failure,
            "currentBuildSummary": group.summary(self.is_over),
            **prior,
        }

    def _new_group(self, task: Task) -> Group:
        now = iso_8601_datetime_with_milliseconds()
        return Group(task, *self._new_build(), now)

    def _new_build(self) -> tuple[str, str]:
        """Return the id and ARN of a build to come."""
        build_id = f"{self.project_name}:{uuid.uuid4()}"
        place = self.members["arn"].rpartition(":build-batch/")[0]
        return build_id, f"{place}:build/{build_id}"
