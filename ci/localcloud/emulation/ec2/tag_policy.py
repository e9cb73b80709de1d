"""A tag policy: creating calls without the account's required tags are refused, as by an SCP.

`POST /localcloud/tag-policy {"requiredTags": ["CostCenter"]}` puts it in force, DELETE lifts it.
Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_tagging.html
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from moto.cloudformation.exceptions import ValidationError
from moto.ec2.models.security_groups import SecurityGroup

from localcloud.answers import Answer, error_answer, json_answer
from localcloud.emulation.patching import wrap
from localcloud.rules import rule
from localcloud.wire import WireRequest

# What EC2's creating calls tag, each with its own TagSpecification.
MAKING = {
    "ec2:CopyImage": ("image", "snapshot"),
    "ec2:CreateImage": ("image", "snapshot"),
    "ec2:ExportImage": ("export-image-task",),
    "ec2:ImportKeyPair": ("key-pair",),
    "ec2:RegisterImage": ("image",),
    "ec2:RunInstances": ("instance", "volume"),
}
OBJECTS = ("s3:CopyObject", "s3:CreateMultipartUpload", "s3:PutObject")
_required: set[str] = set()


def answer(method: str, body: bytes) -> Answer:
    """Answer `/localcloud/tag-policy`."""
    if method == "DELETE":
        _required.clear()
    elif method == "POST":
        try:
            _required.update(json.loads(body)["requiredTags"])
        except (ValueError, KeyError, TypeError) as error:
            return json_answer(400, {"error": f"no list `requiredTags`: {error!r}"})
    return json_answer(200, {"requiredTags": sorted(_required)})


@rule("tag-policy")
def refusal(request: WireRequest) -> Answer | None:
    """Return what a creating request is answered that lacks a tag."""
    if not _required or not _lacks(request):
        return None
    code = "UnauthorizedOperation" if request.service == "ec2" else "AccessDenied"
    return error_answer(request.protocol, 403, code, _text(request.name))


def _lacks(request: WireRequest) -> bool:
    if request.name == "cloudformation:CreateChangeSet":
        form = request.form
        keys = {
            v for k, v in form.items() if re.fullmatch(r"Tags\.member\.\d+\.Key", k)
        }
        return not _required <= keys
    if request.name in OBJECTS:
        tagging = parse_qsl(request.headers.get("x-amz-tagging", ""))
        return not _required <= {key for key, _ in tagging}
    kinds = MAKING.get(request.name, ())
    return any(not _required <= _specified(request.form, kind) for kind in kinds)


def _specified(form: dict[str, str], kind: str) -> set[str]:
    numbers = {
        match[1]
        for name, value in form.items()
        if value == kind
        and (match := re.fullmatch(r"TagSpecification\.(\d+)\.ResourceType", name))
    }
    return {
        value
        for name, value in form.items()
        if (match := re.fullmatch(r"TagSpecification\.(\d+)\.Tag\.\d+\.Key", name))
        and match[1] in numbers
    }


def check_resource(operation: str, tags: dict[str, str]) -> None:
    """Fail what a stack creates without the required tags."""
    if not _required <= tags.keys():
        raise ValidationError(message=_text(operation))


def _text(operation: str) -> str:
    return (
        "You are not authorized to perform this operation. User: "
        f"arn:aws:iam::123456789012:user/localcloud is not authorized to perform: {operation} "
        "with an explicit deny in a service control policy."
    )


@wrap(SecurityGroup, "create_from_cloudformation_json")
def _create_security_group(
    original: Any,
    resource_name: str,
    cloudformation_json: Any,
    *args: Any,
    **kwargs: Any,
) -> Any:
    tags = cloudformation_json["Properties"].get("Tags", [])
    check_resource("ec2:CreateSecurityGroup", {t["Key"]: t["Value"] for t in tags})
    return original(resource_name, cloudformation_json, *args, **kwargs)
