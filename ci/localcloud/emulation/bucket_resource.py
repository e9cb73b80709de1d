"""AWS::S3::Bucket: updates without a given name, and deletion only when empty."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.s3.models import FakeBucket, s3_backends

_moto_update = FakeBucket.update_from_cloudformation_json
_moto_delete = FakeBucket.delete_from_cloudformation_json


def _update(
    cls: type, original_resource: Any, new_resource_name: str, **rest: Any
) -> Any:
    # moto looks the bucket up by a property that templates may leave out.
    properties = rest["cloudformation_json"].setdefault("Properties", {})
    properties.setdefault("BucketName", original_resource.name)
    return _moto_update(
        original_resource=original_resource, new_resource_name=new_resource_name, **rest
    )


def _delete(
    cls: type, resource_name: str, document: Any, account_id: str, region_name: str
) -> None:
    bucket = s3_backends[account_id]["aws"].buckets.get(resource_name)
    if bucket is not None and bucket.keys:
        raise ValidationError(
            message="The bucket you tried to delete is not empty "
            "(Service: S3, Status Code: 409, Error Code: BucketNotEmpty)"
        )
    if bucket is not None:
        _moto_delete(resource_name, document, account_id, region_name)


FakeBucket.update_from_cloudformation_json = classmethod(_update)
FakeBucket.delete_from_cloudformation_json = classmethod(_delete)
