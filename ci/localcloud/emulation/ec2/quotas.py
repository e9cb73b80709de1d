"""Service Quotas: an account's limits, which tests may change (`/localcloud/quotas`).

Those of vCPUs and of builds are enforced, see capacity.py and build_queue.py.
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

SERVICES = {
    "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)",
    "codebuild": "AWS CodeBuild",
}
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
# Machines of CodeBuild. What the codes are called and begin with is as the service lists them; many
# new accounts have one build at once.
# Source: https://docs.aws.amazon.com/general/latest/gr/codebuild.html
BUILD_SIZES = {
    "BUILD_GENERAL1_SMALL": ("L-9D07B6EF", "Small"),
    "BUILD_GENERAL1_MEDIUM": ("L-2DC20C30", "Medium"),
    "BUILD_GENERAL1_LARGE": ("L-4DDC4A99", "Large"),
    "BUILD_GENERAL1_XLARGE": ("L-04E5CA62", "XLarge"),
}
_of_builds = {
    code: (f"Concurrently running builds for Linux/{size} environment", 300)
    for code, size in BUILD_SIZES.values()
}
USUAL |= _of_builds
# This account was used for a while, and had some of them raised.
RAISED = {"L-1216C47A": 256.0, "L-0E3CBAB9": 500.0} | dict.fromkeys(_of_builds, 20.0)
_own: dict[str, float] = dict(RAISED)


def limit(code: str) -> float:
    """Return the account's limit."""
    return _own.get(code, USUAL[code][1])


def _service(code: str) -> str:
    return "codebuild" if code in _of_builds else "ec2"


def _quota(backend: ServiceQuotasBackend, code: str, value: float) -> dict[str, Any]:
    service = _service(code)
    arn = f"arn:aws:servicequotas:{backend.region_name}:{backend.account_id}"
    return {
        "ServiceCode": service,
        "ServiceName": SERVICES[service],
        "QuotaArn": f"{arn}:{service}/{code}",
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
    if quota_code in _own and service_code == _service(quota_code):
        return _quota(backend, quota_code, _own[quota_code])
    return original(backend, service_code=service_code, quota_code=quota_code)


@operation(ServiceQuotasResponse)
def get_aws_default_service_quota(self: Any) -> str:
    """GetAWSDefaultServiceQuota: what every account begins with."""
    asked = json.loads(self.body)
    code = asked.get("QuotaCode")
    if code not in USUAL or asked.get("ServiceCode") != _service(code):
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
