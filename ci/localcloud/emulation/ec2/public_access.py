"""The account's setting that forbids public images, one for each region."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from localcloud.emulation.ec2.encryption import is_encrypted
from localcloud.emulation.patching import operation, wrap
from localcloud.rules import rule

BLOCKING, UNBLOCKED = "block-new-sharing", "unblocked"


def _answer(backend: Any, state: str | None = None) -> ActionResult:
    if state is not None:
        backend.localcloud_public_access = state
    known = backend.__dict__.get("localcloud_public_access", UNBLOCKED)
    return ActionResult({"ImageBlockPublicAccessState": known})


@operation(EC2Response)
def get_image_block_public_access_state(self: Any) -> ActionResult:
    """GetImageBlockPublicAccessState."""
    self.error_on_dryrun()
    return _answer(self.ec2_backend)


@operation(EC2Response)
def enable_image_block_public_access(self: Any) -> ActionResult:
    """EnableImageBlockPublicAccess: at once, where EC2 takes up to 10 minutes."""
    state = self._get_param("ImageBlockPublicAccessState")
    if state != BLOCKING:
        raise EC2ClientError(
            "InvalidParameterValue", f"The block public access state {state} is invalid"
        )
    self.error_on_dryrun()
    return _answer(self.ec2_backend, state)


@operation(EC2Response)
def disable_image_block_public_access(self: Any) -> ActionResult:
    """DisableImageBlockPublicAccess: at once, where EC2 takes up to 10 minutes."""
    self.error_on_dryrun()
    return _answer(self.ec2_backend, UNBLOCKED)


@wrap(EC2Response, "modify_image_attribute")
@rule("15")
def _modify_image_attribute(original: Any, response: Any) -> Any:
    """What is public already stays so; nothing becomes public while it is blocked or encrypted.

    Source of the message: https://github.com/opendevstack/ods-core/issues/1062
    """
    added = (response._get_param("LaunchPermission") or {}).get("Add") or []
    groups = {permission.get("Group") for permission in added}
    if response._get_param("OperationType") == "add":
        groups |= set(response._get_param("UserGroups", []))
    backend = response.ec2_backend
    state = backend.__dict__.get("localcloud_public_access", UNBLOCKED)
    if "all" in groups and state == BLOCKING:
        raise EC2ClientError(
            "OperationNotPermitted",
            "You can't publicly share this image because block public access for AMIs is "
            "enabled for this account in this Region",
        )
    image = backend.amis.get(response._get_param("ImageId"))
    if "all" in groups and image is not None and is_encrypted(image):
        raise EC2ClientError(
            "UnsupportedOperation",
            "Encrypted snapshots can\u2019t be shared publicly. Specify another snapshot.",
        )
    return original(response)
