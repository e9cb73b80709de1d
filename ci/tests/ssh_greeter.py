"""Greets every ssh client, proves its host key, and lets nobody in: `PORT HOST_KEY_FILE`.

Debian's own sshd would do, but installing it starts it on every address of the machine.
"""

from __future__ import annotations

import asyncio
import sys

import asyncssh


async def serve(port: int, host_key: str) -> None:
    """Serve until the process is ended."""
    server = await asyncssh.listen("127.0.0.1", port, server_host_keys=[host_key])
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
