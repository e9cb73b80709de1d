"""EBS encryption: what is encrypted, and the account's setting that encrypts everything.

The setting wins over `Encrypted: false`, one for each region; what is there already stays as it is.
Source: https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_block_store import EBSBackend

from localcloud.emulation.patching import wrap
from localcloud.rules import rule


def is_encrypted(image: Any) -> bool:
    """Return whether an image's snapshot is encrypted."""
    return bool(image.__dict__.get("localcloud_encrypted"))


@rule("4")
def encrypts_by_default(backend: Any) -> bool:
    """Return whether EBS encrypts everything that is created in a backend's region."""
    # A backend makes its base images while it is itself being made.
    return bool(backend.__dict__.get("ebs_encryption_by_default"))


@wrap(EBSBackend, "create_volume")
def _create_volume(
    original: Any, backend: Any, size: int, zone_name: str, *args: Any, **kwargs: Any
) -> Any:
    volume = original(backend, size, zone_name, *args, **kwargs)
    volume.encrypted = volume.encrypted or encrypts_by_default(backend)
    return volume


@wrap(EBSBackend, "copy_snapshot")
def _copy_snapshot(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    snapshot = original(backend, *args, **kwargs)
    snapshot.encrypted = snapshot.encrypted or encrypts_by_default(backend)
    return snapshot
