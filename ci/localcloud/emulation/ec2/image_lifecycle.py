"""What EC2 keeps of an image's end: when it is deprecated, and whether it may be deregistered.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html
and https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deregistration-protection.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.amis import Ami
from moto.ec2.responses import EC2Response

from localcloud.emulation.patching import change, operation
from localcloud.rules import rule

UNPROTECTED = "disabled"
PROTECTED = "enabled-without-cooldown"
PROTECTED_LONGER = "enabled-with-cooldown"
COOLDOWN = timedelta(hours=24)
LONGEST_YEARS, LONGEST_PUBLIC_YEARS = 10, 2


@change
def _attributes() -> None:
    Ami.deprecation_time = None
    Ami.deregistration_protection = UNPROTECTED


def _named(response: Any) -> Any:
    image_id = response._get_param("ImageId")
    return response.ec2_backend.describe_images(ami_ids=[image_id])[0]


def _years_after(moment: datetime, years: int) -> datetime:
    is_leap_day = (moment.month, moment.day) == (2, 29)
    day = 28 if is_leap_day else moment.day
    return moment.replace(year=moment.year + years, day=day)


@rule("15")
def _check_deprecation(image: Any, moment: datetime) -> None:
    """Ten years from now at most; for a public image, two from its creation."""
    now = datetime.now(UTC)
    if moment <= now:
        raise EC2ClientError(
            "InvalidParameterValue", "DeprecateAt must be in the future"
        )
    if image.is_public:
        made = image.creation_date.replace(tzinfo=UTC)
        latest = _years_after(made, LONGEST_PUBLIC_YEARS)
    else:
        latest = _years_after(now, LONGEST_YEARS)
    if moment > latest:
        raise EC2ClientError(
            "InvalidParameterValue", f"DeprecateAt must not be after {latest:%Y-%m-%d}"
        )


@operation(EC2Response)
def enable_image_deprecation(self: Any) -> ActionResult:
    """EnableImageDeprecation: a date in the future, to the minute."""
    image, moment = _named(self), self._get_param("DeprecateAt")
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    _check_deprecation(image, moment)
    self.error_on_dryrun()
    image.deprecation_time = _stamp(moment)
    return ActionResult({"Return": True})


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


@operation(EC2Response)
def disable_image_deprecation(self: Any) -> ActionResult:
    """DisableImageDeprecation."""
    _named(self).deprecation_time = None
    return ActionResult({"Return": True})


@operation(EC2Response)
def enable_image_deregistration_protection(self: Any) -> ActionResult:
    """EnableImageDeregistrationProtection, with a cooldown of 24 hours or without."""
    image = _named(self)
    self.error_on_dryrun()
    is_longer = self._get_param("WithCooldown") in (True, "true")
    image.deregistration_protection = PROTECTED_LONGER if is_longer else PROTECTED
    return ActionResult({"Return": image.deregistration_protection})


@operation(EC2Response)
def disable_image_deregistration_protection(self: Any) -> ActionResult:
    """DisableImageDeregistrationProtection: with a cooldown, it holds for 24 hours more."""
    image = _named(self)
    self.error_on_dryrun()
    if image.deregistration_protection == PROTECTED_LONGER:
        image.localcloud_protected_until = datetime.now(UTC) + COOLDOWN
        end = _stamp(image.localcloud_protected_until)
        image.deregistration_protection = f"disabled after {end}"
    elif image.deregistration_protection == PROTECTED:
        image.deregistration_protection = UNPROTECTED
    return ActionResult({"Return": image.deregistration_protection})


@rule("28")
def check_protection(image: Any) -> None:
    """Refuse to deregister what is protected; no document names the error's code."""
    until = image.__dict__.get("localcloud_protected_until")
    if image.deregistration_protection == UNPROTECTED:
        return
    is_over = until is not None and until <= datetime.now(UTC)
    if is_over and image.deregistration_protection.startswith("disabled after"):
        return
    raise EC2ClientError(
        "OperationNotPermitted",
        f"The image {image.id} is protected from deregistration",
    )
