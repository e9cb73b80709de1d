"""DisableImage and EnableImage: an image that nobody may launch, share or see by the way.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/disable-an-ami.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.responses import EC2Response

from localcloud.emulation.patching import operation, wrap
from localcloud.rules import rule

DISABLED = "disabled"


@rule("28")
def without_disabled(response: Any, images: Iterable[Any]) -> list[Any]:
    """Leave out disabled images, also those that a request names, unless it asks for them."""
    if response._get_param("IncludeDisabled") in (True, "true"):
        return list(images)
    return [image for image in images if image.state != DISABLED]


def _own(response: Any, wanted: str) -> Any:
    image_id = response._get_param("ImageId")
    image = response.ec2_backend.describe_images(ami_ids=[image_id])[0]
    if image.owner_id != response.ec2_backend.account_id:
        raise EC2ClientError(
            "AuthFailure", f"Not authorized for image:{image_id}, which is not yours"
        )
    response.error_on_dryrun()
    if image.state != wanted:
        raise EC2ClientError(
            "IncorrectState", f"The image {image_id} is not in state '{wanted}'"
        )
    return image


@operation(EC2Response)
def disable_image(self: Any) -> ActionResult:
    """DisableImage: it is nobody's to launch, public no more, and shared with nobody."""
    image = _own(self, "available")
    image.state = DISABLED
    image.launch_permissions.clear()
    return ActionResult({"Return": True})


@operation(EC2Response)
def enable_image(self: Any) -> ActionResult:
    """EnableImage: it can be launched by its owner; who else could before is forgotten."""
    _own(self, DISABLED).state = "available"
    return ActionResult({"Return": True})


@rule("28")
@wrap(InstanceBackend, "run_instances")
def _run_instances(
    original: Any, backend: Any, image_id: str, *args: Any, **kwargs: Any
) -> Any:
    image = backend.amis.get(image_id)
    if image is not None and image.state == DISABLED:
        raise EC2ClientError(
            "InvalidAMIID.Unavailable",
            f"The image ID '{image_id}' is no longer available",
        )
    return original(backend, image_id, *args, **kwargs)
