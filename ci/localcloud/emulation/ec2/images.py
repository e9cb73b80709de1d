"""EC2 images: pending until made, unique names, tagged snapshots, copies, paging."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.responses import EC2Response

from localcloud import runtime
from localcloud.emulation.ec2.base_images import ROOT_SIZE_GIB
from localcloud.emulation.ec2.consistency import not_found, seen, visibility
from localcloud.emulation.ec2.disabled_images import without_disabled
from localcloud.emulation.ec2.encryption import encrypts_by_default, is_encrypted
from localcloud.emulation.ec2.image_lifecycle import check_protection
from localcloud.emulation.idempotency import check_repetition, fields_of
from localcloud.emulation.patching import change, operation, paged, wrap
from localcloud.emulation.transitions import look, transitioning_attribute


@change
def _attributes() -> None:
    transitioning_attribute(Ami, "state")
    Ami.state_reason = None
    Ami.ena_support = True
    Ami.platform_details = "Linux/UNIX"
    Ami.usage_operation = "RunInstances"


def base_image_id(image: Any) -> str | None:
    """Return the image that an image's machine was made of; None for what has no descent."""
    return image.__dict__.get("localcloud_base_id")


def root_size_gib(image: Any) -> int:
    """Return the size of an image's root volume."""
    return image.__dict__.get("localcloud_size_gib", ROOT_SIZE_GIB)


def _block_device_mappings(image: Any) -> list[dict[str, Any]]:
    ebs = {
        "SnapshotId": image.ebs_snapshot.id,
        "VolumeSize": root_size_gib(image),
        "DeleteOnTermination": True,
        "VolumeType": "gp2",
        "Encrypted": is_encrypted(image),
    }
    return [{"DeviceName": image.root_device_name, "Ebs": ebs}]


@change
def _mappings() -> None:
    Ami.block_device_mappings = property(_block_device_mappings)


def tags_for(response: Any, resource_type: str) -> dict[str, str]:
    """Return the tags that a request's `TagSpecifications` give one type of resource."""
    return {
        tag["Key"]: tag.get("Value", "")
        for specification in response._get_param("TagSpecifications", [])
        if specification.get("ResourceType") == resource_type
        for tag in specification.get("Tags", [])
    }


def check_name_is_free(backend: Any, name: str) -> None:
    """Refuse a name that another image of the account has, or had a moment ago."""
    for image in backend.amis.values():
        if image.name == name and image.owner_id == backend.account_id:
            raise EC2ClientError(
                "InvalidAMIName.Duplicate",
                f"AMI name {name} is already in use by AMI {image.id}",
            )
    if visibility.still_takes(name):
        raise EC2ClientError(
            "InvalidAMIName.Duplicate", f"AMI name {name} is already in use"
        )


def _boot_mode_of_machine(backend: Any, instance: Any) -> str | None:
    """Return what an image of a machine inherits; None where its own image is gone."""
    source = backend.amis.get(instance.image_id)
    return source.boot_mode if source else None


def finish_record(image: Any, size_gib: int) -> None:
    """Give an image, and its snapshot, what moto leaves out."""
    image.localcloud_size_gib = size_gib
    image.image_location = f"{image.owner_id}/{image.name}"
    image.root_device_type, image.hypervisor = "ebs", "xen"
    image.virtualization_type = "hvm"
    image.ebs_snapshot.volume.size = size_gib
    image.ebs_snapshot.encrypted = is_encrypted(image)


def made(image: Any) -> None:
    """Let the first looks miss a new image and its snapshot."""
    visibility.made("image", image.id)
    visibility.made("snapshot", image.ebs_snapshot.id)


@operation(EC2Response)
def create_image(self: Any) -> ActionResult:
    """CreateImage: pending until the image is made."""
    name, backend = self._get_param("Name"), self.ec2_backend
    instance = backend.get_instance(self._get_param("InstanceId"))
    self.error_on_dryrun()
    if instance.state not in ("running", "stopped"):
        raise EC2ClientError(
            "IncorrectState",
            f"Instance {instance.id} is not in state 'running' or 'stopped'",
        )
    check_name_is_free(backend, name)
    image = backend.create_image(
        instance.id, name, self._get_param("Description", ""), []
    )
    image.root_device_name = instance.root_device_name
    volume = instance.block_device_mapping.get(instance.root_device_name)
    image.localcloud_encrypted = (
        volume is not None and backend.get_volume(volume.volume_id).encrypted
    )
    finish_record(image, int(volume.size) if volume is not None else ROOT_SIZE_GIB)
    image.add_tags(tags_for(self, "image"))
    image.ebs_snapshot.add_tags(tags_for(self, "snapshot"))
    image.localcloud_base_id = image.source_image_id = instance.image_id
    image.boot_mode = _boot_mode_of_machine(backend, instance)
    made(image)
    image.localcloud_no_reboot = self._get_param("NoReboot") in (True, "true")
    failure = runtime.current().faults.take_outcome("fail-image")
    runtime.current().machines.capture(image, instance, failure)
    return ActionResult({"ImageId": image.id})


@operation(EC2Response)
def copy_image(self: Any) -> ActionResult:
    """CopyImage: a new image of the same content, pending for a while."""
    backend, name, token = (
        self.ec2_backend,
        self._get_param("Name"),
        self._get_param("ClientToken"),
    )
    self.error_on_dryrun()
    for image in backend.amis.values():
        if token and image.__dict__.get("localcloud_client_token") == token:
            check_repetition(self, image.localcloud_request_fields)
            return ActionResult({"ImageId": image.id})
    source = _image_in_region(
        backend, self._get_param("SourceRegion"), self._get_param("SourceImageId")
    )
    if source.state != "available":
        raise EC2ClientError(
            "InvalidRequest", f"Image {source.id} is not available to copy"
        )
    check_name_is_free(backend, name)
    image = backend.copy_image(
        source.id, self._get_param("SourceRegion"), name, self._get_param("Description")
    )
    image.localcloud_client_token = token
    image.localcloud_request_fields = fields_of(self)
    image.localcloud_base_id = base_image_id(source)
    image.source_image_id = source.id
    wants_encryption = self._get_param("Encrypted") in (True, "true")
    image.localcloud_encrypted = (
        wants_encryption or is_encrypted(source) or encrypts_by_default(backend)
    )
    image.product_codes = list(source.product_codes)
    image.boot_mode = source.boot_mode
    image.root_device_name = source.root_device_name
    finish_record(image, root_size_gib(source))
    if self._get_param("CopyImageTags") in (True, "true"):
        image.add_tags({tag["key"]: tag["value"] for tag in source.get_tags()})
    image.add_tags(tags_for(self, "image"))
    image.ebs_snapshot.add_tags(tags_for(self, "snapshot"))
    made(image)
    runtime.current().machines.copy_image(image, source)
    return ActionResult({"ImageId": image.id})


def _image_in_region(backend: Any, region: str, image_id: str) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[backend.account_id][region].describe_images(ami_ids=[image_id])[
        0
    ]


@operation(EC2Response)
def describe_images(self: Any) -> ActionResult:
    """DescribeImages, in pages; each look lets pending images move on."""
    self.error_on_dryrun()
    wanted = self._get_param("ImageIds", [])
    images = self.ec2_backend.describe_images(
        ami_ids=wanted,
        filters=self._filters_from_querystring(),
        exec_users=self._get_param("ExecutableUsers", []),
        owners=self._get_param("Owners", []),
    )
    known = [
        i for i in images if i.is_public or i.owner_id == self.ec2_backend.account_id
    ]
    known = without_disabled(self, known)
    missing = not_found("InvalidAMIID.NotFound", "The image id '[{}]' does not exist")
    visible = seen(known, wanted, missing)
    for image in visible:
        look(image, "state")
    return paged(self, "Images", visible)


@wrap(AmiBackend, "describe_images")
def _describe_images(original: Any, backend: Any, *args: Any, **kwargs: Any) -> list:
    """A deregistered image is as unknown as one that never was."""
    images = original(backend, *args, **kwargs)
    wanted = kwargs.get("ami_ids") or (args[0] if args else None)
    if wanted:
        missing = sorted(set(wanted) - {image.id for image in images})
        if missing and not kwargs.get("filters"):
            raise EC2ClientError(
                "InvalidAMIID.NotFound", f"The image id '[{missing[0]}]' does not exist"
            )
    return images


@operation(EC2Response)
def describe_snapshots(self: Any) -> ActionResult:
    """DescribeSnapshots, in pages."""
    self.error_on_dryrun()
    snapshots = self.ec2_backend.describe_snapshots(
        snapshot_ids=self._get_param("SnapshotIds", []),
        filters=self._filters_from_querystring(),
    )
    owners = self._get_param("OwnerIds", [])
    if owners:
        own = self.ec2_backend.account_id
        owners = {own if owner == "self" else owner for owner in owners}
        snapshots = [snapshot for snapshot in snapshots if snapshot.owner_id in owners]
    missing = not_found("InvalidSnapshot.NotFound", "The snapshot '{}' does not exist.")
    wanted = self._get_param("SnapshotIds", [])
    return paged(self, "Snapshots", seen(snapshots, wanted, missing))


@wrap(EC2Response, "describe_image_attribute")
def _describe_image_attribute(original: Any, response: Any) -> Any:
    """moto answers an internal error for an image that is not there; EC2 names it."""
    image_id = response._get_param("ImageId")
    (image,) = response.ec2_backend.describe_images(ami_ids=[image_id])
    if response._get_param("Attribute") == "productCodes":
        codes = list(image.product_codes)
        return ActionResult({"ImageId": image_id, "ProductCodes": codes})
    return original(response)


@wrap(EC2Response, "modify_image_attribute")
def _modify_image_attribute(original: Any, response: Any) -> Any:
    """Product codes, which an owner may add and never take away."""
    codes = response._get_param("ProductCodes", [])
    if not codes:
        return original(response)
    image_id = response._get_param("ImageId")
    image = response.ec2_backend.describe_images(ami_ids=[image_id])[0]
    image.product_codes = [
        *image.product_codes,
        *({"ProductCodeId": c, "ProductCodeType": "marketplace"} for c in codes),
    ]
    return ActionResult({})


@wrap(EC2Response, "deregister_image")
def _deregister_image(original: Any, response: Any) -> ActionResult:
    backend, image_id = response.ec2_backend, response._get_param("ImageId")
    image = backend.amis.get(image_id)
    if image is not None:
        check_protection(image)
    answer = original(response)
    if image is not None:
        backend.deleted_amis.remove(image_id)
        runtime.current().machines.forget_image(image_id)
        visibility.freed(image.name)
        if response._get_param("DeleteAssociatedSnapshots") in (True, "true"):
            backend.delete_snapshot(image.ebs_snapshot.id)
    return answer


@wrap(EC2Response, "delete_snapshot")
def _delete_snapshot(original: Any, response: Any) -> Any:
    snapshot_id = response._get_param("SnapshotId")
    for image in response.ec2_backend.amis.values():
        if image.ebs_snapshot.id == snapshot_id:
            raise EC2ClientError(
                "InvalidSnapshot.InUse",
                f"The snapshot {snapshot_id} is currently in use by {image.id}",
            )
    return original(response)
