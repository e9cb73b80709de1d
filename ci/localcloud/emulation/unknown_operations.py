"""Operations that moto does not know: an AWS error instead of an HTML page."""

from __future__ import annotations

from typing import Any

from moto.core.responses import BaseResponse

from localcloud.answers import error_answer
from localcloud.emulation.patching import wrap


@wrap(BaseResponse, "call_action")
def _call_action(original: Any, response: Any) -> Any:
    try:
        return original(response)
    except NotImplementedError:
        name = f"{response.service_name}:{response._get_action()}"
        is_json = "json" in (response.headers.get("Content-Type") or "")
        code = "UnknownOperationException" if is_json else "InvalidAction"
        protocol = (
            "ec2" if response.service_name == "ec2" else "json" if is_json else "query"
        )
        answer = error_answer(
            protocol, 400, code, f"the local cloud does not know `{name}`"
        )
        return 400, {"status": 400, **dict(answer.headers)}, answer.body.decode()
