"""Answers one request after another."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import schema
from .faults import WRITING, Fault
from .state import READ_TOKEN, TOKEN, Asset, Release

VERSIONS = ("2022-11-28",)
HOLD_LIMIT_SECONDS = 900


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, message: str, *errors: dict[str, str]):
        super().__init__(message)
        self.status, self.message, self.errors = status, message, list(errors)


NOT_FOUND = (404, "Not Found")
TAKEN = {"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}
BODY_LIMIT_CHARACTERS = 125_000


def check_length(body: str | None) -> None:
    """Refuse a release's text of more Unicode characters, whatever bytes they take.

    Sources: https://github.com/softprops/action-gh-release/issues/374 and
    https://github.com/dead-claudia/github-limits/pull/13.
    """
    if body is not None and len(body) > BODY_LIMIT_CHARACTERS:
        message = f"body is too long (maximum is {BODY_LIMIT_CHARACTERS} characters)"
        error = {"resource": "Release", "code": "custom", "field": "body"}
        raise Refused(422, "Validation Failed", error | {"message": message})


class Handler(BaseHTTPRequestHandler):
    """The routes; `server.github` is what it all is about."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        self.hub = self.server.github
        url = urlsplit(self.path)
        self.query = {k: v[0] for k, v in parse_qs(url.query).items()}
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k.lower(): v for k, v in self.headers.items()}
        self.entry = {
            "method": self.command,
            "path": url.path,
            "query": url.query,
            "headers": headers,
            "status": None,
        }
        self.hub.log.append(self.entry)
        fault = self.hub.fault(self.command, url.path)
        if fault is None or not self._meet(fault, url.path):
            status, body, more = self._outcome(url.path)
            self._answer(status, body, more)

    def _meet(self, fault: Fault, path: str) -> bool:
        """Let a fault happen; false where the request goes its way all the same."""
        if fault.kind == "call":
            fault.action()
            return False
        if fault.kind.endswith("-after"):
            self._outcome(path)
        if fault.kind == "half-upload":
            release = self.hub.find(int(path.split("/")[-2]))
            name = self.query["name"]
            release.assets.append(Asset(name, b"", state="starter"))
            fault.kind, fault.status = "status", 502
        if fault.kind.startswith("status"):
            body = {"message": fault.message, "status": str(fault.status)}
            self._answer(fault.status, body, fault.headers)
            return True
        fault.reached.set()
        if fault.kind.startswith("hold"):
            fault.release.wait(HOLD_LIMIT_SECONDS)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
        return True

    def _outcome(self, path: str) -> tuple[int, Any, dict[str, str]]:
        try:
            with self.hub.lock:
                return self._route(path)
        except Refused as refusal:
            body: dict[str, Any] = {
                "message": refusal.message,
                "documentation_url": "https://docs.github.test/rest",
                "status": str(refusal.status),
            }
            if refusal.errors:
                body["errors"] = refusal.errors
            return refusal.status, body, {}

    def _answer(self, status: int, body: Any, headers: dict[str, str]) -> None:
        self.entry["status"] = status
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if status in (204, 304):
            content = b""
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        left = max(0, self.hub.rate_limit - self.hub.rate_used)
        limits = {
            "X-RateLimit-Limit": str(self.hub.rate_limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(int(self.hub.rate_reset)),
        }
        for name, value in (limits | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    # Rules that hold for every call

    def _route(self, path: str) -> tuple[int, Any, dict[str, str]]:
        hub = self.hub
        if path.startswith("/storage/"):
            return self._stored(path)
        self._check_client()
        is_upload = path.startswith(hub.upload_path + "/repos/")
        prefix = hub.upload_path if is_upload else hub.base_path
        if not path.startswith(prefix + "/repos/"):
            raise Refused(*NOT_FOUND)
        found = re.fullmatch(
            rf"{prefix}/repos/{re.escape(hub.repository)}/releases(/.*)?", path
        )
        if not found:
            raise Refused(*NOT_FOUND)
        self._count()
        rest = found[1] or ""
        for method, upload, pattern, name in ROUTES:
            match = re.fullmatch(pattern, rest)
            if match and method == self.command and upload == is_upload:
                return getattr(self, f"_{name}")(*map(int, match.groups()))
        raise Refused(*NOT_FOUND)

    def _check_client(self) -> None:
        if not self.headers.get("User-Agent"):
            raise Refused(403, "Request forbidden by administrative rules.")
        version = self.headers.get("X-GitHub-Api-Version", VERSIONS[0])
        if version not in VERSIONS:
            raise Refused(400, f"The API version {version} is not supported.")
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token") or token not in (
            TOKEN,
            READ_TOKEN,
        ):
            raise Refused(401, "Bad credentials")
        self.may_write = token == TOKEN
        if self.command in WRITING and not self.may_write:
            raise Refused(403, "Resource not accessible by personal access token")

    def _count(self) -> None:
        hub = self.hub
        if time.time() >= hub.rate_reset:
            hub.rate_used, hub.rate_reset = 0, time.time() + 3600
        if hub.rate_used >= hub.rate_limit:
            raise Refused(403, "API rate limit exceeded for user ID 1.")
        hub.rate_used += 1

    def _seen(self, release_id: int) -> Release:
        release = self.hub.find(release_id)
        if release is None or release.draft and not self.may_write:
            raise Refused(*NOT_FOUND)
        return release

    def _document(self, model: Any) -> dict[str, Any]:
        try:
            document = json.loads(self.content)
        except ValueError:
            raise Refused(400, "Problems parsing JSON") from None
        found = schema.problems(model, document)
        self.hub.violations += found
        if found:
            raise Refused(422, "Invalid request.\n\n" + "; ".join(found))
        return document

    def _asset_of(self, asset_id: int) -> tuple[Release, Asset]:
        for release in self.hub.releases:
            for asset in release.assets:
                if asset.id == asset_id and (self.may_write or not release.draft):
                    return release, asset
        raise Refused(*NOT_FOUND)

    # Answers

    def _release_json(self, release: Release) -> dict[str, Any]:
        hub = self.hub
        document = release.json(hub.url, hub.uploads_url, hub.tells_digest)
        hub.violations += schema.release_problems(document)
        return document

    def _asset_json(self, release: Release, asset: Asset) -> dict[str, Any]:
        document = asset.json(self.hub.url, release, self.hub.tells_digest)
        self.hub.violations += schema.asset_problems(document)
        return document

    def _read(
        self, body: Any, headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        """Answer a GET, or say that nothing is new, which costs nothing."""
        content = json.dumps(body).encode()
        tag = f'W/"{hashlib.sha256(content).hexdigest()}"'
        headers = headers | {"ETag": tag, "Content-Type": "application/json"}
        if self.headers.get("If-None-Match") == tag:
            self.hub.rate_used -= 1
            return 304, b"", headers
        return 200, content, headers

    def _page(self, elements: list[Any]) -> tuple[int, Any, dict[str, str]]:
        size = min(100, int(self.query.get("per_page", 30)))
        page = int(self.query.get("page", 1))
        last = max(1, -(-len(elements) // size))
        here = f"http://{self.headers['Host']}{urlsplit(self.path).path}"
        numbers = {"prev": page - 1, "first": 1} if page > 1 else {}
        if page < last:
            numbers |= {"next": page + 1, "last": last}
        links = ", ".join(
            f'<{here}?per_page={size}&page={number}>; rel="{name}"'
            for name, number in numbers.items()
        )
        part = elements[(page - 1) * size : page * size]
        return self._read(part, {"Link": links} if links else {})

    def _list_releases(self) -> tuple[int, Any, dict[str, str]]:
        seen = [r for r in self.hub.releases if self.may_write or not r.draft]
        newest_first = sorted(seen, key=lambda release: -release.id)
        return self._page([self._release_json(release) for release in newest_first])

    def _create_release(self) -> tuple[int, Any, dict[str, str]]:
        document = self._document(schema.CREATE_RELEASE)
        check_length(document.get("body"))
        release = self.hub.add(
            document["tag_name"],
            title=document.get("name"),
            body=document.get("body"),
            draft=document.get("draft", False),
            prerelease=document.get("prerelease", False),
            target=document.get("target_commitish", "main"),
        )
        return 201, self._release_json(release), {}

    def _get_release(self, release_id: int) -> tuple[int, Any, dict[str, str]]:
        return self._read(self._release_json(self._seen(release_id)), {})

    def _update_release(self, release_id: int) -> tuple[int, Any, dict[str, str]]:
        release = self._seen(release_id)
        document = self._document(schema.UPDATE_RELEASE)
        check_length(document.get("body"))
        names = {"name": "title", "tag_name": "tag", "target_commitish": "target"}
        for name, value in document.items():
            setattr(release, names.get(name, name), value)
        return 200, self._release_json(release), {}

    def _list_assets(self, release_id: int) -> tuple[int, Any, dict[str, str]]:
        release = self._seen(release_id)
        return self._page([self._asset_json(release, a) for a in release.assets])

    def _upload_asset(self, release_id: int) -> tuple[int, Any, dict[str, str]]:
        release = self._seen(release_id)
        kind, name = self.headers.get("Content-Type"), self.query.get("name")
        if not kind or not name:
            raise Refused(400, "Bad Request")
        self._check_mutable(release)
        asset = release.add(name, self.content, kind)
        if asset is None:
            raise Refused(422, "Validation Failed", TAKEN)
        return 201, self._asset_json(release, asset), {}

    def _get_asset(self, asset_id: int) -> tuple[int, Any, dict[str, str]]:
        release, asset = self._asset_of(asset_id)
        if self.headers.get("Accept") == "application/octet-stream":
            place = f"{self.hub.storage_url}/{asset.id}?sig=presigned"
            return 302, b"", {"Location": place}
        return self._read(self._asset_json(release, asset), {})

    def _update_asset(self, asset_id: int) -> tuple[int, Any, dict[str, str]]:
        release, asset = self._asset_of(asset_id)
        document = self._document(schema.UPDATE_ASSET)
        self._check_mutable(release)
        holder = release.asset(document.get("name", asset.name))
        if holder is not None and holder is not asset:
            raise Refused(422, "Validation Failed", TAKEN)
        asset.name = document.get("name", asset.name)
        return 200, self._asset_json(release, asset), {}

    def _delete_asset(self, asset_id: int) -> tuple[int, Any, dict[str, str]]:
        release, asset = self._asset_of(asset_id)
        self._check_mutable(release)
        release.assets.remove(asset)
        return 204, b"", {}

    def _check_mutable(self, release: Release) -> None:
        if release.immutable:
            raise Refused(422, "Cannot modify assets of an immutable release")

    def _stored(self, path: str) -> tuple[int, Any, dict[str, str]]:
        """Play the storage behind, which takes its signature and no token beside it."""
        if self.headers.get("Authorization") or self.query.get("sig") != "presigned":
            self.hub.violations.append("the storage was shown a token")
            raise Refused(400, "Only one auth mechanism allowed")
        self.may_write = True
        _, asset = self._asset_of(int(path.rsplit("/", 1)[1]))
        return 200, asset.content, {}


# Method, whether it goes to the host for uploads, what follows `releases`, and the method above.
ROUTES = (
    ("GET", False, r"", "list_releases"),
    ("POST", False, r"", "create_release"),
    ("GET", False, r"/(\d+)", "get_release"),
    ("PATCH", False, r"/(\d+)", "update_release"),
    ("GET", False, r"/(\d+)/assets", "list_assets"),
    ("POST", True, r"/(\d+)/assets", "upload_asset"),
    ("GET", False, r"/assets/(\d+)", "get_asset"),
    ("PATCH", False, r"/assets/(\d+)", "update_asset"),
    ("DELETE", False, r"/assets/(\d+)", "delete_asset"),
)
