"""One release on an account, looked at with boto3, and its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..program import binary
from .account import Account
from .removal import remove_stacks

RUN_SECONDS = 4 * 3600
# Tags of what has just ended are shown for a while.
GONE_WITHIN_SECONDS = 900
POLL_SECONDS = 5
# Who is no browser and comes from outside the allowed addresses is asked for a CAPTCHA.
PUBLIC = {200, 405}
# Keys of the surroundings would be taken instead of the profile's.
FOREIGN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class Unmet(Exception):
    """Something that the trial expects of the program or of AWS was not so."""


def expect(holds: bool, what: str) -> None:
    """Go on where something holds."""
    if not holds:
        raise Unmet(what)
    print(f"  seen: {what}", flush=True)


@dataclass
class Trial:
    """The names of all that one trial makes, and its steps."""

    account: Account
    # Told apart from any other trial; names and tags hold it.
    run: str
    # Where manifests, playbooks and templates are.
    project: Path
    results: Path

    @property
    def asset_id(self) -> str:
        """What everything dynamic is tagged with."""
        return f"aws-test-{self.run}"

    @property
    def stacks(self) -> tuple[str, str]:
        """The stacks of the bucket and of its firewall."""
        return f"DSS-AWS-TEST-{self.run}-BUCKET", f"DSS-AWS-TEST-{self.run}-WAF"

    def go(self) -> None:
        """Make the release and look at it."""
        bucket_stack = self.stacks[0]
        names = ("/stacks/vm-bucket/name", "/stacks/vm-bucket-waf/name")
        stacks = ["--only", "vm-bucket", "--only", "vm-bucket-waf"]
        for name, value in zip(names, self.stacks, strict=True):
            stacks += ["--set", f"{name}={value}"]
        # The account's own firewall has the names without it.
        # As a JSON text: what looks like a number would be one.
        suffix = json.dumps(f"-{self.run}")
        suffix = f"/stacks/vm-bucket-waf/parameters/NameSuffix={suffix}"
        stacks += ["--set", suffix]
        self.dssbatch("run", "manifests/infrastructure.json", *stacks)
        expect(
            (self.account.stack(bucket_stack) or {}).get("StackStatus")
            == "CREATE_COMPLETE",
            f"stack {bucket_stack}",
        )
        self.dssbatch("doctor", *self.release)
        self.dssbatch("run", *self.release, *self.part)
        self.look_at_image()
        self.look_at_export()
        again = self.dssbatch(
            *("run", *self.release, *self.part),
            *("--verify", "--json"),
        )
        started = [e for e in events(again) if e["event"] == "stage-started"]
        expect(started == [], "a second run does nothing")

    @property
    def release(self) -> list[str]:
        """The release manifest with the trial's own names."""
        return [
            *("manifests/release.json", "--asset-id", self.asset_id),
            *("--set", f"/export/bucket/stack={self.stacks[0]}"),
        ]

    @property
    def part(self) -> list[str]:
        """What of a release is made: no Docker image, and of the formats one."""
        part = ["--set", '/export/formats=["VHD"]']
        manifest = json.loads((self.project / "manifests/release.json").read_text())
        if "docker" in manifest:
            part += ["--skip", "docker-image", "--skip", "docker-inventory"]
        return part

    def look_at_image(self) -> None:
        """The image is there, private, tagged; what made it is gone."""
        outputs = self.outputs("ami")
        ec2 = self.account.client("ec2")
        (image,) = ec2.describe_images(ImageIds=[outputs["imageId"]])["Images"]
        expect(image["State"] == "available", f"image {image['ImageId']}")
        expect(not image["Public"], "the image is private")
        wanted = {image["ImageId"], *outputs["snapshotIds"]}
        self.wait_for(
            lambda: self.account.tagged(self.asset_id) == wanted,
            f"nothing but {', '.join(sorted(wanted))} has the asset's tag",
        )

    def look_at_export(self) -> None:
        """The disk is in the bucket, and whoever asks S3 itself is refused."""
        outputs = self.outputs("export-vhd")
        head = self.account.client("s3").head_object(
            Bucket=outputs["bucket"], Key=outputs["key"]
        )
        expect(head["ContentLength"] == outputs["bytes"], f"object {outputs['key']}")
        if not self.account.is_of_aws:
            print("  not asked for: the public addresses, which only AWS has")
            return
        direct = f"https://{outputs['bucket']}.s3.amazonaws.com/{outputs['key']}"
        expect(status(direct) == 403, "S3 refuses a stranger")
        expect(status(outputs["url"]) in PUBLIC, f"the world reads {outputs['url']}")

    def end(self) -> None:
        """Remove everything that bears the trial's names."""
        print("removing everything that the trial made", flush=True)
        clean = ("clean", *self.release, "--all", "--yes", "--older-than", "0")
        try:
            self.dssbatch(*clean)
        except Unmet:
            # A stack of the bucket that never came to be is in its way.
            remove_stacks(self.account, *self.stacks)
            self.dssbatch(*clean)
        remove_stacks(self.account, *self.stacks)
        self.wait_for(
            lambda: not self.account.tagged(self.asset_id),
            "nothing has the asset's tag any more",
        )

    def outputs(self, stage: str) -> dict[str, Any]:
        """Return what a stage recorded."""
        path = self.results / self.asset_id / f"{stage}.json"
        return json.loads(path.read_text())["outputs"]

    def wait_for(self, holds: Any, what: str) -> None:
        """Give AWS the time to show what is so."""
        deadline = time.monotonic() + GONE_WITHIN_SECONDS
        while not holds() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        expect(holds(), what)

    def dssbatch(self, *arguments: str) -> str:
        """Run the program, which tells of itself on standard error; return what it printed."""
        command = [str(binary()), *arguments, "--aws-profile", self.account.profile]
        command += ["--region", self.account.region, "--results", str(self.results)]
        print("$ dssbatch", *command[1:], flush=True)
        environment = {k: v for k, v in os.environ.items() if k not in FOREIGN}
        result = subprocess.run(
            command,
            check=False,
            cwd=self.project,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            timeout=RUN_SECONDS,
        )
        if "--json" not in arguments:
            sys.stdout.write(result.stdout)
        expect(result.returncode == 0, f"`dssbatch {arguments[0]}` ends with 0")
        return result.stdout


def events(text: str) -> list[dict[str, Any]]:
    """Return the events of `--json`."""
    return [json.loads(line) for line in text.splitlines()]


def status(url: str) -> int:
    """Return how a server answers to somebody without credentials."""
    request = urllib.request.Request(url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
