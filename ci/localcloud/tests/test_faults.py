"""Faults: errors, delays, lost answers, errors within a 200."""

import http.client
import time
import urllib.error
import urllib.parse
import uuid
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError


def add(cloud, *rules):
    cloud.call("/localcloud/faults", "POST", list(rules))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def bucket(cloud):
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    cloud.client("s3").create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    return name


def test_an_error_comes_as_often_as_asked(cloud):
    add(
        cloud,
        {
            "operation": "ec2:DescribeRegions",
            "count": 2,
            "status": 503,
            "code": "RequestLimitExceeded",
        },
    )
    ec2 = cloud.client("ec2")
    for left in (1, 0):
        with pytest.raises(ClientError) as caught:
            ec2.describe_regions()
        response = caught.value.response
        assert response["Error"]["Code"] == "RequestLimitExceeded"
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 503
        rules = cloud.call("/localcloud/faults")
        assert [rule["count"] for rule in rules] == ([left] if left else [])
    assert ec2.describe_regions()["Regions"]
    assert cloud.requests()[-2]["fault"] == "RequestLimitExceeded"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_dropped_connection_has_an_effect_only_after(cloud, bucket, when):
    s3 = cloud.client("s3")
    add(cloud, {"operation": "s3:PutObject", "dropConnection": when})
    with pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    line = cloud.requests()[-1]
    assert (line["status"], line["fault"]) == (0, f"drop {when}")
    found = s3.list_objects_v2(Bucket=bucket)["KeyCount"]
    assert found == (1 if when == "after" else 0)


def test_a_delay_delays(cloud):
    add(cloud, {"operation": "sts:*", "delaySeconds": 0.5})
    started = time.monotonic()
    cloud.client("sts").get_caller_identity()
    assert time.monotonic() - started >= 0.5


def test_a_request_whose_sender_is_gone_is_in_flight_until_its_effect(cloud, bucket):
    add(cloud, {"operation": "s3:PutObject", "delaySeconds": 2})
    s3 = cloud.client("s3")
    address = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
    url = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(url.netloc, timeout=600)
    connection.request("PUT", f"{url.path}?{url.query}", b"x")

    def is_in_flight() -> bool:
        return bool(cloud.call("/localcloud/health")["requestsInFlight"])

    wait_until(is_in_flight)
    connection.close()
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    wait_until(lambda: not is_in_flight())
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_s3_answers_an_error_within_a_200(cloud, bucket):
    s3 = cloud.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    part = s3.upload_part(
        Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"x"
    )
    add(
        cloud,
        {
            "operation": "s3:CompleteMultipartUpload",
            "key": "k*",
            "status": 200,
            "code": "InternalError",
        },
    )
    wanted = {
        "Bucket": bucket,
        "Key": "k",
        "UploadId": upload,
        "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    }
    with pytest.raises(ClientError) as caught:
        s3.complete_multipart_upload(**wanted)
    assert caught.value.response["Error"]["Code"] == "InternalError"
    assert cloud.requests()[-1]["status"] == 200
    s3.complete_multipart_upload(**wanted)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"operation": "ec2:X"},
        {"opperation": "ec2:X", "delaySeconds": 1},
        {"status": 500},
        {"dropConnection": "maybe"},
        {"outcome": "fail-everything"},
    ],
)
def test_a_rule_without_sense_is_refused(cloud, rule):
    with pytest.raises(urllib.error.HTTPError) as caught:
        add(cloud, rule)
    assert caught.value.code == 400
    assert cloud.call("/localcloud/faults") == []
