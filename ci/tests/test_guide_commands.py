"""The guide's commands, each by one table: its help, no arguments, bad ones, and for real."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from localcloud.paper.docker_engine import BASE_IMAGE, PaperDockerEngine

from .cloud import ROOT, Cloud
from .code_build import make_secrets
from .github_server import running_github
from .machines import make_key
from .program import Outcome, assert_error, binary
from .project import Project
from .sshserver import SSHServer

COMMON = ("--manifest", "--asset-id", "--set", "--results", "--local", "--region")
KEYS = ("--ec2-key-file", "--ec2-key-name")
HOST = ("--host-name", "--ssh-private-key", "--user", "--port")
Real = Callable[["Bench"], None]


@dataclass
class Bench:
    """What a command may be tried with."""

    cloud: Cloud
    project: Project
    sshd: SSHServer
    folder: Path

    def run(self, *arguments: str, **settings: Any) -> Outcome:
        """Run the program and have it succeed."""
        return self.project.dssbatch(*arguments, check=0, **settings)

    def host(self) -> list[str]:
        """Options of a machine that is there, with a key of the user's own."""
        key = make_key(self.folder / "key")
        return [
            *("--host-name", "127.0.0.1", "--port", str(self.sshd.port)),
            *("--ssh-private-key", str(key)),
        ]


@dataclass(frozen=True)
class Command:
    """A command of the guide."""

    name: str
    options: tuple[str, ...]
    # Arguments that are wrong, and a part of what is said then.
    bad: tuple[tuple[str, ...], str]
    real: Real
    # What is said without arguments; nil where it then does its work.
    empty: str | None = None


def create_vm(bench: Bench) -> None:
    bench.run("create-vm")
    assert len(bench.project.view.images()) == 1
    assert len(bench.project.view.exported()) == 2


def export_vm(bench: Bench) -> None:
    bench.run("create-vm", "--no-vm")
    (image,) = bench.project.view.images()
    bench.run("export-vm", "--ami-id", image["ImageId"], "--vm-image-format", "VMDK")
    assert len(bench.project.view.exported()) == 1


def update_release(bench: Bench) -> None:
    bench.project.run()
    with running_github() as hub:
        page = hub.add("1.0", title="One", body="By hand")
        options = ("--release-id", str(page.id))
        bench.run("update-release", *options, env=hub.environment())
        seen = hub.eyes(page)
        assert "release.json" in {asset.name for asset in seen.get_assets()}
        assert seen.body.startswith("By hand")


def install(bench: Bench) -> None:
    bench.run("install-dependencies", *bench.host())
    assert [c["playbook"] for c in bench.project.runner_calls()] == ["sandbox.yml"]


def reset(bench: Bench) -> None:
    bench.run("reset-password", *bench.host())
    playbooks = [call["playbook"] for call in bench.project.runner_calls()]
    assert playbooks == ["reset-password.yml"]


def setup(*names: str) -> Real:
    def real(bench: Bench) -> None:
        bench.run(names[0], "--detach")
        assert len(bench.project.view.instances()) == 1
        installed = [call["playbook"] for call in bench.project.runner_calls()]
        assert installed == list(names[1:])

    return real


def show(bench: Bench) -> None:
    bench.project.run()
    outcome = bench.run("show-aws-assets", "--format", "json")
    ids = {asset["id"] for asset in json.loads(outcome.stdout)["assets"]}
    (image,) = bench.project.view.images()
    assert image["ImageId"] in ids


def publish(bench: Bench) -> None:
    bench.project.run()
    bench.run("make-ami-public")
    assert bench.project.view.images()[0]["Public"] is True


def stack(command: str, region: str, name: str) -> Real:
    def real(bench: Bench) -> None:
        bench.cloud.import_source_credential()
        bench.run(command)
        stacks = bench.cloud.client("cloudformation", region).describe_stacks(
            StackName=name
        )["Stacks"]
        assert stacks[0]["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")

    return real


def docker(bench: Bench) -> None:
    project = bench.project
    engine = PaperDockerEngine(project.temporary / "e.sock")
    try:
        engine.add_image(BASE_IMAGE)
        project.environment["DOCKER_HOST"] = f"unix://{engine.socket}"
        project.edit_manifest(lambda m: m.update(docker={"repository": "team/sandbox"}))
        bench.run("create-docker-image", "--version", "7")
        assert engine.image("team/sandbox:7") is not None
    finally:
        engine.close()


def started(bench: Bench, outcome: Outcome) -> dict[str, Any]:
    """Return the build whose id was printed."""
    codebuild = bench.cloud.client("codebuild")
    return codebuild.batch_get_builds(ids=[outcome.stdout.strip()])["builds"][0]


def release_build(bench: Bench) -> None:
    bench.run("setup-release-codebuild")
    make_secrets(bench.cloud)
    options = ("--release-id", "77", "--branch", "main", "--no-wait")
    build = started(bench, bench.run("start-release-build", *options))
    variables = build["environment"]["environmentVariables"]
    assert {"DSS_RELEASE_ID": "77"}.items() <= {
        v["name"]: v["value"] for v in variables
    }.items()


def draft_build(bench: Bench) -> None:
    bench.run("setup-release-codebuild")
    make_secrets(bench.cloud)
    with running_github() as hub:
        options = ("--branch", "mine", "--release-title", "Test 1", "--no-wait")
        outcome = bench.run("start-test-release", *options, env=hub.environment())
        assert started(bench, outcome)["sourceVersion"] == "mine"
        seen = hub.eyes(hub.releases[0])
        assert (seen.draft, seen.prerelease, seen.name) == (True, True, "Test 1")


PREFIX = "DATA-SCIENCE-SANDBOX-"
HOME = "eu-central-1"
COMMANDS = [
    Command(
        "create-vm",
        ("--vm-image-format", "--no-vm", "--make-ami-public", *KEYS),
        (("--vm-image-format", "QCOW2"), "QCOW2"),
        create_vm,
    ),
    Command(
        "update-release",
        ("--release-id", "--repository"),
        (("--release-id", "latest"), "latest"),
        update_release,
        empty="--release-id",
    ),
    Command(
        "export-vm",
        ("--stack-name", "--instance-id", "--ami-id", "--vm-image-format"),
        (("--stack-name", "a", "--ami-id", "b"), "one of"),
        export_vm,
        empty="one of --stack-name",
    ),
    Command(
        "install-dependencies",
        HOST,
        (("--host-name", "h", "--ssh-private-key", "/none"), "/none"),
        install,
        empty="--host-name",
    ),
    Command(
        "reset-password",
        (*HOST, "--password-file"),
        (("--host-name", "h", "--ssh-private-key", "k", "--port", "x"), "`--port"),
        reset,
        empty="--host-name",
    ),
    Command(
        "setup-ec2",
        (*KEYS, "--detach"),
        (("--ec2-key-name", "x"), "go together"),
        setup("setup-ec2"),
    ),
    Command(
        "setup-ec2-and-install-dependencies",
        (*KEYS, "--detach"),
        (("--ec2-key-file", "x"), "go together"),
        setup("setup-ec2-and-install-dependencies", "sandbox.yml"),
    ),
    Command(
        "show-aws-assets",
        ("--type", "--format", "--output"),
        (("--type", "amis"), "`ami`"),
        show,
    ),
    Command("make-ami-public", (), (("--asset-id", "/"), "assetId"), publish),
    Command(
        "setup-vm-bucket-waf",
        ("--allowed-cidr",),
        (("--allowed-cidr", "10.0.0.0/33"), "10.0.0.0/33"),
        stack("setup-vm-bucket-waf", "us-east-1", f"{PREFIX}VM-Bucket-WAF"),
    ),
    Command(
        "setup-vm-bucket",
        (),
        (("--manifest", "manifests/release.json"), "`infrastructure`"),
        stack("setup-vm-bucket", HOME, f"{PREFIX}VM-Bucket"),
    ),
    Command(
        "setup-ci-codebuild",
        (),
        (("--manifest", "none.json"), "none.json"),
        stack("setup-ci-codebuild", HOME, f"{PREFIX}CI-TEST-CODEBUILD"),
    ),
    Command(
        "setup-release-codebuild",
        (),
        (("--allowed-cidr", "x"), "--allowed-cidr"),
        stack("setup-release-codebuild", HOME, f"{PREFIX}RELEASE-CODEBUILD"),
    ),
    Command(
        "create-docker-image",
        ("--repository", "--version", "--publish", "--registry-user")
        + ("--keep-container",),
        (("--repository", "Not A Name"), "Not A Name"),
        docker,
    ),
    Command(
        "start-release-build",
        ("--upload-url", "--release-id", "--branch", "--no-wait"),
        (("--upload-url", "https://x.test/y"), "https://x.test/y"),
        release_build,
        empty="--release-id",
    ),
    Command(
        "start-test-release",
        ("--branch", "--release-title", "--no-wait"),
        (("--branch",), "--branch"),
        draft_build,
        empty="--branch",
    ),
]
ids = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


@ids
def test_help_explains_every_option_and_gives_examples(command: Command) -> None:
    outcome = subprocess.run(
        [binary(), command.name, "--help"],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert outcome.stderr == ""
    text = outcome.stdout
    assert "Example" in text
    assert f"dssbatch {command.name}" in text
    for option in (*command.options, *COMMON):
        (explained,) = re.findall(
            rf"^ +(?:-\w, )?{option}\b(?:[ /].*)?\n?(?: {{26}}\w.*)?$",
            text,
            re.MULTILINE,
        )[:1]
        assert len(explained.replace(option, "").split()) > 3, option


@ids
def test_no_arguments(command: Command, project: Project) -> None:
    if command.empty is None:
        pytest.skip("it then does its work")
    outcome = project.dssbatch(command.name)
    assert_error(outcome, 2, command.empty)
    assert not project.results.exists()


@ids
def test_bad_arguments(command: Command, project: Project, cloud: Cloud) -> None:
    mark = cloud.mark()
    arguments, fragment = command.bad
    assert_error(project.dssbatch(command.name, *arguments), 2, fragment)
    help_hint = f"dssbatch {command.name} --help"
    unknown = project.dssbatch(command.name, *arguments, "--no-such-option")
    assert_error(unknown, 2, help_hint)
    assert cloud.operations(mark, "creating") == []


@ids
def test_for_real(
    command: Command,
    project: Project,
    cloud: Cloud,
    sshd: SSHServer,
    tmp_path: Path,
) -> None:
    command.real(Bench(cloud, project, sshd, tmp_path))
    project.assert_secrets_kept(tmp_path / "key", project.results / "machine")


def listed_by_program() -> set[tuple[str, str]]:
    """Return group and name of each command, as `dssbatch --help` groups them."""
    text = subprocess.check_output([binary(), "--help"], text=True, timeout=600)
    group, found = "", set()
    for line in text.splitlines():
        if match := re.fullmatch(r"(\w+) SUBCOMMANDS:", line):
            group = match[1].capitalize()
        elif group and (match := re.match(r"  ([a-z][a-z0-9-]+)(?: +[A-Z]|$)", line)):
            found.add((group, match[1]))
    return found


def test_the_table_of_the_guide_is_what_the_program_has() -> None:
    rows = re.findall(
        r"^\| (\w+) \| `([a-z0-9-]+)` \| .+ \|$",
        (ROOT / "README.md").read_text(),
        re.MULTILINE,
    )
    assert set(rows) == listed_by_program()
    assert len(rows) == len(set(rows)) == 17
    # `distribute` is no command of the guide.
    names = {name for _, name in rows} - {"distribute"}
    assert names == {command.name for command in COMMANDS}
