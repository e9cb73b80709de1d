"""HTTP as bytes: reads whole messages, and changes what an answer says of itself."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import BinaryIO

from localcloud.signature import SignatureError, read_claim
from localcloud.wire import WireRequest, identify

ANSWER_LIMIT_SECONDS = 300
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# Ids in a path that no two runs have in common.
VARYING = re.compile(r"(?<=[/=])(\d{2,}|[^/]*[0-9a-f]{12,}[^/]*)(?=[/?]|$)")


@dataclass
class Request:
    """One request, whole."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, empty where there is none."""
        return next((v for k, v in self.headers if k.lower() == name), "")

    def raw(self) -> bytes:
        """Return its bytes, with the wish that the connection ends with the answer."""
        kept = [
            (k, v) for k, v in self.headers if k.lower() not in ("connection", "expect")
        ]
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{k}: {v}" for k, v in [*kept, ("Connection", "close")]]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


@dataclass
class Response:
    """One answer, whole, its body as it lies on the wire without chunks."""

    status_line: str
    headers: list[tuple[str, str]]
    body: bytes

    def raw(self, length: int | None = None) -> bytes:
        """Return its bytes; `length` is what it says of its body, by default the truth."""
        left_out = {"transfer-encoding", "connection"}
        if length is not None:
            left_out.add("content-length")
        lines = [f"{k}: {v}" for k, v in self.headers if k.lower() not in left_out]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        head = "\r\n".join([self.status_line, *lines, "Connection: close"])
        return head.encode("latin-1") + b"\r\n\r\n" + self.body


def read_request(stream: BinaryIO, connection: socket.socket) -> Request | None:
    """Read one request; `None` where the client is gone."""
    first = stream.readline()
    if not first.endswith(b"\r\n"):
        return None
    method, target, _ = first.decode("latin-1").split(" ", 2)
    request = Request(method, target, _read_headers(stream), b"")
    if request.header("expect"):
        connection.sendall(CONTINUE)
    if request.header("transfer-encoding"):
        request.body = _read_chunks(stream, is_raw=True)
    else:
        request.body = stream.read(int(request.header("content-length") or 0))
    return request


def read_response(stream: BinaryIO, method: str) -> Response:
    """Read one answer to its end, which is that of the connection."""
    status_line = stream.readline().decode("latin-1").rstrip()
    if not status_line:
        raise ConnectionError("the server behind the proxy answered nothing")
    headers = _read_headers(stream)
    chunked = any(k.lower() == "transfer-encoding" for k, v in headers)
    if method == "HEAD":
        return Response(status_line, headers, b"")
    body = _read_chunks(stream, is_raw=False) if chunked else stream.read()
    response = Response(status_line, headers, body)
    if not any(k.lower() == "content-length" for k, _ in headers) and body:
        response.headers.append(("Content-Length", str(len(body))))
    return response


def label(request: Request) -> tuple[str, str]:
    """Return what a request is about, such as `ec2:CreateImage`, and the shape of its errors."""
    path, _, query = request.target.partition("?")
    headers = {k.lower(): v for k, v in request.headers}
    if "x-github-api-version" in headers or path.startswith("/uploads/"):
        return f"github:{request.method} {_shortened(path)}", "github"
    if not headers.get("authorization", "").startswith("AWS4"):
        return f"docker:{request.method} {_shortened(path)}", "docker"
    wire = WireRequest(request.method, path, query, headers)
    if "x-www-form-urlencoded" in headers.get("content-type", ""):
        text = request.body.decode("utf-8", "replace")
        wire.form = dict(part.partition("=")[::2] for part in text.split("&"))
    try:
        claim = read_claim(wire)
    except SignatureError:
        claim = None
    identify(wire, claim.scope if claim else None)
    return wire.name, wire.protocol


def _shortened(path: str) -> str:
    return VARYING.sub("*", path)


def _read_headers(stream: BinaryIO) -> list[tuple[str, str]]:
    headers = []
    while (line := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    return headers


def _read_chunks(stream: BinaryIO, *, is_raw: bool) -> bytes:
    raw = whole = b""
    while True:
        line = stream.readline()
        size = int(line.split(b";")[0], 16)
        chunk = stream.read(size)
        raw += line + chunk + stream.read(2)
        whole += chunk
        if size == 0:
            return raw if is_raw else whole
