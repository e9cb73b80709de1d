"""The server: a small part of the REST API over HTTP, with everything that may go wrong."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import github

from .faults import Fault
from .handler import Handler
from .state import READ_TOKEN, TOKEN, Release

HOUR_SECONDS = 3600


class GitHubServer:
    """All that the server knows, and how tests change and read it."""

    def __init__(self, base_path: str = "", upload_path: str = "/uploads"):
        self.repository = "exasol/data-science-sandbox"
        self.releases: list[Release] = []
        self.faults: list[Fault] = []
        self.tells_digest = True
        self.rate_limit = 5000
        self.rate_used = 0
        self.rate_reset = time.time() + HOUR_SECONDS
        # What the schema or the protocol forbids; a test that ends with any has failed.
        self.violations: list[str] = []
        self.log: list[dict[str, Any]] = []
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.github = self
        origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.base_path, self.upload_path = base_path, upload_path
        self.storage_url = f"{origin}/storage"
        self.url = origin + base_path
        self.uploads_url = origin + upload_path
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def add(self, tag: str, **fields: Any) -> Release:
        """Make a release."""
        release = Release(self.repository, tag, **fields)
        self.releases.append(release)
        return release

    def find(self, release_id: int) -> Release | None:
        """Return a release by id."""
        return next((r for r in self.releases if r.id == release_id), None)

    def fail(self, kind: str, **fields: Any) -> Fault:
        """Let a request fail; see faults.py."""
        fault = Fault(kind, **fields)
        self.faults.append(fault)
        return fault

    def before(self, method: str, path: str, action: Callable[[], None]) -> Fault:
        """Do something right before a request is answered."""
        return self.fail("call", method=method, path=path, action=action)

    def fault(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets."""
        with self.lock:
            return next((f for f in self.faults if f.takes(method, path)), None)

    def environment(self, token: str = TOKEN) -> dict[str, str]:
        """Return the variables that lead the program here."""
        return {"GITHUB_API_URL": self.url, "GITHUB_TOKEN": token}

    def calls(self, *methods: str) -> list[str]:
        """Return what was asked so far, such as `PATCH /repos/…`."""
        return [
            f"{entry['method']} {entry['path']}"
            for entry in self.log
            if not methods or entry["method"] in methods
        ]

    def eyes(self, release: Release) -> Any:
        """Return the release as PyGithub reads it."""
        client = github.Github(
            base_url=self.url,
            auth=github.Auth.Token(TOKEN),
            lazy=True,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        return client.get_repo(self.repository).get_release(release.id)

    def close(self) -> None:
        """Stop serving."""
        for fault in self.faults:
            fault.release.set()
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def running_github(**settings: Any) -> Iterator[GitHubServer]:
    """Run a server for the body, which must have kept to the schema."""
    server = GitHubServer(**settings)
    try:
        yield server
    finally:
        server.close()
    assert server.violations == []


__all__ = ["READ_TOKEN", "GitHubServer", "running_github"]
