"""Greets every ssh client, proves its host key, and lets nobody in.

Debian's own sshd would do, but installing it starts it on every address of the machine.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import asyncssh

START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 5
KEY_FILE = "host_ed25519"


class SSHGreeter:
    """An ssh server on a free loopback port, in a thread: it ends with its process at the latest."""

    def __init__(self, folder: Path):
        self._key_file = folder / KEY_FILE
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def start(self) -> None:
        """Make a host key, listen, and say in `port` where."""
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(self._key_file))
        key.write_public_key(str(self._key_file.with_suffix(".pub")))
        self._thread.start()
        pending = asyncio.run_coroutine_threadsafe(_listen(key), self._loop)
        self.port = pending.result(START_TIMEOUT_SECONDS)

    def stop(self) -> None:
        """Listen no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_TIMEOUT_SECONDS)


async def _listen(key: asyncssh.SSHKey) -> int:
    server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key])
    return server.get_port()
