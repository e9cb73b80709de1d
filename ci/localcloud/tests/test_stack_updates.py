"""CloudFormation updates: what a change set shows, what is replaced, taken back, kept."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError

from .test_stacks import create_change_set, deploy, settle

GROUPS = """
Parameters:
  Days: {Type: Number, Default: 7}
  Suffix: {Type: String, Default: one}
  Second: {Type: String, Default: "no"}
Conditions:
  HasSecond: !Equals [!Ref Second, "yes"]
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub "${AWS::StackName}-${Suffix}"
      RetentionInDays: !Ref Days
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: write
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: logs:PutLogEvents
                Resource: !GetAtt Group.Arn
  Extra:
    Type: AWS::Logs::LogGroup
    Condition: HasSecond
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      LogGroupName: !Sub "${AWS::StackName}-extra"
Outputs:
  Group:
    Value: !Ref Group
"""
IAM = {"Capabilities": ["CAPABILITY_IAM"]}


def given(**values):
    parameters = [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]
    return IAM | {"Parameters": parameters}


@pytest.fixture
def name():
    return f"stack-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def client(cloud, name):
    client = cloud.client("cloudformation")
    deploy(client, name, GROUPS, **IAM)
    return client


def changes_of(change_set):
    return {
        c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"]
        for c in change_set["Changes"]
    }


def groups(cloud, name):
    found = cloud.client("logs").describe_log_groups(logGroupNamePrefix=name)
    return {
        g["logGroupName"].removeprefix(name + "-"): g.get("retentionInDays")
        for g in found["logGroups"]
    }


def statuses_of(client, stack):
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    return [
        (e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason", ""))
        for e in reversed(events)
    ]


def test_a_new_stack_shows_what_it_will_add(cloud, name):
    seen = create_change_set(cloud.client("cloudformation"), name, GROUPS, **IAM)
    changes = changes_of(seen)
    assert changes.keys() == {"Group", "Role"}
    assert changes["Group"]["Action"] == "Add"
    assert changes["Group"]["ResourceType"] == "AWS::Logs::LogGroup"
    assert "Replacement" not in changes["Group"]


def test_a_change_in_place_names_property_and_parameter(client, cloud, name):
    seen = create_change_set(client, name, GROUPS, "UPDATE", **given(Days="30"))
    changes = changes_of(seen)
    assert changes.keys() == {"Group"}
    change = changes["Group"]
    assert (change["Action"], change["Replacement"]) == ("Modify", "False")
    assert change["PhysicalResourceId"] == f"{name}-one"
    assert change["Scope"] == ["Properties"]
    assert change["Details"] == [
        {
            "Target": {
                "Attribute": "Properties",
                "Name": "RetentionInDays",
                "RequiresRecreation": "Never",
            },
            "Evaluation": "Static",
            "ChangeSource": "ParameterReference",
            "CausingEntity": "Days",
        }
    ]
    with_values = client.describe_change_set(
        ChangeSetName=seen["ChangeSetId"], IncludePropertyValues=True
    )
    target = changes_of(with_values)["Group"]["Details"][0]["Target"]
    assert (target["Path"], target["BeforeValue"], target["AfterValue"]) == (
        "/Properties/RetentionInDays",
        "7",
        "30",
    )
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    stack, statuses = settle(client, name)
    assert statuses == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert groups(cloud, name) == {"one": 30}
    assert [s[:2] for s in statuses_of(client, name)[-5:]] == [
        (name, "UPDATE_IN_PROGRESS"),
        ("Group", "UPDATE_IN_PROGRESS"),
        ("Group", "UPDATE_COMPLETE"),
        (name, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        (name, "UPDATE_COMPLETE"),
    ]
    values = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
    assert values["Days"] == "30"


def test_a_replacement_reaches_what_refers_to_it(client, cloud, name):
    seen = create_change_set(client, name, GROUPS, "UPDATE", **given(Suffix="two"))
    changes = changes_of(seen)
    assert changes["Group"]["Replacement"] == "True"
    assert changes["Role"]["Replacement"] == "False"
    detail = changes["Role"]["Details"][0]
    assert (detail["ChangeSource"], detail["CausingEntity"], detail["Evaluation"]) == (
        "ResourceAttribute",
        "Group.Arn",
        "Dynamic",
    )
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    stack, _ = settle(client, name)
    assert groups(cloud, name) == {"two": 7}
    assert stack["Outputs"][0]["OutputValue"] == f"{name}-two"
    resources = client.describe_stack_resources(StackName=name)["StackResources"]
    role = next(r for r in resources if r["LogicalResourceId"] == "Role")
    policy = cloud.client("iam").get_role_policy(
        RoleName=role["PhysicalResourceId"], PolicyName="write"
    )
    assert f"{name}-two" in json.dumps(policy["PolicyDocument"])
    seen = [s[:2] for s in statuses_of(client, name)]
    assert seen.index(("Role", "UPDATE_COMPLETE")) < seen.index(
        ("Group", "DELETE_COMPLETE")
    )


def test_a_condition_adds_and_a_policy_keeps(client, cloud, name):
    seen = create_change_set(client, name, GROUPS, "UPDATE", **given(Second="yes"))
    assert changes_of(seen)["Extra"]["Action"] == "Add"
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    settle(client, name)
    assert groups(cloud, name).keys() == {"one", "extra"}
    seen = create_change_set(client, name, GROUPS, "UPDATE", **IAM)
    removal = changes_of(seen)["Extra"]
    assert (removal["Action"], removal["PolicyAction"]) == ("Remove", "Retain")
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    settle(client, name)
    assert groups(cloud, name).keys() == {"one", "extra"}
    assert ("Extra", "DELETE_SKIPPED", "") in statuses_of(client, name)
    client.delete_stack(StackName=name)
    with pytest.raises(ClientError, match="does not exist"):
        settle(client, name)
    assert groups(cloud, name).keys() == {"extra"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            GROUPS,
            (
                "The submitted information didn't contain changes. "
                "Submit different information to create a change set."
            ),
        ),
        ("Description: other words" + GROUPS, "No updates are to be performed."),
    ],
)
def test_an_update_without_changes_fails(client, name, body, reason):
    seen = create_change_set(client, name, body, "UPDATE", **IAM)
    assert (seen["Status"], seen["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert (seen["StatusReason"], seen["Changes"]) == (reason, [])


def test_outputs_and_tags_are_changes_too(client, name):
    body = GROUPS + "  Days: {Value: !Ref Days}\n"
    seen = create_change_set(client, name, body, "UPDATE", **IAM)
    assert (seen["Status"], seen["Changes"]) == ("CREATE_COMPLETE", [])
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    stack, _ = settle(client, name)
    assert {o["OutputKey"] for o in stack["Outputs"]} == {"Group", "Days"}
    tags = [{"Key": "team", "Value": "data"}]
    seen = create_change_set(client, name, body, "UPDATE", Tags=tags, **IAM)
    assert changes_of(seen)["Group"]["Scope"] == ["Tags"]
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    stack, _ = settle(client, name)
    assert stack["Tags"] == tags


def test_a_failed_update_takes_back_what_it_did(client, cloud, name):
    message = "Resource handler returned message: denied"
    rule = {"outcome": "fail-resource", "key": "Role", "message": message}
    cloud.call("/localcloud/faults", "POST", [rule])
    _, statuses = deploy(
        client, name, GROUPS, "UPDATE", **given(Suffix="two", Second="yes")
    )
    assert statuses[-1] == "UPDATE_ROLLBACK_COMPLETE"
    assert groups(cloud, name) == {"one": 7}
    seen = statuses_of(client, name)
    assert ("Role", "UPDATE_FAILED", message) in seen
    assert (
        name,
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "The following resource(s) failed to update: [Role]. ",
    ) in seen
    stack, _ = deploy(client, name, GROUPS, "UPDATE", **given(Suffix="two"))
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert groups(cloud, name) == {"two": 7}


def test_a_rollback_can_fail_and_be_continued(client, cloud, name):
    rules = [
        {"outcome": "fail-resource", "key": "Group", "message": "first"},
        {"outcome": "fail-rollback", "key": "Group", "message": "second"},
    ]
    cloud.call("/localcloud/faults", "POST", rules)
    stack, _ = deploy(client, name, GROUPS, "UPDATE", **given(Days="30"))
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert (
        stack["StackStatusReason"]
        == "The following resource(s) failed to update: [Group]. "
    )
    assert ("Group", "UPDATE_FAILED", "second") in statuses_of(client, name)
    with pytest.raises(
        ClientError, match="is in UPDATE_ROLLBACK_FAILED state and can not be updated"
    ):
        create_change_set(client, name, GROUPS, "UPDATE", **IAM)
    outputs = client.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    assert outputs[0]["OutputValue"] == f"{name}-one"
    client.continue_update_rollback(StackName=name)
    _, statuses = settle(client, name)
    assert statuses[-1] == "UPDATE_ROLLBACK_COMPLETE"
    assert groups(cloud, name) == {"one": 7}


def test_a_stack_whose_rollback_failed_can_be_deleted(client, cloud, name):
    rules = [
        {"outcome": "fail-resource", "key": "Role", "message": "first"},
        {"outcome": "fail-rollback", "key": "Role", "message": "second"},
    ]
    cloud.call("/localcloud/faults", "POST", rules)
    stack, _ = deploy(client, name, GROUPS, "UPDATE", **given(Suffix="two"))
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    client.delete_stack(StackName=name)
    with pytest.raises(ClientError, match="does not exist"):
        settle(client, name)
    assert groups(cloud, name) == {}


def test_a_failed_creation_leaves_its_cause_and_refuses_updates(cloud, name):
    client = cloud.client("cloudformation")
    rule = {"outcome": "fail-resource", "key": "Role", "message": "no such principal"}
    cloud.call("/localcloud/faults", "POST", [rule])
    stack, _ = deploy(client, name, GROUPS, **IAM)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Role", "CREATE_FAILED", "no such principal") in statuses_of(client, name)
    assert groups(cloud, name) == {}
    with pytest.raises(
        ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"
    ):
        create_change_set(client, name, GROUPS, "UPDATE", **IAM)
    client.delete_stack(StackName=name)
    with pytest.raises(ClientError, match="does not exist"):
        settle(client, name)


def test_a_deletion_can_fail_and_be_repeated(client, cloud, name):
    rule = {"outcome": "fail-delete", "key": "Group", "message": "in use"}
    cloud.call("/localcloud/faults", "POST", [rule])
    client.delete_stack(StackName=name)
    stack, _ = settle(client, name)
    assert stack["StackStatus"] == "DELETE_FAILED"
    assert (
        stack["StackStatusReason"]
        == "The following resource(s) failed to delete: [Group]. "
    )
    assert ("Group", "DELETE_FAILED", "in use") in statuses_of(client, name)
    client.delete_stack(StackName=name)
    with pytest.raises(ClientError, match="does not exist"):
        settle(client, name)
    assert groups(cloud, name) == {}


def test_events_come_to_light_one_after_the_other(cloud, name):
    cloud.set_transition("cloudformation::stack", progression="manual", times=6)
    client = cloud.client("cloudformation")
    seen = create_change_set(client, name, GROUPS, **IAM)
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    counts, last = [], []
    for _ in range(6):
        last = statuses_of(client, name)
        counts.append(len(last))
    assert counts == sorted(counts)
    assert len(set(counts)) >= 4
    assert last[-1][:2] == (name, "CREATE_COMPLETE")


def test_a_resource_named_by_the_template_is_not_replaced(client, name):
    body = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: fixed-%s
      Path: %s
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
"""
    named, fixed = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}, f"{name}-fixed"
    deploy(client, fixed, body % (name, "/"), **named)
    stack, _ = deploy(client, fixed, body % (name, "/team/"), "UPDATE", **named)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [reason for _, _, reason in statuses_of(client, fixed)]
    assert any("cannot update a stack when a custom-named" in r for r in reasons)


def test_a_type_never_changes(client, name):
    body = GROUPS.replace("AWS::Logs::LogGroup", "AWS::S3::Bucket", 1)
    with pytest.raises(ClientError, match="Update of resource type is not permitted"):
        create_change_set(client, name, body, "UPDATE", **IAM)
