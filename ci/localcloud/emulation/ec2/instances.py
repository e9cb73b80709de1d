"""EC2 instances: volumes as asked for, addresses, and the machines behind them."""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState
from moto.ec2.responses import EC2Response

from localcloud import runtime
from localcloud.emulation.ec2 import capacity
from localcloud.emulation.ec2.encryption import encrypts_by_default, is_encrypted
from localcloud.emulation.idempotency import check_repetition, fields_of
from localcloud.emulation.patching import change, operation, wrap


def set_state(instance: Any, name: str, code: int) -> None:
    """Set an instance's state."""
    instance._state.name, instance._state.code = name, code


def _address(instance: Any) -> str | None:
    return (
        instance.__dict__.get("localcloud_address")
        if instance.state_code == 16
        else None
    )


def _dns_name(instance: Any) -> str:
    known = instance.__dict__.get("localcloud_dns_name")
    return (known if instance.state_code == 16 else None) or ""


@change
def _addresses() -> None:
    Instance.public_ip = property(_address)
    Instance.public_ip_address = property(_address)
    Instance.public_dns_name = property(_dns_name)


def _interface_address(interface: Any) -> str | None:
    instance = interface.__dict__.get("instance")
    if instance is not None and "localcloud_address" in instance.__dict__:
        return _address(instance)
    return interface.__dict__.get("_localcloud_public_ip")


def _set_interface_address(interface: Any, value: str | None) -> None:
    interface.__dict__["_localcloud_public_ip"] = value


@change
def _interface_addresses() -> None:
    NetworkInterface.public_ip = property(_interface_address, _set_interface_address)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _mappings(backend: Any, image: Any, given: list[dict] | None) -> list[dict]:
    """Return the launch's volumes: the image's root volume, as the request changes it."""
    mappings = copy.deepcopy(list(given or []))
    root = next(
        (m for m in mappings if m["DeviceName"] == image.root_device_name), None
    )
    if root is None:
        root = {"DeviceName": image.root_device_name, "Ebs": {}}
        mappings.insert(0, root)
    defaults = image.block_device_mappings[0]["Ebs"]
    root["Ebs"] = {"VolumeSize": defaults["VolumeSize"], "VolumeType": "gp2"} | {
        name: value
        for name, value in (root.get("Ebs") or {}).items()
        if value is not None
    }
    if int(root["Ebs"]["VolumeSize"]) < defaults["VolumeSize"]:
        raise EC2ClientError(
            "InvalidBlockDeviceMapping",
            f"Volume of size {root['Ebs']['VolumeSize']}GB is smaller than snapshot "
            f"'{image.ebs_snapshot.id}', expect size >= {defaults['VolumeSize']}GB",
        )
    for mapping in mappings:
        ebs = mapping["Ebs"]
        if "VolumeSize" in ebs:
            ebs["VolumeSize"] = int(ebs["VolumeSize"])
        ebs["DeleteOnTermination"] = _is_true(ebs.get("DeleteOnTermination", True))
        ebs["Encrypted"] = (
            _is_true(ebs.get("Encrypted", False))
            or is_encrypted(image)
            or encrypts_by_default(backend)
        )
    return mappings


@wrap(InstanceBackend, "run_instances")
def _run_instances(
    original: Any,
    backend: Any,
    image_id: str,
    count: int,
    user_data: Any,
    security_group_names: list[str],
    **kwargs: Any,
) -> Any:
    token = kwargs.get("client_token")
    # moto's own placeholder for an absent token is no token.
    token = None if token == "ABCDE" else token
    for reservation in backend.reservations.values():
        if token and reservation.__dict__.get("localcloud_client_token") == token:
            return reservation
    image = backend.describe_images(ami_ids=[image_id])[0]
    if image.state != "available":
        raise EC2ClientError(
            "InvalidAMIID.Unavailable", f"The image {image_id} is not available"
        )
    if kwargs.get("key_name"):
        _check_key_pair(backend, kwargs["key_name"])
    _check_capacity(backend, count, kwargs)
    kwargs["block_device_mappings"] = _mappings(
        backend, image, kwargs.get("block_device_mappings")
    )
    reservation = original(
        backend, image_id, count, user_data, security_group_names, **kwargs
    )
    reservation.localcloud_client_token = token
    for instance in reservation.instances:
        instance._state = InstanceState("pending", 0)
        runtime.current().machines.launch(instance)
    return reservation


@wrap(EC2Response, "run_instances")
def _run_instances_once(original: Any, response: Any) -> ActionResult:
    """A client token stands for one launch with all of its parameters."""
    token = response._get_param("ClientToken")
    launches = response.ec2_backend.__dict__.setdefault("localcloud_launches", {})
    check_repetition(response, launches.get(token))
    answer = original(response)
    if token:
        launches[token] = fields_of(response)
    return answer


def _check_capacity(backend: Any, count: int, wanted: dict[str, Any]) -> None:
    """Refuse what does not start; a machine that names no zone goes to the first one."""
    zone = wanted.get("placement") or f"{backend.region_name}a"
    if subnet := wanted.get("subnet_id"):
        zone = backend.get_subnet(subnet).availability_zone
    capacity.check(backend, wanted.get("instance_type") or "m1.small", zone, count)


def _check_key_pair(backend: Any, name: str) -> None:
    if name not in backend.key_pairs:
        raise EC2ClientError(
            "InvalidKeyPair.NotFound", f"The key pair '{name}' does not exist"
        )


@wrap(Instance, "terminate")
def _terminate(original: Any, instance: Any) -> InstanceState:
    if instance.state in ("terminated", "shutting-down"):
        return copy.copy(instance._state)
    previous = original(instance)
    runtime.current().machines.terminate(instance)
    return previous


@wrap(Instance, "stop")
def _stop(original: Any, instance: Any) -> InstanceState:
    if instance.state not in ("running", "pending"):
        return copy.copy(instance._state)
    previous = original(instance)
    runtime.current().machines.stop(instance)
    return previous


@wrap(Instance, "start")
def _start(original: Any, instance: Any) -> InstanceState:
    if instance.state != "stopped":
        raise EC2ClientError(
            "IncorrectInstanceState",
            f"The instance '{instance.id}' is not in state 'stopped'",
        )
    previous = original(instance)
    runtime.current().machines.start(instance)
    return previous


@wrap(Instance, "reboot")
def _reboot(original: Any, instance: Any) -> None:
    runtime.current().machines.reboot(instance)


@operation(EC2Response)
def get_console_output(self: Any) -> ActionResult:
    """GetConsoleOutput: the last 64 KiB, as EC2 keeps."""
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    text = runtime.current().machines.console(instance)[-65536:]
    output = Base64EncodedString.from_raw_string(text)
    return ActionResult(
        {"InstanceId": instance.id, "Timestamp": utcnow(), "Output": output}
    )
