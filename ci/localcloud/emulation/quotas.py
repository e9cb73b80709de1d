"""Service Quotas of EC2: an account's limits, which tests may change.

That of vCPUs is enforced, see capacity.py.
"""

from __future__ import annotations

import json
from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

from localcloud.answers import Answer, json_answer
from localcloud.emulation.patching import wrap

# As an account has them that was used for a while.
DEFAULTS: dict[str, tuple[str, float]] = {
    "L-1216C47A": (
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        256,
    ),
    "L-B665C33B": ("AMIs", 50000),
    "L-0E3CBAB9": ("Public AMIs", 500),
}
_changed: dict[str, float] = {}


def limit(code: str) -> float:
    """Return the account's limit."""
    return _changed.get(code, DEFAULTS[code][1])


@wrap(ServiceQuotasBackend, "get_service_quota")
def _get_service_quota(
    original: Any, backend: Any, service_code: str, quota_code: str
) -> dict[str, Any]:
    if service_code != "ec2" or quota_code not in DEFAULTS:
        return original(backend, service_code=service_code, quota_code=quota_code)
    name, _ = DEFAULTS[quota_code]
    arn = f"arn:aws:servicequotas:{backend.region_name}:{backend.account_id}"
    return {
        "ServiceCode": "ec2",
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaArn": f"{arn}:ec2/{quota_code}",
        "QuotaCode": quota_code,
        "QuotaName": name,
        "Value": float(limit(quota_code)),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def answer(method: str, body: bytes) -> Answer:
    """Answer `/localcloud/quotas`: POST changes limits by code, DELETE restores them."""
    if method == "DELETE":
        _changed.clear()
    elif method == "POST":
        wanted = json.loads(body)
        if unknown := sorted(wanted.keys() - DEFAULTS.keys()):
            return json_answer(
                400, {"error": f"no quota {unknown[0]}; known are {sorted(DEFAULTS)}"}
            )
        _changed.update(wanted)
    return json_answer(200, {code: limit(code) for code in DEFAULTS})
