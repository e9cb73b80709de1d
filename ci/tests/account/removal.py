"""Takes away the stacks of a trial and the bucket that outlives its own."""

from __future__ import annotations

from typing import Any

from .account import FIREWALL_REGION, Account

POLL_SECONDS = 15
# A distribution takes a quarter of an hour to be taken down.
POLLS = 240


def remove_stacks(account: Account, bucket_stack: str, firewall_stack: str) -> None:
    """Remove what a trial deployed, in the order in which one thing uses another."""
    # The stack leaves its bucket, so that nobody loses images by removing a stack: after a removal
    # that broke off, only the name that CloudFormation made of the stack's tells whose it is.
    names = [b["Name"] for b in account.client("s3").list_buckets()["Buckets"]]
    buckets = [n for n in names if n.startswith(f"{bucket_stack.lower()}-")]
    for bucket in buckets:
        _empty(account, bucket)
    _delete(account, bucket_stack, account.region)
    for bucket in buckets:
        # The stack's own 404 page may have come back while it went.
        _empty(account, bucket)
        account.client("s3").delete_bucket(Bucket=bucket)
    _delete(account, firewall_stack, FIREWALL_REGION)


def _empty(account: Account, bucket: str) -> None:
    s3 = account.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        things = page.get("Versions", []) + page.get("DeleteMarkers", [])
        if not things:
            continue
        objects = [{"Key": t["Key"], "VersionId": t["VersionId"]} for t in things]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
        if answer.get("Errors"):
            raise RuntimeError(f"S3 keeps {answer['Errors'][:3]}")


def _delete(account: Account, name: str, region: str) -> None:
    stack = account.stack(name, region)
    if stack is None:
        return
    client: Any = account.client("cloudformation", region)
    client.delete_stack(StackName=name)
    client.get_waiter("stack_delete_complete").wait(
        StackName=stack["StackId"],
        WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": POLLS},
    )
