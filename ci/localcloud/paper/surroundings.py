"""Everything that a release meets outside of AWS, on paper: machines' sshd, playbooks, engine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from localcloud.engine.settings import SOCKET_PATH_BYTES
from localcloud.home import CloudHome
from localcloud.paper.docker_engine import BASE_IMAGE, PaperDockerEngine
from localcloud.paper.programs import install_ansible_runner, install_qemu
from localcloud.paper.ssh_greeter import SSHGreeter


class PaperSurroundings:
    """Stand-ins that live as long as the server, and the variables that lead to them."""

    def __init__(self, home: CloudHome):
        self._folder = home.paper
        self._greeter = SSHGreeter(self._folder)
        self._engine: PaperDockerEngine | None = None
        self.environment: dict[str, str] = {}

    def begin(self) -> None:
        """Start and install all of them."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700)
        self._greeter.start()
        socket = short_path(self._folder, "docker.sock")
        self._engine = PaperDockerEngine(socket)
        self._engine.add_image(BASE_IMAGE)
        self.environment = {
            "DSS_SSH_PORT": str(self._greeter.port),
            "DOCKER_HOST": f"unix://{socket}",
            **install_ansible_runner(self._folder),
            **install_qemu(self._folder),
        }

    @property
    def ssh_port(self) -> int:
        """Where instances seem to answer."""
        return self._greeter.port

    def finish_start(self) -> None:
        """Nothing is slow here."""

    def stop(self) -> None:
        """End all of them, and remove what they left."""
        self._greeter.stop()
        if self._engine is not None:
            self._engine.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def short_path(folder: Path, name: str) -> Path:
    """Return a path to a socket in a folder that the kernel takes, however deep that lies.

    The detour leads through this process, and is gone with it.
    """
    path = folder / name
    if len(str(path).encode()) <= SOCKET_PATH_BYTES:
        return path
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    return Path(f"/proc/{os.getpid()}/fd/{descriptor}/{name}")
