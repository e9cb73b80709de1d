"""The kinds of things whose state changes with time or looks, and how fast that goes."""

import json
import urllib.request

IMAGE = "ec2::image"
EXPORT_TASK = "ec2::exportimagetask"
STACK = "cloudformation::stack"
CHANGE_SET = "cloudformation::changeset"
MODELS = (IMAGE, EXPORT_TASK, STACK, CHANGE_SET)
CALL_TIMEOUT_SECONDS = 60


def hurry(url: str) -> None:
    """Let a running cloud show everything as done at the first look."""
    # A proxy of this machine has no business with a loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for model in MODELS:
        speed = {"model_name": model, "transition": {"progression": "immediate"}}
        opener.open(
            f"{url}/moto-api/state-manager/set-transition",
            json.dumps(speed).encode(),
            CALL_TIMEOUT_SECONDS,
        ).close()
