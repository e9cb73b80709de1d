"""The ssh server at which paper instances greet like machines."""

from __future__ import annotations

import socket

from .cloud import Cloud


class SSHServer:
    """The paper cloud's own: it has a host key and lets nobody in."""

    def __init__(self, cloud: Cloud):
        self.port = int(cloud.stand_ins["DSS_SSH_PORT"])
        self._public_key = cloud.home / "paper/host_ed25519.pub"

    def host_key(self) -> str:
        """The key that it proves itself with, in base64."""
        return self._public_key.read_text().split()[1]


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
