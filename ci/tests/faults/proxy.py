"""Stands between the program and a server, counts calls, and spoils one of them."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .wire import (
    ANSWER_LIMIT_SECONDS,
    Request,
    Response,
    label,
    read_request,
    read_response,
)

LATE_SECONDS = 1.0


class ConnectionEnds(Exception):
    """No answer: the client sees its connection end."""


@dataclass(frozen=True, order=True)
class Call:
    """One call of an undisturbed run: an operation, and which of its calls, from 1."""

    operation: str
    number: int
    protocol: str = field(compare=False)
    method: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.operation}#{self.number}"


# What a fault does with the request that it meets: returns the bytes of an answer.
Spoil = Callable[["FaultProxy", Request, Call], bytes]


class FaultProxy:
    """Forwards to one server what comes to its own address.

    `spoil` is used from the armed call on, as often as `times` says. `kill` ends the program
    whose calls these are.
    """

    def __init__(
        self, upstream: tuple[str, int] | Path, socket_path: Path | None = None
    ):
        self._upstream = upstream
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._operation, self._number, self._left = "", 0, 0
        self._spoil: Spoil | None = None
        self._late: list[threading.Timer] = []
        self.calls: list[Call] = []
        self.met = 0
        self.kill: Callable[[], None] = lambda: None
        if socket_path is None:
            self._server = _TCPServer(("127.0.0.1", 0), self)
            self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        else:
            self._server = _UnixServer(str(socket_path), self)
            self.address = f"unix://{socket_path}"
        thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        thread.start()

    def begin(self) -> None:
        """Count from the first call again, and spoil none."""
        with self._lock:
            self._counts.clear()
            self.calls = []
            self._spoil, self._left, self.met = None, 0, 0

    def arm(self, operation: str, number: int, spoil: Spoil, times: int = 1) -> None:
        """Spoil the calls of an operation from a number on; `*` is any operation."""
        with self._lock:
            self._operation, self._number = operation, number
            self._spoil, self._left = spoil, times

    def forward(self, request: Request) -> Response:
        """Let the server do what is asked, and return its answer."""
        if isinstance(self._upstream, Path):
            upstream = socket.socket(socket.AF_UNIX)
            upstream.settimeout(ANSWER_LIMIT_SECONDS)
            upstream.connect(str(self._upstream))
        else:
            upstream = socket.create_connection(self._upstream, ANSWER_LIMIT_SECONDS)
        with upstream, upstream.makefile("rb") as stream:
            upstream.sendall(request.raw())
            return read_response(stream, request.method)

    def forward_late(self, request: Request) -> None:
        """Let the server do it in a moment, whoever asked being gone."""
        timer = threading.Timer(LATE_SECONDS, self._forward_quietly, (request,))
        self._late.append(timer)
        timer.start()

    def settle(self) -> None:
        """Wait until all that is late has arrived."""
        for timer in self._late:
            timer.join(ANSWER_LIMIT_SECONDS)

    def close(self) -> None:
        """Serve no more."""
        self.settle()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> bytes:
        """Answer a request, spoilt or not."""
        operation, protocol = label(request)
        with self._lock:
            self._counts[operation] += 1
            call = Call(operation, self._counts[operation], protocol, request.method)
            self.calls.append(call)
            is_any = self._operation == "*"
            number = len(self.calls) if is_any else call.number
            is_meant = (is_any or operation == self._operation) and self._left > 0
            spoil = self._spoil if is_meant and number >= self._number else None
            if spoil is not None:
                self._left -= 1
                self.met += 1
        if spoil is not None:
            return spoil(self, request, call)
        return self.forward(request).raw()

    def _forward_quietly(self, request: Request) -> None:
        with contextlib.suppress(OSError):
            self.forward(request)


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with contextlib.suppress(OSError), self.request.makefile("rb") as stream:
            request = read_request(stream, self.request)
            if request is None:
                return
            with contextlib.suppress(ConnectionEnds):
                self.request.sendall(self.server.proxy.answer(request))
            # Each connection serves one request, so that none is reused by chance.
            self.request.shutdown(socket.SHUT_RDWR)


class _TCPServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], proxy: FaultProxy):
        self.proxy = proxy
        super().__init__(address, _Handler)


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, path: str, proxy: FaultProxy):
        self.proxy = proxy
        super().__init__(path, _Handler)
