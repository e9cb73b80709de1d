"""How many builds run at once: a quota of the account for each size of machine.

What is started beyond it waits, five times as many at most; a project's own limit lets nothing wait.

Sources: https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html and
https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html; how a refusal reads:
https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/249
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError

from localcloud.emulation.ec2.quotas import BUILD_SIZES, limit
from localcloud.rules import rule

QUEUE_FACTOR = 5


class AccountLimitExceededException(JsonRESTError):
    """CodeBuild takes no more builds."""

    def __init__(self, message: str):
        super().__init__("AccountLimitExceededException", message)


class BuildQueue:
    """The builds that run and those that wait, in the order in which they were started."""

    def __init__(self) -> None:
        self._running: dict[str, tuple] = {}
        self._waiting: dict[str, tuple[tuple, Callable[[], None]]] = {}

    @rule("13")
    def check_room(self, backend: Any, project: dict[str, Any], build: dict) -> None:
        """Refuse a build that may neither run nor wait."""
        own = project.get("concurrentBuildLimit") or -1
        name = project["name"]
        known = [*self._running, *self._waiting]
        if 0 < own <= sum(i.startswith(f"{name}:") for i in known):
            raise AccountLimitExceededException(
                f"Cannot have more than {own} active builds for the project {name}"
            )
        kind = _kind(backend, build["environment"])
        most = _limit(kind)
        if self._count(self._running, kind) < most:
            return
        waiting = sum(k == kind for k, _ in self._waiting.values())
        if waiting >= QUEUE_FACTOR * most:
            raise AccountLimitExceededException(
                f"Cannot have more than {QUEUE_FACTOR * most} builds in queue for the account"
            )

    def enter(self, backend: Any, build: dict, begin: Callable[[], None]) -> None:
        """Let a build begin now, or when there is room."""
        kind = _kind(backend, build["environment"])
        self._waiting[build["id"]] = (kind, begin)
        self.go_on()

    def leave(self, build: dict) -> None:
        """Give the room of a build that has ended to the next."""
        self._running.pop(build["id"], None)
        self._waiting.pop(build["id"], None)
        self.go_on()

    def waits(self, build_id: str) -> bool:
        """Return whether a build has not begun yet."""
        return build_id in self._waiting

    def go_on(self) -> None:
        """Let all begin that there is room for: quotas may have changed."""
        for build_id, (kind, begin) in list(self._waiting.items()):
            if self._count(self._running, kind) < _limit(kind):
                del self._waiting[build_id]
                self._running[build_id] = kind
                begin()

    @staticmethod
    def _count(builds: dict[str, tuple], kind: tuple) -> int:
        return sum(k == kind for k in builds.values())


def _kind(backend: Any, environment: dict[str, Any]) -> tuple:
    return (
        backend.account_id,
        backend.region_name,
        environment.get("type"),
        environment.get("computeType"),
    )


def _limit(kind: tuple) -> float:
    _, _, machine, size = kind
    if machine != "LINUX_CONTAINER" or size not in BUILD_SIZES:
        return math.inf
    return int(limit(BUILD_SIZES[size][0]))


queue = BuildQueue()
