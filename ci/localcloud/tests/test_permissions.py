"""Every call of a role's session is decided by the role's policies, as AWS decides."""

import json
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .conftest import PROJECT, newest_base_image
from .test_stacks import create_change_set, settle

TAGGED = {"Null": {"aws:ResourceTag/team": "false"}}
GROUP = """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 203.0.113.7/32}
"""
STACKS = {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "*"}


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource} | more


class Session:
    """A session of a role, and what is written into its one policy."""

    def __init__(self, cloud):
        self.cloud, self.name = cloud, f"role-{uuid.uuid4().hex[:8]}"
        cloud.client("iam").create_role(
            RoleName=self.name, AssumeRolePolicyDocument="{}"
        )
        self.keys = cloud.call("/localcloud/role", "POST", {"role": self.name})

    def may(self, *statements):
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        self.cloud.client("iam").put_role_policy(
            RoleName=self.name, PolicyName="p", PolicyDocument=json.dumps(document)
        )

    def client(self, service, region="eu-central-1"):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.cloud.url,
            aws_access_key_id=self.keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.keys["AWS_SESSION_TOKEN"],
            config=Config(
                retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
            ),
        )


@pytest.fixture
def session(cloud):
    return Session(cloud)


def refusal(call, *arguments, **parameters):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    answer = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status, answer["Error"]["Code"], answer["Error"].get("Message", "")


def test_a_refusal_looks_like_that_of_each_protocol(session):
    name = session.name
    status, code, message = refusal(session.client("ec2").describe_images)
    assert (status, code) == (403, "UnauthorizedOperation")
    assert message.startswith(
        "You are not authorized to perform this operation. User: "
    )
    assert f":assumed-role/{name}/" in message
    assert "no identity-based policy allows the ec2:DescribeImages action" in message
    assert "Encoded authorization failure message: " in message
    s3 = session.client("s3")
    status, code, message = refusal(s3.get_object, Bucket="b", Key="k")
    assert (status, code) == (403, "AccessDenied")
    assert "s3:GetObject on resource: arn:aws:s3:::b/k" in message
    assert refusal(s3.head_object, Bucket="b", Key="k")[:2] == (403, "403")
    status, code, message = refusal(session.client("ssm").get_parameter, Name="/x")
    assert (status, code) == (400, "AccessDeniedException")
    assert "ssm:GetParameter" in message
    status, code, _ = refusal(session.client("iam").get_role, RoleName=name)
    assert (status, code) == (403, "AccessDenied")
    session.client("sts").get_caller_identity()


def test_policies_count_as_they_are_now_and_a_deny_before_all(session):
    ec2 = session.client("ec2")
    session.may(allow("ec2:Describe*"))
    ec2.describe_images(Owners=["self"])
    deny = allow("ec2:DescribeImages") | {"Effect": "Deny"}
    session.may(allow("ec2:*"), deny)
    assert "explicit deny" in refusal(ec2.describe_images)[2]
    ec2.describe_volumes()


def test_authorisation_comes_before_existence(cloud, session):
    session.may(allow("ec2:DeleteKeyPair", Condition=TAGGED))
    admin, ec2 = cloud.client("ec2"), session.client("ec2")
    name = session.name
    # To whom everything is allowed, the deletion of nothing is no error.
    admin.delete_key_pair(KeyName=name)
    assert refusal(ec2.delete_key_pair, KeyName=name)[1] == "UnauthorizedOperation"
    tags = [{"ResourceType": "key-pair", "Tags": [{"Key": "team", "Value": "x"}]}]
    admin.create_key_pair(KeyName=name, TagSpecifications=tags)
    ec2.delete_key_pair(KeyName=name)
    assert refusal(ec2.delete_key_pair, KeyName=name)[1] == "UnauthorizedOperation"


def test_who_may_not_list_a_bucket_is_not_told_what_is_missing(cloud, session):
    bucket = f"b-{uuid.uuid4().hex[:12]}"
    place = {"LocationConstraint": "eu-central-1"}
    cloud.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    s3, arn = session.client("s3"), f"arn:aws:s3:::{bucket}"
    session.may(allow("s3:GetObject", resource=f"{arn}/*"))
    assert refusal(s3.get_object, Bucket=bucket, Key="k")[:2] == (403, "AccessDenied")
    session.may(allow("s3:GetObject", "s3:ListBucket", resource=[arn, f"{arn}/*"]))
    assert refusal(s3.get_object, Bucket=bucket, Key="k")[:2] == (404, "NoSuchKey")


GROUP_CALLS = [
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateSecurityGroup",
    "ec2:DescribeSecurityGroups",
]


def make_stack(session, body, **options):
    client, name = session.client("cloudformation"), f"s-{uuid.uuid4().hex[:8]}"
    change_set = create_change_set(client, name, body, **options)
    client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
    stack, _ = settle(client, name)
    events = client.describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    reasons = " ".join(e.get("ResourceStatusReason") or "" for e in events)
    return stack, reasons


@pytest.mark.parametrize("missing", [None, *GROUP_CALLS])
def test_cloudformation_calls_with_the_callers_permissions(session, missing):
    calls = [action for action in GROUP_CALLS if action != missing]
    via = {
        "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
    }
    session.may(STACKS, allow(*calls, Condition=via))
    stack, reasons = make_stack(session, GROUP)
    if missing is None:
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        # The caller itself may not.
        assert refusal(session.client("ec2").describe_security_groups)[0] == 403
        return
    assert stack["StackStatus"].startswith("ROLLBACK_")
    assert f"is not authorized to perform: {missing}" in reasons


def test_a_stack_that_may_not_delete_stays(session):
    session.may(STACKS, allow(*GROUP_CALLS))
    stack, _ = make_stack(session, GROUP)
    client, name = session.client("cloudformation"), stack["StackId"]
    client.delete_stack(StackName=name)
    stack, _ = settle(client, name)
    assert stack["StackStatus"] == "DELETE_FAILED"
    session.may(STACKS, allow(*GROUP_CALLS, "ec2:DeleteSecurityGroup", "ec2:Describe*"))
    client.delete_stack(StackName=name)
    stack, _ = settle(client, name)
    assert stack["StackStatus"] == "DELETE_COMPLETE"


def test_an_instances_handler_also_reads_what_its_template_does_not_name(
    cloud, session
):
    image = newest_base_image(cloud.client("ec2"))
    body = f"""
Resources:
  Machine:
    Type: AWS::EC2::Instance
    Properties: {{ImageId: {image}, InstanceType: t3.micro}}
"""
    extra = ["ec2:DescribeIamInstanceProfileAssociations"]
    extra += ["ec2:DescribeLaunchTemplateVersions"]
    others = allow("ec2:*", "ssm:*")
    for action in extra:
        deny = allow(action) | {"Effect": "Deny"}
        session.may(STACKS, others, deny)
        stack, reasons = make_stack(session, body)
        assert stack["StackStatus"].startswith("ROLLBACK_")
        assert f"is not authorized to perform: {action}" in reasons
    session.may(STACKS, others)
    stack, reasons = make_stack(session, body)
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons


def test_a_change_set_by_its_arn_alone_is_not_allowed_by_its_stacks_arn(cloud, session):
    place = f"arn:aws:cloudformation:eu-central-1:{cloud.description['accountId']}"
    session.may(allow("cloudformation:*", resource=f"{place}:stack/s-*/*"))
    client, name = session.client("cloudformation"), f"s-{uuid.uuid4().hex[:8]}"
    made = client.create_change_set(
        StackName=name, ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=GROUP
    )
    status, code, message = refusal(
        client.describe_change_set, ChangeSetName=made["Id"]
    )
    assert (status, code) == (403, "AccessDenied")
    assert f"on resource: {place}:changeSet/c/" in message
    client.describe_change_set(ChangeSetName=made["Id"], StackName=name)


def test_a_parameter_that_cloudformation_looks_up_needs_the_permission(session):
    session.may(STACKS)
    body = "Parameters: {I: {Type: 'AWS::EC2::Image::Id'}}\n" + GROUP
    _, _, message = refusal(
        session.client("cloudformation").create_change_set,
        StackName="s-lookup",
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=body,
        Parameters=[{"ParameterKey": "I", "ParameterValue": "ami-1"}],
    )
    assert "not authorized to perform: ec2:DescribeImages" in message


def test_a_user_is_decided_by_its_policies_too(cloud):
    iam, name = cloud.client("iam"), f"user-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    assert refusal(cloud.client("ec2", **keys).describe_images)[0] == 403


def test_a_role_that_nobody_has_begins_no_session(cloud):
    with pytest.raises(Exception, match="404"):
        cloud.call("/localcloud/role", "POST", {"role": "nobody"})


def test_a_cloud_with_a_role_lets_programs_do_what_the_role_does(tmp_path, run_cloud):
    home = tmp_path / "cloud"
    with run_cloud(home, "--role", "release-codebuild") as cloud:
        assert cloud.description["role"] == "release-codebuild"
        assert cloud.environment["AWS_SESSION_TOKEN"]
        token = {"aws_session_token": cloud.environment["AWS_SESSION_TOKEN"]}
        cloud.client("ec2", **token).describe_images(Owners=["self"])
        assert refusal(cloud.client("s3", **token).list_buckets)[0] == 403


@pytest.fixture
def run_cloud():
    from contextlib import contextmanager

    from .conftest import Cloud, run_localcloud

    @contextmanager
    def run(home, *options):
        templates = str(PROJECT / "cfn")
        result = run_localcloud(
            home, "up", "--paper", *options, DSS_LOCALCLOUD_TEMPLATES=templates
        )
        assert result.returncode == 0, result.stderr
        try:
            yield Cloud(home)
        finally:
            run_localcloud(home, "down")

    return run
