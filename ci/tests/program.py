"""Runs `dssbatch` as a user would, and holds what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cloud import ROOT
from .schemas import check_event

# Ends what would never end; no test measures how fast the machine is.
RUN_TIMEOUT_SECONDS = 900
POLL_SECONDS = 0.03
PROPER_NOUNS = {"AWS", "Ansible", "CloudFormation", "EBS", "GitHub", "JSON", "S3"}


def binary() -> Path:
    """Return the program under test."""
    return Path(os.environ.get("DSS_BINARY") or ROOT / ".build/release/dssbatch")


@dataclass
class Outcome:
    """How one call of the program ended."""

    arguments: list[str]
    status: int
    stdout: str
    stderr: str
    seconds: float

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the events of `--json`, all or of one kind."""
        events = [json.loads(line) for line in self.stdout.splitlines()]
        for event in events:
            check_event(event)
        return [event for event in events if kind is None or event["event"] == kind]

    def stages(self, status: str) -> list[str]:
        """Return the stages that ended with a status, by the events of `--json`."""
        finished = self.events("stage-finished")
        return [event["stage"] for event in finished if event["status"] == status]

    def started(self) -> set[str]:
        """Return the stages that were started, by the events of `--json`."""
        return {event["stage"] for event in self.events("stage-started")}

    def plan(self) -> dict[str, dict[str, Any]]:
        """Return the stages of the one `plan` event, by name."""
        (event,) = self.events("plan")
        return {stage["stage"]: stage for stage in event["stages"]}

    def __str__(self) -> str:
        return (
            f"dssbatch {' '.join(self.arguments)}: status {self.status} after "
            f"{self.seconds:.1f} s\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"
        )


class RunningProgram:
    """A call that goes on; its streams go to files, so that nothing blocks it."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        folder: Path,
        streams: Path,
    ):
        self.arguments = arguments
        self._streams = streams
        self._started = time.monotonic()
        with (
            (streams.with_suffix(".out")).open("wb") as out,
            (streams.with_suffix(".err")).open("wb") as err,
        ):
            self.process = subprocess.Popen(
                [str(binary()), *arguments],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def stdout(self) -> str:
        """What it has printed so far."""
        return self._streams.with_suffix(".out").read_text()

    def stderr(self) -> str:
        """What it has said so far."""
        return self._streams.with_suffix(".err").read_text()

    def wait_until(
        self,
        condition: Callable[[], bool],
        what: str,
        timeout_seconds: float = RUN_TIMEOUT_SECONDS,
    ) -> None:
        """Wait until a condition holds while the program still runs."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            assert self.process.poll() is None, (
                f"ended before {what}:\n{self.outcome()}"
            )
            assert time.monotonic() < deadline, f"never saw {what}:\n{self.stderr()}"
            time.sleep(POLL_SECONDS)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program alone, as `kill` does."""
        self.process.send_signal(number)

    def outcome(self, timeout_seconds: float = RUN_TIMEOUT_SECONDS) -> Outcome:
        """Wait for its end; one that does not end is killed, which fails the test."""
        try:
            status = self.process.wait(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=300)
            raise AssertionError(
                f"no end after {timeout_seconds} s\n{self.stdout()}\n{self.stderr()}"
            ) from None
        seconds = time.monotonic() - self._started
        return Outcome(self.arguments, status, self.stdout(), self.stderr(), seconds)


def assert_error(outcome: Outcome, status: int, *fragments: str) -> None:
    """Assert an exit status, and one error in the form that every error has."""
    assert outcome.status == status, str(outcome)
    lines = outcome.stderr.splitlines()
    errors = [
        line.removeprefix("error: ") for line in lines if line.startswith("error: ")
    ]
    # `dssbatch explain` takes it.
    assert any(line.startswith("  code: ") for line in lines), str(outcome)
    assert errors, f"no error line\n{outcome}"
    for error in errors:
        assert not error.endswith("."), f"full stop: {error}"
        first = error.split()[0]
        assert not first[:1].isupper() or first in PROPER_NOUNS, f"capital: {error}"
    assert any(line.startswith("hint: ") and len(line) > 12 for line in lines), str(
        outcome
    )
    for fragment in fragments:
        assert fragment in outcome.stderr, f"`{fragment}` is missing\n{outcome}"
