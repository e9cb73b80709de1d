"""What Docker's own command shows a registry, by the configuration that it is given."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 300


class DockerCommand:
    """Docker's command beside an engine that takes every push and keeps its logins."""

    def __init__(self, socket: Path):
        program = shutil.which("docker")
        assert program, "there is no `docker`: run `bin/setup`"
        self._program = program
        self._socket = socket
        self.logins: list[dict[str, str]] = []

    def login(self, image: str, configuration: Path) -> dict[str, str] | None:
        """Return what an engine is shown for a push; None for a refused configuration."""
        self.logins.clear()
        done = subprocess.run(
            [self._program, "push", image],
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(configuration),
                "DOCKER_CONFIG": str(configuration),
                "DOCKER_HOST": f"unix://{self._socket}",
            },
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        # The words of versions 20 and 28.
        if re.search("Error (loading|parsing) config file", done.stderr):
            return None
        assert len(self.logins) == 1, done
        return self.logins[0]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    command_under_test: DockerCommand

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(b"OK")

    def do_POST(self) -> None:
        text = self.headers["X-Registry-Auth"]
        self.command_under_test.logins.append(
            json.loads(base64.urlsafe_b64decode(text))
        )
        self._answer(b"")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Api-Version", "1.41")
        self.send_header("Ostype", "linux")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        # Docker's command may have all that it waits for.
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(data)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextlib.contextmanager
def docker_command(socket: Path) -> Iterator[DockerCommand]:
    """Give Docker's command an engine of its own for the body."""
    command = DockerCommand(socket)
    handler = type("Handler", (_Handler,), {"command_under_test": command})
    with _Server(str(socket), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield command
        finally:
            server.shutdown()
