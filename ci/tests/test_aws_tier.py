"""The tier for a real account, against the paper cloud by way of a profile."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

import pytest

from .account.budget import total
from .cloud import REGION, ROOT, Cloud
from .program import binary
from .project import Project

PROFILE = "dss_aws_tests"
CONSENT = "DSS_AWS_TESTS_ACCOUNT"
LIMIT_SECONDS = 1800


@dataclass
class Tier:
    """Calls of `ci/aws` by somebody who has a profile."""

    project: Project

    def call(self, *arguments: str, account: str | None) -> subprocess.CompletedProcess:
        environment = {
            k: v
            for k, v in self.project.environment.items()
            if not k.startswith("AWS_")
        }
        if account is not None:
            environment[CONSENT] = account
        return subprocess.run(
            [str(ROOT / "ci/aws"), "--project", str(self.project.root), *arguments],
            check=False,
            env=environment | {"DSS_BINARY": str(binary())},
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
        )


@pytest.fixture
def tier(project: Project, cloud: Cloud) -> Tier:
    """A home with the profile of the paper cloud."""
    folder = project.folder / "home/.aws"
    folder.mkdir()
    keys = cloud.environment
    (folder / "config").write_text(
        f"[profile {PROFILE}]\nregion = {REGION}\nendpoint_url = {cloud.url}\n"
        "s3 =\n  addressing_style = path\n"
    )
    (folder / "credentials").write_text(
        f"[{PROFILE}]\naws_access_key_id = {keys['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {keys['AWS_SECRET_ACCESS_KEY']}\n"
    )
    return Tier(project)


def things(cloud: Cloud) -> dict[str, set[str]]:
    """Return all that a trial could leave, by kind."""
    stacks = {
        stack["StackName"]
        for region in ("us-east-1", REGION)
        for stack in cloud.every("cloudformation", "describe_stacks", region)
    }
    ec2 = cloud.client("ec2")
    buckets = cloud.client("s3").list_buckets()["Buckets"]
    return {
        "stacks": stacks,
        "buckets": {bucket["Name"] for bucket in buckets},
        "images": {
            i["ImageId"] for i in ec2.describe_images(Owners=["self"])["Images"]
        },
        "snapshots": {
            s["SnapshotId"]
            for s in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
        },
        "keys": {k["KeyName"] for k in ec2.describe_key_pairs()["KeyPairs"]},
    }


@pytest.mark.parametrize("account", [None, "123456789012", "yes"])
def test_without_consent_it_says_what_it_costs_and_makes_nothing(
    tier: Tier, cloud: Cloud, account: str | None
) -> None:
    before = things(cloud)
    outcome = tier.call(account=account)
    assert outcome.returncode == 2, outcome.stderr
    assert f"{total():.2f} USD  in all" in outcome.stdout
    assert f"hint: set {CONSENT}={cloud.account}" in outcome.stderr
    assert things(cloud) == before


def test_without_a_profile_it_says_so(tier: Tier, cloud: Cloud) -> None:
    outcome = tier.call("--profile", "other", account=cloud.account)
    assert outcome.returncode == 2, outcome.stderr
    assert "profile `other` leads to no account" in outcome.stderr
    assert "USD" not in outcome.stdout


def test_a_release_is_made_looked_at_and_removed(tier: Tier, cloud: Cloud) -> None:
    before = things(cloud)
    outcome = tier.call(account=cloud.account)
    assert outcome.returncode == 0, outcome.stdout[-4000:] + outcome.stderr[-4000:]
    assert "seen: a second run does nothing" in outcome.stdout
    assert "seen: nothing has the asset's tag any more" in outcome.stdout
    assert things(cloud) == before


def test_what_broke_off_is_removed_and_can_be_again(tier: Tier, cloud: Cloud) -> None:
    before = things(cloud)
    tier.project.set_runner(message="it broke")
    outcome = tier.call(account=cloud.account)
    assert outcome.returncode == 1, outcome.stdout[-4000:] + outcome.stderr[-4000:]
    assert "error: Unmet: `dssbatch run` ends with 0" in outcome.stderr
    assert things(cloud) == before
    (run,) = set(re.findall(r"ci/aws --remove ([0-9a-f]{8})", outcome.stderr))
    outcome = tier.call("--remove", run, account=cloud.account)
    assert outcome.returncode == 0, outcome.stdout[-4000:] + outcome.stderr[-4000:]
    assert things(cloud) == before
