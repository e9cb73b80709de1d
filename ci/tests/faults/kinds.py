"""The kinds of faults: what each does with the call that it meets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from localcloud.answers import error_answer

from .proxy import Call, ConnectionEnds, FaultProxy, Spoil
from .wire import Request, Response

PORTAL = b"<html><head><title>Sign in</title></head><body>Who are you?</body></html>"
# What each protocol of AWS says with a status; `query` is CloudFormation, IAM and STS.
CODES = {
    (500, "s3"): "InternalError",
    (500, "ec2"): "InternalError",
    (500, "query"): "InternalFailure",
    (500, "json"): "InternalServerError",
    (503, "s3"): "SlowDown",
    (503, "ec2"): "Unavailable",
    (503, "query"): "ServiceUnavailable",
    (503, "json"): "ServiceUnavailableException",
    (409, "s3"): "OperationAborted",
    (412, "s3"): "PreconditionFailed",
    (307, "s3"): "TemporaryRedirect",
}
AWS = {"s3", "ec2", "query", "json"}


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    `kills` where the program ends by it; `passes` where a call that may be repeated overcomes it;
    `times` calls in a row meet it.
    """

    name: str
    spoil: Spoil
    kills: bool = False
    passes: bool = False
    times: int = 1
    meets: Callable[[Call], bool] = lambda call: True
    again: bool = False


def _killed(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    proxy.kill()
    raise ConnectionEnds


def _killed_after(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    proxy.forward(request)
    return _killed(proxy, request, call)


def _killed_and_late(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    proxy.kill()
    proxy.forward_late(request)
    raise ConnectionEnds


def _late(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    proxy.forward_late(request)
    raise ConnectionEnds


def _dropped(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    raise ConnectionEnds


def _dropped_after(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    proxy.forward(request)
    raise ConnectionEnds


def _status(status: int, *, has_body: bool = True, after: bool = False) -> Spoil:
    def spoil(proxy: FaultProxy, request: Request, call: Call) -> bytes:
        if after:
            proxy.forward(request)
        return _refusal(status, request, call, has_body=has_body).raw()

    return spoil


def _refusal(status: int, request: Request, call: Call, *, has_body: bool) -> Response:
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    is_empty = request.method == "HEAD" or not has_body
    if call.protocol in AWS:
        code = CODES.get((status, call.protocol), HTTPStatus(status).name.title())
        answer = error_answer(
            call.protocol, status, code, "a fault of the matrix", without_body=is_empty
        )
        headers, body = list(answer.headers), answer.body
    else:
        text = json.dumps({"message": "a fault of the matrix"}).encode()
        headers, body = [("Content-Type", "application/json")], text
    if status == HTTPStatus.TEMPORARY_REDIRECT:
        headers.append(("Location", f"http://{request.header('host')}{request.target}"))
    headers.append(("Content-Length", "0" if is_empty else str(len(body))))
    return Response(line, headers, b"" if is_empty else body)


def _portal(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    headers = [("Content-Type", "text/html"), ("Content-Length", str(len(PORTAL)))]
    return Response("HTTP/1.1 200 OK", headers, PORTAL).raw()


def _portal_after(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    proxy.forward(request)
    return _portal(proxy, request, call)


def _nul(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    answer = proxy.forward(request)
    middle = len(answer.body) // 2
    answer.body = answer.body[:middle] + b"\0\0\0\0" + answer.body[middle:]
    return answer.raw(len(answer.body))


def _cut_off(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    answer = proxy.forward(request)
    return answer.raw(len(answer.body) + 10)


def _overlong(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    answer = proxy.forward(request)
    return answer.raw(len(answer.body) // 2)


def _no_http(proxy: FaultProxy, request: Request, call: Call) -> bytes:
    return b"\x15\x03\x01\x00\x02\x02\x50"


def _has_body(call: Call) -> bool:
    return call.method != "HEAD"


def _is_head(call: Call) -> bool:
    return call.method == "HEAD"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("kill-before", _killed, kills=True),
        Kind("kill-after", _killed_after, kills=True),
        Kind("kill-late", _killed_and_late, kills=True),
        Kind("kill-twice", _killed_after, kills=True, again=True),
        Kind("late", _late),
        Kind("lost-before", _dropped, passes=True),
        Kind("lost-after", _dropped_after, passes=True),
        Kind("500", _status(500), passes=True),
        Kind("500-after", _status(500, after=True), passes=True),
        Kind("500-thrice", _status(500), times=3),
        Kind("503", _status(503), passes=True),
        Kind("409", _status(409)),
        Kind("412", _status(412)),
        Kind("307", _status(307)),
        Kind("409-bare", _status(409, has_body=False), meets=_has_body),
        Kind("head-400", _status(400), meets=_is_head),
        Kind("head-403", _status(403), meets=_is_head),
        Kind("portal", _portal),
        Kind("portal-after", _portal_after),
        Kind("nul", _nul, meets=_has_body),
        Kind("too-short", _cut_off, meets=_has_body),
        Kind("too-long", _overlong, meets=_has_body),
        Kind("no-http", _no_http),
    )
}
