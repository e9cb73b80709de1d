"""Service Quotas of EC2: an account's limits, which tests may change (`/localcloud/quotas`).

That of vCPUs is enforced, see capacity.py.
"""

from __future__ import annotations

import json
from typing import Any

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from localcloud.answers import Answer, json_answer
from localcloud.emulation.patching import operation, wrap
from localcloud.rules import rule

SERVICE = "ec2"
# What every account begins with.
# Source: https://docs.aws.amazon.com/general/latest/gr/ec2-service.html
USUAL: dict[str, tuple[str, float]] = {
    "L-1216C47A": (
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        5,
    ),
    "L-B665C33B": ("AMIs", 50000),
    "L-0E3CBAB9": ("Public AMIs", 5),
}
# This account was used for a while, and had some of them raised.
RAISED = {"L-1216C47A": 256.0, "L-0E3CBAB9": 500.0}
_own: dict[str, float] = dict(RAISED)


def limit(code: str) -> float:
    """Return the account's limit."""
    return _own.get(code, USUAL[code][1])


def _quota(backend: ServiceQuotasBackend, code: str, value: float) -> dict[str, Any]:
    arn = f"arn:aws:servicequotas:{backend.region_name}:{backend.account_id}"
    return {
        "ServiceCode": SERVICE,
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaArn": f"{arn}:{SERVICE}/{code}",
        "QuotaCode": code,
        "QuotaName": USUAL[code][0],
        "Value": float(value),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


@wrap(ServiceQuotasBackend, "get_service_quota")
@rule("16")
def _get_service_quota(
    original: Any, backend: Any, service_code: str, quota_code: str
) -> dict[str, Any]:
    """Only what was changed has a value of its own.

    Source: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    """
    if service_code == SERVICE and quota_code in _own:
        return _quota(backend, quota_code, _own[quota_code])
    return original(backend, service_code=service_code, quota_code=quota_code)


@operation(ServiceQuotasResponse)
def get_aws_default_service_quota(self: Any) -> str:
    """GetAWSDefaultServiceQuota: what every account begins with."""
    asked = json.loads(self.body)
    code = asked.get("QuotaCode")
    if asked.get("ServiceCode") != SERVICE or code not in USUAL:
        raise NoSuchResource
    return json.dumps({"Quota": _quota(self.backend, code, USUAL[code][1])})


def answer(method: str, body: bytes) -> Answer:
    """Answer `/localcloud/quotas`: POST changes limits by code, DELETE restores them."""
    if method == "DELETE":
        _own.clear()
        _own.update(RAISED)
    elif method == "POST":
        wanted = json.loads(body)
        if unknown := sorted(wanted.keys() - USUAL.keys()):
            return json_answer(
                400, {"error": f"no quota {unknown[0]}; known are {sorted(USUAL)}"}
            )
        _own.update(wanted)
    return json_answer(200, {code: limit(code) for code in USUAL})
