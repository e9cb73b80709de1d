"""A Docker registry on loopback that wants a user name and a password."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import bcrypt

from .sshserver import free_port

START_TIMEOUT_SECONDS = 300
REQUEST_TIMEOUT_SECONDS = 300
USER = "releaser"


class Registry:
    """Debian's `docker-registry`; engines talk to a loopback address without TLS."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.user = USER
        self.password = secrets.token_urlsafe(18)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = shutil.which("docker-registry")
        assert program, "there is no `docker-registry`: run `bin/setup`"
        self._folder.mkdir(parents=True, exist_ok=True)
        configuration = self._folder / "registry.json"
        configuration.write_text(json.dumps(self._configuration()))
        with (self._folder / "registry.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "serve", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # It takes settings from variables that begin so.
                env={k: v for k, v in os.environ.items() if k[:9] != "REGISTRY_"},
            )
        self._wait_until_it_answers()

    def _configuration(self) -> dict:
        hashed = bcrypt.hashpw(self.password.encode(), bcrypt.gensalt(rounds=4))
        passwords = self._folder / "htpasswd"
        passwords.write_text(f"{self.user}:{hashed.decode()}\n")
        # JSON is YAML, which is what it reads.
        return {
            "version": 0.1,
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "data")},
                "delete": {"enabled": True},
            },
            "http": {"addr": self.address, "secret": secrets.token_hex(16)},
            "auth": {"htpasswd": {"realm": "tests", "path": str(passwords)}},
        }

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError):
                self.call("/v2/")
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError((self._folder / "registry.log").read_text())

    def call(self, path: str, accept: str = "application/json") -> dict:
        """Return what the registry itself answers, past any engine."""
        pair = b64encode(f"{self.user}:{self.password}".encode()).decode()
        request = urllib.request.Request(
            f"http://{self.address}{path}",
            headers={"Authorization": f"Basic {pair}", "Accept": accept},
        )
        # A proxy of this machine has no business with a loopback address.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=REQUEST_TIMEOUT_SECONDS) as answer:
            return json.loads(answer.read())

    def tags(self, repository: str) -> list[str]:
        """Return a repository's tags; none where it is unknown."""
        try:
            return sorted(self.call(f"/v2/{repository}/tags/list")["tags"] or [])
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return []
            raise

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=300)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=300)


@contextlib.contextmanager
def running_registry(folder: Path) -> Iterator[Registry]:
    """Run a registry whose data lies in a folder for the body."""
    registry = Registry(folder)
    registry.start()
    try:
        yield registry
    finally:
        registry.stop()
