"""What S3's calls demand; their names are seldom those of the actions.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from typing import Any

from localcloud.iam.calls import Call, World
from localcloud.iam.policies import Demand
from localcloud.iam.reference import action_keys, is_action, known_keys
from localcloud.rules import rule

OBJECT_ACTIONS = {
    "AbortMultipartUpload": ("AbortMultipartUpload",),
    "CompleteMultipartUpload": ("PutObject",),
    "CopyObject": ("PutObject",),
    "CreateMultipartUpload": ("PutObject",),
    "GetObjectAttributes": ("GetObject", "GetObjectAttributes"),
    "HeadObject": ("GetObject",),
    "ListParts": ("ListMultipartUploadParts",),
    "UploadPart": ("PutObject",),
    "UploadPartCopy": ("PutObject",),
}
BUCKET_ACTIONS = {
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
}
# Actions that have a name of their own where a request names a version.
VERSIONED = ("DeleteObject", "GetObject", "GetObjectTagging", "PutObjectTagging")
SOURCE = "x-amz-copy-source"
TAGGING = "x-amz-tagging"


def s3_demands(call: Call, world: World) -> Iterator[Demand]:
    """Return what one call of S3 demands."""
    if call.operation == "ListBuckets":
        yield Demand("s3:ListAllMyBuckets", "*")
    elif call.operation == "DeleteObjects":
        # Its keys lie in its body; whoever may delete some may not delete all.
        yield _demand("DeleteObject", call, f"{_bucket(call)}/*", {})
    elif call.key:
        yield from _on_object(call, world)
    else:
        action = BUCKET_ACTIONS.get(call.operation, call.operation)
        yield _demand(action, call, _bucket(call), _bucket_context(call))


@rule("25")
def hides_absence(call: Call, world: World) -> Demand | None:
    """Return what a reader must be allowed to be told that there is no such key.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    is_reading = call.operation in ("GetObject", "HeadObject")
    if not is_reading or world.object_tags(call.bucket, call.key) is not None:
        return None
    return _demand("ListBucket", call, _bucket(call), {})


def _on_object(call: Call, world: World) -> Iterator[Demand]:
    arn = f"{_bucket(call)}/{call.key}"
    context = _object_context(call, world)
    for action in OBJECT_ACTIONS.get(call.operation, (call.operation,)):
        if "versionId" in call.query and action in VERSIONED:
            action = action.replace("Object", "ObjectVersion", 1)
        yield _demand(action, call, arn, context)
    if TAGGING in call.headers:
        yield _demand("PutObjectTagging", call, arn, context)
    if call.operation == "PutObject" and "if-match" in call.headers:
        # What is compared is read.
        yield _demand("GetObject", call, arn, context)
    if SOURCE in call.headers:
        yield from _copied(call, arn, world)


def _copied(call: Call, target: str, world: World) -> Iterator[Demand]:
    source = urllib.parse.unquote(call.headers[SOURCE]).lstrip("/").partition("?")[0]
    bucket, _, key = source.partition("/")
    tags = world.object_tags(bucket, key) or {}
    context = {f"s3:ExistingObjectTag/{k}": v for k, v in tags.items()}
    yield _demand("GetObject", call, f"arn:aws:s3:::{source}", context)
    replaces = call.headers.get("x-amz-tagging-directive", "COPY") == "REPLACE"
    if call.operation == "CopyObject" and tags and not replaces:
        yield _demand("GetObjectTagging", call, f"arn:aws:s3:::{source}", context)
        yield _demand("PutObjectTagging", call, target, {})


def _demand(action: str, call: Call, resource: str, context: dict[str, Any]) -> Demand:
    action = f"s3:{action}"
    if not is_action(action):
        raise KeyError(f"no table says what `s3:{call.operation}` demands")
    return Demand(action, resource, known_keys(action_keys(action), context))


def _bucket(call: Call) -> str:
    return f"arn:aws:s3:::{call.bucket}"


def _bucket_context(call: Call) -> dict[str, Any]:
    names = {
        "prefix": "s3:prefix",
        "delimiter": "s3:delimiter",
        "max-keys": "s3:max-keys",
    }
    return {key: call.query[name] for name, key in names.items() if name in call.query}


def _object_context(call: Call, world: World) -> dict[str, Any]:
    context: dict[str, Any] = {
        f"s3:{name}": value
        for name, value in call.headers.items()
        if name.startswith("x-amz-") or name in ("if-match", "if-none-match")
    }
    given = dict(urllib.parse.parse_qsl(call.headers.get(TAGGING, "")))
    context |= {f"s3:RequestObjectTag/{k}": v for k, v in given.items()}
    if given:
        context["s3:RequestObjectTagKeys"] = list(given)
    existing = world.object_tags(call.bucket, call.key) or {}
    return context | {f"s3:ExistingObjectTag/{k}": v for k, v in existing.items()}
