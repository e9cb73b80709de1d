"""S3's own names for the root of its answers.

moto names the root after the operation, and S3 does not.
"""

from __future__ import annotations

from typing import Any

from moto.core.serialize import S3Serializer

from localcloud.emulation.patching import wrap

# Source: the response syntax of each operation,
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
ROOTS = {
    "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "ListParts": "ListPartsResult",
}


@wrap(S3Serializer, "_serialized_result_to_response")
def _named_root(
    original: Any, serializer: Any, answer: Any, result: Any, shape: Any, content: Any
) -> Any:
    root = ROOTS.get(serializer.operation_model.name)
    if root and shape is not None:
        shape.serialization["resultWrapper"] = root
    return original(serializer, answer, result, shape, content)
