"""Errors in the shape of each AWS protocol, as WSGI answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from xml.sax.saxutils import escape

from localcloud.rules import rule

StartResponse = Callable[..., object]


@dataclass
class Answer:
    """A whole HTTP answer."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the WSGI request with this."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        headers = [*self.headers, ("Content-Length", str(len(self.body)))]
        start_response(f"{self.status} {phrase}", headers)
        return [self.body]


def json_answer(status: int, document: object) -> Answer:
    """Return a plain JSON answer of the control area."""
    body = json.dumps(document, ensure_ascii=False).encode() + b"\n"
    return Answer(status, body, [("Content-Type", "application/json")])


def text_answer(status: int, text: str) -> Answer:
    """Return a plain text answer of the control area."""
    return Answer(
        status, text.encode(), [("Content-Type", "text/plain; charset=utf-8")]
    )


@rule("19")
def error_answer(
    protocol: str, status: int, code: str, message: str, *, without_body: bool = False
) -> Answer:
    """Return an error as AWS shapes it for `protocol` (`ec2`, `s3`, `json`, `query`)."""
    request_id = str(uuid.uuid4())
    headers = [("x-amzn-RequestId", request_id), ("Connection", "close")]
    if protocol == "json":
        document = {"__type": code, "message": message}
        body = json.dumps(document, ensure_ascii=False).encode()
        headers += [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("x-amzn-ErrorType", code),
        ]
    else:
        body = _xml_error(protocol, code, message, request_id).encode()
        headers += [
            ("Content-Type", "application/xml"),
            ("x-amz-request-id", request_id),
        ]
    return Answer(status, b"" if without_body else body, headers)


def _xml_error(protocol: str, code: str, message: str, request_id: str) -> str:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if protocol == "s3":
        return (
            f"{declaration}<Error>{inner}<RequestId>{request_id}</RequestId>"
            "<HostId>localcloud</HostId></Error>"
        )
    if protocol == "ec2":
        return (
            f"{declaration}<Response><Errors><Error>{inner}</Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    return (
        f"{declaration}<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
