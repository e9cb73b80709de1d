"""What a person sees on a terminal, by a terminal emulator written by others: `pyte`."""

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pexpect
import pyte
import pytest

from .program import RUN_TIMEOUT_SECONDS, binary
from .project import MANIFEST, Project

ROWS = 24
SUM = re.compile(r"^\d+/\d+ · ")


class Terminal:
    """The program on a pseudo-terminal, and the screen that a person would look at."""

    def __init__(self, project: Project, command: list[str], columns: int):
        self.screen = pyte.HistoryScreen(columns, ROWS, history=2000)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            command[0],
            command[1:],
            cwd=str(project.root),
            env=project.environment | {"TERM": "xterm-256color", "PS1": "$ "},
            dimensions=(ROWS, columns),
            timeout=RUN_TIMEOUT_SECONDS,
        )

    def lines(self) -> list[str]:
        """Return what is on the screen, without what is empty at its end."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def history(self) -> list[str]:
        """Return what has scrolled off the screen."""
        return [
            "".join(row[column].data for column in range(self.screen.columns)).rstrip()
            for row in self.screen.history.top
        ]

    def resize(self, rows: int, columns: int) -> None:
        """Make the window another one."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def read(self) -> bool:
        """Show what was written; whether there may be more."""
        try:
            self._stream.feed(self.child.read_nonblocking(65536, timeout=1))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Read until something is on the screen."""
        deadline = time.monotonic() + RUN_TIMEOUT_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"never saw {what}: {self.lines()}"
            assert self.read(), f"ended before {what}: {self.lines()}"

    def end(self) -> int:
        """Read to the end; how it ended."""
        while self.read():
            self.check()
        self.child.close()
        return self.child.exitstatus

    def check(self) -> None:
        """Assert that one block at most is on the screen, whole, at its foot."""
        lines = self.lines()
        sums = [number for number, line in enumerate(lines) if SUM.match(line)]
        assert len(sums) <= 1, "\n".join(lines)
        if sums and len(lines) - 1 > sums[0]:
            # Between two reads the rest of a frame may be on its way; nothing follows a sum then.
            pytest.fail("\n".join(["something is below the block:", *lines]))


@contextlib.contextmanager
def shown(project: Project, columns: int, *command: str) -> Iterator[Terminal]:
    """Run the program, and end it whatever happens."""
    terminal = Terminal(project, list(command) or [str(binary()), MANIFEST], columns)
    try:
        yield terminal
    finally:
        terminal.child.close(force=True)


def is_running(terminal: Terminal, text: str) -> Callable[[], bool]:
    """Return whether a line of the block says so."""
    return lambda: any(
        line.startswith("running") and text in line for line in terminal.lines()
    )


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_run_leaves_its_results_and_no_rubbish(
    project: Project, columns: int
) -> None:
    project.set_runner(seconds=4)
    with shown(project, columns) as terminal:
        terminal.until(is_running(terminal, "install"), "a running stage")
        assert SUM.match(terminal.lines()[-1])
        assert terminal.end() == 0
    everything = terminal.history() + terminal.lines()
    assert not [line for line in everything if re.match("running|waiting", line)]
    assert not [line for line in everything if SUM.match(line)]
    text = " ".join(everything)
    assert "results are in" in text
    assert "arn:" not in text and "created" not in text


def test_a_resized_window_has_one_block(project: Project) -> None:
    project.set_runner(seconds=20)
    with shown(project, 120) as terminal:
        terminal.until(is_running(terminal, "install"), "a running stage")
        for rows, columns in [(24, 40), (10, 40), (10, 100), (24, 100)]:
            terminal.resize(rows, columns)
            # Another second on the clock shows that it was drawn since.
            before = terminal.lines()[-1]
            terminal.until(
                lambda old=before: (
                    bool(SUM.match((terminal.lines() or [""])[-1]))
                    and terminal.lines()[-1] != old
                ),
                "another frame",
            )
            terminal.check()
            assert len(terminal.lines()) < rows
        assert terminal.end() == 0


def test_a_suspended_run_leaves_no_block_behind(project: Project) -> None:
    project.set_runner(seconds=15)
    shell: list[Any] = ["/bin/bash", "--norc", "-i"]
    with shown(project, 100, *shell) as terminal:
        terminal.until(lambda: terminal.lines() == ["$"], "a prompt")
        terminal.child.sendline(f"{binary()} {MANIFEST}")
        terminal.until(is_running(terminal, "install"), "a running stage")
        terminal.child.send("\x1a")
        terminal.until(lambda: terminal.lines()[-1:] == ["$"], "the shell's prompt")
        assert any("Stopped" in line for line in terminal.lines())
        assert not [line for line in terminal.lines() if SUM.match(line)]
        terminal.child.sendline("fg")
        terminal.until(is_running(terminal, "install"), "the run again")
        terminal.check()
        terminal.until(lambda: terminal.lines()[-1:] == ["$"], "its end")
        terminal.child.sendline("echo status $?")
        terminal.until(lambda: "status 0" in terminal.lines(), "how it ended")
        assert os.path.exists(project.results / "release.json")
