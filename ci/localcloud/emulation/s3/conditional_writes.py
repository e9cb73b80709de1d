"""S3's conditional writes: of two that come at once one wins.

moto looks at the condition and writes in two steps, with other requests in between.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.s3.responses import S3Response

from localcloud.emulation.patching import wrap

_turn = threading.Lock()


@wrap(S3Response, "put_object")
def _put_object(original: Any, response: Any) -> Any:
    with _turn:
        return original(response)


@wrap(S3Response, "delete_object")
def _delete_object(original: Any, response: Any) -> Any:
    with _turn:
        return original(response)
