"""AWS::CodeBuild::Project, as the project's two CodeBuild templates have it."""

from __future__ import annotations

import secrets
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.codebuild.models import codebuild_backends

from localcloud.emulation.cloudformation.custom_resource import Made, resource_type
from localcloud.emulation.codebuild.source_credentials import check_webhook

# Members that the API does not spell like the template, but for the first letter.
SPELLINGS = {"BuildSpec": "buildspec", "GitCloneDepth": "gitCloneDepth"}
NUMBERS = (
    "timeoutInMinutes",
    "queuedTimeoutInMinutes",
    "timeoutInMins",
    "maximumBuildsAllowed",
    "gitCloneDepth",
)


def api_form(value: Any) -> Any:
    """Return a template's value with the member names and numbers of CodeBuild's API."""
    if isinstance(value, list):
        return [api_form(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {
        SPELLINGS.get(name, name[:1].lower() + name[1:]): api_form(member)
        for name, member in value.items()
    }
    return {
        name: int(member) if name in NUMBERS else member
        for name, member in members.items()
    }


def has_webhook(settings: dict[str, Any]) -> bool:
    """Return whether a project is built for what its source reports."""
    triggers = settings.get("triggers") or {}
    return str(triggers.get("webhook")).lower() == "true"


@resource_type("AWS::CodeBuild::Project", "Name")
def _project(properties: dict, account_id: str, region: str, name: str) -> Made:
    backend = codebuild_backends[account_id][region]
    if name in backend.codebuild_projects:
        raise ValidationError(
            message=f"Project already exists: arn:aws:codebuild:{region}:{account_id}:project/"
            f"{name} (Service: AWSCodeBuild; Status Code: 400; "
            "Error Code: ResourceAlreadyExistsException)"
        )
    webhook_id = secrets.token_hex(8)

    def put(properties: dict) -> None:
        settings = api_form(properties)
        backend.create_project(
            name,
            settings.get("description"),
            settings["source"],
            settings["artifacts"],
            settings["environment"],
            settings["serviceRole"],
            settings.get("tags", []),
            settings.get("cache"),
            settings.get("timeoutInMinutes", 60),
            settings.get("queuedTimeoutInMinutes", 480),
            settings.get("sourceVersion"),
            settings.get("logsConfig"),
            settings.get("vpcConfig"),
        )
        # moto keeps these for no project, but answers what is there.
        metadata = backend.codebuild_projects[name].project_metadata
        for member in ("buildBatchConfig", "concurrentBuildLimit"):
            if member in settings:
                metadata[member] = settings[member]
        if has_webhook(settings):
            triggers = settings["triggers"]
            metadata["webhook"] = {
                "url": f"https://api.github.com/hooks/{webhook_id}",
                "filterGroups": triggers.get("filterGroups", []),
            }

    def update(properties: dict) -> None:
        builds = backend.build_history.get(name, [])
        created = backend.codebuild_projects[name].project_metadata["created"]
        put(properties)
        # moto only creates: a project keeps its builds and its age.
        backend.build_history[name] = builds
        backend.codebuild_projects[name].project_metadata["created"] = created

    settings = api_form(properties)
    if has_webhook(settings):
        check_webhook(backend, settings)
    put(properties)
    arn = backend.codebuild_projects[name].arn
    return Made(
        name, lambda: backend.delete_project(name), update, {"Arn": arn, "Id": name}
    )
