"""Two small stacks that a test may do anything with, the second fed by the first."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .program import Outcome
from .project import Project

MANIFEST = "manifests/infrastructure.json"
FIRST_REGION, SECOND_REGION = "us-east-1", "eu-central-1"
FIRST = """
Parameters:
  Days: {Type: Number, Default: 7}
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub "${AWS::StackName}-group"
      RetentionInDays: !Ref Days
Outputs:
  GroupName:
    Value: !Ref Group
"""
SECOND = """
Parameters:
  Upstream: {Type: String}
  Suffix: {Type: String, Default: one}
  Days: {Type: Number, Default: 7}
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub "${AWS::StackName}-${Suffix}"
      RetentionInDays: !Ref Days
  Other:
    Type: AWS::Logs::LogGroup
    DependsOn: Group
    Properties:
      LogGroupName: !Sub "${Upstream}-other"
Outputs:
  GroupName:
    Value: !Ref Group
"""


class Stacks:
    """The manifest of two stacks, `first` and `second`, in a project of the test's own."""

    def __init__(self, project: Project):
        self.project = project
        self.cloud = project.cloud
        name = f"T{secrets.token_hex(4)}"
        self.names = {"first": f"{name}-First", "second": f"{name}-Second"}
        self.regions = {"first": FIRST_REGION, "second": SECOND_REGION}
        for stage, template in (("first", FIRST), ("second", SECOND)):
            (project.root / f"cfn/{stage}.yaml").write_text(template)
        self.write(
            {
                "kind": "infrastructure",
                "region": SECOND_REGION,
                "stacks": {
                    "first": {
                        "name": self.names["first"],
                        "region": FIRST_REGION,
                        "template": "cfn/first.yaml",
                    },
                    "second": {
                        "name": self.names["second"],
                        "template": "cfn/second.yaml",
                        "parameters": {
                            "Upstream": {"stack": "first", "output": "GroupName"}
                        },
                    },
                },
            }
        )

    def write(self, manifest: dict[str, Any]) -> None:
        """Write the manifest."""
        (self.project.root / MANIFEST).write_text(json.dumps(manifest, indent=2))

    def edit(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change the manifest's values."""
        manifest = json.loads((self.project.root / MANIFEST).read_text())
        change(manifest)
        self.write(manifest)

    def edit_template(self, stage: str, old: str, new: str) -> None:
        """Replace a piece of a stage's template."""
        path = self.project.root / f"cfn/{stage}.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def run(self, *options: str, check: int | None = 0) -> Outcome:
        """`dssbatch --json manifests/infrastructure.json`."""
        return self.project.dssbatch(MANIFEST, "--json", *options, check=check)

    def change_sets(self, *options: str) -> dict[str, dict[str, Any]]:
        """Return what a plan says CloudFormation would change, by stage."""
        outcome = self.project.dssbatch("plan", MANIFEST, "--json", *options, check=0)
        return {event["stage"]: event for event in outcome.events("change-set")}

    def result(self, stage: str) -> dict[str, Any]:
        """Return the result file of a stage."""
        path = self.project.root / f"out/infrastructure/{stage}.json"
        return json.loads(path.read_text())

    def client(self, stage: str) -> Any:
        """Return a client for the region of a stage's stack."""
        return self.cloud.client("cloudformation", self.regions[stage])

    def stack(self, stage: str) -> dict[str, Any] | None:
        """Return a stage's stack as the cloud has it; `None` where there is none."""
        try:
            answer = self.client(stage).describe_stacks(StackName=self.names[stage])
        except ClientError as error:
            assert "does not exist" in str(error)
            return None
        return answer["Stacks"][0]

    def status(self, stage: str) -> str | None:
        """Return the state of a stage's stack."""
        stack = self.stack(stage)
        return stack and stack["StackStatus"]

    def outputs(self, stage: str) -> dict[str, str]:
        """Return the outputs of a stage's stack."""
        stack = self.stack(stage) or {}
        return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}

    def waiting_change_sets(self, stage: str) -> list[str]:
        """Return the change sets of a stage's stack that nobody carried out."""
        answer = self.client(stage).list_change_sets(StackName=self.names[stage])
        return [
            summary["ChangeSetName"]
            for summary in answer["Summaries"]
            if summary.get("ExecutionStatus") != "EXECUTE_COMPLETE"
        ]

    def groups(self, stage: str) -> dict[str, int | None]:
        """Return the log groups of a stage's stack with their days of retention."""
        logs = self.cloud.client("logs", self.regions[stage])
        prefix = self.names[stage]
        found = logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
        return {
            group["logGroupName"].removeprefix(f"{prefix}-"): group.get(
                "retentionInDays"
            )
            for group in found
        }

    def slow(self, seconds: float) -> None:
        """Let everything that is done to a stack take so long."""
        self.cloud.set_speed(
            "cloudformation::stack", progression="time", seconds=seconds
        )
