"""The log of every request, one JSON line each, from which tests prove what was called."""

from __future__ import annotations

import datetime
import json
import re
import threading
from pathlib import Path
from typing import Any

from localcloud.wire import WireRequest

# The parts of a request that say what it is about; nothing in them is secret.
SUBJECTS = re.compile(
    r"(Stack|ChangeSet|Key|Role)Name|ChangeSetType|(Image|SourceImage|Export(Image)?Task)Id"
    r"|SourceRegion|(Instance|Snapshot|KeyPair|Volume)Id(\.\d+)?"
    r"|TagSpecification\.\d+\.(ResourceType|Tag\.\d+\.Key)|Tags\.member\.\d+\.Key"
)


class RequestLog:
    """Appends to `requests.ndjson`; holds no header, and of the form only what names things."""

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
        demands: list[dict[str, Any]] | None = None,
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
            if "x-amz-tagging" in request.headers:
                line["tagged"] = True
        if subjects := _subjects(request.form):
            line["subjects"] = subjects
        if fault:
            line["fault"] = fault
        if demands is not None:
            line["demands"] = demands
        text = json.dumps(line, ensure_ascii=False)
        with self._lock:
            self._file.write(text + "\n")
            self._file.flush()


def _subjects(form: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if SUBJECTS.fullmatch(name)}
