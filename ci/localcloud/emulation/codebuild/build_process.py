"""The shell that runs a build's commands: its process group, output and progress."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from localcloud.processes import children

LAST_LINES_SECONDS = 2
# Sees its folder at one path, whichever build it is, as on CodeBuild's own containers.
AT_ONE_PATH = 'mount --bind "$1" "$2" && cd "$2" && shift 2 && exec "$@"'


class BuildProcess:
    """One running shell."""

    def __init__(self, script: Path, shell: str, source: Path, place: Path | None):
        """Take the script, and where its folder is to be seen; `None` where it is."""
        self._command = [shell, str(script)]
        if place is not None:
            self._command = [
                *("unshare", "--mount", "--propagation", "private"),
                *("sh", "-c", AT_ONE_PATH, "build", str(source), str(place)),
                *self._command,
            ]
        self._source = source
        self._process: subprocess.Popen | None = None
        self._ended_by: str | None = None
        self._turn = threading.Lock()

    def run(
        self,
        environment: dict[str, str],
        timeout_seconds: float,
        on_line: Callable[[str], None],
        on_progress: Callable[[str], None],
    ) -> tuple[str | None, int]:
        """Run to the end; return what ended it from outside, and the exit status.

        STOPPED, TIMED_OUT or FAULT; `None` where it ended by itself.
        """
        read, write = os.pipe()
        with self._turn:
            if self._ended_by:
                os.close(read)
                os.close(write)
                return self._ended_by, 0
            # Descriptor 3 tells of the phases; commands do not have it.
            self._process = subprocess.Popen(
                [
                    "bash",
                    "-c",
                    f'exec 3>&{write} {write}>&-; exec "$@"',
                    "bash",
                    *self._command,
                ],
                cwd=self._source,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(write,),
                start_new_session=True,
            )
        os.close(write)
        timer = threading.Timer(timeout_seconds, self.end, ["TIMED_OUT"])
        timer.daemon = True
        timer.start()
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        readers = [
            threading.Thread(target=_each_line, args=arguments, daemon=True)
            for arguments in ((read, on_progress), (output, on_line))
        ]
        for reader in readers:
            reader.start()
        status = self._process.wait()
        for reader in readers:
            # What it left running in the background may hold its output open.
            reader.join(timeout=LAST_LINES_SECONDS)
        timer.cancel()
        if self._ended_by is None and status < 0:
            return "FAULT", status
        return self._ended_by, status

    def end(self, how: str) -> None:
        """End it with all that it has started, by force: its machine is given up."""
        with self._turn:
            self._ended_by = self._ended_by or how
            process = self._process
        if process is None or process.poll() is not None:
            return
        for pid in _stopped_family(process.pid):
            _send(pid, signal.SIGKILL)


def _stopped_family(pid: int) -> list[int]:
    """Return a process and all that descend from it; each stands still and begins no other."""
    found = [pid]
    for member in found:
        _send(member, signal.SIGSTOP)
        found += children(member)
    return found


def _send(pid: int, number: signal.Signals) -> None:
    # One that has ended meanwhile needs no signal.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _each_line(descriptor: int, take: Callable[[str], None]) -> None:
    with os.fdopen(os.dup(descriptor), errors="replace") as lines:
        for line in lines:
            take(line.rstrip("\n"))
