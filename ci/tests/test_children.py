"""What the program starts: what it is given, and that it does not live on alone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import pytest

from .project import PASSWORDS, Project

ENDS_WITHIN_SECONDS = 300
SECRETS = {
    "GITHUB_TOKEN": "marked-github",
    "GH_TOKEN": "marked-gh",
    "DOCKER_REGISTRY_PASSWORD": "marked-registry",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "marked-actions",
    "SOMEBODYS_API_KEY": "marked-other",
}
OWN = {
    "sandbox": "DSS_JUPYTER_PASSWORD",
    "reset-password": "DSS_DEFAULT_PASSWORD",
    "machine": "DSS_JUPYTER_PASSWORD",
}
# Stands before a real program on the path and writes down what that is given.
RECORDER = """#!{python}
import json, os, sys
with open({log!r}, "a") as file:
    line = {{"program": {name!r}, "environment": dict(os.environ), "argv": sys.argv}}
    file.write(json.dumps(line) + "\\n")
os.execv({real!r}, sys.argv)
"""


def record_programs(project: Project, *names: str) -> Path:
    """Put recorders before programs; return the file that they write."""
    folder = project.folder / "recorders"
    folder.mkdir()
    log = folder / "calls.ndjson"
    for name in names:
        script = folder / name
        script.write_text(
            RECORDER.format(
                python=sys.executable, log=str(log), name=name, real=f"/usr/bin/{name}"
            )
        )
        script.chmod(0o755)
    project.environment["PATH"] = f"{folder}:{project.environment['PATH']}"
    return log


def test_programs_get_only_what_they_need(project: Project) -> None:
    log = record_programs(project, "ssh", "ssh-keygen", "ssh-keyscan")
    project.run(env=SECRETS)
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"ssh-keygen", "ssh-keyscan"} <= {call["program"] for call in calls}
    hidden = [*SECRETS.values(), *PASSWORDS.values()]
    hidden.append(project.cloud.environment["AWS_SECRET_ACCESS_KEY"])
    for call in calls:
        text = json.dumps(call)
        assert not [secret for secret in hidden if secret in text], call["program"]
        assert call["environment"]["HOME"] == project.environment["HOME"]
    for call in project.runner_calls():
        assert not set(SECRETS) & set(call["environment"])
        assert not [name for name in call["environment"] if name.startswith("AWS_")]
        own = OWN[Path(call["playbook"]).stem]
        assert set(call["passwordDigests"]) == {own}


def entry(pid: str | int) -> str | None:
    """Return the mark of a process; None where it bears none or is gone."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    marks = [v for v in variables if v.startswith(b"DSS_PROCESS_TREE=")]
    return marks[0].decode() if marks else None


def children(pid: int) -> dict[int, str]:
    """Return what a program started and still runs, with its marks."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        mark = entry(folder.name)
        if mark and f"-{pid}-" in mark.split(".")[0]:
            found[int(folder.name)] = mark
    return found


def watch(pid: int) -> int:
    """Return the process that ends a program's children when it is killed."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"/sh") and any(
            b"DSS_PROCESS_TREE=" in word and f"-{pid}-".encode() in word
            for word in words[-3:]
        ):
            found.append(int(folder.name))
    (process,) = found
    return process


def wait_for_end(pids: set[int]) -> None:
    """Wait until processes bear no mark any more, which what ended does not."""
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while any(entry(pid) for pid in pids):
        assert time.monotonic() < deadline, f"still running: {pids}"
        time.sleep(0.05)


def killed_at_its_playbook(
    project: Project,
    *,
    alone: bool,
    before: Callable[[str], None] = lambda owner: None,
) -> set[int]:
    """Kill a run amid its playbook; `alone`: its watch first. Return what it started.

    Before that, something is done that is told how the run's marks begin.
    """
    project.set_runner(seconds=900, stays=True)
    running = project.start("manifests/release.json", "--json")
    project.wait_for_playbook(running)
    started = set(children(running.process.pid))
    assert started
    mark = next(iter(children(running.process.pid).values()))
    before(mark.split("=")[1].split(".")[0])
    guard = watch(running.process.pid)
    # A connection or a lock that it held would never be closed.
    held = {int(path.name) for path in Path(f"/proc/{guard}/fd").iterdir()}
    assert held <= {0, 1, 2}
    if alone:
        os.kill(guard, signal.SIGKILL)
    # The whole group, as a terminal's or a container's end does it.
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait(timeout=300)
    return started


def test_a_playbook_ends_with_a_killed_run(project: Project) -> None:
    wait_for_end(killed_at_its_playbook(project, alone=False))


def test_the_next_run_ends_what_lives_on(project: Project) -> None:
    left = killed_at_its_playbook(project, alone=True)
    assert all(entry(pid) for pid in left), "nothing lived on"
    project.set_runner()
    project.run()
    assert not [pid for pid in left if entry(pid)]


class OpenDoor(asyncssh.SSHServer):
    """An ssh server that lets everybody in."""

    def begin_auth(self, username: str) -> bool:
        return False


@pytest.fixture
def ssh_port() -> Iterator[int]:
    """The port of an ssh server at which a master stays connected."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def serve() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=OpenDoor,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            process_factory=lambda process: process.exit(0),
        )

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(60)
    yield server.get_port()
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def masters(folder: Path) -> list[int]:
    """Return the ssh masters whose sockets lie in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            title = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if title.startswith(f"ssh: {folder}/".encode()):
            found.append(int(process.name))
    return found


@pytest.mark.parametrize("alone", [False, True])
def test_an_ssh_master_ends_too(
    project: Project, ssh_port: int, *, alone: bool
) -> None:
    """It writes its title over its environment, and the mark with it."""
    folder = Path(tempfile.mkdtemp(prefix="dss-", dir="/tmp"))

    def connect(owner: str) -> None:
        for name in (owner, "other"):
            (folder / name).mkdir()
            options = (
                f"ControlPath={folder / name / '0123456789'}",
                "ControlMaster=auto",
                "ControlPersist=600",
                "StrictHostKeyChecking=no",
                "UserKnownHostsFile=/dev/null",
            )
            words = [word for option in options for word in ("-o", option)]
            subprocess.run(
                ["ssh", "-F", "none", *words, "-p", str(ssh_port), "127.0.0.1", "true"],
                check=True,
                timeout=600,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        assert len(masters(folder / owner)) == len(masters(folder / "other")) == 1

    try:
        killed_at_its_playbook(project, alone=alone, before=connect)
        (owner,) = [path for path in folder.iterdir() if path.name != "other"]
        if alone:
            assert masters(owner), "nothing lived on"
            project.set_runner()
            project.run()
        deadline = time.monotonic() + ENDS_WITHIN_SECONDS
        while masters(owner):
            assert time.monotonic() < deadline, "the master still runs"
            time.sleep(0.05)
        # Whoever else has one keeps it.
        assert len(masters(folder / "other")) == 1
    finally:
        for path in folder.iterdir():
            for pid in masters(path):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder)


@pytest.mark.parametrize("status", [0, 1])
def test_nobody_is_left_behind_by_an_orderly_end(project: Project, status: int) -> None:
    project.set_runner(**({} if status == 0 else {"message": "it broke"}))
    running = project.start("manifests/release.json", "--json")
    pid = running.process.pid
    assert running.outcome().status == status
    wait_for_end(set(children(pid)))
