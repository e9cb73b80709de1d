"""AWS::S3::Bucket: updates without a given name, and deletion only when empty."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.s3.models import FakeBucket, s3_backends

from localcloud.emulation.patching import wrap


@wrap(FakeBucket, "update_from_cloudformation_json")
def _update(
    original: Any, original_resource: Any, new_resource_name: str, **rest: Any
) -> Any:
    # moto looks the bucket up by a property that templates may leave out.
    properties = rest["cloudformation_json"].setdefault("Properties", {})
    properties.setdefault("BucketName", original_resource.name)
    return original(
        original_resource=original_resource, new_resource_name=new_resource_name, **rest
    )


@wrap(FakeBucket, "delete_from_cloudformation_json")
def _delete(
    original: Any, resource_name: str, document: Any, account_id: str, region_name: str
) -> None:
    bucket = s3_backends[account_id]["aws"].buckets.get(resource_name)
    if bucket is not None and bucket.keys:
        raise ValidationError(
            message="The bucket you tried to delete is not empty "
            "(Service: S3, Status Code: 409, Error Code: BucketNotEmpty)"
        )
    if bucket is not None:
        original(resource_name, document, account_id, region_name)
