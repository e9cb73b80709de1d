"""The stacks that every account has once: the image bucket, and its web ACL in us-east-1."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from localcloud.home import PROJECT

BUCKET_STACK = "DATA-SCIENCE-SANDBOX-VM-Bucket"
WAF_STACK = "DATA-SCIENCE-SANDBOX-VM-Bucket-WAF"
RELEASE_STACK = "DATA-SCIENCE-SANDBOX-RELEASE-CODEBUILD"
WAF_OUTPUT = "VMDownloadACLArn"
WAF_PARAMETER = "WebAclArn"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


class PermanentStackError(Exception):
    """A permanent stack could not be deployed."""


def templates_folder() -> Path:
    """Return the folder of the project's templates."""
    return Path(os.environ.get("DSS_LOCALCLOUD_TEMPLATES") or PROJECT / "cfn")


def deploy(environment: dict[str, str]) -> None:
    """Deploy the permanent stacks whose templates exist, through the cloud's own endpoint."""
    folder = templates_folder()
    bucket_template, waf_template = (
        folder / "vm-bucket.yaml",
        folder / "vm-bucket-waf.yaml",
    )
    arn = ""
    if waf_template.is_file():
        outputs = _deploy(environment, "us-east-1", WAF_STACK, waf_template, {})
        arn = outputs.get(WAF_OUTPUT, "")
    if bucket_template.is_file():
        region = environment["AWS_REGION"]
        _deploy(
            environment, region, BUCKET_STACK, bucket_template, {WAF_PARAMETER: arn}
        )


def deploy_role(environment: dict[str, str], stem: str) -> str:
    """Deploy a CodeBuild project's stack beside the others; return the ARN of its release role."""
    region, client = environment["AWS_REGION"], _client(environment)
    stacks = client.describe_stacks(StackName=BUCKET_STACK)["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stacks[0]["Outputs"]}
    values = {
        "VMBucketName": outputs["VMBucketId"],
        "VMExportRoleName": outputs["VMExportRoleId"],
    }
    template = templates_folder() / f"{stem}.yaml"
    made = _deploy(environment, region, RELEASE_STACK, template, values)
    return made["ReleaseRoleArn"]


def _client(environment: dict[str, str], region: str | None = None) -> Any:
    return boto3.client(
        "cloudformation",
        region_name=region or environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=60
        ),
    )


def _deploy(
    environment: dict[str, str],
    region: str,
    name: str,
    template: Path,
    values: dict[str, str],
) -> dict[str, str]:
    client = _client(environment, region)
    body = template.read_text()
    declared = _declared_parameters(body)
    change_set = client.create_change_set(
        StackName=name,
        ChangeSetName="local-cloud",
        ChangeSetType="CREATE",
        TemplateBody=body,
        Capabilities=CAPABILITIES,
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in values.items()
            if key in declared and value
        ],
    )
    wait = {"Delay": 0.05, "MaxAttempts": 400}
    stack_id, change_set_id = change_set["StackId"], change_set["Id"]
    client.get_waiter("change_set_create_complete").wait(
        ChangeSetName=change_set_id, WaiterConfig=wait
    )
    client.execute_change_set(ChangeSetName=change_set_id)
    for _ in range(400):
        stack = client.describe_stacks(StackName=stack_id)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise PermanentStackError(
            f"stack `{name}` of `{template.name}` ended as {stack['StackStatus']}: "
            f"{_first_failure(client, stack_id)}"
        )
    return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}


def _declared_parameters(body: str) -> dict[str, Any]:
    from localcloud.emulation.cloudformation.template_checks import parse_template

    return parse_template(body).get("Parameters") or {}


def _first_failure(client: Any, stack_id: str) -> str:
    events = client.describe_stack_events(StackName=stack_id)["StackEvents"]
    for event in reversed(events):
        if event["ResourceStatus"].endswith("_FAILED"):
            return f"`{event['LogicalResourceId']}`: {event.get('ResourceStatusReason', '')}"
    return "no failed resource in its events"
