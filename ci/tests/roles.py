"""The role that `cfn/release-codebuild.yaml` gives to releases, and programs that work with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from localcloud.iam.policies import Demand, Statement, statements

from .cloud import BUCKET_STACK, ROOT, Cloud
from .project import Project

TEMPLATE = ROOT / "cfn/release-codebuild.yaml"
SECRETS = {"GitHubTokenSecret": "team/github", "DockerRegistryPasswordSecret": "hub"}


@dataclass
class ReleaseRole:
    """The role as the stack has it, deployed beside the permanent stacks."""

    cloud: Cloud
    stack: str
    name: str
    policies: dict[str, dict[str, Any]]

    @classmethod
    def deploy(cls, cloud: Cloud, stack: str) -> ReleaseRole:
        """Deploy the stack and look the role up."""
        client = cloud.client("cloudformation")
        outputs = {
            o["OutputKey"]: o["OutputValue"]
            for o in client.describe_stacks(StackName=BUCKET_STACK)["Stacks"][0][
                "Outputs"
            ]
        }
        values = SECRETS | {
            "VMBucketName": outputs["VMBucketId"],
            "VMExportRoleName": outputs["VMExportRoleId"],
        }
        change_set = client.create_change_set(
            StackName=stack,
            ChangeSetName="test",
            ChangeSetType="CREATE",
            TemplateBody=TEMPLATE.read_text(),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": k, "ParameterValue": v} for k, v in values.items()
            ],
        )
        client.describe_change_set(ChangeSetName=change_set["Id"], StackName=stack)
        client.execute_change_set(ChangeSetName=change_set["Id"], StackName=stack)
        client.describe_stacks(StackName=stack)
        resources = client.describe_stack_resources(StackName=stack)["StackResources"]
        name = next(
            r["PhysicalResourceId"]
            for r in resources
            if r["LogicalResourceId"] == "ReleaseRole"
        )
        iam = cloud.client("iam")
        policies = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)[
                "PolicyDocument"
            ]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        return cls(cloud, stack, name, policies)

    @property
    def statements(self) -> list[Statement]:
        """All of its statements."""
        return statements(self.policies)

    def take(self, project: Project) -> None:
        """Let a project's programs work with the role from now on, and with nothing else."""
        session = self.cloud.call("/localcloud/role", "POST", {"role": self.name})
        project.environment |= session

    def write(self, without: str | None = None) -> None:
        """Write the policies as they were, but for one statement, `POLICY/SID`."""
        for policy, document in self.policies.items():
            kept = [
                body
                for body in document["Statement"]
                if f"{policy}/{body.get('Sid')}" != without
            ]
            text = json.dumps(document | {"Statement": kept})
            self.cloud.client("iam").put_role_policy(
                RoleName=self.name, PolicyName=policy, PolicyDocument=text
            )

    def delete(self) -> None:
        """Delete the stack."""
        self.cloud.client("cloudformation").delete_stack(StackName=self.stack)


def make_role(cloud: Cloud, name: str) -> str:
    """Make a role that may do everything, and return its ARN."""
    iam = cloud.client("iam")
    own = {
        "Effect": "Allow",
        "Principal": {"AWS": cloud.account},
        "Action": "sts:AssumeRole",
    }
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": own}
        ),
    )["Role"]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_role_policy(
        RoleName=name,
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": everything}),
    )
    return role["Arn"]


def demands(requests: list[dict[str, Any]]) -> list[Demand]:
    """Return every permission that requests were asked for, CloudFormation's included."""
    return [
        Demand(**demand)
        for request in requests
        for demand in request.get("demands") or []
    ]


def denied(requests: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return the requests that the role does not allow: operation, action and resource."""
    found = []
    for request in requests:
        if request["signature"] == "denied":
            last = request["demands"][-1]
            found.append((request["operation"], last["action"], last["resource"]))
    return found
