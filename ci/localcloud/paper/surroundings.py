"""Everything that a release meets outside of AWS, on paper: machines' sshd, playbooks, engine."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from localcloud.engine.settings import socket_path
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
        remove_surroundings(self._folder)
        self._folder.mkdir(mode=0o700)
        self._greeter.start()
        socket = paper_socket(self._folder)
        socket.parent.mkdir(mode=0o700, exist_ok=True)
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
        remove_surroundings(self._folder)


def paper_socket(folder: Path) -> Path:
    """Return where the engine listens, which needs no root however deep the folder lies."""
    return socket_path(folder, Path(tempfile.gettempdir()))


def remove_surroundings(folder: Path) -> None:
    """Remove what stand-ins had; also those of a server that was killed."""
    socket = paper_socket(folder)
    if socket.parent != folder:
        shutil.rmtree(socket.parent, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
