"""S3: conditional writes, parts copied by range, checksums, large objects."""

import concurrent.futures
import random
import uuid
from xml.etree import ElementTree

import pytest
from awscrt import checksums
from botocore.exceptions import ClientError

MIB = 1 << 20


@pytest.fixture
def bucket(cloud):
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    cloud.client("s3").create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    return name


@pytest.fixture
def content():
    """Twelve MiB that do not repeat, with a hole in the middle."""
    noise = random.Random(1).randbytes(4 * MIB)
    return noise + bytes(4 * MIB + 1) + noise


def code_of(caught):
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def crc64nvme(content):
    import base64

    return base64.b64encode(checksums.crc64nvme(content).to_bytes(8, "big")).decode()


def test_a_conditional_write_succeeds_once(cloud, bucket):
    s3 = cloud.client("s3")

    def attempt(number):
        try:
            s3.put_object(Bucket=bucket, Key="lock", Body=str(number), IfNoneMatch="*")
        except ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"]
        return 200

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(attempt, range(8)))
    assert statuses == [200] + [412] * 7
    etag = s3.head_object(Bucket=bucket, Key="lock")["ETag"]
    changed = s3.put_object(Bucket=bucket, Key="lock", Body=b"new", IfMatch=etag)
    assert changed["ETag"] != etag
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=bucket, Key="lock", Body=b"newer", IfMatch=etag)
    assert code_of(caught) == ("PreconditionFailed", 412)
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=bucket, Key="none", Body=b"x", IfMatch=etag)
    assert code_of(caught) == ("NoSuchKey", 404)


def test_an_object_is_copied_in_parts(cloud, bucket, content):
    s3 = cloud.client("s3")
    source = {"Bucket": bucket, "Key": "a b/sö+urce"}
    s3.put_object(**source, Body=content)
    target = {"Bucket": bucket, "Key": "target"}
    upload = s3.create_multipart_upload(
        **target, ChecksumAlgorithm="CRC64NVME", ChecksumType="FULL_OBJECT"
    )["UploadId"]
    parts = []
    step = 5 * MIB
    for number, start in enumerate(range(0, len(content), step), 1):
        end = min(start + step, len(content)) - 1
        copied = s3.upload_part_copy(
            **target,
            UploadId=upload,
            PartNumber=number,
            CopySource=source,
            CopySourceRange=f"bytes={start}-{end}",
        )
        etag = copied["CopyPartResult"]["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    s3.complete_multipart_upload(
        **target, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    head = s3.head_object(**target, ChecksumMode="ENABLED")
    assert head["ETag"].endswith(f'-{len(parts)}"')
    assert head["ChecksumCRC64NVME"] == crc64nvme(content)
    assert head["ChecksumType"] == "FULL_OBJECT"
    assert s3.get_object(**target)["Body"].read() == content
    names = [r["operation"] for r in cloud.requests() if r.get("key") == "target"]
    assert names.count("s3:UploadPartCopy") == len(parts)


def test_a_wrong_range_or_source_is_refused(cloud, bucket):
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="small", Body=b"12345")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="t")["UploadId"]
    wanted = {"Bucket": bucket, "Key": "t", "UploadId": upload, "PartNumber": 1}
    with pytest.raises(ClientError) as caught:
        s3.upload_part_copy(
            **wanted,
            CopySource={"Bucket": bucket, "Key": "small"},
            CopySourceRange="bytes=0-5",
        )
    assert code_of(caught) == ("InvalidArgument", 400)
    with pytest.raises(ClientError) as caught:
        s3.upload_part_copy(**wanted, CopySource={"Bucket": bucket, "Key": "none"})
    assert code_of(caught) == ("NoSuchKey", 404)


def test_a_large_object_is_read_whole_and_by_range(cloud, bucket, content):
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="k", Body=content)
    whole = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert whole["ContentLength"] == len(content)
    assert whole["Body"].read() == content
    part = s3.get_object(Bucket=bucket, Key="k", Range="bytes=4194300-8388620")
    assert part["ContentRange"] == f"bytes 4194300-8388620/{len(content)}"
    assert part["Body"].read() == content[4194300:8388621]
    tail = s3.get_object(Bucket=bucket, Key="k", Range="bytes=-5")["Body"].read()
    assert tail == content[-5:]
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={len(content)}-")
    assert code_of(caught) == ("InvalidRange", 416)


def test_every_object_has_a_checksum(cloud, bucket):
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="k", Body=b"hello", ChecksumAlgorithm="SHA256")
    assert "ChecksumSHA256" in s3.head_object(
        Bucket=bucket, Key="k", ChecksumMode="ENABLED"
    )
    s3.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": bucket, "Key": "k"})
    upload = s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]
    part = s3.upload_part(
        Bucket=bucket, Key="m", UploadId=upload, PartNumber=1, Body=b"x"
    )
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(
        Bucket=bucket, Key="m", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    head = s3.head_object(Bucket=bucket, Key="m", ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"] == crc64nvme(b"x")


def test_a_listing_comes_in_pages(cloud, bucket):
    s3 = cloud.client("s3")
    for number in range(7):
        s3.put_object(Bucket=bucket, Key=f"p/{number}", Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="p/", PaginationConfig={"PageSize": 3}
    )
    assert [len(page["Contents"]) for page in pages] == [3, 3, 1]


def test_answers_have_the_roots_that_s3_gives_them(cloud, bucket):
    client = cloud.client("s3")
    roots = {}

    def note(name):
        def read(response_dict, **_):
            root = ElementTree.fromstring(response_dict["body"]).tag
            roots[name] = root.rpartition("}")[2]

        client.meta.events.register(f"before-parse.s3.{name}", read)

    for name in ("CreateMultipartUpload", "ListMultipartUploads", "ListParts"):
        note(name)
    note("CompleteMultipartUpload")
    upload = {"Bucket": bucket, "Key": "k"}
    upload["UploadId"] = client.create_multipart_upload(**upload)["UploadId"]
    part = client.upload_part(**upload, PartNumber=1, Body=b"x")
    client.list_multipart_uploads(Bucket=bucket)
    assert len(client.list_parts(**upload)["Parts"]) == 1
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    done = client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert done["Bucket"] == bucket
    assert roots == {
        "CreateMultipartUpload": "InitiateMultipartUploadResult",
        "ListMultipartUploads": "ListMultipartUploadsResult",
        "ListParts": "ListPartsResult",
        "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    }
