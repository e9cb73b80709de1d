"""How the engine is started: its configuration file, its command, its socket's place."""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path

# The kernel's limit for a socket's path, without the byte that ends it.
SOCKET_PATH_BYTES = 107
RUN = Path("/run")

# Of the whole system's folders that Docker's programs write to whatever they are told. In a mount
# namespace, file systems in memory over them keep this engine apart from another one that the
# system runs, its containerd and `daemon.json` included, and let nothing stay behind.
PRIVATE_FOLDERS = ("/run/containerd", "/run/docker")
PRIVATE_FOLDERS_IF_THERE = ("/etc/docker",)

# Time that containers get to end when the engine is told to.
SHUTDOWN_SECONDS = 5


def engine_id(folder: Path) -> str:
    """Return a short name that no other engine on this machine has."""
    return "localcloud-" + hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def socket_path(folder: Path) -> Path:
    """Return where the engine listens: in its folder, below `/run` where that lies too deep."""
    path = folder / "docker.sock"
    if len(str(path).encode()) <= SOCKET_PATH_BYTES:
        return path
    return RUN / engine_id(folder) / "docker.sock"


def engine_settings(
    folder: Path, storage_driver: str, mirror_url: str, runtime: Path | None
) -> dict:
    """Return the engine's `daemon.json`.

    It leaves this machine's network and firewall alone, and so has no bridge: containers use
    the host's network.
    """
    settings = {
        "hosts": [f"unix://{socket_path(folder)}"],
        "data-root": str(folder / "data"),
        "pidfile": "/run/docker/docker.pid",
        "storage-driver": storage_driver,
        "bridge": "none",
        "iptables": False,
        "ip6tables": False,
        "ip-forward": False,
        "ip-masq": False,
        # systemd counts processes in another namespace than the engine's.
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "cgroup-parent": f"/{engine_id(folder)}",
        "registry-mirrors": [mirror_url],
        "shutdown-timeout": SHUTDOWN_SECONDS,
    }
    if runtime is not None:
        settings["runtimes"] = {"localcloud": {"path": str(runtime)}}
        settings["default-runtime"] = "localcloud"
    return settings


def engine_command(configuration: Path, dockerd: str, init: str | None) -> list[str]:
    """Return the command that runs the engine in namespaces of its own.

    All its processes, containers included, live in one process namespace and all its mounts in
    one mount namespace: they are gone when its first process is, which the kernel ends with
    the process that started this, however that ends.
    """
    engine = [dockerd, f"--config-file={configuration}"]
    if init is not None:
        # Somebody has to reap what containers leave behind.
        engine = [init, "--", *engine]
    return [
        *("setpriv", "--pdeathsig=KILL"),
        *("unshare", "--mount", "--propagation=slave"),
        *("--pid", "--fork", "--kill-child", "--mount-proc"),
        *("sh", "-euc", f"{_private_folders()}exec {shlex.join(engine)}"),
    ]


def _private_folders() -> str:
    always, if_there = " ".join(PRIVATE_FOLDERS), " ".join(PRIVATE_FOLDERS_IF_THERE)
    return (
        f"mkdir -p {always}\n"
        f"for folder in {always} {if_there}; do\n"
        '  if [ -d "$folder" ]; then mount -t tmpfs -o mode=0711 localcloud "$folder"; fi\n'
        "done\n"
    )
