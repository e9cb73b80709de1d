"""S3 bucket policies: statements with conditions, which moto takes for denials."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from localcloud.emulation.patching import wrap


@wrap(FakeBucket, "get_permission")
def _get_permission(
    original: Callable, bucket: FakeBucket, action: str, resource: str
) -> Any:
    """Judge a request by the statements that can concern it.

    moto answers `Denied` for every statement whose condition is not met, a `Deny` included. The
    conditions in our templates are about plain HTTP, old TLS and CloudFront's own requests: none
    holds for a signed request, for whose endpoint loopback stands in.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy.decode())
    policy["Statement"] = [s for s in policy["Statement"] if not s.get("Condition")]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)
