"""What goes wrong with a request, and when."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

WRITING = ("POST", "PATCH", "DELETE")


@dataclass
class Fault:
    """One rule; the first that matches a request is used up by it.

    `kind` is one of

        status         answered with `status`, `headers` and `message`; nothing was done
        drop           the connection ends; nothing was done
        drop-after     what was asked is done, and the connection ends without an answer
        status-after   what was asked is done, and answered with `status`
        half-upload    an asset in state `starter` is left, and the answer is 502
        hold           nothing was done, and no answer comes until the client is gone
        hold-after     what was asked is done, and no answer comes
        call           `action` is called first; then the request goes its way
    """

    kind: str
    method: str = ""
    path: str = ""
    # How many matching requests go their way first.
    skip: int = 0
    count: int = 1
    status: int = 502
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    action: Callable[[], None] | None = None
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def takes(self, method: str, path: str) -> bool:
        """Say whether a request meets this fault, and count it."""
        wanted = (
            method in WRITING
            if self.method == "writing"
            else self.method in ("", method)
        )
        if self.count < 1 or not wanted or not re.search(self.path, path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.count -= 1
        return True
