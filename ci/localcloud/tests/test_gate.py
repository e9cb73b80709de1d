"""The gate: what it lets through, and how it refuses the rest."""

import datetime
import hashlib
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

ODD_KEYS = [
    "a b",
    "a+b",
    "é/ü",
    "a*b",
    "~x",
    "a//b",
    "%41",
    "a&b=c?d#e",
    "(1)'!$@,;:",
    "//x",
]


@pytest.fixture
def bucket(cloud):
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    cloud.client("s3").create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    return name


def signed(
    cloud, service, method, path, body=b"", signer=SigV4Auth, at=None, **headers
):
    """Return the headers of a request signed with botocore's signer, at any time."""
    environment = cloud.environment
    credentials = Credentials(
        environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    )
    request = AWSRequest(method, cloud.url + path, data=body, headers=headers)
    auth = signer(credentials, service, "eu-central-1")
    if at is None:
        auth.add_auth(request)
    else:
        request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
        if signer is S3SigV4Auth:
            request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        canonical = auth.canonical_request(request)
        text = auth.string_to_sign(request, canonical)
        auth._inject_signature_to_request(request, auth.signature(text, request))
    return dict(request.headers.items())


def send(cloud, method, path, body=b"", headers=None):
    """Send a request as it stands and return status and body."""
    connection = http.client.HTTPConnection(
        cloud.url.removeprefix("http://"), timeout=600
    )
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, content


FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
WHO = b"Action=GetCallerIdentity&Version=2011-06-15"


def test_a_good_request_passes_and_is_logged(cloud):
    assert (
        cloud.client("sts").get_caller_identity()["Account"]
        == cloud.description["accountId"]
    )
    line = cloud.requests()[-1]
    assert line["operation"] == "sts:GetCallerIdentity"
    assert (line["status"], line["signature"], line["class"]) == (200, "ok", "reading")
    assert line["region"] == "eu-central-1"


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys_verify_and_are_kept(cloud, bucket, key):
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    put = next(r for r in cloud.requests() if r.get("key") == key)
    assert (put["operation"], put["class"]) == ("s3:PutObject", "creating")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    with urllib.request.urlopen(url, timeout=600) as answer:
        assert answer.read() == key.encode()


def test_a_tampered_body_is_refused(cloud, bucket):
    headers = signed(cloud, "sts", "POST", "/", WHO, **FORM)
    assert send(cloud, "POST", "/", WHO, headers)[0] == 200
    tampered = WHO.replace(b"GetCallerIdentity", b"GetSessionToken  ")
    status, body = send(cloud, "POST", "/", tampered, headers)
    assert status == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in body
    headers = signed(cloud, "s3", "PUT", f"/{bucket}/k", b"one", S3SigV4Auth)
    status, body = send(cloud, "PUT", f"/{bucket}/k", b"two", headers)
    assert status == 400
    assert "<Code>XAmzContentSHA256Mismatch</Code>" in body
    status, body = send(cloud, "PUT", f"/{bucket}/other", b"one", headers)
    assert (status, "<Code>SignatureDoesNotMatch</Code>" in body) == (403, True)
    assert cloud.requests()[-1]["signature"] == "refused: mismatch"


def test_a_wrong_secret_is_refused_in_each_protocol(cloud):
    wrong = {"aws_secret_access_key": "wrong"}
    expected = {
        "ec2": ("describe_regions", 401, "AuthFailure"),
        "s3": ("list_buckets", 403, "SignatureDoesNotMatch"),
        "sts": ("get_caller_identity", 403, "SignatureDoesNotMatch"),
        "cloudfront": ("list_distributions", 403, "SignatureDoesNotMatch"),
        "ssm": ("describe_parameters", 400, "InvalidSignatureException"),
    }
    for service, (method, status, code) in expected.items():
        with pytest.raises(ClientError) as caught:
            getattr(cloud.client(service, **wrong), method)()
        response = caught.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status, service
        assert response["Error"]["Code"] == code


def test_an_unknown_key_and_a_bad_token_are_refused(cloud):
    for options, code in [
        ({"aws_access_key_id": "AKIAUNKNOWN"}, "InvalidClientTokenId"),
        ({"aws_session_token": "made-up"}, "InvalidClientTokenId"),
    ]:
        with pytest.raises(ClientError) as caught:
            cloud.client("sts", **options).get_caller_identity()
        assert caught.value.response["Error"]["Code"] == code
    with pytest.raises(ClientError) as caught:
        cloud.client("s3", aws_access_key_id="AKIAUNKNOWN").list_buckets()
    assert caught.value.response["Error"]["Code"] == "InvalidAccessKeyId"


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_skewed_clock_is_refused(cloud, minutes):
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    headers = signed(cloud, "s3", "GET", "/", b"", S3SigV4Auth, at)
    status, body = send(cloud, "GET", "/", headers=headers)
    assert (status, "<Code>RequestTimeTooSkewed</Code>" in body) == (403, True)
    body = b"Action=DescribeRegions&Version=2016-11-15"
    headers = signed(cloud, "ec2", "POST", "/", body, SigV4Auth, at, **FORM)
    status, text = send(cloud, "POST", "/", body, headers)
    assert (status, "<Code>RequestExpired</Code>" in text) == (400, True)


def test_a_clock_within_the_limit_passes(cloud):
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=14)
    headers = signed(cloud, "s3", "GET", "/", b"", S3SigV4Auth, at)
    assert send(cloud, "GET", "/", headers=headers)[0] == 200


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_refused_head_has_a_status_and_no_body(cloud, bucket, method):
    stale = signed(
        cloud,
        "s3",
        method,
        f"/{bucket}/key",
        signer=S3SigV4Auth,
        **{"X-Amz-Security-Token": "of-no-session"},
    )
    status, body = send(cloud, method, f"/{bucket}/key", headers=stale)
    assert 400 <= status < 404
    assert ("<Error>" in body) is (method == "GET")
    assert bool(body) is (method == "GET")


def test_an_unsigned_request_or_header_is_refused(cloud):
    status, body = send(cloud, "GET", "/some-bucket/key")
    assert (status, "<Code>AccessDenied</Code>" in body) == (403, True)
    status, body = send(cloud, "POST", "/", WHO, FORM)
    assert (status, "<Code>MissingAuthenticationToken</Code>" in body) == (403, True)
    assert cloud.requests()[-1]["signature"] == "refused: missing"
    headers = signed(cloud, "s3", "GET", "/", b"", S3SigV4Auth)
    headers["x-amz-acl"] = "public-read"
    status, body = send(cloud, "GET", "/", headers=headers)
    assert (status, "were not signed" in body) == (403, True)


def test_only_s3_takes_an_unsigned_payload(cloud, bucket):
    unsigned = {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    headers = signed(cloud, "sts", "POST", "/", WHO, **FORM, **unsigned)
    assert send(cloud, "POST", "/", WHO, headers)[0] == 403


def test_a_presigned_url_expires_and_cannot_be_changed(cloud, bucket):
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60
    )
    longer = url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")
    for changed in (longer, url.replace("/k?", "/other?")):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(changed, timeout=600)
        assert caught.value.code == 403
        assert "SignatureDoesNotMatch" in caught.value.read().decode()


def test_an_assumed_role_signs_with_its_token_only(cloud):
    account = cloud.description["accountId"]
    own = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    role = cloud.client("iam").create_role(
        RoleName=f"role-{uuid.uuid4().hex[:8]}",
        AssumeRolePolicyDocument=json.dumps({"Statement": own}),
    )["Role"]
    assumed = cloud.client("sts").assume_role(
        RoleArn=role["Arn"], RoleSessionName="session"
    )["Credentials"]
    keys = {
        "aws_access_key_id": assumed["AccessKeyId"],
        "aws_secret_access_key": assumed["SecretAccessKey"],
    }
    token = {"aws_session_token": assumed["SessionToken"]}
    identity = cloud.client("sts", **keys, **token).get_caller_identity()
    assert identity["Arn"].endswith("/session")
    with pytest.raises(ClientError) as caught:
        cloud.client("sts", **keys).get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "InvalidClientTokenId"


def test_an_unknown_operation_is_an_aws_error(cloud):
    body = b"Action=BuyTheMoon&Version=2016-11-15"
    headers = signed(cloud, "ec2", "POST", "/", body, **FORM)
    status, text = send(cloud, "POST", "/", body, headers)
    assert (status, "<Code>InvalidAction</Code>" in text) == (400, True)
    with pytest.raises(ClientError) as caught:
        cloud.client("ec2").describe_fpga_images()
    assert caught.value.response["Error"]["Code"] == "InvalidAction"


def test_the_control_area_needs_no_signature(cloud):
    status, body = send(cloud, "GET", "/localcloud/checkip")
    assert (status, body) == (200, "127.0.0.1\n")
    assert cloud.call("/localcloud/health")["mode"] == "paper"
    assert send(cloud, "GET", "/localcloud/nothing")[0] == 404


def test_no_secret_is_logged(cloud, bucket):
    s3 = cloud.client("s3")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    signature = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)[
        "X-Amz-Signature"
    ][0]
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url, timeout=600)
    text = (cloud.home / "requests.ndjson").read_text()
    assert cloud.environment["AWS_SECRET_ACCESS_KEY"] not in text
    assert signature not in text
