"""Tokens of OpenID providers: a role's trust policy says whose session begins."""

import base64
import json
import time
import uuid

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.iam.principals import Caller, Naming

from .test_project_stacks import BUCKET, deploy, given, project_of, template

HOST = "token.actions.githubusercontent.com"
SUBJECT = "repo:team/sandbox:environment:release"
AUDIENCE = "sts.amazonaws.com"


@pytest.fixture
def provider(cloud):
    iam = cloud.client("iam")
    arn = iam.create_open_id_connect_provider(
        Url=f"https://{HOST}", ClientIDList=[AUDIENCE], ThumbprintList=["a" * 40]
    )["OpenIDConnectProviderArn"]
    yield arn
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


@pytest.fixture
def release_role(cloud):
    """The ARN of the role of cfn/release-codebuild.yaml, which trusts one subject."""
    name = f"web-{uuid.uuid4().hex[:8]}"
    client = cloud.client("cloudformation")
    values = given(**BUCKET, GitHubActionsSubject=SUBJECT)
    deploy(client, name, template("release-codebuild"), **values)
    yield project_of(cloud, name)["serviceRole"]
    client.delete_stack(StackName=name)


def token(**claims):
    whole = {
        "iss": f"https://{HOST}",
        "aud": AUDIENCE,
        "sub": SUBJECT,
        "exp": time.time() + 600,
    } | claims
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "RS256"}, whole)
    ]
    return ".".join([*parts, "signature"])


def assume(cloud, role, text):
    client = boto3.client(
        "sts",
        region_name="eu-central-1",
        endpoint_url=cloud.url,
        config=Config(signature_version=UNSIGNED),
    )
    return client.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="job", WebIdentityToken=text
    )["Credentials"]


def refusal(cloud, role, text):
    with pytest.raises(ClientError) as caught:
        assume(cloud, role, text)
    return caught.value.response["Error"]


def test_the_named_subject_begins_a_session_of_the_role(cloud, provider, release_role):
    given_keys = assume(cloud, release_role, token())
    client = boto3.client(
        "sts",
        region_name="eu-central-1",
        endpoint_url=cloud.url,
        aws_access_key_id=given_keys["AccessKeyId"],
        aws_secret_access_key=given_keys["SecretAccessKey"],
        aws_session_token=given_keys["SessionToken"],
    )
    name = release_role.rpartition("/")[2]
    assert client.get_caller_identity()["Arn"].endswith(f"assumed-role/{name}/job")


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "repo:team/sandbox:ref:refs/heads/main"},
        {"sub": f"{SUBJECT}2"},
        {"sub": "repo:other/sandbox:environment:release"},
    ],
)
def test_another_subject_is_not_trusted(cloud, provider, release_role, claims):
    error = refusal(cloud, release_role, token(**claims))
    assert error["Code"] == "AccessDenied"
    assert "sts:AssumeRoleWithWebIdentity" in error["Message"]


def test_a_role_without_that_trust_lets_nobody_in(cloud, provider):
    name = f"own-{uuid.uuid4().hex[:8]}"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"],
    }
    role = cloud.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": statement}
        ),
    )["Role"]["Arn"]
    for arn in (role, f"{role}x", "not-the-arn-of-any-role"):
        assert refusal(cloud, arn, token())["Code"] == "AccessDenied"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (token(aud="somebody"), "InvalidIdentityToken"),
        (token(iss="https://issuer.example"), "InvalidIdentityToken"),
        (token(exp=1), "ExpiredTokenException"),
        ("no.token", "InvalidIdentityToken"),
        ("a.!!.c", "InvalidIdentityToken"),
    ],
)
def test_a_token_that_is_not_the_providers_is_refused(
    cloud, provider, release_role, text, code
):
    assert refusal(cloud, release_role, text)["Code"] == code


def test_without_a_provider_in_the_account_nobody_comes_in(cloud, release_role):
    error = refusal(cloud, release_role, token())
    assert error["Code"] == "InvalidIdentityToken"
    assert (
        f"No OpenIDConnect provider found in your account for https://{HOST}"
        in (error["Message"])
    )


def test_other_requests_still_need_a_signature(cloud):
    client = boto3.client(
        "sts",
        region_name="eu-central-1",
        endpoint_url=cloud.url,
        config=Config(signature_version=UNSIGNED),
    )
    with pytest.raises(ClientError, match="MissingAuthenticationToken"):
        client.get_caller_identity()


def test_a_provider_is_named_as_federated():
    bearer = Caller(provider="arn:aws:iam::1:oidc-provider/x")
    for principal, expected in (
        ({"Federated": "arn:aws:iam::1:oidc-provider/x"}, Naming.IDENTITY),
        ({"Federated": ["a", "arn:aws:iam::1:oidc-provider/x"]}, Naming.IDENTITY),
        ({"Federated": "arn:aws:iam::1:oidc-provider/y"}, Naming.NOT),
        ({"AWS": "*"}, Naming.NOT),
    ):
        assert bearer.naming({"Principal": principal}) is expected
