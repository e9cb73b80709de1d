"""CodeBuild in a test: its stack, and builds that are carried out from a clone of this project."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .cloud import ROOT, Cloud, bucket_outputs
from .github_server import TOKEN
from .program import binary
from .project import MANIFEST, PASSWORDS, Project

SECRET = "team/github"
SECRETS = {
    SECRET: TOKEN,
    "data-science-sandbox/default-password": PASSWORDS["DSS_DEFAULT_PASSWORD"],
    "data-science-sandbox/jupyter-password": PASSWORDS["DSS_JUPYTER_PASSWORD"],
}
GIT_SECONDS = 600


def deploy(cloud: Cloud, name: str, **parameters: str) -> None:
    """Deploy the project's stack under a name, where it is not there as it should be."""
    make_secrets(cloud)
    cloud.import_source_credential()
    client = cloud.client("cloudformation")
    # Builds work with the stack's role, which may use this bucket and hand on this role alone.
    bucket = bucket_outputs(cloud)
    given = {
        "VMBucketName": bucket["VMBucketId"],
        "VMExportRoleName": bucket["VMExportRoleId"],
        "GitHubTokenSecret": SECRET,
    } | parameters
    # Other tests deploy it by the program, with the manifest's parameters, and delete it.
    for stack in cloud.every("cloudformation", "describe_stacks"):
        values = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
        is_there = stack["StackStatus"] == "CREATE_COMPLETE"
        if stack["StackName"] == name and is_there and given.items() <= values.items():
            return
    wait = {"Delay": 1, "MaxAttempts": 30}
    client.delete_stack(StackName=name)
    client.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=wait)
    client.create_stack(
        StackName=name,
        TemplateBody=(ROOT / "cfn/release-codebuild.yaml").read_text(),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=wait)


def make_secrets(cloud: Cloud) -> None:
    """Let the secrets be there that the builds need."""
    manager = cloud.client("secretsmanager")
    known = {secret["Name"] for secret in manager.list_secrets()["SecretList"]}
    for secret, text in SECRETS.items():
        if secret in known:
            manager.put_secret_value(SecretId=secret, SecretString=text)
        else:
            manager.create_secret(Name=secret, SecretString=text)


class BuildSource:
    """A git repository of the project as it stands, with a manifest for the paper cloud."""

    def __init__(self, project: Project, folder: Path):
        self.project, self.folder = project, folder
        git(ROOT, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder))
        changed = git(
            ROOT, "ls-files", "-z", "--modified", "--others", "--exclude-standard"
        )
        for name in filter(None, changed.split("\0")):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).exists():
                shutil.copy2(ROOT / name, path, follow_symlinks=False)
            else:
                path.unlink(missing_ok=True)
        shutil.copy2(project.manifest_path, folder / MANIFEST)
        self.commit()

    def commit(self, files: dict[str, Any] | None = None) -> str:
        """Commit documents by path, and whatever else is new; return the commit."""
        for name, document in (files or {}).items():
            (self.folder / name).write_text(json.dumps(document, indent=2) + "\n")
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", "Change")
        git(self.folder, "branch", "--force", "release-test")
        return git(self.folder, "rev-parse", "HEAD").strip()

    def carry_out(self, name: str, **environment: str) -> None:
        """Let the builds of a project be carried out of it, with the suite's own program."""
        cloud = self.project.cloud
        make_secrets(cloud)
        image = {
            "DSS_ANSIBLE_RUNNER": self.project.environment["DSS_ANSIBLE_RUNNER"],
        } | environment
        cloud.call(
            "/localcloud/builds",
            "POST",
            {"execute": True, "source": str(self.folder), "environment": image},
        )
        # The same sources are not compiled again: see `bin/lib/build.sh`.
        kept = cloud.home / "codebuild/cache" / name / ".build/release"
        kept.mkdir(parents=True, exist_ok=True)
        for file in (binary(), binary().with_name("dssbatch.sources")):
            shutil.copy2(file, kept)


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder."""
    identity = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=GIT_SECONDS,
    )
    return done.stdout
