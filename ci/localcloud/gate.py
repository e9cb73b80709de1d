"""The WSGI application in front of moto: identifies, verifies, logs, and injects faults."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import IO, Any
from urllib.parse import parse_qsl

from localcloud.answers import Answer, StartResponse, error_answer
from localcloud.control import ControlArea
from localcloud.emulation.iam import permissions, web_identity
from localcloud.emulation.iam.identities import administrator
from localcloud.faults import FaultRule, Faults
from localcloud.in_flight import InFlight
from localcloud.requestlog import RequestLog
from localcloud.signature import KnownKey, SignatureError, read_claim, verify
from localcloud.wire import WireRequest, identify

MEMORY_LIMIT_BYTES = 8 << 20
FORM_LIMIT_BYTES = 1 << 20
CHUNK_BYTES = 1 << 20

# What each service answers for a refused signature: (status, code).
REFUSALS: dict[str, dict[str, tuple[int, str]]] = {
    "missing": {
        "s3": (403, "AccessDenied"),
        "ec2": (401, "AuthFailure"),
        "json": (400, "MissingAuthenticationTokenException"),
        "query": (403, "MissingAuthenticationToken"),
    },
    "malformed": {
        "s3": (400, "AuthorizationHeaderMalformed"),
        "ec2": (401, "AuthFailure"),
        "json": (400, "IncompleteSignatureException"),
        "query": (400, "IncompleteSignature"),
    },
    "unknown-key": {
        "s3": (403, "InvalidAccessKeyId"),
        "ec2": (401, "AuthFailure"),
        "json": (400, "UnrecognizedClientException"),
        "query": (403, "InvalidClientTokenId"),
    },
    "bad-token": {
        "s3": (400, "InvalidToken"),
        "ec2": (401, "AuthFailure"),
        "json": (400, "UnrecognizedClientException"),
        "query": (403, "InvalidClientTokenId"),
    },
    "expired-token": {
        "s3": (400, "ExpiredToken"),
        "ec2": (400, "RequestExpired"),
        "json": (400, "ExpiredTokenException"),
        "query": (403, "ExpiredToken"),
    },
    "skewed": {
        "s3": (403, "RequestTimeTooSkewed"),
        "ec2": (400, "RequestExpired"),
        "json": (400, "InvalidSignatureException"),
        "query": (403, "SignatureDoesNotMatch"),
    },
    "mismatch": {
        "s3": (403, "SignatureDoesNotMatch"),
        "ec2": (401, "AuthFailure"),
        "json": (400, "InvalidSignatureException"),
        "query": (403, "SignatureDoesNotMatch"),
    },
}
S3_REFUSALS = {
    "payload": (400, "XAmzContentSHA256Mismatch"),
    "expired": (403, "AccessDenied"),
    "unsigned-header": (403, "AccessDenied"),
    "no-payload-hash": (400, "InvalidRequest"),
    "streaming": (501, "NotImplemented"),
}


class Gate:
    """Lets only properly signed requests through to the emulated services."""

    def __init__(
        self,
        application: Callable[[dict[str, Any], StartResponse], Iterable[bytes]],
        control: ControlArea,
        find_key: Callable[[str], KnownKey | None],
        faults: Faults,
        log: RequestLog,
        lock: threading.RLock,
    ):
        self._application = application
        self._control = control
        self._find_key = find_key
        self._faults = faults
        self._log = log
        # moto's dictionaries know no threads, and conditional writes must be atomic.
        self._lock = lock
        self.in_flight = InFlight()
        self._policies: list[Callable[[WireRequest], Answer | None]] = []

    def add_policy(self, refusal: Callable[[WireRequest], Answer | None]) -> None:
        """Let `refusal` answer signed requests that an account's policy forbids."""
        self._policies.append(refusal)

    def __call__(
        self, environ: dict[str, Any], start: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        request = _wire_request(environ)
        if request.raw_path.startswith("/localcloud/"):
            body = _read_body(environ, request)
            return self._control.answer(request, body.read()).send(start)
        with self.in_flight:
            return self._answer(environ, request, start)

    def _answer(
        self, environ: dict[str, Any], request: WireRequest, start: StartResponse
    ) -> Iterable[bytes]:
        started = time.monotonic()
        body = _read_body(environ, request)
        if request.raw_path.startswith("/moto-api"):
            return self._dispatch(environ, body, start)
        try:
            principal = self._identify(request, body).principal
        except SignatureError as error:
            answer = _refusal_answer(request, error)
            self._record(request, answer.status, f"refused: {error.reason}", started)
            return answer.send(start)
        for policy in self._policies:
            if (denied := policy(request)) is not None:
                self._record(request, denied.status, "ok", started)
                return denied.send(start)
        if principal is None:
            with self._lock:
                refusal = permissions.refusal_to_assume(request, body, administrator())
            if refusal is not None:
                self._record(request, refusal.status, "denied", started)
                return refusal.send(start)
            return self._serve(environ, request, body, start, started)
        request.demands = []
        with permissions.acting(principal, request.demands):
            with self._lock:
                refusal = permissions.refusal_of(request, body, principal)
            if refusal is not None:
                self._record(request, refusal.status, "denied", started)
                return refusal.send(start)
            return self._serve(environ, request, body, start, started)

    def _identify(self, request: WireRequest, body: IO[bytes]) -> KnownKey:
        """Return the key of a request; raises `SignatureError` where it is not let in."""
        claim = None
        if request.method == "POST" and "x-www-form-urlencoded" in request.headers.get(
            "content-type", ""
        ):
            request.form = dict(
                parse_qsl(body.read(FORM_LIMIT_BYTES).decode("utf-8", "replace"))
            )
            body.seek(0)
        try:
            claim = read_claim(request)
            if claim is None and web_identity.claims_unsigned(request):
                request.service, request.operation = "sts", web_identity.ACTION
                return KnownKey("")
            identify(request, claim.scope if claim else None)
            now = datetime.datetime.now(datetime.UTC)
            return verify(request, claim, self._find_key, now)
        except SignatureError:
            if not request.service:
                identify(request, claim.scope if claim else None)
            raise

    def _serve(
        self,
        environ: dict[str, Any],
        request: WireRequest,
        body: IO[bytes],
        start: StartResponse,
        started: float,
    ) -> Iterable[bytes]:
        rules = self._faults.take(request.name, request.key)
        for rule in rules:
            time.sleep(rule.delaySeconds)
        rule = next((r for r in rules if r.status or r.dropConnection), None)
        if rule is not None and rule.dropConnection != "after":
            return self._fail(environ, request, rule, start, started)
        seen: list[int] = []

        def recording_start(
            status: str, headers: list, exc_info: object = None
        ) -> object:
            seen.append(int(status.split()[0]))
            return start(status, headers) if rule is None else None

        answer = self._dispatch(environ, body, recording_start)
        if rule is not None:
            self._record(request, 0, "ok", started, "drop after")
            return _drop_connection(environ)
        fault = "delay" if rules else None
        self._record(request, seen[0] if seen else 0, "ok", started, fault)
        return answer

    def _fail(
        self,
        environ: dict[str, Any],
        request: WireRequest,
        rule: FaultRule,
        start: StartResponse,
        started: float,
    ) -> Iterable[bytes]:
        if rule.dropConnection:
            self._record(request, 0, "ok", started, "drop before")
            return _drop_connection(environ)
        self._record(request, rule.status, "ok", started, rule.code)
        answer = error_answer(
            request.protocol,
            rule.status,
            rule.code,
            rule.message,
            without_body=request.method == "HEAD",
        )
        return answer.send(start)

    def _dispatch(
        self, environ: dict[str, Any], body: IO[bytes], start: StartResponse
    ) -> Iterable[bytes]:
        environ["wsgi.input"] = body
        with self._lock:
            return self._application(environ, start)

    def _record(
        self,
        request: WireRequest,
        status: int,
        signature: str,
        started: float,
        fault: str | None = None,
    ) -> None:
        demands = request.demands
        self._log.record(
            request,
            status=status,
            signature=signature,
            seconds=time.monotonic() - started,
            fault=fault,
            demands=None if demands is None else [asdict(d) for d in demands],
        )


def _wire_request(environ: dict[str, Any]) -> WireRequest:
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ["PATH_INFO"]
    path, _, query = raw.partition("?")
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    # WSGI decodes header bytes as Latin-1; clients sign UTF-8.
    headers = {name: _utf8(value) for name, value in headers.items()}
    return WireRequest(environ["REQUEST_METHOD"], path, query, headers)


def _utf8(value: str) -> str:
    return value.encode("latin-1", "replace").decode("utf-8", "replace")


def _read_body(environ: dict[str, Any], request: WireRequest) -> IO[bytes]:
    """Read the whole body, digesting it; a large one lies in a temporary file."""
    body = tempfile.SpooledTemporaryFile(MEMORY_LIMIT_BYTES)  # noqa: SIM115 - moto reads it
    digest, size_bytes = hashlib.sha256(), 0
    is_chunked = bool(environ.get("wsgi.input_terminated"))
    left_bytes = int(environ.get("CONTENT_LENGTH") or 0)
    while is_chunked or left_bytes > 0:
        wanted = CHUNK_BYTES if is_chunked else min(CHUNK_BYTES, left_bytes)
        chunk = environ["wsgi.input"].read(wanted)
        if not chunk:
            break
        digest.update(chunk)
        body.write(chunk)
        size_bytes += len(chunk)
        left_bytes -= len(chunk)
    body.seek(0)
    environ["CONTENT_LENGTH"] = str(size_bytes)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    request.body_digest = digest.hexdigest()
    return body  # type: ignore[return-value]


def _refusal_answer(request: WireRequest, error: SignatureError) -> Answer:
    protocol = request.protocol
    if protocol == "s3" and error.reason in S3_REFUSALS:
        status, code = S3_REFUSALS[error.reason]
    else:
        status, code = REFUSALS.get(error.reason, REFUSALS["mismatch"])[protocol]
    without_body = request.method == "HEAD"
    return error_answer(protocol, status, code, str(error), without_body=without_body)


def _drop_connection(environ: dict[str, Any]) -> Iterable[bytes]:
    """Close the connection without an answer, as a dying load balancer does."""
    connection: socket.socket = environ["werkzeug.socket"]
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("a fault rule dropped this connection")
