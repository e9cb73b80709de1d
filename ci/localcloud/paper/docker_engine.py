"""A Docker engine of records on a unix socket: enough of the Engine API to build and push.

Containers become healthy at once and end with status 0; images are what was committed. What is
wrong with it is set in `faults`:

    "commit": 500          the call is answered with that status
    "push": "denied: …"    the registry's words, in a stream that begins with HTTP 200
    "health": "unhealthy"  what every container's health check says
    "exit": 137            the status that a stopped container ends with
    "networks": ["host"]   the networks that there are (default bridge and host)
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BASE_IMAGE = "ubuntu:22.04"


class PaperDockerEngine:
    """The engine's state, and the server that tells and changes it."""

    def __init__(self, socket: Path):
        self.socket = socket
        self.faults: dict[str, Any] = {}
        self.calls: list[str] = []
        self.credentials: list[dict[str, str]] = []
        self.containers: dict[str, dict[str, Any]] = {}
        self.images: dict[str, dict[str, Any]] = {}
        self.registry: dict[str, str] = {}
        self.manifests: dict[str, dict[str, Any]] = {}
        self._server = _Server(str(socket), self)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def add_image(self, *names: str) -> str:
        """Put an image there, as if somebody had pulled it."""
        image_id = "sha256:" + secrets.token_hex(32)
        self.images[image_id] = {
            "Id": image_id,
            "RepoTags": list(names),
            "RepoDigests": [],
            "Size": 1 << 20,
            "Config": {"Labels": {}},
        }
        return image_id

    def image(self, name: str) -> dict[str, Any] | None:
        """Return an image by id or by one of its names."""
        for image in self.images.values():
            if name in (image["Id"], *image["RepoTags"], *image["RepoDigests"]):
                return image
        return None

    def container(self, name: str) -> dict[str, Any] | None:
        """Return a container by id or name."""
        for container in self.containers.values():
            if name in (container["Id"], container["Name"].lstrip("/")):
                return container
        return None

    def give_name(self, image_id: str, name: str) -> None:
        """Move a name to an image."""
        for image in self.images.values():
            if name in image["RepoTags"]:
                image["RepoTags"].remove(name)
        self.images[image_id]["RepoTags"].append(name)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self.socket.unlink(missing_ok=True)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, engine: PaperDockerEngine):
        self.engine = engine
        super().__init__(path, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        engine, url = self.server.engine, urlsplit(self.path)
        self.query = {k: v[0] for k, v in parse_qs(url.query).items()}
        size = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(size)
        self.body = json.loads(text) if text else {}
        path = unquote(re.sub(r"^/v[\d.]+", "", url.path))
        for method, pattern, name in ROUTES:
            found = re.fullmatch(pattern, path)
            if method == self.command and found:
                engine.calls.append(name)
                if (
                    isinstance(status := engine.faults.get(name), int)
                    and name != "exit"
                ):
                    self._answer(status, {"message": f"{name} does not work today"})
                else:
                    getattr(self, f"_{name}")(engine, *found.groups())
                return
        self._answer(501, {"message": f"no such call: {self.command} {path}"})

    def _answer(self, status: int, body: Any = None) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _missing(self, what: str) -> None:
        self._answer(404, {"message": f"No such {what}"})

    def _ping(self, engine: PaperDockerEngine) -> None:
        self._answer(200, "OK")

    def _network(self, engine: PaperDockerEngine, name: str) -> None:
        if name in engine.faults.get("networks", ["bridge", "host"]):
            self._answer(200, {"Name": name})
        else:
            self._missing("network")

    def _inspect_image(self, engine: PaperDockerEngine, name: str) -> None:
        image = engine.image(name)
        if image is None:
            self._missing("image")
        else:
            self._answer(200, image)

    def _pull(self, engine: PaperDockerEngine) -> None:
        name, tag = self.query["fromImage"], self.query["tag"]
        if tag.startswith("sha256:"):
            if (pushed := engine.manifests.get(tag)) is None:
                self._lines([{"errorDetail": {"message": "gone"}, "error": "gone"}])
                return
            image = engine.images.setdefault(pushed["Id"], pushed | {"RepoTags": []})
            image["RepoDigests"] = [f"{name}@{tag}"]
        else:
            engine.add_image(f"{name}:{tag}")
        self._lines([{"status": "Pull complete", "id": "aa", "progressDetail": {}}])

    def _create(self, engine: PaperDockerEngine) -> None:
        name = self.query["name"]
        if engine.container(name) is not None:
            self._answer(409, {"message": f"the name {name} is in use"})
            return
        identity = secrets.token_hex(32)
        engine.containers[identity] = {
            "Id": identity,
            "Name": f"/{name}",
            "State": {"Running": False, "ExitCode": 0},
            "Config": {"Labels": self.body.get("Labels") or {}, "Of": self.body},
        }
        self._answer(201, {"Id": identity})

    def _with_container(self, engine: PaperDockerEngine, name: str) -> dict | None:
        container = engine.container(name)
        if container is None:
            self._missing(f"container: {name}")
        return container

    def _start(self, engine: PaperDockerEngine, name: str) -> None:
        if (container := self._with_container(engine, name)) is not None:
            health = engine.faults.get("health", "healthy")
            container["State"] |= {
                "Running": True,
                "Health": {"Status": health, "Log": [{"Output": "curl: (7) refused"}]},
            }
            self._answer(204)

    def _stop(self, engine: PaperDockerEngine, name: str) -> None:
        if (container := self._with_container(engine, name)) is not None:
            status = engine.faults.get("exit", 0)
            container["State"] |= {"Running": False, "ExitCode": status}
            self._answer(204)

    def _list(self, engine: PaperDockerEngine) -> None:
        wanted = json.loads(self.query["filters"])["label"]
        rows = []
        for container in engine.containers.values():
            labels = container["Config"]["Labels"]
            texts = {*labels, *(f"{name}={value}" for name, value in labels.items())}
            if texts.issuperset(wanted):
                state = "running" if container["State"]["Running"] else "exited"
                row = {"Id": container["Id"], "Names": [container["Name"]]}
                rows.append(row | {"State": state, "Labels": labels})
        self._answer(200, rows)

    def _inspect(self, engine: PaperDockerEngine, name: str) -> None:
        if (container := self._with_container(engine, name)) is not None:
            self._answer(200, container)

    def _logs(self, engine: PaperDockerEngine, name: str) -> None:
        self._answer(200)

    def _remove(self, engine: PaperDockerEngine, name: str) -> None:
        if (container := self._with_container(engine, name)) is not None:
            del engine.containers[container["Id"]]
            self._answer(204)

    def _commit(self, engine: PaperDockerEngine) -> None:
        if self._with_container(engine, self.query["container"]) is None:
            return
        image_id = engine.add_image()
        engine.images[image_id]["Config"] = self.body
        engine.give_name(image_id, f"{self.query['repo']}:{self.query['tag']}")
        self._answer(201, {"Id": image_id})

    def _tag(self, engine: PaperDockerEngine, name: str) -> None:
        image = engine.image(name)
        if image is None:
            self._missing("image")
            return
        engine.give_name(image["Id"], f"{self.query['repo']}:{self.query['tag']}")
        self._answer(201)

    def _push(self, engine: PaperDockerEngine, name: str) -> None:
        engine.credentials.append(
            json.loads(base64.urlsafe_b64decode(self.headers["X-Registry-Auth"]))
        )
        reference = f"{name}:{self.query['tag']}"
        lines: list[dict] = [{"status": f"The push refers to repository [{name}]"}]
        if words := engine.faults.get("push"):
            lines.append({"errorDetail": {"message": words}, "error": words})
        else:
            image = engine.image(reference)
            digest = "sha256:" + hashlib.sha256(image["Id"].encode()).hexdigest()
            image["RepoDigests"] = [f"{name}@{digest}"]
            engine.registry[reference] = digest
            engine.manifests[digest] = dict(image)
            detail = {"current": 10, "total": 20}
            lines += [
                {"status": "Pushing", "id": "aa", "progressDetail": detail},
                {"status": "Pushed", "id": "aa", "progressDetail": {}},
                {
                    "progressDetail": {},
                    "aux": {"Tag": "t", "Digest": digest, "Size": 9},
                },
            ]
        self._lines(lines)

    def _lines(self, lines: list[dict]) -> None:
        data = "".join(json.dumps(line) + "\r\n" for line in lines).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _distribution(self, engine: PaperDockerEngine, name: str) -> None:
        if (digest := engine.registry.get(name)) is None:
            self._missing("manifest")
        else:
            self._answer(200, {"Descriptor": {"digest": digest}})

    def _remove_image(self, engine: PaperDockerEngine, name: str) -> None:
        image = engine.image(name)
        if image is None:
            self._missing("image")
            return
        for names in (image["RepoTags"], image["RepoDigests"]):
            if name in names:
                names.remove(name)
        is_digest = "@" in name
        if name == image["Id"] or not (
            image["RepoTags"] or (is_digest and image["RepoDigests"])
        ):
            del engine.images[image["Id"]]
        self._answer(200, [])


ROUTES = [
    ("GET", "/_ping", "ping"),
    ("GET", "/networks/(.+)", "network"),
    ("GET", "/images/(.+)/json", "inspect_image"),
    ("POST", "/images/create", "pull"),
    ("POST", "/images/(.+)/tag", "tag"),
    ("POST", "/images/(.+)/push", "push"),
    ("DELETE", "/images/(.+)", "remove_image"),
    ("GET", "/distribution/(.+)/json", "distribution"),
    ("POST", "/containers/create", "create"),
    ("POST", "/containers/(.+)/start", "start"),
    ("POST", "/containers/(.+)/stop", "stop"),
    ("GET", "/containers/json", "list"),
    ("GET", "/containers/(.+)/json", "inspect"),
    ("GET", "/containers/(.+)/logs", "logs"),
    ("DELETE", "/containers/(.+)", "remove"),
    ("POST", "/commit", "commit"),
]
