"""What a service of AWS would answer where moto has no route or breaks down."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from localcloud.answers import error_answer
from localcloud.wire import JSON_SERVICES


def shape_failures(application: Any) -> None:
    """Let a backend application answer in AWS's shapes, never with an HTML page."""
    from botocore.model import OperationNotFoundError
    from flask import Response
    from werkzeug.exceptions import HTTPException

    service = application.service
    protocol = service if service in ("ec2", "s3") else "query"
    protocol = "json" if service in JSON_SERVICES else protocol

    def answer(error: Exception) -> Response:
        is_unknown = isinstance(error, HTTPException) and (error.code or 500) < 500
        if is_unknown or isinstance(error, OperationNotFoundError):
            status, code = 400, "InvalidAction"
            message = f"the local cloud's `{service}` has no such operation"
        else:
            traceback.print_exception(error, file=sys.stderr)
            status, code = 500, "InternalError"
            message = (
                f"the local cloud broke down over this request: {type(error).__name__}"
            )
        shaped = error_answer(protocol, status, code, message)
        return Response(shaped.body, status, shaped.headers)

    application.register_error_handler(Exception, answer)
