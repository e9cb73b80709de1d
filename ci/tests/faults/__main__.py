"""The command behind `ci/faults`."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from ..cloud import Cloud, control
from .board import Board, sample, table
from .kinds import KINDS
from .scenes import SCENES

SAMPLE = 200


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="ci/faults", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every field; takes hours")
    parser.add_argument("--seed", type=int, help="what the sample is drawn by")
    parser.add_argument("--count", type=int, default=SAMPLE, help="fields of a sample")
    parser.add_argument("--workers", type=int, default=8, help="trials at once")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind")
    parser.add_argument("--command", action="append", choices=SCENES, help="only this")
    parser.add_argument("--call", default="", help="only at `SERVICE:OPERATION[#N]`")
    return parser.parse_args()


def main() -> int:
    """Try the fields, print counts and every failure."""
    options = arguments()
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    folder = Path(tempfile.mkdtemp(prefix="dssbatch-faults-"))
    verdicts = []
    try:
        control(folder / "cloud", "up", "--paper", "--quick")
        cloud = Cloud(folder / "cloud")
        board = Board(cloud, folder / "trials", options.command or SCENES)
        fields = board.fields(options.kind or KINDS, options.call)
        chosen = sample(fields, len(fields) if options.all else options.count, seed)
        print(f"{len(chosen)} of {len(fields)} fields, seed {seed}", flush=True)
        for verdict in board.attempt_all(chosen, options.workers):
            verdicts.append(verdict)
            if verdict.problem:
                print(f"\nFAILED {verdict.field} {verdict.statuses}\n{verdict.problem}")
            print(f"{len(verdicts)} {verdict.field} {verdict.statuses}", flush=True)
    finally:
        control(folder / "cloud", "down")
    print(table(verdicts))
    for verdict in verdicts:
        if verdict.problem:
            place = verdict.field
            print(
                f"again: ci/faults --command {place.command} --kind {place.kind} "
                f"--call '{place.call}'"
            )
    failed = any(verdict.problem for verdict in verdicts)
    if failed:
        print(f"what failed is left in {folder}")
    else:
        shutil.rmtree(folder)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
