"""Stands in for `qemu-system-x86_64`: `FOLDER ARGUMENT…`; shows a login prompt, greets by ssh.

It reads `qemu-knobs.json` in its folder, and appends a line to `machines.ndjson` where that is there:

    kvm       whether the trial of KVM succeeds (default false)
    guests    what KVM does with a machine after its trial: `works` (default), `refuses` (ends with
              an assertion), `stops` (its monitor reports an internal error behind the boot loader),
              `hangs` (the console stands still behind the boot loader, the guest is running)
    console   what the console shows (default a login prompt)
    status    end at once with this status instead of running
    message   what is written to standard error before that
    same_key  every machine has the same host key
    starved   a machine gets hardly any processor time for some seconds, and its guest gives up by
              its own clock, unless that counts instructions
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import asyncssh

HERE = Path(sys.argv[1])
# `isa-debug-exit` makes this status of what the guest writes.
PROVEN = 67
KEY_FILE = HERE / "qemu-host-key"
# Where `qemu` would listen: in the folder that it works in.
MONITOR = "qmp.sock"
# Longer than a machine has to want a processor to be called starved.
STARVED_SECONDS = 6.0
GAVE_UP = "\r\nTimed out waiting for device /dev/disk/by-label/root.\r\n"
BOOT_LOADER = "\r\nBooting `Ubuntu'\r\n"


def main() -> int:
    """Pretend to be a machine."""
    arguments = sys.argv[2:]
    path = HERE / "qemu-knobs.json"
    knobs = json.loads(path.read_text()) if path.exists() else {}
    if "--version" in arguments:
        print("QEMU emulator version 0 (a stand-in)")
        return 0
    if any(argument.startswith("isa-debug-exit") for argument in arguments):
        return PROVEN if knobs.get("kvm") else 1
    line = {"arguments": arguments, "temporary": os.environ.get("TMPDIR")}
    if (machines := HERE / "machines.ndjson").exists():
        with machines.open("a") as file:
            file.write(json.dumps(line) + "\n")
    Path(option(arguments, "-pidfile")).write_text(f"{os.getpid()}\n")
    guests = knobs.get("guests", "works") if "kvm" in arguments else "works"
    if guests == "refuses":
        print("kvm_buf_set_msrs: Assertion failed", file=sys.stderr)
        return 134
    console = Path(option(arguments, "-serial").removeprefix("file:"))
    if guests != "works":
        console.write_text(BOOT_LOADER)
        asyncio.run(stand_still("internal-error" if guests == "stops" else "running"))
        return 0
    if knobs.get("starved"):
        starve()
        if "-icount" not in arguments:
            console.write_text(GAVE_UP)
            print("the guest gave up", file=sys.stderr)
            return 1
    console.write_text(knobs.get("console", "\r\nsandbox login: "))
    if "status" in knobs:
        print(knobs.get("message", ""), file=sys.stderr)
        return knobs["status"]
    port = re.search(r"127\.0\.0\.1:(\d+)-:22\b", option(arguments, "-netdev"))
    if port is None:
        raise ValueError("no port leads to ssh")
    asyncio.run(serve(int(port[1]), host_key(bool(knobs.get("same_key")))))
    return 0


def starve() -> None:
    """Stop for some seconds, as a machine without a processor does."""
    machine = os.getpid()
    if os.fork() == 0:
        time.sleep(STARVED_SECONDS)
        os.kill(machine, signal.SIGCONT)
        os._exit(0)
    os.kill(machine, signal.SIGSTOP)


def option(arguments: list[str], name: str) -> str:
    """Return what follows an option."""
    return arguments[arguments.index(name) + 1]


def host_key(is_shared: bool) -> asyncssh.SSHKey:
    """Return a new key, or the one that all machines share."""
    if not is_shared:
        return asyncssh.generate_private_key("ssh-ed25519")
    if not KEY_FILE.exists():
        own = KEY_FILE.with_suffix(f".{os.getpid()}")
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(own))
        # The first one's stays.
        try:
            os.link(own, KEY_FILE)
        except FileExistsError:
            pass
        own.unlink()
    return asyncssh.read_private_key(str(KEY_FILE))


async def serve(port: int, key: asyncssh.SSHKey) -> None:
    """Greet until the process is ended."""
    await asyncio.start_unix_server(monitor("running"), MONITOR)
    server = await asyncssh.listen("127.0.0.1", port, server_host_keys=[key])
    await server.wait_closed()


async def stand_still(state: str) -> None:
    """Answer the monitor's questions and nothing else until the process is ended."""
    server = await asyncio.start_unix_server(monitor(state), MONITOR)
    await server.serve_forever()


def monitor(state: str) -> Any:
    """Return what serves one client of the monitor of a machine in a state."""
    answers = {
        "qmp_capabilities": {},
        "query-status": {"running": state == "running", "status": state},
        "query-blockstats": [{"stats": {"rd_bytes": 512, "wr_bytes": 0}}],
    }

    async def converse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        greeting = {"QMP": {"version": {}, "capabilities": []}}
        writer.write(json.dumps(greeting).encode() + b"\r\n")
        while line := await reader.readline():
            answer = {"return": answers[json.loads(line)["execute"]]}
            writer.write(json.dumps(answer).encode() + b"\r\n")
        writer.close()

    return converse


if __name__ == "__main__":
    sys.exit(main())
