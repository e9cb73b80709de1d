"""CloudFormation: change sets, rollbacks, deletion."""

import itertools
import uuid
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .conftest import TEMPLATES, newest_base_image

_numbers = itertools.count(1)

BUCKET = (
    "Resources: {B: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: k, Value: %s}]}}}"
)


def public_key() -> bytes:
    return (
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
    )


@pytest.fixture
def name():
    return f"stack-{uuid.uuid4().hex[:8]}"


def create_change_set(client, name, body, kind="CREATE", **options):
    change_set = client.create_change_set(
        StackName=name,
        ChangeSetName=f"c-{uuid.uuid4().hex[:8]}",
        ChangeSetType=kind,
        TemplateBody=body,
        **options,
    )
    for _ in range(5):
        seen = client.describe_change_set(ChangeSetName=change_set["Id"])
        if seen["Status"] != "CREATE_IN_PROGRESS":
            return seen
    raise AssertionError("the change set stays in progress")


def settle(client, name):
    statuses = []
    for _ in range(6):
        stack = client.describe_stacks(StackName=name)["Stacks"][0]
        statuses.append(stack["StackStatus"])
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack, statuses
    raise AssertionError(f"the stack stays in progress: {statuses}")


def deploy(client, name, body, kind="CREATE", **options):
    change_set = create_change_set(client, name, body, kind, **options)
    client.execute_change_set(
        ChangeSetName=change_set["ChangeSetId"],
        ClientRequestToken=f"t-{next(_numbers)}",
    )
    return settle(client, name)


def test_the_permanent_stacks_are_there_with_their_outputs(cloud):
    stacks = cloud.client("cloudformation").describe_stacks(
        StackName="DATA-SCIENCE-SANDBOX-VM-Bucket"
    )["Stacks"]
    assert stacks[0]["StackStatus"] == "CREATE_COMPLETE"
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stacks[0]["Outputs"]}
    assert outputs["DistributionDomainName"].endswith(".cloudfront.net")
    cloud.client("s3").head_bucket(Bucket=outputs["VMBucketId"])
    cloud.client("iam").get_role(RoleName=outputs["VMExportRoleId"])
    waf = cloud.client("cloudformation", "us-east-1").describe_stacks(
        StackName="DATA-SCIENCE-SANDBOX-VM-Bucket-WAF"
    )["Stacks"][0]
    acl = waf["Outputs"][0]["OutputValue"]
    parameters = {
        p["ParameterKey"]: p["ParameterValue"] for p in stacks[0]["Parameters"]
    }
    assert parameters["WebAclArn"] == acl


def test_a_machine_stack_is_created_and_deleted_slowly(cloud, name):
    client, ec2 = cloud.client("cloudformation"), cloud.client("ec2")
    ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public_key())
    template = (TEMPLATES / "ec2.yaml").read_text()
    stack, statuses = deploy(
        client,
        name,
        template,
        Parameters=[
            {"ParameterKey": "ImageId", "ParameterValue": newest_base_image(ec2)},
            {"ParameterKey": "KeyName", "ParameterValue": name},
        ],
        Tags=[{"Key": "exa_dss_run", "Value": "run-1"}],
    )
    assert statuses == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    assert outputs["PublicDnsName"] == "127.0.0.1"
    reservations = ec2.describe_instances(InstanceIds=[outputs["InstanceId"]])[
        "Reservations"
    ]
    instance = reservations[0]["Instances"][0]
    assert instance["State"]["Name"] == "running"
    assert instance["KeyName"] == name
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    tags = {t["Key"]: t["Value"] for t in instance["Tags"]}
    assert tags["exa_dss_id"] == "3.4.0"
    assert tags["exa_dss_run"] == "run-1"
    assert tags["aws:cloudformation:logical-id"] == "Machine"
    volume_id = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    volume = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    assert volume["Size"] == 100
    assert {"Key": "exa_dss_id", "Value": "3.4.0"} in volume["Tags"]
    behavior = ec2.describe_instance_attribute(
        InstanceId=instance["InstanceId"], Attribute="instanceInitiatedShutdownBehavior"
    )
    assert behavior["InstanceInitiatedShutdownBehavior"]["Value"] == "terminate"
    client.delete_stack(StackName=name)
    assert client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == (
        "DELETE_IN_PROGRESS"
    )
    with pytest.raises(ClientError) as caught:
        for _ in range(4):
            client.describe_stacks(StackName=name)
    assert "does not exist" in str(caught.value)
    by_id = client.describe_stacks(StackName=stack["StackId"])["Stacks"][0]
    assert by_id["StackStatus"] == "DELETE_COMPLETE"
    gone = ec2.describe_instances(InstanceIds=[outputs["InstanceId"]])["Reservations"]
    assert gone[0]["Instances"][0]["State"]["Name"] == "terminated"
    ec2.delete_key_pair(KeyName=name)


def test_a_failing_resource_rolls_the_stack_back_with_its_cause_first(cloud, name):
    client = cloud.client("cloudformation")
    stack, statuses = deploy(
        client, name, (TEMPLATES / "ec2.yaml").read_text(), Parameters=[
            {"ParameterKey": "ImageId", "ParameterValue": "ami-00000000000000000"},
            {"ParameterKey": "KeyName", "ParameterValue": "nobody"},
        ],
    )  # fmt: skip
    assert statuses == ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"]
    events = client.describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    failed = [e for e in reversed(events) if e["ResourceStatus"] == "CREATE_FAILED"]
    assert failed[0]["LogicalResourceId"] == "Machine"
    assert "ami-00000000000000000" in failed[0]["ResourceStatusReason"]
    assert events[0]["ResourceStatus"] == "ROLLBACK_COMPLETE"
    (token,) = {e.get("ClientRequestToken") for e in events[:-1]}
    assert token.startswith("t-")
    deleted = [e for e in events if e["ResourceStatus"] == "DELETE_COMPLETE"]
    assert [e["LogicalResourceId"] for e in deleted] == ["Access"]
    groups = cloud.client("ec2").describe_security_groups(
        Filters=[{"Name": "tag:aws:cloudformation:stack-name", "Values": [name]}]
    )
    assert groups["SecurityGroups"] == []


def test_a_stacks_tags_do_not_reach_its_machines_volume(cloud, name):
    client, ec2 = cloud.client("cloudformation"), cloud.client("ec2")
    ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public_key())
    template = (TEMPLATES / "ec2.yaml").read_text()
    propagating = "      PropagateTagsToVolumeOnCreation: true\n"
    assert propagating in template
    stack, _ = deploy(
        client,
        name,
        template.replace(propagating, ""),
        Parameters=[
            {"ParameterKey": "ImageId", "ParameterValue": newest_base_image(ec2)},
            {"ParameterKey": "KeyName", "ParameterValue": name},
        ],
        Tags=[{"Key": "Team", "Value": "x"}],
    )
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    ids = [outputs["InstanceId"]]
    (reservation,) = ec2.describe_instances(InstanceIds=ids)["Reservations"]
    (machine,) = reservation["Instances"]
    assert {"Key": "Team", "Value": "x"} in machine["Tags"]
    volume_id = machine["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    (volume,) = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"]
    assert volume.get("Tags", []) == []


def test_an_unknown_resource_type_rolls_back(cloud, name):
    client = cloud.client("cloudformation")
    _stack, statuses = deploy(client, name, "Resources: {X: {Type: AWS::No::Such}}")
    assert statuses[-1] == "ROLLBACK_COMPLETE"
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    reasons = [e.get("ResourceStatusReason", "") for e in events]
    assert any("AWS::No::Such" in reason for reason in reasons)
    with pytest.raises(ClientError) as caught:
        create_change_set(client, name, BUCKET % "a", "UPDATE")
    assert "ROLLBACK_COMPLETE state and can not be updated" in str(caught.value)


def test_an_update_changes_and_an_empty_one_fails(cloud, name):
    client = cloud.client("cloudformation")
    deploy(client, name, BUCKET % "a")
    empty = create_change_set(client, name, BUCKET % "a", "UPDATE")
    assert (empty["Status"], empty["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert empty["StatusReason"] == (
        "The submitted information didn't contain changes. "
        "Submit different information to create a change set."
    )
    with pytest.raises(ClientError) as caught:
        client.execute_change_set(ChangeSetName=empty["ChangeSetId"])
    assert caught.value.response["Error"]["Code"] == "InvalidChangeSetStatus"
    _stack, statuses = deploy(client, name, BUCKET % "b", "UPDATE")
    assert statuses == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    with pytest.raises(ClientError) as caught:
        create_change_set(client, name, BUCKET % "c", "CREATE")
    assert "already exists" in str(caught.value)


def test_a_failing_update_goes_back_to_what_was(cloud, name):
    client = cloud.client("cloudformation")
    deploy(client, name, BUCKET % "a")
    body = (BUCKET % "a")[:-1] + ", X: {Type: AWS::No::Such}}"
    _, statuses = deploy(client, name, body, "UPDATE")
    assert statuses[-1] == "UPDATE_ROLLBACK_COMPLETE"
    resources = client.describe_stack_resources(StackName=name)["StackResources"]
    assert [r["LogicalResourceId"] for r in resources] == ["B"]
    _stack, statuses = deploy(client, name, BUCKET % "b", "UPDATE")
    assert statuses[-1] == "UPDATE_COMPLETE"


def test_bad_requests_are_refused_before_anything_starts(cloud, name):
    client = cloud.client("cloudformation")
    template = (TEMPLATES / "ec2.yaml").read_text()
    with pytest.raises(ClientError, match="must have values"):
        create_change_set(client, name, template)
    with pytest.raises(ClientError, match="do not exist in the template"):
        extra = [{"ParameterKey": "Nope", "ParameterValue": "1"}]
        create_change_set(client, name, BUCKET % "a", Parameters=extra)
    with pytest.raises(ClientError, match="Template format error"):
        create_change_set(client, name, "Resources: [")
    role = (Path(TEMPLATES) / "vm-bucket.yaml").read_text()
    with pytest.raises(ClientError) as caught:
        acl = [{"ParameterKey": "WebAclArn", "ParameterValue": "x"}]
        create_change_set(client, name, role, Parameters=acl)
    assert caught.value.response["Error"]["Code"] == "InsufficientCapabilitiesException"
    with pytest.raises(ClientError, match="does not exist"):
        create_change_set(client, name, BUCKET % "a", "UPDATE")
    assert all(s["StackName"] != name for s in client.describe_stacks()["Stacks"])


def test_events_come_in_pages_and_tokens_make_calls_repeatable(cloud, name):
    client = cloud.client("cloudformation")
    resources = ", ".join(f"B{n}: {{Type: AWS::S3::Bucket}}" for n in range(55))
    wanted = {
        "StackName": name,
        "ChangeSetName": "once",
        "ChangeSetType": "CREATE",
        "TemplateBody": f"Resources: {{{resources}}}",
        "ClientToken": "token-1",
    }
    first = client.create_change_set(**wanted)
    assert client.create_change_set(**wanted)["Id"] == first["Id"]
    for _ in range(2):
        client.describe_change_set(ChangeSetName="once", StackName=name)
    for _ in range(2):
        client.execute_change_set(
            ChangeSetName="once", StackName=name, ClientRequestToken="token-2"
        )
    settle(client, name)
    pages = list(client.get_paginator("describe_stack_events").paginate(StackName=name))
    assert [len(page["StackEvents"]) for page in pages] == [100, 13]


def test_a_stack_with_a_full_bucket_is_not_deleted(cloud, name):
    client, s3 = cloud.client("cloudformation"), cloud.client("s3")
    deploy(client, name, BUCKET % "a")
    bucket = client.describe_stack_resources(StackName=name)["StackResources"][0]
    s3.put_object(Bucket=bucket["PhysicalResourceId"], Key="k", Body=b"x")
    client.delete_stack(StackName=name)
    stack, _ = settle(client, name)
    assert stack["StackStatus"] == "DELETE_FAILED"
    s3.delete_object(Bucket=bucket["PhysicalResourceId"], Key="k")
    client.delete_stack(StackName=name)
    with pytest.raises(ClientError, match="does not exist"):
        for _ in range(4):
            client.describe_stacks(StackName=name)


def test_stacks_take_the_time_that_a_test_sets(cloud, name):
    cloud.set_transition("cloudformation::stack", progression="time", seconds=3600)
    client = cloud.client("cloudformation")
    change_set = create_change_set(client, name, BUCKET % "a")
    client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
    for _ in range(10):
        stack = client.describe_stacks(StackName=name)["Stacks"][0]
        assert stack["StackStatus"] == "CREATE_IN_PROGRESS"
    cloud.set_transition("cloudformation::stack", progression="immediate")
    stack = client.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
