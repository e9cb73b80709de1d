"""What DescribeChangeSet and ListChangeSets tell."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from localcloud.emulation.cloudformation.change_sets import (
    find_change_set,
    find_stack,
    settle_if_done,
)
from localcloud.emulation.cloudformation.template_checks import effective_parameters
from localcloud.emulation.patching import change, operation
from localcloud.emulation.transitions import look

CHANGES_PAGE_SIZE = 100


@change
def _untransformed() -> None:
    # moto would transform what its own change sets have; the views below are what AWS answers.
    for member in ("Changes", "Parameters"):
        del CloudFormationResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER[
            f"DescribeChangeSetOutput.{member}"
        ]


@operation(CloudFormationResponse)
def describe_change_set(self: Any) -> ActionResult:
    """DescribeChangeSet; each look lets it move on."""
    name, stack_name = self._get_param("ChangeSetName"), self._get_param("StackName")
    change_set = find_change_set(self.cloudformation_backend, name, stack_name)
    start = int(self._get_param("NextToken") or 0)
    if not start:
        look(change_set, "status")
    settle_if_done(change_set)
    is_made = change_set.status != "CREATE_IN_PROGRESS"
    changes = change_set.localcloud_changes if is_made else []
    end = start + CHANGES_PAGE_SIZE
    with_values = self._get_bool_param("IncludePropertyValues", False)
    physical_ids = change_set.localcloud_physical_ids
    view = {
        "ChangeSetName": change_set.change_set_name,
        "ChangeSetId": change_set.change_set_id,
        "StackId": change_set.stack_id,
        "StackName": change_set.stack_name,
        "Description": change_set.description,
        "Parameters": _parameters_view(change_set),
        "CreationTime": change_set.creation_time,
        "ExecutionStatus": change_set.execution_status,
        "Status": change_set.status,
        "StatusReason": change_set.status_reason,
        "Capabilities": change_set.localcloud_capabilities,
        "Tags": [{"Key": k, "Value": v} for k, v in (change_set.tags or {}).items()],
        "Changes": [
            change.view(physical_ids.get(change.logical_id), with_values)
            for change in changes[start:end]
        ],
        "NextToken": str(end) if end < len(changes) else None,
    }
    return ActionResult(view)


def _parameters_view(change_set: ChangeSet) -> list[dict[str, str]]:
    template = change_set.template_dict
    declared = template.get("Parameters") or {}
    return [
        {
            "ParameterKey": name,
            "ParameterValue": "****" if declared[name].get("NoEcho") else value,
        }
        for name, value in effective_parameters(template, change_set.parameters).items()
    ]


@operation(CloudFormationResponse)
def list_change_sets(self: Any) -> ActionResult:
    """ListChangeSets of one stack."""
    name = self._get_param("StackName")
    stack = find_stack(self.cloudformation_backend, name)
    if stack is None:
        raise ValidationError(message=f"Stack [{name}] does not exist")
    known = self.cloudformation_backend.change_sets.values()
    return ActionResult({"Summaries": [c for c in known if c.stack is stack]})
