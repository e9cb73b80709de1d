"""S3: objects of gigabytes without holding them in memory, checksums, copied parts."""

from __future__ import annotations

import base64
import codecs
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from awscrt import checksums
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.exceptions import EntityTooSmall, InvalidPart, MissingKey, S3ClientError
from moto.s3.models import S3_UPLOAD_PART_MIN_SIZE, FakeKey, S3Backend, s3_backends
from moto.s3.responses import S3Response

from localcloud.emulation.patching import change, wrap

CHUNK_BYTES = 4 << 20
LARGE_OBJECT_BYTES = 8 << 20


class FileSlice:
    """A part of an open file that is read only while it is sent."""

    def __init__(self, descriptor: int, start: int, end: int):
        self._descriptor = os.dup(descriptor)
        self._start = start
        self._end = end

    def __len__(self) -> int:
        return self._end - self._start

    def __getitem__(self, wanted: slice) -> FileSlice:
        start, end, _ = wanted.indices(len(self))
        return FileSlice(self._descriptor, self._start + start, self._start + end)

    def __iter__(self) -> Iterator[bytes]:
        # `pread` leaves the shared position alone, so downloads run side by side.
        position = self._start
        while position < self._end:
            chunk = os.pread(
                self._descriptor, min(CHUNK_BYTES, self._end - position), position
            )
            if not chunk:
                return
            position += len(chunk)
            yield chunk

    def __del__(self) -> None:
        os.close(self._descriptor)


def slice_of(key: Any, start: int = 0, end: int | None = None) -> FileSlice:
    """Return bytes `start` to `end` (exclusive) of an object."""
    with key.lock:
        descriptor = key._value_buffer.fileno()
        key._value_buffer.flush()
    return FileSlice(descriptor, start, key.size if end is None else end)


def put_bytes(account_id: str, bucket: str, name: str, content: bytes) -> None:
    """Store a small object, as a service of AWS itself does."""
    s3_backends[account_id]["aws"].put_object(bucket, name, content)


def put_file(account_id: str, bucket: str, name: str, path: Path, etag: str) -> None:
    """Store a file as an object without reading it; the file is unlinked."""
    key = s3_backends[account_id]["aws"].put_object(bucket, name, b"", etag=etag)
    key._value_buffer.close()
    key._value_buffer = path.open("r+b")
    key.contentsize = path.stat().st_size
    path.unlink()


def _force_file(key: Any) -> None:
    """Let an object lie in a file from the start: holes at the end need one."""
    key._value_buffer.fileno()


def _append(buffer: Any, chunk: bytes) -> None:
    """Write a chunk; zeros become a hole: a raw disk is mostly zeros."""
    if chunk.count(0) == len(chunk):
        buffer.seek(len(chunk), os.SEEK_CUR)
    else:
        buffer.write(chunk)


def has_bucket(account_id: str, bucket: str | None) -> bool:
    """Return whether a bucket exists."""
    return bucket in s3_backends[account_id or DEFAULT_ACCOUNT_ID]["aws"].buckets


def crc64nvme(key: Any) -> str:
    """Return an object's full CRC64NVME, in base64, reading it in chunks."""
    value = 0
    for chunk in slice_of(key):
        value = checksums.crc64nvme(chunk, value)
    return base64.b64encode(value.to_bytes(8, "big")).decode()


def _ensure_checksum(key: Any) -> None:
    """S3 keeps a CRC64NVME of every object that came without a checksum."""
    if key is not None and not key.checksum_algorithm:
        key.checksum_algorithm = "CRC64NVME"
        key.checksum_type = "FULL_OBJECT"
        key.checksum_value = crc64nvme(key)


@wrap(S3Response, "get_object")
def _get_object(original: Any, response: Any) -> Any:
    key = response.backend.get_object(response.bucket_name, response.parse_key_name())
    if key is None or response.querystring.get("versionId"):
        return original(response)
    if response.headers.get("x-amz-checksum-mode") == "ENABLED":
        _ensure_checksum(key)
    if key.size <= LARGE_OBJECT_BYTES:
        return original(response)
    with _without_reading(key):
        status, headers, content = original(response)
    return status, headers, slice_of(key) if status in (200, 206) else content


class _without_reading:
    """Lets moto make the headers of a large object without loading its content."""

    def __init__(self, key: Any):
        self._key = key

    def __enter__(self) -> None:
        self._key.localcloud_unread = True

    def __exit__(self, *_: object) -> None:
        self._key.localcloud_unread = False


@change
def _unread_values() -> None:
    whole = FakeKey.value

    def value(key: Any) -> bytes:
        if getattr(key, "localcloud_unread", False):
            return b""
        return whole.fget(key)

    FakeKey.value = property(value, whole.fset)


@wrap(S3Response, "head_object")
def _head_object(
    original: Any,
    response: Any,
    bucket_name: str,
    query: dict,
    key_name: str,
    headers: Any,
) -> Any:
    wants_checksum = headers.get("x-amz-checksum-mode") == "ENABLED"
    key = response.backend.get_object(bucket_name, key_name) if wants_checksum else None
    _ensure_checksum(key)
    answer = original(response, bucket_name, query, key_name, headers)
    if key is not None and answer[0] == 200:
        checksum_type = key.checksum_type or "FULL_OBJECT"
        answer[1]["x-amz-checksum-type"] = checksum_type
        if checksum_type == "COMPOSITE":
            name = f"x-amz-checksum-{key.checksum_algorithm.lower()}"
            answer[1][name] = f"{key.checksum_value}-{key.checksum_parts}"
    return answer


@wrap(S3Backend, "upload_part_copy")
def _upload_part_copy(
    original: Any,
    backend: Any,
    dest_bucket_name: str,
    multipart_id: str,
    part_id: int,
    src_bucket_name: str,
    src_key_name: str,
    src_version_id: str | None,
    start_byte: int | None,
    end_byte: int | None,
) -> Any:
    multipart = backend.get_bucket(dest_bucket_name).multiparts[multipart_id]
    source = backend.get_object(
        src_bucket_name, src_key_name, version_id=src_version_id
    )
    start, end = (0, source.size) if start_byte is None else (start_byte, end_byte + 1)
    if end > source.size or start >= end:
        raise S3ClientError(
            "InvalidArgument",
            f"Range specified is not valid for source object of size: {source.size}",
        )
    part = multipart.set_part(part_id, b"")
    _force_file(part)
    for chunk in slice_of(source, start, end):
        _append(part._value_buffer, chunk)
    part._value_buffer.truncate()
    part.contentsize = end - start
    return part


@wrap(S3Response, "upload_part_copy")
def _upload_part_copy_response(original: Any, response: Any) -> Any:
    answer = original(response)
    if answer[0] == 404:
        raise MissingKey(key=response.headers.get("x-amz-copy-source"))
    return answer


@wrap(S3Backend, "complete_multipart_upload")
def _complete_multipart_upload(
    original: Any, backend: Any, bucket_name: str, multipart_id: str, body: Any
) -> Any:
    multipart = backend.get_bucket(bucket_name).multiparts[multipart_id]
    wanted = list(body)
    sizes = [multipart.parts[n].size for n, _ in wanted if n in multipart.parts]
    algorithm = multipart.metadata.get("x-amz-checksum-algorithm") or "CRC64NVME"
    if sum(sizes) <= LARGE_OBJECT_BYTES or algorithm != "CRC64NVME":
        return original(backend, bucket_name, multipart_id, iter(wanted))
    parts = _checked_parts(multipart, wanted)
    digests = b"".join(codecs.decode(part.etag.strip('"'), "hex") for part in parts)
    etag = f"{hashlib.md5(digests).hexdigest()}-{len(parts)}"
    key = backend.put_object(
        bucket_name,
        multipart.key_name,
        b"",
        storage=multipart.storage,
        etag=etag,
        multipart=multipart,
        encryption=multipart.sse_encryption,
        kms_key_id=multipart.kms_key_id,
    )
    _force_file(key)
    value = 0
    for part in parts:
        for chunk in slice_of(part):
            _append(key._value_buffer, chunk)
            value = checksums.crc64nvme(chunk, value)
    key._value_buffer.truncate()
    key.contentsize = sum(sizes)
    key.set_metadata(multipart.metadata)
    key.checksum_algorithm, key.checksum_type = "CRC64NVME", "FULL_OBJECT"
    key.checksum_value = base64.b64encode(value.to_bytes(8, "big")).decode()
    backend.put_object_tagging(key, multipart.tags)
    key.set_acl(multipart.acl)
    del backend.get_bucket(bucket_name).multiparts[multipart_id]
    for part in parts:
        part._value_buffer.close()
    return key


def _checked_parts(multipart: Any, wanted: list[tuple[int, str]]) -> list:
    parts = []
    for number, etag in wanted:
        part = multipart.parts.get(number)
        if part is None or part.etag.strip('"') != etag.strip('"'):
            raise InvalidPart
        if parts and parts[-1].size < S3_UPLOAD_PART_MIN_SIZE:
            raise EntityTooSmall
        parts.append(part)
    return parts
