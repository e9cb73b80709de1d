"""Canonical's Ubuntu images and their public SSM parameters, the same in every region."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.ec2.models.amis import Ami, AmiBackend
from moto.ssm.models import Parameter, ParameterDict

from localcloud.emulation.patching import wrap

CANONICAL = "099720109477"
ROOT_SIZE_GIB = 8


@dataclass(frozen=True)
class BaseImage:
    """One published image; its id differs from region to region."""

    release: str
    codename: str
    storage: str
    architecture: str
    date: str

    @property
    def name(self) -> str:
        """The image's name, as Canonical names it."""
        return (
            f"ubuntu/images/{self.storage}/ubuntu-{self.codename}-{self.release}-"
            f"{self.architecture}-server-{self.date}"
        )

    def image_id(self, region: str) -> str:
        """The image's id in `region`."""
        return (
            "ami-" + hashlib.sha256(f"{region}/{self.name}".encode()).hexdigest()[:17]
        )


BASE_IMAGES = [
    BaseImage("22.04", "jammy", "hvm-ssd", "amd64", "20260115"),
    BaseImage("22.04", "jammy", "hvm-ssd", "amd64", "20260610"),
    BaseImage("22.04", "jammy", "hvm-ssd", "amd64", "20260915"),
    BaseImage("22.04", "jammy", "hvm-ssd", "arm64", "20260915"),
    BaseImage("24.04", "noble", "hvm-ssd-gp3", "amd64", "20261010"),
    BaseImage("24.04", "noble", "hvm-ssd-gp3", "arm64", "20261010"),
]


@wrap(AmiBackend, "_load_amis")
def _load_base_images(original: Any, backend: Any) -> None:
    for base in BASE_IMAGES:
        image_id = base.image_id(backend.region_name)
        created = datetime.strptime(base.date, "%Y%m%d").replace(tzinfo=UTC)
        backend.amis[image_id] = Ami(
            backend,
            image_id,
            name=base.name,
            owner_id=CANONICAL,
            owner_alias="amazon",
            public=True,
            virtualization_type="hvm",
            hypervisor="xen",
            architecture="x86_64" if base.architecture == "amd64" else "arm64",
            root_device_type="ebs",
            root_device_name="/dev/sda1",
            image_location=f"amazon/{base.name}",
            description=f"Canonical, Ubuntu, {base.release} LTS, {base.architecture}",
            creation_date=created.replace(hour=4, minute=5, second=6),
            boot_mode="uefi-preferred",
        )


def public_parameters(region: str) -> dict[str, str]:
    """Return Canonical's public SSM parameters: the newest image of each kind."""
    parameters = {}
    for base in sorted(BASE_IMAGES, key=lambda image: image.date):
        volume = "ebs-gp3" if base.storage.endswith("gp3") else "ebs-gp2"
        for release in (base.release, base.codename):
            for serial in ("current", base.date):
                path = (
                    f"/aws/service/canonical/ubuntu/server/{release}/stable/{serial}/"
                    f"{base.architecture}/hvm/{volume}/ami-id"
                )
                parameters[path] = base.image_id(region)
    return parameters


@wrap(ParameterDict, "_check_loading_status")
def _load_public_parameters(original: Any, parameters: Any, key: str) -> None:
    original(parameters, key)
    is_loaded = parameters.__dict__.get("localcloud_is_loaded", False)
    if is_loaded or not str(key or "").startswith("/aws/service/canonical"):
        return
    parameters.localcloud_is_loaded = True
    for name, value in public_parameters(parameters.region_name).items():
        parameter = Parameter(
            account_id="aws",
            name=name,
            value=value,
            parameter_type="String",
            description=None,
            allowed_pattern=None,
            keyid=None,
            last_modified_date=time.time(),
            version=1,
            data_type="aws:ec2:image",
        )
        dict.setdefault(parameters, name, []).append(parameter)
