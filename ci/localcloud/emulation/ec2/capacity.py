"""What EC2 can start: zones without a type or without capacity, and the account's vCPU limit.

`POST /localcloud/capacity {"eu-central-1a": {"t3.*": "InsufficientInstanceCapacity"}}` lets a zone
have none; zones and types are globs, DELETE lifts it. Which zones offer a type is moto's own data.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html; the words
are those of https://github.com/ned1313/Getting-Started-Terraform/issues/44 (Unsupported),
https://github.com/commonwarexyz/monorepo/issues/2859 (InsufficientInstanceCapacity) and
https://github.com/aws/amazon-cloudwatch-agent-test/pull/256 (VcpuLimitExceeded).
"""

from __future__ import annotations

import fnmatch
import json
import re
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES

from localcloud.answers import Answer, json_answer
from localcloud.emulation.ec2 import quotas
from localcloud.rules import rule

NO_CAPACITY, UNSUPPORTED = "InsufficientInstanceCapacity", "Unsupported"
# Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
STANDARD = {"a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"}
STANDARD_QUOTA = "L-1216C47A"
_rules: dict[str, dict[str, str]] = {}


def answer(method: str, body: bytes) -> Answer:
    """Answer `/localcloud/capacity`."""
    if method == "DELETE":
        _rules.clear()
    elif method == "POST":
        wanted = json.loads(body)
        codes = {code for types in wanted.values() for code in types.values()}
        if unknown := sorted(codes - {NO_CAPACITY, UNSUPPORTED}):
            known = f"known are {NO_CAPACITY} and {UNSUPPORTED}"
            return json_answer(400, {"error": f"no code {unknown[0]}; {known}"})
        _rules.update(wanted)
    return json_answer(200, _rules)


def _obstacle(zone: str, kind: str) -> str | None:
    for zones, kinds in _rules.items():
        for kinds_glob, code in kinds.items():
            if fnmatch.fnmatchcase(zone, zones) and fnmatch.fnmatchcase(
                kind, kinds_glob
            ):
                return code
    if kind not in INSTANCE_TYPES:
        # Not lacking here, but unknown everywhere, which RunInstances itself refuses.
        return None
    region = zone.rstrip("abcdefghijklmnopqrstuvwxyz")
    offered = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])
    is_offered = any(
        o["Location"] == zone and o["InstanceType"] == kind for o in offered
    )
    return None if is_offered or not offered else UNSUPPORTED


@rule("21")
def check(backend: Any, kind: str, zone: str, count: int) -> None:
    """Refuse what EC2 would not start: `count` machines of a type in a zone."""
    _check_vcpus(backend, kind, count)
    code = _obstacle(zone, kind)
    if code is None:
        return
    zones = [z.name for z in backend.describe_availability_zones()]
    others = ", ".join(z for z in zones if _obstacle(z, kind) is None)
    if code == UNSUPPORTED:
        raise EC2ClientError(
            code,
            f"Your requested instance type ({kind}) is not supported in your requested "
            f"Availability Zone ({zone}). Please retry your request by not specifying an "
            f"Availability Zone or choosing {others}.",
        )
    raise EC2ClientError(
        code,
        f"We currently do not have sufficient {kind} capacity in the Availability Zone you "
        f"requested ({zone}). Our system will be working on provisioning additional capacity. "
        f"You can currently get {kind} capacity by not specifying an Availability Zone in your "
        f"request or choosing {others}.",
    )


def _vcpus(kind: str) -> int:
    known = INSTANCE_TYPES.get(kind)
    is_standard = re.match("[a-z]+", kind)[0] in STANDARD  # type: ignore[index]
    return known["VCpuInfo"]["DefaultVCpus"] if known and is_standard else 0


@rule("14")
def _check_vcpus(backend: Any, kind: str, count: int) -> None:
    used = sum(
        _vcpus(instance.instance_type)
        for reservation in backend.reservations.values()
        for instance in reservation.instances
        if instance.state in ("pending", "running")
    )
    limit = quotas.limit(STANDARD_QUOTA)
    needed = count * _vcpus(kind)
    if needed and used + needed > limit:
        raise EC2ClientError(
            "VcpuLimitExceeded",
            "You have requested more vCPU capacity than your current vCPU limit of "
            f"{int(limit)} allows for the instance bucket that the specified instance type "
            "belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request "
            "an adjustment to this limit.",
        )
