"""One machine's network: a namespace of its own, and slirp4netns between it and the host."""

from __future__ import annotations

import hashlib
import json
import os
import select
import socket
import subprocess
import time
from pathlib import Path

from localcloud.processes import ProcessRecord, end

READY_TIMEOUT_SECONDS = 120
NAMESPACES = Path("/run/netns")
METADATA_ADDRESS = "169.254.169.254/32"
# The path to the outside may be narrower than Ethernet.
MTU_BYTES = 1400


class NetworkError(Exception):
    """A machine's network could not be set up."""


def loopback_address(instance_id: str) -> str:
    """Return an instance's own loopback address, `127.x.y.z`, never `127.0.0.z`."""
    digest = hashlib.sha256(instance_id.encode()).digest()
    return f"127.{1 + digest[0] % 254}.{digest[1]}.{1 + digest[2] % 254}"


class MachineNetwork:
    """The namespace and its slirp4netns; what it starts is recorded in the machine's folder."""

    def __init__(self, folder: Path, instance_id: str):
        self.folder = folder
        self.name = namespace_name(instance_id)
        self.path = NAMESPACES / self.name
        self._socket = folder / "slirp.socket"
        self._process: subprocess.Popen | None = None

    def set_up(self) -> None:
        """Make the namespace, with the metadata address in it."""
        (self.folder / "netns").write_text(self.name)
        run_ip("netns", "add", self.name)
        run_ip("-n", self.name, "link", "set", "lo", "up")
        run_ip("-n", self.name, "address", "add", METADATA_ADDRESS, "dev", "lo")

    def connect(self) -> None:
        """Start slirp4netns and wait until the namespace has its way out."""
        self._socket.unlink(missing_ok=True)
        reading, writing = os.pipe()
        command = [
            "slirp4netns",
            "--configure",
            f"--mtu={MTU_BYTES}",
            "--netns-type=path",
            f"--api-socket={self._socket}",
            f"--ready-fd={writing}",
            str(self.path),
            "eth0",
        ]
        with (self.folder / "slirp.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[writing],
                start_new_session=True,
            )
        ProcessRecord.of(self._process.pid).write(self.folder / "slirp.pid")
        os.close(writing)
        readable, _, _ = select.select([reading], [], [], READY_TIMEOUT_SECONDS)
        is_ready = bool(readable) and os.read(reading, 1) != b""
        os.close(reading)
        if not is_ready:
            raise NetworkError(
                f"slirp4netns did not start: see `{self.folder}/slirp.log`"
            )

    def forward(self, address: str, port: int) -> None:
        """Forward a TCP port at a loopback address to the same port of the machine."""
        arguments = {
            "proto": "tcp",
            "host_addr": address,
            "host_port": port,
            "guest_port": port,
        }
        answer = self._call({"execute": "add_hostfwd", "arguments": arguments})
        if "error" in answer:
            raise NetworkError(
                f"port {port} cannot be bound at {address} on this machine: "
                f"{answer['error'].get('desc', 'unknown reason')}; does another server "
                "listen on that port at every address?"
            )

    def _call(self, request: dict) -> dict:
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while True:
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                    connection.settimeout(READY_TIMEOUT_SECONDS)
                    connection.connect(str(self._socket))
                    connection.sendall(json.dumps(request).encode())
                    connection.shutdown(socket.SHUT_WR)
                    return json.loads(connection.recv(65536))
            except (FileNotFoundError, ConnectionRefusedError) as error:
                if time.monotonic() >= deadline:
                    raise NetworkError("slirp4netns does not answer") from error
                time.sleep(0.05)

    def tear_down(self) -> None:
        """Stop slirp4netns and remove the namespace."""
        if self._process is not None:
            end(ProcessRecord.read(self.folder / "slirp.pid"), grace_seconds=2)
            self._process.wait(5)
            self._process = None
        (self.folder / "slirp.pid").unlink(missing_ok=True)
        remove_namespace(self.name)
        (self.folder / "netns").unlink(missing_ok=True)


def namespace_name(instance_id: str) -> str:
    """Return the name of an instance's network namespace."""
    return f"localcloud-{instance_id}"


def remove_namespace(name: str) -> None:
    """Remove a network namespace if it is there."""
    if (NAMESPACES / name).exists():
        run_ip("netns", "delete", name)


def run_ip(*arguments: str) -> None:
    """Run `ip`, or raise `NetworkError`."""
    try:
        result = subprocess.run(
            ["ip", *arguments], capture_output=True, text=True, timeout=300, check=False
        )
    except FileNotFoundError as error:
        raise NetworkError("`ip` is not installed: run `bin/setup`") from error
    if result.returncode != 0:
        raise NetworkError(f"`ip {' '.join(arguments)}`: {result.stderr.strip()}")
