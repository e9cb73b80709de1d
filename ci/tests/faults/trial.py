"""One field of the matrix: a command, a place, a kind of fault, a call that meets it."""

from __future__ import annotations

import re
import shutil
import signal
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.wire import classify

from ..cloud import Cloud
from ..program import Outcome, RunningProgram
from .kinds import KINDS
from .proxy import Call
from .scene import Scene
from .scenes import SCENES

HANG_SECONDS = 400
# What the program documents; 2 is for what is refused before anything starts.
STATUSES = (0, 1, 2, 75)
DAMAGE = ("nul", "too-long")
REFUSALS = ("409", "412", "307", "head")


@dataclass(frozen=True, order=True)
class Field:
    """A fault at a call."""

    command: str
    place: str
    kind: str
    call: Call

    def __str__(self) -> str:
        return f"{self.command} {self.place} {self.kind} {self.call}"


@dataclass
class Verdict:
    """What became of a field; `problem` is empty where all held."""

    field: Field
    problem: str = ""
    # The fault came to pass; else the calls of this run went otherwise.
    is_met: bool = True
    statuses: list[int] = field(default_factory=list)
    seconds: float = 0


def make_scene(command: str, cloud: Cloud, folder: Path, place: str) -> Scene:
    """Make the scene of a command in a folder that is not there yet."""
    folder.mkdir(parents=True)
    return SCENES[command](cloud, folder, place)


def record(command: str, cloud: Cloud, folder: Path, place: str) -> list[Call]:
    """Run a command undisturbed and return its calls in their order."""
    scene = make_scene(command, cloud, folder, place)
    try:
        outcome = scene.start().outcome(HANG_SECONDS)
        assert outcome.status == 0, str(outcome)
        calls = [call for proxy in scene.proxies for call in proxy.calls]
        assert scene.stale() == set()
        scene.check([outcome], has_lost=False)
    finally:
        scene.close()
    shutil.rmtree(folder)
    return calls


def attempt(trial: Field, cloud: Cloud, folder: Path) -> Verdict:
    """Run the command with the fault, run it again, and judge what there is."""
    verdict = Verdict(trial)
    scene = make_scene(trial.command, cloud, folder, trial.place)
    try:
        _attempt(trial, scene, verdict)
    except AssertionError as failure:
        verdict.problem = str(failure) or traceback.format_exc()
    except Exception:  # noqa: BLE001 - whatever it is, the other trials go on
        verdict.problem = traceback.format_exc()
    finally:
        scene.close()
    if not verdict.problem:
        shutil.rmtree(folder)
    return verdict


def _attempt(trial: Field, scene: Scene, verdict: Verdict) -> None:
    kind = KINDS[trial.kind]
    ended = [_disturbed(trial, scene, trial.call.operation, trial.call.number)]
    verdict.is_met = any(proxy.met for proxy in scene.proxies)
    if kind.again:
        # A second kill, a few calls into the run that takes up the first.
        ended.append(_disturbed(trial, scene, "*", 1 + trial.call.number % 7))
    verdict.statuses = [outcome.status for outcome in ended]
    _check_end(ended[0], trial, verdict.is_met)
    for outcome in ended[1:]:
        _check_end(outcome, trial, is_met=False)
    for proxy in scene.proxies:
        proxy.begin()
    last = scene.start().outcome(HANG_SECONDS)
    ended.append(last)
    verdict.statuses.append(last.status)
    assert last.status == 0, f"the run after it failed: {last}"
    if ended[0].status == 0 and trial.command != "distribute":
        assert last.started() == set(), (
            f"it was not fresh: {last.started()}\n{ended[0]}"
        )
    for proxy in scene.proxies:
        proxy.settle()
    stale = scene.stale()
    assert stale == set(), f"stale after all: {stale}"
    has_lost = kind.kills or ended[0].status != 0
    try:
        scene.check(ended, has_lost)
    except AssertionError as failure:
        words = "\n\n".join(str(outcome) for outcome in ended)
        raise AssertionError(f"{failure}\n{traceback.format_exc()}\n{words}") from None


def _disturbed(trial: Field, scene: Scene, operation: str, number: int) -> Outcome:
    kind = KINDS[trial.kind]
    for proxy in scene.proxies:
        proxy.begin()
        proxy.arm(operation, number, kind.spoil, kind.times)
    started = threading.Event()
    programs: list[RunningProgram] = []

    def kill() -> None:
        # The first call may come before whoever started the program knows it.
        assert started.wait(timeout=600)
        programs[0].send(signal.SIGKILL)
        programs[0].process.wait(timeout=600)

    for proxy in scene.proxies:
        proxy.kill = kill
    programs.append(scene.start())
    started.set()
    return programs[0].outcome(HANG_SECONDS)


def _check_end(outcome: Outcome, trial: Field, is_met: bool) -> None:
    kind = KINDS[trial.kind]
    if kind.kills:
        wanted = (-signal.SIGKILL,) if is_met else (-signal.SIGKILL, 0)
        assert outcome.status in wanted, str(outcome)
        return
    assert outcome.status in STATUSES, str(outcome)
    if not is_met:
        assert outcome.status == 0, str(outcome)
    if outcome.status != 0:
        _check_words(outcome)
    operation = trial.call.operation.rpartition(":")[2]
    reads = classify(operation) == "reading" or operation.startswith("GET")
    # A Docker engine says 500 of what is wrong for good.
    is_passing = kind.passes and not (
        trial.call.protocol == "docker" and trial.kind.startswith("50")
    )
    if is_passing and reads:
        assert outcome.status == 0, f"it would have passed: {outcome}"
    # Nothing but the contents of an object shows that they were changed on the way.
    is_damage = trial.kind in DAMAGE and trial.call.operation == "s3:GetObject"
    if not is_damage and not trial.kind.startswith(REFUSALS):
        assert outcome.status != 2, f"no configuration is wrong: {outcome}"


def _check_words(outcome: Outcome) -> None:
    lines = outcome.stderr.splitlines()
    # A matrix says first whose error it is.
    errors = [line for line in lines if re.match(r"([\w-]+: )?error: ", line)]
    assert errors, f"no error line\n{outcome}"
    hints = [line for line in lines if re.match("hint: .{8}", line)]
    assert hints, f"no hint\n{outcome}"
    assert "\0" not in outcome.stderr + outcome.stdout, f"NUL\n{outcome}"
    for line in lines:
        assert "Fatal error" not in line, str(outcome)
