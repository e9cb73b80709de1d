"""A registry on loopback with one image: what the engine asks before it asks the internet."""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from localcloud.engine.base_image import (
    CONFIG_TYPE,
    LAYER_TYPE,
    MANIFEST_TYPE,
    REPOSITORY,
    TAG,
    BaseImage,
    digest,
)

# Source: https://distribution.github.io/distribution/spec/api/
PATTERN = re.compile(rf"/v2/library/{re.escape(REPOSITORY)}/(manifests|blobs)/([^/?]+)")
IDLE_TIMEOUT_SECONDS = 60


class ImageMirror:
    """Serves the image that `find` returns; the first who asks for it waits until it is made."""

    def __init__(self, find: Callable[[], BaseImage]):
        self._find = find
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def find(self, kind: str, reference: str) -> tuple[Path, str, str] | None:
        """Return file, media type and digest of what the engine asks for."""
        if kind == "manifests" and reference != TAG and ":" not in reference:
            return None
        image = self._find()
        manifest_digest = digest(image.manifest)
        if kind == "manifests":
            if reference in (TAG, manifest_digest):
                return image.manifest, MANIFEST_TYPE, manifest_digest
            return None
        manifest = json.loads(image.manifest.read_text())
        if reference == manifest["config"]["digest"]:
            return image.config, CONFIG_TYPE, reference
        if reference == manifest["layers"][0]["digest"]:
            return image.layer, LAYER_TYPE, reference
        return None


def _handler(mirror: ImageMirror) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD as a registry does."""

        protocol_version = "HTTP/1.1"
        timeout = IDLE_TIMEOUT_SECONDS

        def do_GET(self) -> None:
            """Answer with the content."""
            self._answer(with_content=True)

        def do_HEAD(self) -> None:
            """Answer with size and digest only."""
            self._answer(with_content=False)

        def _answer(self, with_content: bool) -> None:
            if self.path.rstrip("/") == "/v2":
                self._send_json(200, {})
                return
            try:
                match = PATTERN.fullmatch(self.path)
                found = mirror.find(match[1], match[2]) if match else None
            except Exception as error:  # noqa: BLE001 - the engine must hear of it
                traceback.print_exc(file=sys.stderr)
                self._send_error(500, "UNKNOWN", f"the base image: {error}")
                return
            if found is None:
                self._send_error(404, "MANIFEST_UNKNOWN", "there is one image only")
                return
            path, media_type, content_digest = found
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.send_header("Docker-Content-Digest", content_digest)
            self.end_headers()
            if with_content:
                with path.open("rb") as file:
                    shutil.copyfileobj(file, self.wfile, 1 << 20)

        def _send_error(self, status: int, code: str, message: str) -> None:
            self._send_json(status, {"errors": [{"code": code, "message": message}]})

        def _send_json(self, status: int, document: dict) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nobody asks for a line a request."""

    return Handler
