"""The log of every request, one JSON line each, from which tests prove what was called."""

from __future__ import annotations

import datetime
import json
import threading
from pathlib import Path

from localcloud.wire import WireRequest


class RequestLog:
    """Appends to `requests.ndjson`; holds no header, query or body, so no secret."""

    def __init__(self, path: Path):
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")

    def record(
        self,
        request: WireRequest,
        *,
        status: int,
        signature: str,
        seconds: float,
        fault: str | None = None,
    ) -> None:
        """Write one line; `status` is 0 where the connection was dropped unanswered."""
        now = datetime.datetime.now(datetime.UTC)
        line = {
            "time": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "service": request.service,
            "operation": request.name,
            "region": request.region,
            "class": request.kind,
            "status": status,
            "signature": signature,
            "seconds": round(seconds, 4),
        }
        if request.service == "s3":
            line |= {"bucket": request.bucket, "key": request.key}
        if fault:
            line["fault"] = fault
        text = json.dumps(line, ensure_ascii=False)
        with self._lock:
            self._file.write(text + "\n")
            self._file.flush()
