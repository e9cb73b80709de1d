"""IAM's evaluation, against its documentation's examples and another judge."""

import json
import random

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from localcloud.iam.calls import Call
from localcloud.iam.conditions import (
    UnknownOperatorError,
    arn_matches,
    condition_holds,
)
from localcloud.iam.demands import demands_of
from localcloud.iam.policies import Decision, Demand, decide, statements
from localcloud.iam.reference import resource_types

SEED = 12
VERDICTS = {
    PermissionResult.PERMITTED: Decision.ALLOWED,
    PermissionResult.DENIED: Decision.EXPLICIT_DENY,
    PermissionResult.NEUTRAL: Decision.IMPLICIT_DENY,
}
ACTIONS = ("s3:GetObject", "s3:PutObject", "ec2:RunInstances", "ec2:DescribeImages")
RESOURCES = ("arn:aws:s3:::b/k", "arn:aws:s3:::c/x", "arn:aws:ec2:r:1:instance/i-1")
ACTION_PATTERNS = (*ACTIONS, "s3:*", "*", "ec2:Describe*", "s3:*Object")
RESOURCE_PATTERNS = (*RESOURCES, "*", "arn:aws:s3:::b/*", "arn:aws:ec2:*:1:instance/*")


def some(source, known):
    chosen = source.sample(known, source.randint(1, 3))
    return chosen[0] if len(chosen) == 1 and source.random() < 0.5 else chosen


def test_policies_without_conditions_mean_what_another_judge_says():
    source = random.Random(SEED)
    seen = set()
    for _ in range(3000):
        document = {
            "Statement": [
                {
                    "Effect": source.choice(("Allow", "Allow", "Deny")),
                    source.choice(("Action", "Action", "NotAction")): some(
                        source, ACTION_PATTERNS
                    ),
                    "Resource": some(source, RESOURCE_PATTERNS),
                }
                for _ in range(source.randint(1, 4))
            ]
        }
        action, resource = source.choice(ACTIONS), source.choice(RESOURCES)
        verdict = IAMPolicy(json.dumps(document)).is_action_permitted(action, resource)
        decision = decide(statements({"p": document}), Demand(action, resource))
        assert decision == VERDICTS[verdict], (document, action, resource)
        seen.add(decision)
    assert seen == set(Decision)


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        # The examples of the reference of condition operators, and what it says of missing keys.
        ({"StringEquals": {"aws:PrincipalTag/job": "iamuser-admin"}}, {}, False),
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
        ({"StringEquals": {"k": "A"}}, {"k": "a"}, False),
        ({"StringEqualsIgnoreCase": {"k": "A"}}, {"K": "a"}, True),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}, False),
        ({"StringNotEquals": {"k": "a"}}, {}, True),
        ({"StringLike": {"s3:prefix": ["", "home/", "home/${u}/*"]}}, {}, False),
        (
            {"StringLike": {"s3:prefix": ["home/${u}/*"]}},
            {"s3:prefix": "home/me/x", "u": "me"},
            True,
        ),
        ({"StringLike": {"p": "${u}"}}, {"p": "x"}, False),
        ({"StringLike": {"p": "${u, 'guest'}"}}, {"p": "guest"}, True),
        ({"StringLike": {"p": "a${*}"}}, {"p": "ab"}, False),
        ({"StringEqualsIfExists": {"iam:PassedToService": "a"}}, {}, True),
        (
            {"StringEqualsIfExists": {"iam:PassedToService": "a"}},
            {"iam:PassedToService": "b"},
            False,
        ),
        ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "9"}, True),
        ({"NumericLessThan": {"n": "10"}}, {"n": "x"}, False),
        (
            {"DateGreaterThan": {"t": "2020-01-01T00:00:01Z"}},
            {"t": "2020-01-01T00:00:02Z"},
            True,
        ),
        ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:SecureTransport": True}, 0),
        ({"BoolIfExists": {"b": "true"}}, {}, True),
        ({"BinaryEquals": {"b": "QmluYXJ5"}}, {"b": "QmluYXJ5"}, True),
        ({"IpAddress": {"a": "203.0.113.0/24"}}, {"a": "203.0.113.9"}, True),
        ({"NotIpAddress": {"a": "203.0.113.0/24"}}, {"a": "203.0.113.9"}, False),
        ({"ArnLike": {"a": "arn:aws:s3:::b*"}}, {"a": "arn:aws:s3:::bucket/x"}, True),
        ({"ArnEquals": {"a": "arn:aws:sns:*:1:t"}}, {"a": "arn:aws:sns:r:1:t"}, True),
        ({"ArnLike": {"a": "arn:aws:sns:*:t"}}, {"a": "arn:aws:sns:r:1:t"}, False),
        ({"Null": {"k": "true"}}, {}, True),
        ({"Null": {"k": "false"}}, {"k": "x"}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {}, True),
        ({"ForAllValues:StringEquals": {"t": ["a", "b"]}}, {"t": ["a", "c"]}, False),
        ({"ForAnyValue:StringEquals": {"t": ["a", "b"]}}, {"t": ["a", "c"]}, True),
        ({"ForAnyValue:StringEquals": {"t": ["a"]}}, {}, False),
        ({"ForAnyValue:StringNotEquals": {"t": ["a"]}}, {"t": ["a", "c"]}, True),
        ({"StringEquals": {"k": "a", "l": "b"}}, {"k": "a"}, False),
    ],
)
def test_a_condition(condition, context, expected):
    assert condition_holds(condition, context) is bool(expected)


def test_an_operator_that_iam_has_not_is_an_error():
    with pytest.raises(UnknownOperatorError, match="StringEqualish"):
        condition_holds({"StringEqualish": {"k": "v"}}, {})


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b/c", True),
        ("arn:aws:ec2:*::image/*", "arn:aws:ec2:r::image/ami-1", True),
        ("arn:aws:ec2:*:image/*", "arn:aws:ec2:r::image/ami-1", False),
        ("arn:aws:ec2:*", "arn:aws:ec2:r:1:instance/i-1", True),
        ("arn:aws:s3:::b[1]", "arn:aws:s3:::b1", False),
        ("arn:aws:s3:::b?", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/me/x", True),
        ("arn:aws:s3:::b", "*", False),
    ],
)
def test_an_arn_matches_part_by_part(pattern, arn, expected):
    assert arn_matches(pattern, arn, {"aws:username": "me"}) is expected


class World:
    """An account in which things have one tag."""

    account = "123456789012"

    def tags(self, kind, name, region):
        return None if name.endswith("gone") else {"team": "x"}

    def owner(self, image_id, region):
        return self.account

    def stack_id(self, name, region):
        return None

    def role_arn(self, name):
        return f"arn:aws:iam::{self.account}:role/{name}"

    def object_tags(self, bucket, key):
        return {"team": "x"}


def asked(service, operation, **parts):
    call = Call(service, operation, "eu-central-1", **parts)
    return {(d.action, d.resource): d.context for d in demands_of(call, World())}


def test_authorisation_knows_no_tags_of_what_is_gone():
    place = "arn:aws:ec2:eu-central-1::image/"
    found = asked("ec2", "DeregisterImage", fields={"ImageId": "ami-1"})
    context = found["ec2:DeregisterImage", f"{place}ami-1"]
    assert context["aws:ResourceTag/team"] == "x"
    found = asked("ec2", "DeregisterImage", fields={"ImageId": "ami-gone"})
    assert (
        "aws:ResourceTag/team" not in found["ec2:DeregisterImage", f"{place}ami-gone"]
    )


def test_an_export_passes_its_role_without_saying_to_which_service():
    fields = {"ImageId": "ami-1", "RoleName": "vmimport"}
    found = asked("ec2", "ExportImage", fields=fields)
    place = "arn:aws:ec2:eu-central-1:"
    assert found.keys() == {
        ("ec2:ExportImage", f"{place}:image/ami-1"),
        ("ec2:ExportImage", f"{place}123456789012:export-image-task/*"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/vmimport"),
    }
    assert (
        "iam:PassedToService" not in found["iam:PassRole", World().role_arn("vmimport")]
    )


def test_a_change_set_by_its_arn_alone_is_not_the_stacks():
    change_set = "arn:aws:cloudformation:eu-central-1:123456789012:changeSet/c/1"
    for operation in ("DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"):
        action = f"cloudformation:{operation}"
        alone = asked("cloudformation", operation, fields={"ChangeSetName": change_set})
        assert alone.keys() == {(action, change_set)}
        fields = {"ChangeSetName": change_set, "StackName": "s"}
        both = asked("cloudformation", operation, fields=fields)
        stack = "arn:aws:cloudformation:eu-central-1:123456789012:stack/s/*"
        assert both.keys() == {(action, stack)}


def test_a_copy_is_asked_for_its_source_and_for_both_things_that_it_makes():
    fields = {
        "SourceImageId": "ami-1",
        "SourceRegion": "us-east-1",
        "TagSpecification.1.ResourceType": "image",
        "TagSpecification.1.Tag.1.Key": "exa_dss_id",
        "TagSpecification.1.Tag.1.Value": "1.0",
    }
    found = asked("ec2", "CopyImage", fields=fields)
    source = found["ec2:CopyImage", "arn:aws:ec2:us-east-1::image/ami-1"]
    assert source == {
        "ec2:Region": "us-east-1",
        "ec2:ImageID": "ami-1",
        "ec2:Owner": "123456789012",
    }
    made = found["ec2:CopyImage", "arn:aws:ec2:eu-central-1::image/*"]
    assert made["aws:RequestTag/exa_dss_id"] == "1.0"
    assert ("ec2:CopyImage", "arn:aws:ec2:eu-central-1::snapshot/*") in found
    tagging = found["ec2:CreateTags", "arn:aws:ec2:eu-central-1::image/*"]
    assert tagging["ec2:CreateAction"] == "CopyImage"


@pytest.mark.parametrize(
    ("operation", "parts", "actions"),
    [
        ("HeadObject", {}, {"s3:GetObject"}),
        ("UploadPart", {}, {"s3:PutObject"}),
        ("ListParts", {}, {"s3:ListMultipartUploadParts"}),
        ("DeleteObject", {"query": {"versionId": "1"}}, {"s3:DeleteObjectVersion"}),
        (
            "PutObject",
            {"headers": {"x-amz-tagging": "a=b"}},
            {"s3:PutObject", "s3:PutObjectTagging"},
        ),
        (
            "PutObject",
            {"headers": {"if-match": '"e"'}},
            {"s3:PutObject", "s3:GetObject"},
        ),
        (
            "CopyObject",
            {"headers": {"x-amz-copy-source": "/b/source"}},
            {
                "s3:PutObject",
                "s3:GetObject",
                "s3:GetObjectTagging",
                "s3:PutObjectTagging",
            },
        ),
    ],
)
def test_what_s3_asks_for_objects(operation, parts, actions):
    found = asked("s3", operation, bucket="b", key="k", **parts)
    assert {action for action, _ in found} == actions


@pytest.mark.parametrize(
    ("service", "operation", "fields", "resource"),
    [
        (
            "ssm",
            "GetParameter",
            {"Name": "/aws/service/x"},
            "ssm:R::parameter/aws/service/x",
        ),
        ("ssm", "GetParameter", {"Name": "/x"}, "ssm:R:A:parameter/x"),
        ("codebuild", "BatchGetBuilds", {"ids": ["p:1"]}, "codebuild:R:A:project/p"),
        ("codebuild", "StartBuild", {"projectName": "p"}, "codebuild:R:A:project/p"),
        ("iam", "GetRole", {"RoleName": "r"}, "iam::A:role/r"),
    ],
)
def test_what_other_services_ask(service, operation, fields, resource):
    expected = resource.replace("R", "eu-central-1", 1).replace("A", World.account, 1)
    if service == "iam":
        expected = "iam::123456789012:role/r"
    found = asked(service, operation, fields=fields)
    assert found.keys() == {(f"{service}:{operation}", f"arn:aws:{expected}")}


def test_who_asks_for_an_identity_needs_nothing():
    assert asked("sts", "GetCallerIdentity") == {}


def test_the_reference_tells_required_resources_from_others():
    kinds = resource_types("ec2:RunInstances")
    assert kinds["image"].is_required
    assert not kinds["key-pair"].is_required
    assert "aws:requesttag/" in kinds["instance"].keys
