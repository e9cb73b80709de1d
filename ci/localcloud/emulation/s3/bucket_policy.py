"""S3 bucket policies: statements with conditions, which moto takes for denials."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from localcloud.emulation.iam.identities import administrator
from localcloud.emulation.iam.permissions import present_caller, with_common_keys
from localcloud.emulation.patching import wrap
from localcloud.home import REGION
from localcloud.iam.policies import Demand
from localcloud.iam.principals import resource_verdict


@wrap(FakeBucket, "get_permission")
def _get_permission(
    _original: Callable, bucket: FakeBucket, action: str, resource: str
) -> Any:
    """Deny what a statement denies; who may do it was decided before, see permissions.py.

    moto answers `Denied` for every statement whose condition is not met, a `Deny` included.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    principal = present_caller() or administrator()
    demand = with_common_keys(Demand(action, resource), principal, REGION)
    verdict = resource_verdict(
        json.loads(bucket.policy), principal.caller, demand, names_resource=True
    )
    return PermissionResult.DENIED if verdict.is_denied else PermissionResult.NEUTRAL
