"""The account's things as authorisation sees them: their tags, owners and full names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.cloudformation.models import cloudformation_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.s3.models import s3_backends

from localcloud.emulation.iam.identities import role_named
from localcloud.rules import rule

BUCKETS = "arn:aws:s3:::"


def policy_of_bucket(resource: str) -> dict[str, Any] | None:
    """Return the policy of the bucket that an ARN is of; `None` without one."""
    if not resource.startswith(BUCKETS):
        return None
    name = resource.removeprefix(BUCKETS).partition("/")[0]
    bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(name)
    text = getattr(bucket, "policy", None)
    return json.loads(text) if text else None


class AccountWorld:
    """What is there at this moment."""

    account = DEFAULT_ACCOUNT_ID

    @rule("9")
    def tags(self, kind: str, name: str, region: str) -> dict[str, str] | None:
        """Return the tags of EC2's thing; `None` where it is gone, which then meets no condition."""
        thing = self._find(kind, name, region)
        if thing is None:
            return None
        return {tag["key"]: str(tag["value"]) for tag in thing.get_tags()}

    def owner(self, image_id: str, region: str) -> str | None:
        """Return the account that an image belongs to."""
        image = self._find("image", image_id, region)
        return None if image is None else str(image.owner_id)

    def stack_id(self, name: str, region: str) -> str | None:
        """Return the ARN of the stack of that name."""
        stacks = cloudformation_backends[self.account][region].stacks.values()
        return next((s.stack_id for s in stacks if s.name == name), None)

    def role_arn(self, name: str) -> str:
        """Return the ARN of a role, or what it would be."""
        role = role_named(name)
        return role.arn if role else f"arn:aws:iam::{self.account}:role/{name}"

    def object_tags(self, bucket: str, key: str) -> dict[str, str] | None:
        """Return the tags of an object; `None` without one."""
        backend = s3_backends[self.account]["aws"]
        known = backend.buckets.get(bucket)
        found = known.keys.get(key) if known else None
        if found is None or type(found).__name__ == "FakeDeleteMarker":
            return None
        tags: Iterable[dict] = backend.tagger.list_tags_for_resource(found.arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}

    def _find(self, kind: str, name: str, region: str) -> Any:
        backend = ec2_backends[self.account][region]
        if kind == "instance":
            instances = (i for r in backend.reservations.values() for i in r.instances)
            return next((i for i in instances if i.id == name), None)
        if kind == "key-pair":
            pairs = backend.key_pairs.values()
            return next((p for p in pairs if name in (p.key_name, p.id)), None)
        if kind == "security-group":
            groups = (g for known in backend.groups.values() for g in known.values())
            return next((g for g in groups if name in (g.id, g.name)), None)
        if kind == "image":
            image = backend.amis.get(name)
            is_gone = image is not None and image.state == "deregistered"
            return None if is_gone else image
        stores = {
            "export-image-task": backend.__dict__.get("localcloud_export_tasks", {}),
            "snapshot": backend.snapshots,
            "volume": backend.volumes,
        }
        return stores.get(kind, {}).get(name)
