"""The root file system every machine starts as, built once with mmdebstrap and cached."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from localcloud.locking import exclusive_lock
from localcloud.machines import apt_sources

BUILD_TIMEOUT_SECONDS = 1800

# The generic kernel: the cloud kernel lacks the disk drivers of desktop hypervisors.
PACKAGES = [
    "acl",
    "bash-completion",
    "ca-certificates",
    "cloud-guest-utils",
    "cloud-init",
    "curl",
    "dbus",
    "e2fsprogs",
    "git",
    "gnupg",
    "grub-efi-amd64-bin",
    "grub-pc-bin",
    "grub2-common",
    "initramfs-tools",
    "iproute2",
    "kmod",
    "less",
    "linux-image-amd64",
    "netplan.io",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "python3-pip",
    "python3-venv",
    "sudo",
    "systemd-resolved",
    "systemd-sysv",
    "udev",
    "wget",
    "zstd",
]

CLOUD_CONFIG = """\
# The launch user has the name that Ubuntu's images give it, and apt's sources stay as built.
system_info:
  default_user:
    name: ubuntu
    gecos: Ubuntu
    groups: [adm, sudo]
    sudo: ["ALL=(ALL) NOPASSWD:ALL"]
    shell: /bin/bash
    lock_passwd: true
apt:
  preserve_sources_list: true
locale: "false"
"""

# Any hypervisor's first network card; what netplan or cloud-init generate sorts before it.
NETWORK_CONFIG = """\
[Match]
Name=en* eth*

[Network]
DHCP=yes
"""

FILES = {
    "etc/hostname": "ubuntu\n",
    "etc/cloud/cloud.cfg.d/10-image.cfg": CLOUD_CONFIG,
    "etc/systemd/network/80-dhcp.network": NETWORK_CONFIG,
}
SERVICES = ["systemd-networkd", "systemd-resolved", "ssh"]


class BaseMachineError(Exception):
    """The base machine could not be built."""


def cache_folder() -> Path:
    """Return the folder that outlives checkouts: `DSS_CACHE_DIR`, else the user's cache."""
    if configured := os.environ.get("DSS_CACHE_DIR"):
        return Path(configured)
    home_cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home_cache) / "dssbatch"


def recipe() -> dict:
    """Return everything that decides what the base machine contains."""
    return {
        "revision": 1,
        "suite": apt_sources.host_codename(),
        "sources": apt_sources.host_sources(),
        "packages": PACKAGES,
        "files": FILES,
        "services": SERVICES,
    }


def base_folder() -> Path:
    """Return where the base machine of today's recipe lies, whether it is built or not."""
    digest = hashlib.sha256(json.dumps(recipe(), sort_keys=True).encode()).hexdigest()
    return cache_folder() / "base-machines" / digest[:20]


def log_file() -> Path:
    """Return where a build of it says what it does."""
    folder = base_folder()
    return folder.with_name(folder.name + ".log")


def ensure_base_machine(log: Path | None = None) -> Path:
    """Return the base machine's root folder, building it first where it is missing.

    Building takes about four minutes; whoever comes second waits for the first.
    """
    folder = base_folder()
    root = folder / "root"
    if root.is_dir():
        return root
    lock = folder.with_name(folder.name + ".lock")
    with exclusive_lock(lock, timeout_seconds=BUILD_TIMEOUT_SECONDS + 60):
        if not root.is_dir():
            _build(folder, log or log_file())
    return root


def _build(folder: Path, log: Path) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    sources = partial / "build.sources"
    sources.write_text(apt_sources.host_sources())
    with log.open("ab") as output:
        try:
            result = subprocess.run(
                _mmdebstrap_command(partial / "root", sources),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=BUILD_TIMEOUT_SECONDS,
                check=False,
            )
        except FileNotFoundError as error:
            raise BaseMachineError(
                f"`{error.filename}` is not installed: run `bin/setup`"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise BaseMachineError(
                f"the base machine took over {BUILD_TIMEOUT_SECONDS} s: see `{log}`"
            ) from error
    if result.returncode != 0:
        tail = log.read_text(errors="replace").splitlines()[-8:]
        raise BaseMachineError(
            "mmdebstrap failed with status "
            f"{result.returncode}: see `{log}`, which ends:\n" + "\n".join(tail)
        )
    root = partial / "root"
    for name, content in FILES.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    resolv = root / "etc/resolv.conf"
    resolv.unlink(missing_ok=True)
    resolv.symlink_to("../run/systemd/resolve/stub-resolv.conf")
    # An empty machine id makes systemd give each machine its own at first boot.
    (root / "etc/machine-id").write_text("")
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    partial.rename(folder)


def _mmdebstrap_command(root: Path, sources: Path) -> list[str]:
    return [
        "mmdebstrap",
        "--mode=root",
        "--format=directory",
        "--variant=minbase",
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=Acquire::Retries "3"',
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        f"--include={','.join(PACKAGES)}",
        f'--customize-hook=chroot "$1" systemctl enable {" ".join(SERVICES)}',
        apt_sources.host_codename(),
        str(root),
        str(sources),
    ]
