"""The unauthenticated area `/localcloud/…`: health, own address, faults, instances."""

from __future__ import annotations

import json
from collections.abc import Callable

from localcloud.answers import Answer, json_answer, text_answer
from localcloud.faults import FaultRuleError, Faults
from localcloud.wire import WireRequest


class ControlArea:
    """Answers what tests and tools ask of the local cloud itself."""

    def __init__(self, faults: Faults, health: Callable[[], dict]):
        self._faults = faults
        self._health = health
        self._routes: dict[str, Callable[[str, bytes], Answer]] = {
            "checkip": lambda method, body: text_answer(200, "127.0.0.1\n"),
            "health": lambda method, body: json_answer(200, self._health()),
            "faults": self._answer_faults,
        }

    def add_route(self, name: str, handler: Callable[[str, bytes], Answer]) -> None:
        """Let `handler(method, body)` answer `/localcloud/<name>`."""
        self._routes[name] = handler

    def answer(self, request: WireRequest, body: bytes) -> Answer:
        """Answer one request of the area."""
        name = request.raw_path.removeprefix("/localcloud/").strip("/")
        if handler := self._routes.get(name):
            return handler(request.method, body)
        return json_answer(
            404, {"error": f"no `{name}` here; known are {sorted(self._routes)}"}
        )

    def _answer_faults(self, method: str, body: bytes) -> Answer:
        if method == "DELETE":
            self._faults.clear()
        elif method == "POST":
            try:
                rules = json.loads(body)
                self._faults.add(rules if isinstance(rules, list) else [rules])
            except (ValueError, TypeError, FaultRuleError) as error:
                return json_answer(400, {"error": str(error)})
        return json_answer(200, self._faults.listing())
