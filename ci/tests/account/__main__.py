"""The command behind `ci/aws`."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import sys
from pathlib import Path
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import REGION, ROOT
from . import budget
from .account import Account
from .trial import Trial

PROFILE = "dss_aws_tests"
CONSENT = "DSS_AWS_TESTS_ACCOUNT"
RUN = re.compile(r"[0-9a-f]{8}")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="ci/aws", description=__doc__)
    parser.add_argument("--profile", default=PROFILE, help=f"default: {PROFILE}")
    parser.add_argument("--region", default=REGION, help=f"default: {REGION}")
    parser.add_argument("--remove", metavar="RUN", help="end a trial that broke off")
    parser.add_argument("--project", type=Path, default=ROOT, help="its folder")
    return parser.parse_args()


def refuse(message: str, hint: str) -> NoReturn:
    """End before anything was made."""
    print(f"error: {message}\nhint: {hint}", file=sys.stderr)
    sys.exit(2)


def account(options: argparse.Namespace) -> Account:
    """Return the account, where its owner agrees to what it costs."""
    found = Account(options.profile, options.region)
    try:
        number = found.number
    except (BotoCoreError, ClientError) as error:
        refuse(
            f"profile `{options.profile}` leads to no account: {error}",
            f"add `[profile {PROFILE}]` to the AWS configuration files",
        )
    print(budget.text(number, options.region), flush=True)
    if os.environ.get(CONSENT) != number:
        refuse("nobody agreed to that", f"set {CONSENT}={number} to agree")
    return found


def main() -> int:
    """Try a release, and remove what it made however it ended."""
    options = arguments()
    if options.remove and not RUN.fullmatch(options.remove):
        refuse(f"`{options.remove}` names no trial", "take the name that it printed")
    # Both end it in order: what was made is removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    place = account(options)
    run = options.remove or secrets.token_hex(4)
    results = options.project / "out" / "aws-tests" / run
    trial = Trial(place, run, options.project, results)
    print(f"trial {run}; should it break off: ci/aws --remove {run}", flush=True)
    problems: list[BaseException] = []
    for step in ([] if options.remove else [trial.go]) + [trial.end]:
        try:
            step()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the rest is removed
            problems.append(error)
            print(f"error: {type(error).__name__}: {error}", file=sys.stderr)
    if problems:
        print(f"hint: what is left goes with ci/aws --remove {run}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
