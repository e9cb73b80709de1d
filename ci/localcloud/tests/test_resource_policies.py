"""Policies of buckets and roles, beside those of whoever asks."""

import json
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.iam.policies import Demand
from localcloud.iam.principals import Caller, Naming, resource_verdict

from .test_permissions import Session, allow

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"
CALLER = Caller(SESSION, ROLE)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        # The reference of the element Principal.
        ("*", Naming.IDENTITY),
        ({"AWS": "*"}, Naming.IDENTITY),
        ({"AWS": ACCOUNT}, Naming.ACCOUNT),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Naming.ACCOUNT),
        ({"AWS": ["210987654321", ROLE]}, Naming.IDENTITY),
        ({"AWS": [ROLE, SESSION]}, Naming.SESSION),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, Naming.NOT),
        ({"AWS": "210987654321"}, Naming.NOT),
        ({"Service": "codebuild.amazonaws.com"}, Naming.NOT),
        ({"Federated": "cognito-identity.amazonaws.com"}, Naming.NOT),
    ],
)
def test_principals_are_named_as_the_reference_says(principal, expected):
    assert CALLER.naming({"Principal": principal}) is expected
    inverted = Naming.IDENTITY if expected is Naming.NOT else Naming.NOT
    assert CALLER.naming({"NotPrincipal": principal}) is inverted


def test_a_service_is_named_as_such():
    service = Caller(service="vmie.amazonaws.com")
    for principal, expected in (
        ({"Service": "vmie.amazonaws.com"}, Naming.IDENTITY),
        ({"Service": ["a", "vmie.amazonaws.com"]}, Naming.IDENTITY),
        ({"Service": "codebuild.amazonaws.com"}, Naming.NOT),
        ({"AWS": "*"}, Naming.NOT),
    ):
        assert service.naming({"Principal": principal}) is expected


def test_a_denial_counts_whoever_allows():
    document = {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]
    }
    for secure, denied in ((True, False), (False, True)):
        demand = Demand("s3:GetObject", "x", {"aws:SecureTransport": secure})
        verdict = resource_verdict(document, CALLER, demand, names_resource=True)
        assert (verdict.is_denied, verdict.allowed) == (denied, Naming.IDENTITY)


@pytest.fixture
def session(cloud):
    made = Session(cloud)
    made.may(allow("ec2:DescribeImages"))
    return made


@pytest.fixture
def bucket(cloud):
    s3, name = cloud.client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    where = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    s3.put_object(Bucket=name, Key="a/k", Body=b"x")
    return name


def write(cloud, bucket, *statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    cloud.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def statement(effect, principal, action, resource, **more):
    return {
        "Effect": effect,
        "Principal": principal,
        "Action": action,
        "Resource": resource,
    } | more


def read(session, bucket):
    return session.client("s3").get_object(Bucket=bucket, Key="a/k")["Body"].read()


def test_within_one_account_a_buckets_policy_is_enough(cloud, session, bucket):
    with pytest.raises(ClientError, match="no identity-based policy allows"):
        read(session, bucket)
    role = cloud.client("iam").get_role(RoleName=session.name)["Role"]["Arn"]
    objects = f"arn:aws:s3:::{bucket}/a/*"
    write(cloud, bucket, statement("Allow", {"AWS": role}, "s3:GetObject", objects))
    assert read(session, bucket) == b"x"
    # Its account alone leaves it to the role's own policies.
    account = cloud.description["accountId"]
    write(cloud, bucket, statement("Allow", {"AWS": account}, "s3:GetObject", objects))
    with pytest.raises(ClientError, match="AccessDenied"):
        read(session, bucket)


def test_a_buckets_denial_counts_before_all(cloud, session, bucket):
    session.may(allow("s3:*"))
    assert read(session, bucket) == b"x"
    objects = f"arn:aws:s3:::{bucket}/*"
    write(cloud, bucket, statement("Deny", "*", "s3:GetObject", objects))
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        read(session, bucket)
    # The cloud's own key is no exception.
    with pytest.raises(ClientError, match="AccessDenied|Forbidden"):
        cloud.client("s3").get_object(Bucket=bucket, Key="a/k")
    plain = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    write(cloud, bucket, statement("Deny", "*", "s3:*", objects, **plain))
    assert read(session, bucket) == b"x"


def trusting(cloud, *statements):
    name = f"role-{uuid.uuid4().hex[:8]}"
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    iam = cloud.client("iam")
    return iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(document)
    )["Role"]["Arn"]


def trust(effect="Allow", principal="*", **more):
    return {
        "Effect": effect,
        "Principal": principal,
        "Action": "sts:AssumeRole",
    } | more


def assume(client, role, **more):
    return client.assume_role(RoleArn=role, RoleSessionName="session", **more)[
        "Credentials"
    ]


def test_a_session_begins_only_for_whom_the_role_trusts(cloud, session):
    account = cloud.description["accountId"]
    own = cloud.client("iam").get_role(RoleName=session.name)["Role"]["Arn"]
    sts = session.client("sts")
    nobody = trusting(cloud, trust(principal={"Service": "ec2.amazonaws.com"}))
    for client in (sts, cloud.client("sts")):
        with pytest.raises(ClientError, match="AccessDenied.*sts:AssumeRole"):
            assume(client, nobody)
    assume(sts, trusting(cloud, trust(principal={"AWS": own})))
    by_account = trusting(cloud, trust(principal={"AWS": account}))
    assume(cloud.client("sts"), by_account)
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(sts, by_account)
    session.may(allow("sts:AssumeRole", resource=by_account))
    assume(sts, by_account)
    denied = trusting(cloud, trust(), trust("Deny", principal={"AWS": own}))
    with pytest.raises(ClientError, match="explicit deny"):
        assume(sts, denied)


def test_an_external_id_is_compared(cloud):
    condition = {"StringEquals": {"sts:ExternalId": "right"}}
    account = cloud.description["accountId"]
    role = trusting(cloud, trust(principal={"AWS": account}, Condition=condition))
    sts = cloud.client("sts")
    for given in ({}, {"ExternalId": "wrong"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            assume(sts, role, **given)
    assume(sts, role, ExternalId="right")


def test_a_sessions_own_policy_narrows_what_a_bucket_allows(cloud, bucket):
    account = cloud.description["accountId"]
    role = trusting(cloud, trust(principal={"AWS": account}))
    objects = f"arn:aws:s3:::{bucket}/a/*"
    write(cloud, bucket, statement("Allow", {"AWS": role}, "s3:GetObject", objects))
    nothing = {"Statement": allow("ec2:DescribeImages")}
    for policy, is_allowed in ((None, True), (nothing, False)):
        more = {"Policy": json.dumps(policy)} if policy else {}
        given = assume(cloud.client("sts"), role, **more)
        client = boto3.client(
            "s3",
            region_name="eu-central-1",
            endpoint_url=cloud.url,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            config=Config(s3={"addressing_style": "path"}),
        )
        if is_allowed:
            client.get_object(Bucket=bucket, Key="a/k")
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                client.get_object(Bucket=bucket, Key="a/k")
