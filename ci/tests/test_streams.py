"""What goes to which stream, for scripts, for logs and for terminals."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from datetime import datetime
from typing import Any

import pexpect
import pytest

from .program import RUN_TIMEOUT_SECONDS, binary
from .project import DURABLE, MACHINE, MANIFEST, Project

EVENTS = {
    "plan",
    "stage-started",
    "stage-progress",
    "stage-finished",
    "resource-created",
    "resource-deleted",
    "warning",
    "error",
    "run-finished",
}
STAGES = {*DURABLE, *MACHINE}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


@pytest.fixture(scope="module")
def events(session_release: Project) -> list[dict[str, Any]]:
    """The events of the run that made the shared release."""
    streams = sorted((session_release.folder / "streams").glob("*.out"))
    return [json.loads(line) for line in streams[0].read_text().splitlines()]


def test_events_are_of_known_kinds_with_times(events: list[dict[str, Any]]) -> None:
    assert {event["event"] for event in events} <= EVENTS
    times = [event["time"] for event in events]
    for text in times:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
        datetime.fromisoformat(text)
    assert times == sorted(times)


def test_plan_comes_first_and_the_end_last(events: list[dict[str, Any]]) -> None:
    assert events[0]["event"] == "plan"
    kinds = [event["event"] for event in events]
    assert kinds.count("plan") == kinds.count("run-finished") == 1
    assert kinds[-1] == "run-finished"


def test_each_stage_starts_then_progresses_then_finishes(
    events: list[dict[str, Any]],
) -> None:
    for stage in STAGES:
        kinds = [event["event"] for event in events if event.get("stage") == stage]
        assert kinds.count("stage-started") == 1, stage
        assert kinds.count("stage-finished") == 1, stage
        started, finished = kinds.index("stage-started"), kinds.index("stage-finished")
        assert started < finished
        for index, kind in enumerate(kinds):
            # A machine's stages are taken down after they have ended well.
            if kind == "stage-progress" and stage not in MACHINE:
                assert started < index < finished, stage


def test_stages_start_after_what_they_need(events: list[dict[str, Any]]) -> None:
    def moment(kind: str, stage: str) -> int:
        return next(
            number
            for number, event in enumerate(events)
            if event["event"] == kind and event.get("stage") == stage
        )

    chain = ["source-ami", *MACHINE, "export-vhd", "release-notes"]
    for before, after in itertools.pairwise(chain):
        # A machine's stages end with their machine, not when they have given their outputs.
        ended = "stage-started" if before == "instance" else "stage-finished"
        assert moment(ended, before) < moment("stage-started", after)
    assert moment("stage-started", "export-vmdk") < moment(
        "stage-finished", "export-vhd"
    )
    assert moment("stage-started", "export-vhd") < moment(
        "stage-finished", "export-vmdk"
    )


def test_finished_stages_say_how_and_how_long(
    events: list[dict[str, Any]], session_release: Project
) -> None:
    for event in events:
        if event["event"] == "stage-finished":
            assert event["status"] == "succeeded"
            assert event["seconds"] >= 0
            if event["stage"] not in set(MACHINE) - {"ami"}:
                recorded = session_release.result(event["stage"])["outputs"]
                assert event["outputs"] == recorded
            else:
                assert "outputs" not in event
        if event["event"] == "stage-progress":
            assert "message" in event
            assert 0 <= event.get("percent", 0) <= 100


def test_resources_are_created_and_deleted(events: list[dict[str, Any]]) -> None:
    def ids(kind: str) -> set[str]:
        return {event["id"] for event in events if event["event"] == kind}

    created, deleted = ids("resource-created"), ids("resource-deleted")
    assert len(created) >= 5
    assert deleted <= created
    assert any(":stack/EC2-DATA-SCIENCE-SANDBOX-" in name for name in deleted)


def test_failure_as_events(project: Project) -> None:
    project.set_runner(message="broken pipe dream")
    outcome = project.run(check=1)
    events = outcome.events()
    (error,) = outcome.events("error")
    assert "broken pipe dream" in str(error)
    assert error["stage"] == "install"
    assert events[-1]["event"] == "run-finished"
    assert events[-1]["status"] == "failed"
    assert outcome.stages("failed") == ["install"]
    others = {e["stage"]: e["status"] for e in outcome.events("stage-finished")}
    for stage in ("reset-password", "ami", "export-vhd", "release-notes"):
        assert others[stage] in ("blocked", "cancelled"), stage


def test_without_json_stdout_is_empty(released: Project) -> None:
    released.set("export", "prefix", value="streams-plain")
    outcome = released.dssbatch(MANIFEST, check=0)
    assert outcome.stdout == ""
    assert "export-vhd" in outcome.stderr


def test_stderr_of_no_terminal_is_plain(released: Project) -> None:
    released.set("export", "prefix", value="streams-control")
    outcome = released.dssbatch(MANIFEST, env={"TERM": "xterm-256color"}, check=0)
    assert not CONTROL.search(outcome.stderr), repr(outcome.stderr)
    assert all(len(line) < 300 for line in outcome.stderr.splitlines())


def test_quiet_says_nothing_but_errors(released: Project) -> None:
    released.set("export", "prefix", value="streams-quiet")
    outcome = released.dssbatch(MANIFEST, "--quiet", check=0)
    assert (outcome.stdout, outcome.stderr) == ("", "")
    released.set("export", "bucket", value={"stack": "NO-SUCH-STACK"})
    outcome = released.dssbatch(MANIFEST, "--quiet")
    assert outcome.status != 0
    assert "NO-SUCH-STACK" in outcome.stderr


@pytest.mark.slow
def test_log_levels(released: Project) -> None:
    said = {}
    for level in ("error", "normal", "info", "debug"):
        released.set("export", "prefix", value=f"streams-{level}")
        outcome = released.dssbatch(MANIFEST, "--log-level", level, check=0)
        assert outcome.stdout == ""
        said[level] = outcome.stderr
    assert said["error"] == ""
    assert said["normal"]
    assert len(said["debug"].splitlines()) >= len(said["normal"].splitlines())
    released.assert_secrets_kept()


def test_debug_with_json_keeps_stdout_clean(released: Project) -> None:
    released.set("export", "prefix", value="streams-debug-json")
    outcome = released.run("--log-level", "debug")
    assert outcome.events()[-1]["event"] == "run-finished"


def test_closed_stdout_is_no_crash(released: Project) -> None:
    result = subprocess.run(
        ["sh", "-c", f"'{binary()}' plan {MANIFEST} --explain | head -n 1"],
        check=False,
        cwd=released.root,
        env=released.environment,
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_SECONDS,
    )
    assert result.stderr == ""


def test_data_that_cannot_be_written_is_an_error(released: Project) -> None:
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [binary(), "plan", MANIFEST],
            cwd=released.root,
            env=released.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=RUN_TIMEOUT_SECONDS,
            check=False,
        )
    assert result.returncode == 1
    assert "cannot write to standard output" in result.stderr


# On a terminal


def on_terminal(
    project: Project, *arguments: str, **environment: str
) -> tuple[int, str]:
    """Run the program on a pseudo-terminal and return status and everything it wrote."""
    child = pexpect.spawn(
        str(binary()),
        list(arguments),
        cwd=str(project.root),
        env=project.environment | {"TERM": "xterm-256color"} | environment,
        dimensions=(30, 100),
        timeout=RUN_TIMEOUT_SECONDS,
        encoding="utf-8",
    )
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before


def test_live_view_shows_stages_and_leaves_the_terminal_alone(project: Project) -> None:
    project.set_runner(seconds=2)
    status, text = on_terminal(project, MANIFEST)
    assert status == 0, text
    for stage in STAGES:
        assert stage in text
    assert "\x1b[" in text, "there was no live view"
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h"), (
        "the cursor is left hidden"
    )
    assert text.count("\x1b[?1049h") == text.count("\x1b[?1049l"), (
        "the screen is left switched"
    )
    colours = re.findall(r"\x1b\[([0-9;]*)m", text)
    assert not colours or colours[-1] in ("", "0"), "a colour is left on"
    # What is redrawn must fit, or the next redrawing goes wrong; what scrolls away may wrap.
    for line in re.split(r"[\r\n]|\x1b\[[0-9]*[A-Z]", text):
        if line.startswith("  "):
            assert len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)) <= 100


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CI": "true"}])
def test_no_colour_where_none_is_wanted(
    released: Project, plain: dict[str, str]
) -> None:
    released.set("export", "prefix", value=f"terminal-{'-'.join(plain).lower()}")
    status, text = on_terminal(released, MANIFEST, **plain)
    assert status == 0
    assert not re.search(r"\x1b\[[0-9;]*m", text)
    assert "export-vhd" in text
    # Who wants no colour has a terminal that can be drawn on all the same.
    assert ("\x1b[J" in text) == ("NO_COLOR" in plain)


def test_interrupt_key_on_a_terminal(project: Project) -> None:
    # Of three tasks; the second is waited for.
    project.set_runner(seconds=90)
    child = pexpect.spawn(
        str(binary()),
        [MANIFEST],
        cwd=str(project.root),
        env=project.environment | {"TERM": "xterm-256color"},
        dimensions=(30, 100),
        timeout=RUN_TIMEOUT_SECONDS,
        encoding="utf-8",
    )
    child.expect("install packages")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    project.view.assert_nothing_runs()
