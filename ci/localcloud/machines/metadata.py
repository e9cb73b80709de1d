"""The instance metadata service, answering inside one machine's network namespace.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ADDRESS = ("169.254.169.254", 80)
CLONE_NEWNET = 0x40000000
MAX_TOKEN_SECONDS = 21600
VERSION = re.compile(r"^/(latest|\d{4}-\d{2}-\d{2})(?P<rest>/.*|$)")


class MetadataService:
    """Serves one machine's metadata; `describe` is asked anew for each request."""

    def __init__(self, namespace: Path, describe: Callable[[], dict[str, Any]]):
        self.describe = describe
        self.tokens: dict[str, float] = {}
        listener = _listen_in(namespace)
        self._server = _Server(self)
        self._server.socket = listener
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="metadata", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def issue_token(self, seconds: int) -> str:
        """Return a new session token."""
        token = secrets.token_urlsafe(40)
        self.tokens[token] = time.monotonic() + seconds
        return token

    def accepts(self, token: str | None) -> bool:
        """Return whether a request with that token header may read."""
        if token is None:
            return not self.describe()["tokens_required"]
        return self.tokens.get(token, 0) > time.monotonic()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: MetadataService):
        super().__init__(ADDRESS, _Handler, bind_and_activate=False)
        self.socket.close()
        self.service = service


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_: object) -> None:
        """Nobody reads a line per request."""

    def do_PUT(self) -> None:
        try:
            seconds = int(self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", ""))
        except ValueError:
            seconds = 0
        path = VERSION.match(self.path)
        if path is None or path["rest"] != "/api/token":
            self._answer(404, "")
        elif not 1 <= seconds <= MAX_TOKEN_SECONDS:
            self._answer(400, "")
        else:
            self._answer(200, self.server.service.issue_token(seconds))

    def do_GET(self) -> None:
        if not self.server.service.accepts(
            self.headers.get("X-aws-ec2-metadata-token")
        ):
            self._answer(401, "")
            return
        path = VERSION.match(self.path)
        rest = path["rest"] if path else None
        found = (
            None
            if rest is None
            else look_up(self.server.service.describe()["tree"], rest)
        )
        self._answer(404 if found is None else 200, found or "")

    def _answer(self, status: int, body: str | bytes) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def look_up(tree: Any, path: str) -> str | bytes | None:
    """Return what lies at a path of the tree: a value, or the listing of a folder."""
    node = tree
    for part in path.strip("/").split("/"):
        if not part:
            continue
        if not isinstance(node, dict):
            return None
        if part not in node:
            # The key pairs are listed as `0=name`, and looked up as `0`.
            part = next((name for name in node if name.startswith(f"{part}=")), "")
        node = node.get(part)
    if not isinstance(node, dict):
        return node
    names = []
    for name, child in node.items():
        is_folder = isinstance(child, dict) and "=" not in name
        names.append(f"{name}/" if is_folder else name)
    return "\n".join(names)


def metadata_tree(
    instance: Any, public_key: str | None, user_data: bytes | None
) -> dict:
    """Return an instance's metadata as a tree of folders and values."""
    address = instance.__dict__["localcloud_address"]
    region, zone = instance.region_name, instance._placement.zone
    mac = instance.nics[0].mac_address
    meta: dict[str, Any] = {
        "ami-id": instance.image_id,
        "ami-launch-index": str(instance.ami_launch_index),
        "block-device-mapping": {"ami": "sda1", "root": instance.root_device_name},
        "hostname": instance.private_dns_name,
        "instance-action": "none",
        "instance-id": instance.id,
        "instance-life-cycle": "on-demand",
        "instance-type": instance.instance_type,
        "local-hostname": instance.private_dns_name,
        "local-ipv4": instance.private_ip,
        "mac": mac,
        "network": {
            "interfaces": {
                "macs": {
                    mac: {
                        "device-number": "0",
                        "local-hostname": instance.private_dns_name,
                        "local-ipv4s": instance.private_ip,
                        "mac": mac,
                        "owner-id": instance.owner_id,
                        "public-ipv4s": address,
                        "subnet-id": instance.subnet_id or "",
                        "vpc-id": instance.vpc_id or "",
                    }
                }
            }
        },
        "placement": {"availability-zone": zone, "region": region},
        "public-hostname": address,
        "public-ipv4": address,
        "security-groups": "\n".join(group.name for group in instance.security_groups),
        "services": {"domain": "amazonaws.com", "partition": "aws"},
    }
    if public_key:
        meta["public-keys"] = {f"0={instance.key_name}": {"openssh-key": public_key}}
    tree: dict[str, Any] = {
        "dynamic": {"instance-identity": {"document": _identity(instance)}},
        "meta-data": meta,
    }
    if user_data:
        tree["user-data"] = user_data
    return tree


def _identity(instance: Any) -> str:
    document = {
        "accountId": instance.owner_id,
        "architecture": instance.architecture,
        "availabilityZone": instance._placement.zone,
        "imageId": instance.image_id,
        "instanceId": instance.id,
        "instanceType": instance.instance_type,
        "pendingTime": instance.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": instance.private_ip,
        "region": instance.region_name,
        "version": "2017-09-30",
    }
    return json.dumps(document, indent=2)


def _listen_in(namespace: Path) -> socket.socket:
    """Return a listening socket that belongs to a network namespace.

    A socket stays in the namespace it was made in; only the thread that makes it goes there.
    """
    made: list[socket.socket | OSError] = []

    def enter_and_listen() -> None:
        try:
            _set_namespace(namespace)
            listener = socket.create_server(ADDRESS, backlog=16)
            made.append(listener)
        except OSError as error:
            made.append(error)

    thread = threading.Thread(target=enter_and_listen)
    thread.start()
    thread.join(30)
    if not made:
        raise TimeoutError(f"`{namespace}` could not be entered in 30 s")
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]


def _set_namespace(namespace: Path) -> None:
    descriptor = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.setns(descriptor, CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(namespace))
    finally:
        os.close(descriptor)
