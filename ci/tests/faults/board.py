"""The matrix: which fields there are, which of them a sample takes, and what came of them."""

from __future__ import annotations

import itertools
import random
import secrets
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from ..cloud import Cloud
from ..code_build import deploy
from ..project import Project
from ..sshserver import SSHServer
from .kinds import KINDS
from .proxy import Call
from .scenes import CODE_BUILD, PLACES, PageScene
from .trial import Field, Verdict, attempt, record

EXPORTS_AT_ONCE = 20
RECORDS_AT_ONCE = 4


class Board:
    """A cloud made ready for many trials at once, and the calls that commands make there."""

    def __init__(self, cloud: Cloud, folder: Path, commands: Iterable[str]):
        self.cloud, self._folder = cloud, folder
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        commands = list(commands)
        cloud.limit_exports(EXPORTS_AT_ONCE)
        # Builds of records stay where they are.
        cloud.hold_builds()
        if "distribute" in commands:
            deploy(cloud, CODE_BUILD)
        if "update-release" in commands:
            PageScene.released = self._release()
        columns = [
            (command, place) for command in commands for place in PLACES[command]
        ]
        with ThreadPoolExecutor(RECORDS_AT_ONCE) as pool:
            self.calls = dict(
                zip(columns, pool.map(self._record, columns), strict=True)
            )

    def fields(self, kinds: Iterable[str], call: str = "") -> list[Field]:
        """Return every field, those of one call where it is named."""
        return [
            Field(command, place, kind, one)
            for (command, place), calls in self.calls.items()
            for kind in kinds
            for one in calls
            if KINDS[kind].meets(one) and call in ("", str(one), one.operation)
        ]

    def attempt_all(self, fields: list[Field], workers: int) -> Iterator[Verdict]:
        """Try fields, several at once, and return what became of each as it ends."""
        with ThreadPoolExecutor(workers) as pool:
            for future in as_completed(pool.submit(self._attempt, f) for f in fields):
                yield future.result()

    def _record(self, column: tuple[str, str]) -> list[Call]:
        command, place = column
        return record(command, self.cloud, self._new_folder(), place)

    def _attempt(self, trial: Field) -> Verdict:
        started = time.monotonic()
        verdict = attempt(trial, self.cloud, self._new_folder())
        verdict.seconds = time.monotonic() - started
        return verdict

    def _new_folder(self) -> Path:
        with self._lock:
            return self._folder / f"{next(self._numbers):05}"

    def _release(self) -> Project:
        project = Project(self._new_folder(), self.cloud)
        project.fill(f"page-{secrets.token_hex(3)}", SSHServer(self.cloud).port)
        project.run()
        return project


def sample(fields: list[Field], count: int, seed: int) -> list[Field]:
    """Draw fields, every kind of every command as often as any other where there are so many."""
    chance = random.Random(seed)
    groups: dict[tuple[str, str, str], list[Field]] = defaultdict(list)
    for trial in sorted(fields):
        groups[trial.command, trial.place, trial.kind].append(trial)
    order = list(groups.values())
    for group in order:
        chance.shuffle(group)
    chance.shuffle(order)
    rounds = itertools.zip_longest(*order)
    drawn = [trial for row in rounds for trial in row if trial is not None]
    return drawn[:count]


def table(verdicts: list[Verdict]) -> str:
    """Return the counts: a line a kind with passed/tried of each command, and the sums."""
    columns = sorted({(v.field.command, v.field.place) for v in verdicts})
    tried: Counter[tuple[str, str, str]] = Counter()
    failed: Counter[tuple[str, str, str]] = Counter()
    unmet = 0
    for verdict in verdicts:
        place = (verdict.field.command, verdict.field.place, verdict.field.kind)
        tried[place] += 1
        failed[place] += bool(verdict.problem)
        unmet += not verdict.is_met
    heads = [f"{command}/{place}" for command, place in columns]
    lines = ["kind".ljust(14) + "".join(head.rjust(22) for head in heads)]
    for kind in [k for k in KINDS if any(place[2] == k for place in tried)]:
        places = [(*column, kind) for column in columns]
        cells = [
            f"{tried[place] - failed[place]}/{tried[place]}" if tried[place] else "-"
            for place in places
        ]
        lines.append(kind.ljust(14) + "".join(cell.rjust(22) for cell in cells))
    total = sum(tried.values())
    bad = sum(failed.values())
    lines.append(
        f"{total} tried, {total - bad} passed, {bad} failed, {unmet} never met their call"
    )
    return "\n".join(lines)
